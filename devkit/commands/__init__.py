"""The subcommands of ``python -m devkit``: one module each, found by being in this folder.

A module has ``register(subparsers)``, which adds its parser and names the function that runs it::

    def register(subparsers: Subparsers) -> None:
        parser = subparsers.add_parser("greet", help="greet a user")
        parser.add_argument("name", metavar="NAME")
        parser.set_defaults(run=_run)

    def _run(options: argparse.Namespace) -> int | None: ...

The function returns an exit code of :mod:`devkit.exits`, where None is success, and raises
:class:`devkit.errors.UserError` for what the user can fix. Modules import heavy packages inside that function: every
command pays for what is imported at the top.
"""

from __future__ import annotations

import argparse
from typing import TypeAlias

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
