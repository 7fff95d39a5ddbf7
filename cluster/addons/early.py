"""Applying the add-ons while kind is still at work.

metrics-server is ready ten seconds after it starts at the earliest: it needs two readings. Started as soon as the API
server answers, these seconds pass while the worker joins.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from cluster import settings
from cluster.addons.manifests import text
from cluster.engine import Engine

CONTROL_PLANE = f"{settings.CLUSTER}-control-plane"
# kubeadm writes it before kind hands out a kubeconfig.
ADMIN = "/etc/kubernetes/admin.conf"
PAUSE_SECONDS = 1.0


@contextmanager
def applied(engine: Engine) -> Iterator[None]:
    """While the body makes the cluster, apply the add-ons once that is possible; a body without a need ends it."""
    stop = Event()
    thread = Thread(target=_apply, args=(engine, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _apply(engine: Engine, stop: Event) -> None:
    command = ["kubectl", "--kubeconfig", ADMIN, "apply", "--server-side", "--filename", "-"]
    while not stop.wait(PAUSE_SECONDS):
        # It fails until the API server answers; what stays wrong shows when the add-ons are installed.
        done = engine.run("exec", "--interactive", CONTROL_PLANE, *command, stdin=text(), check=False)
        if done.returncode == 0:
            return
