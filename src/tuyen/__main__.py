"""``python -m tuyen`` is ``tuyen``."""

import sys

from tuyen.cli.main import main

sys.exit(main())
