"""From what went wrong to an exit code and two lines on standard error: every command ends through here."""

from __future__ import annotations

import sys
from collections.abc import Callable

from cluster import paths
from cluster.errors import ClusterError

DONE, WRONG, INTERRUPTED = 0, 1, 130


def run(action: Callable[[], None]) -> int:
    """Run a command's work; returns its exit code."""
    try:
        action()
    except ClusterError as error:
        return _refuse(error)
    except OSError as error:
        # The places that are written to are the clone and the cache.
        remedy = f"Check that {paths.BUILD} and {paths.cache()} can be written to and have space."
        return _refuse(ClusterError(f"{error.strerror or error}: {error.filename or 'a file'}.", remedy))
    except KeyboardInterrupt:
        print("interrupted; call the command again to go on from here", file=sys.stderr)
        return INTERRUPTED
    return DONE


def _refuse(error: ClusterError) -> int:
    print(f"error: {error.cause}\nremedy: {error.remedy}", file=sys.stderr)
    return WRONG
