"""The last chapter of the demo: a canary behind an Istio gateway, from 0 to 100 % of the requests, and a rollback.

Version 2 is good and ends with all of the traffic. Version 3 was trained without a column that clients send, so it
rejects their requests: `modelctl rollout` sees the errors in its metrics and rolls back.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from cluster import lifecycle
from cluster.console import Console
from cluster.kubectl import PRIVILEGED, ensure_namespace
from devkit.errors import UserError
from devkit.prometheus import Prometheus
from devkit.waiting import until
from devkit.workloads import load, models, monitoring, port_forward, rollout, routing, serving
from devkit.workloads.client_pod import client_pod
from devkit.workloads.models import MESH_EXAMPLE, ModelVersion
from examples.iris import live_view, predictions

NAMESPACE = "demo-mesh"
SERVERS, ROUTES = "iris", "iris-routing"
HOST = "iris.example.org"
MISSING_COLUMN = "petal_width"
REQUESTS_PER_SECOND = 30
# As fast as the scrape interval allows; a real rollout is slower, see docs/guides/rollout.md. The latency floor is high
# because everything shares one small machine, where a few slow responses must not cause a rollback.
TIMING = (
    *("--steps", "10,50,100", "--min-requests", "40", "--latency-floor", "0.5"),
    *("--min-step-time", "10", "--interval", "2", "--progress-deadline", "120"),
)
METRICS_SECONDS = 120
RELEASE_SECONDS = 150
FIRST_RESPONSE_SECONDS = 90
REMEDY = f"See `kubectl --namespace {NAMESPACE} get pods`, then retry."


@dataclass(frozen=True)
class Versions:
    """Three versions of the model: the stable one, a good successor, and one that rejects the clients' requests."""

    stable: ModelVersion
    good: ModelVersion
    bad: ModelVersion

    @property
    def names(self) -> list[str]:
        """The version numbers, which are also the names of the versions in both charts."""
        return [self.stable.version, self.good.version, self.bad.version]


@dataclass(frozen=True)
class CanaryResult:
    """The statistics of the clients' requests during the canary and the rollback."""

    versions: Versions
    canary: load.LoadStats
    rollback: load.LoadStats
    reason: str


def train() -> Versions:
    """Train the missing versions. They differ in the held-out rows, and the last one in its columns."""
    return Versions(
        models.train(MESH_EXAMPLE),
        models.train(MESH_EXAMPLE, seed=1),
        models.train(MESH_EXAMPLE, data=models.without(MISSING_COLUMN)),
    )


def run(versions: Versions, console: Console) -> CanaryResult:
    """Install Istio, the servers and the routes, then roll out both versions under load with a live view."""
    lifecycle.install_istio(console)
    _install(versions, console)
    with (
        client_pod(predictions.NAMESPACE) as pod,
        port_forward.port_forward(monitoring.NAMESPACE, "monitoring-prometheus-0", 9090) as prometheus,
    ):
        stable, good, bad = versions.names
        with console.step("wait until Prometheus has metrics of all versions"):
            _wait_for_metrics(versions.names, prometheus)
        print(f"\nCanary: traffic shifts from version {stable} to version {good} of iris in steps.", flush=True)
        with _live_view(pod, [stable, good]) as canary:
            _rollout(stable, good, prometheus, rollout.EXIT_PROMOTED)
        print(f"\nRollback: version {bad} was trained without {MISSING_COLUMN} and rejects requests.", flush=True)
        with _live_view(pod, [good, bad]) as rollback:
            reason = _rollout(good, bad, prometheus, rollout.EXIT_ROLLED_BACK)
    return CanaryResult(versions, canary.whole, rollback.whole, reason)


def report(result: CanaryResult) -> None:
    """Print the outcome of both."""
    stable, good, bad = result.versions.names
    canary, rollback = result.canary, result.rollback
    print(f"\nVersion {stable} to {good}: {canary.sent} requests, {canary.failed} failed.")
    print(f"Version {good} to {bad}: rolled back automatically; {rollback.failed} of {rollback.sent} requests failed.")
    print(f"  Reason: {result.reason}")


def _install(versions: Versions, console: Console) -> None:
    # The image of a version also contains the previous ones.
    reference = models.publish(lifecycle.connect(console), versions.bad)
    ensure_namespace(NAMESPACE, PRIVILEGED)
    names = [f"versions[{place}].name={name}" for place, name in enumerate(versions.names)]
    listed = [{"name": name, "weight": 0 if place else 100} for place, name in enumerate(versions.names)]
    with console.step("install three versions of iris in the mesh, and the routes to them"):
        # An interrupted demo leaves the state of its rollout. Without one, there is nothing to abort.
        _run_rollout(rollout.command("abort", ROUTES, NAMESPACE, "--keep-weights"), progress=subprocess.DEVNULL)
        serving.install(SERVERS, NAMESPACE, models.MESH_VALUES, reference, [*serving.image_settings(), *names])
        routing.install(ROUTES, NAMESPACE, more={"versions": listed})


@contextlib.contextmanager
def _live_view(pod: str, versions: list[str]) -> Iterator[load.Load]:
    started, has_begun = time.monotonic(), threading.Event()

    def report(stats: load.LoadStats) -> None:
        print(live_view.line(time.monotonic() - started, stats, versions), flush=True)
        has_begun.set()

    target = load.Target(routing.GATEWAY, {"Host": HOST})
    with load.steady(pod, predictions.NAMESPACE, target, REQUESTS_PER_SECOND, report=report) as running:
        # The first line shows the traffic before the rollout.
        if not has_begun.wait(FIRST_RESPONSE_SECONDS):
            raise UserError(f"No response through the gateway within {FIRST_RESPONSE_SECONDS} s.", REMEDY)
        yield running


def _wait_for_metrics(versions: list[str], address: str) -> None:
    """Wait until every version was scraped twice, which `modelctl rollout` requires at its start."""
    prometheus = Prometheus(address)
    query = f'increase(model_server_requests_total{{namespace="{NAMESPACE}", model="{MESH_EXAMPLE.name}"}}[10m])'

    def all_versions() -> bool:
        return {*versions} <= {sample.labels["version"] for sample in prometheus.query(query)}

    try:
        until("Prometheus has metrics of all versions", all_versions, METRICS_SECONDS, 1)
    except TimeoutError as error:
        message = f"Prometheus has no metrics of some of the versions {versions} after {METRICS_SECONDS} s."
        raise UserError(message, REMEDY) from error


def _rollout(stable: str, canary: str, prometheus: str, expected: int) -> str:
    """Run a rollout, show its progress, and return the reason of its end."""
    line = rollout.start(ROUTES, NAMESPACE, MESH_EXAMPLE.name, (stable, canary), prometheus)
    code, output = _run_rollout([*line, *TIMING], progress=sys.stdout)
    if code != expected:
        raise UserError(f"`modelctl rollout` exited with {code} instead of {expected}.\n{output}", REMEDY)
    return str(json.loads(output)["reason"])


def _run_rollout(line: list[str], progress: TextIO | int) -> tuple[int, str]:
    """Run `modelctl rollout`; returns its exit code and its standard output."""
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=progress, text=True) as process:
        try:
            output, _ = process.communicate()
        except KeyboardInterrupt:
            # It received the same signal, and releases its lease once the running helm upgrade has ended.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(RELEASE_SECONDS)
            raise
    return process.returncode, output
