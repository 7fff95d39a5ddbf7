"""A mesh on the loopback address: Kubernetes' API, Istio's control plane and one gateway, as processes of this machine.

What is not here: pods, sidecars, and Istio's own telemetry. See docs/cluster.md.
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

# Of the last run that failed.
EVIDENCE = paths.BUILD / "mesh-logs"


@dataclass(frozen=True)
class Loopback:
    """All of it, running. `seconds` says how long each part took to be ready."""

    api: Api
    istiod: Istiod
    gateway: Gateway
    marker: Marker
    logs: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def keep_evidence(self) -> Path:
        """Copy the logs to where they outlive the run; returns the folder."""
        EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.logs, EVIDENCE, dirs_exist_ok=True)
        return EVIDENCE


@contextmanager
def running() -> Iterator[Loopback]:
    """Start everything; all of it is gone afterwards, however this process ends."""
    scratch.clear()
    shutil.rmtree(EVIDENCE, ignore_errors=True)
    with scratch.folder() as folder:
        programs = Programs(folder / "logs")
        try:
            yield _start(programs, folder)
        except BaseException:
            # What fails before anything runs leaves only these.
            shutil.copytree(programs.logs, EVIDENCE, dirs_exist_ok=True)
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
