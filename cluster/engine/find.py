"""Which engine to use: the one that the user's `docker` reaches, else the one started here."""

from __future__ import annotations

from cluster import tools
from cluster.console import Console
from cluster.engine import owned
from cluster.engine.client import Engine
from cluster.host import preflight


def find() -> Engine | None:
    """The engine that answers now, if any: the user's own first."""
    docker = tools.find("docker")
    if docker is None:
        return None
    for engine in (Engine(docker), Engine(docker, owned.HOST, owned=True)):
        if (not engine.owned or owned.SOCKET.exists()) and engine.answers():
            return engine
    return None


def ensure(console: Console) -> Engine:
    """An engine that answers, started if there is none.

    Raises :class:`devkit.errors.UserError` when none answers and none may be started.
    """
    found = find()
    if found:
        return found
    preflight.check_can_start_engine()
    return owned.start(tools.ensure("docker"), console)
