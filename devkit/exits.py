"""Exit codes, and the way from an exception to a message on standard error: every command ends through here."""

from __future__ import annotations

import sys
from collections.abc import Callable

from devkit.errors import UserError

EXIT_OK = 0
EXIT_FAILURE = 1
EXIT_INTERRUPTED = 130


def run(
    action: Callable[[], int | None],
    *,
    os_error_remedy: str = "Check the path.",
    interrupted: str = "interrupted",
) -> int:
    """Run a command's work and return its exit code, which is the action's own, or EXIT_OK if it returns None.

    A :class:`UserError` or an ``OSError`` becomes two lines on standard error, its cause and its remedy, and
    EXIT_FAILURE; an interrupt becomes the line ``interrupted`` and EXIT_INTERRUPTED.
    """
    try:
        return action() or EXIT_OK
    except UserError as error:
        return fail(error)
    except OSError as error:
        return fail(UserError(f"{error.filename or 'a file'}: {error.strerror or error}.", os_error_remedy))
    except KeyboardInterrupt:
        print(interrupted, file=sys.stderr)
        return EXIT_INTERRUPTED


def fail(error: UserError) -> int:
    """Print an error's cause and remedy on standard error; returns EXIT_FAILURE."""
    print(f"error: {error.cause}\nremedy: {error.remedy}", file=sys.stderr)
    return EXIT_FAILURE
