"""The command `modelctl`."""

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from model_server import __version__
from model_server.errors import ModelServerError
from modelctl import train_command, verify_command

EXIT_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0, 2 for an error the user can mend, 130/143 for a signal."""
    options = _parser().parse_args(arguments)
    with contextlib.suppress(ValueError):  # outside the main thread there are no signals to handle
        signal.signal(signal.SIGTERM, _terminate)
    try:
        options.run(options)
    except ModelServerError as error:
        sys.stderr.write(f"modelctl: error: {error}\n")
        return EXIT_ERROR
    except KeyboardInterrupt:
        sys.stderr.write("modelctl: interrupted; nothing was written\n")
        return 128 + signal.SIGINT
    return 0


def _terminate(number: int, _: object) -> NoReturn:
    # Raising lets the staging folder be removed on the way out.
    raise SystemExit(128 + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="modelctl",
        description="Manage the versions of models in a model repository.",
        epilog="'modelctl COMMAND --help' shows examples.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"modelctl {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    train_command.add_parser(commands)
    verify_command.add_parser(commands)
    return parser
