"""Every command starts in a moment: what computes is imported by the command that computes."""

import os
import subprocess
import sys


def test_the_commands_are_listed_without_numbers_or_the_office():
    program = (
        "import sys; from tuyen.cli.main import build_parser; build_parser()\n"
        "heavy = {'numpy', 'scipy', 'numba', 'pandas', 'statsmodels', 'django', 'shapely'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip

    assert done.stdout.strip() == ""


def test_the_server_keeps_compiled_kernels_in_its_home(tmp_path):
    program = "import os, tuyen.project.home; print(os.environ['NUMBA_CACHE_DIR'])"
    environment = {k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"}

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={**environment, "TUYEN_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip

    assert done.stdout.strip() == str(tmp_path / "cache" / "numba")
