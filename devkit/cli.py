"""The command line: ``python -m devkit COMMAND``. Each module of :mod:`devkit.commands` adds its own subcommand."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from collections.abc import Sequence

from devkit import commands, exits

DESCRIPTION = "Tasks of a developer of this repository."
EPILOG = """exit codes:
  0    success
  1    failure; standard error has the cause and the remedy
  2    usage error
  130  interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; returns the exit code."""
    options = _parser().parse_args(arguments)
    return exits.run(lambda: options.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devkit",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in pkgutil.iter_modules(commands.__path__, f"{commands.__name__}."):
        importlib.import_module(module.name).register(subparsers)
    return parser
