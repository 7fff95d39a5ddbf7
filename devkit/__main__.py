"""``python -m devkit``: see :mod:`devkit.cli`."""

from devkit.cli import main

raise SystemExit(main())
