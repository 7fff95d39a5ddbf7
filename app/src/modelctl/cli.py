"""The command `modelctl`."""

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from model_server import __version__
from model_server.errors import ModelServerError
from model_server.termination import write_termination_message
from modelctl.commands import pull, rollout, train, verify
from modelctl.errors import TemporaryError

EXIT_ERROR = 2
# EX_TEMPFAIL of sysexits.h: a retry may succeed.
EXIT_TEMPORARY = 75


_EPILOG = """\
exit codes
  0            success
  2            an error that the user can fix; nothing was written
  75           a temporary failure of a server or the network; retry
  130 and 143  interrupted by a signal
'rollout' has further ones.

'modelctl COMMAND --help' shows examples.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code.

    0 is success, 2 an error that the user can fix, 75 a temporary failure, 130 and 143 a signal.
    """
    options = _parser().parse_args(arguments)
    with contextlib.suppress(ValueError):  # signal handlers exist in the main thread only
        signal.signal(signal.SIGTERM, _terminate)
    try:
        options.run(options)
    except ModelServerError as error:
        sys.stderr.write(f"modelctl: error: {error}\n")
        write_termination_message(str(error))
        return EXIT_TEMPORARY if isinstance(error, TemporaryError) else EXIT_ERROR
    except KeyboardInterrupt:
        sys.stderr.write("modelctl: interrupted; nothing was written\n")
        return 128 + signal.SIGINT
    return 0


def _terminate(number: int, _: object) -> NoReturn:
    # An exception, so that context managers remove the staging directory.
    raise SystemExit(128 + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="modelctl",
        description="Manage the versions of models in a model repository.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"modelctl {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    pull.add_parser(commands)
    rollout.add_parser(commands)
    train.add_parser(commands)
    verify.add_parser(commands)
    return parser
