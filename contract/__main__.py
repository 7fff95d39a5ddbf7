"""``python -m contract``: see :mod:`contract.cli`."""

from contract.cli import main

raise SystemExit(main())
