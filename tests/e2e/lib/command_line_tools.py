"""What the documentation takes for granted on the machine of whoever follows it."""

from __future__ import annotations

from cluster.host import packages

NEED = packages.Need("to follow the documentation's commands", ("curl", "jq"), ("curl", "jq"))


def ensure_programs() -> None:
    """Have them, on a bare machine after their installation."""
    packages.ensure(NEED)
