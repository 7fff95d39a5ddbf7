"""The command-line tools that the documentation expects on a reader's machine."""

from __future__ import annotations

from cluster.host import packages

NEED = packages.Need("to follow the documentation's commands", ("curl", "jq"), ("curl", "jq"))


def ensure_programs() -> None:
    """Install the missing ones."""
    packages.ensure(NEED)
