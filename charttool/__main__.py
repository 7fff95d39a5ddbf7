"""``python -m charttool``: see :mod:`charttool.cli`."""

from charttool.cli import main

raise SystemExit(main())
