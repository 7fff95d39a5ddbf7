"""A mesh on the loopback address: the Kubernetes API, istiod and one gateway, as processes of this machine.

There are no pods, no sidecars, and no Istio telemetry. See docs/guides/cluster.md.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cluster import scratch
from devkit import paths
from tests.istio_local import apiserver, definitions, gateway, istiod
from tests.istio_local.api import Api
from tests.istio_local.config_sync import Marker
from tests.istio_local.gateway import Gateway
from tests.istio_local.istiod import Istiod
from tests.istio_local.programs import Programs

# Logs of the last failed run.
KEPT_LOGS = paths.BUILD / "mesh-logs"


@dataclass(frozen=True)
class Loopback:
    """The running mesh. `seconds` has the start-up time of each part."""

    api: Api
    istiod: Istiod
    gateway: Gateway
    marker: Marker
    logs: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def keep_logs(self) -> Path:
        """Copy the logs to a folder that outlives the run; returns the folder."""
        KEPT_LOGS.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.logs, KEPT_LOGS, dirs_exist_ok=True)
        return KEPT_LOGS


@contextmanager
def running() -> Iterator[Loopback]:
    """Start the mesh, and stop it afterwards, even if this process is killed."""
    scratch.clear()
    shutil.rmtree(KEPT_LOGS, ignore_errors=True)
    with scratch.folder() as folder:
        programs = Programs(folder / "logs")
        try:
            yield _start(programs, folder)
        except BaseException:
            # If the start fails, there are no other diagnostics.
            shutil.copytree(programs.logs, KEPT_LOGS, dirs_exist_ok=True)
            raise
        finally:
            programs.stop()


def _start(programs: Programs, folder: Path) -> Loopback:
    clock = _Clock()
    server = apiserver.start(programs, folder)
    clock.passed("kube-apiserver")
    definitions.install(server.api)
    clock.passed("custom resources")
    control = istiod.start(programs, server, folder)
    clock.passed("istiod")
    running_gateway = gateway.start(programs, server.api, control, folder)
    clock.passed("gateway")
    marker = Marker(programs, server.api, running_gateway)
    marker.settle()
    clock.passed("first route")
    return Loopback(server.api, control, running_gateway, marker, programs.logs, clock.seconds)


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def passed(self, part: str) -> None:
        now = time.monotonic()
        self.seconds[part] = round(now - self._last, 1)
        self._last = now
