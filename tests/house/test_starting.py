"""Every command of an old laptop waits for what is imported; compilers are for who computes."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SLOW = ("numba", "scipy.stats", "statsmodels", "pandas")
ASK = f"""
import sys
import django
django.setup()
import tuyen.project.urls
print(*(name for name in {SLOW!r} if name in sys.modules))
"""


def test_an_installation_starts_without_what_only_computing_needs():
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
