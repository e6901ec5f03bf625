"""`python -m cleanclaim` runs the command."""

import sys

from cleanclaim.cli.main import main

sys.exit(main())
