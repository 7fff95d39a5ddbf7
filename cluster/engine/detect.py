"""Detecting the engine: the one that the user's `docker` reaches, else the managed one."""

from __future__ import annotations

from cluster import tools
from cluster.console import Console
from cluster.engine import managed
from cluster.engine.client import Engine
from cluster.host import preflight


def find() -> Engine | None:
    """Return the running engine, or None. The user's own engine takes precedence over the managed one."""
    docker = tools.find("docker")
    if docker is None:
        return None
    for engine in (Engine(docker), Engine(docker, managed.HOST, managed=True)):
        if (not engine.managed or managed.SOCKET.exists()) and engine.answers():
            return engine
    return None


def ensure(console: Console) -> Engine:
    """Return the running engine, or start a managed one.

    Raises :class:`devkit.errors.UserError` if none runs and none can be started on this machine.
    """
    found = find()
    if found:
        return found
    preflight.check_can_start_engine()
    return managed.start(tools.ensure("docker"), console)
