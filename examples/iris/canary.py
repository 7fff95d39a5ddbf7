"""The demo's last chapter: a canary through the gateway of a mesh, from 0 to 100 % of the requests, and a rollback.

Version 2 is good and gets all requests. Version 3 was trained without a column that callers send, so that it refuses
what they ask: `modelctl rollout` sees that in its figures and gives the requests back.
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
from devkit.errors import UserError
from devkit.prometheus import Prometheus
from examples.iris import live, load, models, monitoring, predictions, reach, release, rollout, routing
from examples.iris.models import Example, ModelVersion

NAMESPACE = "demo-mesh"
SERVER_VALUES = models.FOLDER / "values-iris-mesh.yaml"
SERVERS, ROUTES = "iris", "iris-routing"
HOST = "iris.example.org"
IRIS = Example("iris", "logistic-regression")
LEFT_OUT = "petal_width"
RATE = 30
# As short as Prometheus' looks allow; a real rollout takes its time, see docs/rollout.md. On a small machine, which all
# of this shares, a few slow answers are no reason to roll back.
PACE = (
    *("--steps", "10,50,100", "--min-requests", "40", "--latency-floor", "0.5"),
    *("--min-step-time", "10", "--interval", "2", "--progress-deadline", "120"),
)
KNOWN_SECONDS = 120
ENDED_SECONDS = 150
BEGUN_SECONDS = 90
REMEDY = f"See `kubectl --namespace {NAMESPACE} get pods`, then call again."


@dataclass(frozen=True)
class Versions:
    """Three versions of the model: the one that serves, its good successor, and one that refuses what callers ask."""

    stable: ModelVersion
    good: ModelVersion
    bad: ModelVersion

    @property
    def names(self) -> list[str]:
        """Their numbers, which are also their names in both charts."""
        return [self.stable.version, self.good.version, self.bad.version]


@dataclass(frozen=True)
class Outcome:
    """What callers saw of the canary, and of the rollback."""

    versions: Versions
    canary: load.Figures
    rollback: load.Figures
    reason: str


def train() -> Versions:
    """Train what is missing; they differ in the rows held out, and the last one in the columns."""
    return Versions(models.train(IRIS), models.train(IRIS, seed=1), models.train(IRIS, data=models.without(LEFT_OUT)))


def run(versions: Versions, console: Console) -> Outcome:
    """Install the mesh, the servers and the routes, then roll out both versions under load, and show it."""
    lifecycle.install_istio(console)
    _install(versions, console)
    with (
        release.client_pod(predictions.NAMESPACE) as pod,
        reach.forwarded(monitoring.NAMESPACE, "monitoring-prometheus-0", 9090) as prometheus,
    ):
        stable, good, bad = versions.names
        with console.step("wait until Prometheus knows all versions"):
            _until_known(versions.names, prometheus)
        print(f"\nCanary: version {good} of iris gets the requests of version {stable}, step by step.", flush=True)
        with _shown(pod, [stable, good]) as canary:
            _rollout(stable, good, prometheus, rollout.DONE)
        print(f"\nRollback: version {bad} was trained without {LEFT_OUT}, and refuses what callers send.", flush=True)
        with _shown(pod, [good, bad]) as rollback:
            reason = _rollout(good, bad, prometheus, rollout.ROLLED_BACK)
    return Outcome(versions, canary.whole, rollback.whole, reason)


def report(outcome: Outcome) -> None:
    """Print what both came to."""
    stable, good, bad = outcome.versions.names
    canary, rollback = outcome.canary, outcome.rollback
    print(f"\nVersion {stable} to {good}: {canary.sent} requests, {canary.failed} failed.")
    print(f"Version {good} to {bad}: rolled back by itself; {rollback.failed} of {rollback.sent} requests refused.")
    print(f"  The reason: {outcome.reason}")


def _install(versions: Versions, console: Console) -> None:
    # The image of one version holds those before it, too.
    reference = models.publish(lifecycle.connect(console), versions.bad)
    release.ensure_namespace(NAMESPACE, release.PRIVILEGED)
    names = [f"versions[{place}].name={name}" for place, name in enumerate(versions.names)]
    listed = [{"name": name, "weight": 0 if place else 100} for place, name in enumerate(versions.names)]
    with console.step("install three versions of iris in the mesh, and the routes to them"):
        # A demo that was broken off has left its plan; without one, there is nothing to forget.
        _carried_out(rollout.command("abort", ROUTES, NAMESPACE, "--keep-weights"), progress=subprocess.DEVNULL)
        release.install(SERVERS, NAMESPACE, SERVER_VALUES, reference, [*predictions.server_settings(), *names])
        routing.install(ROUTES, NAMESPACE, more={"versions": listed})


@contextlib.contextmanager
def _shown(pod: str, versions: list[str]) -> Iterator[load.Load]:
    started, has_begun = time.monotonic(), threading.Event()

    def tell(figures: load.Figures) -> None:
        print(live.line(time.monotonic() - started, figures, versions), flush=True)
        has_begun.set()

    target = load.Target(routing.GATEWAY, {"Host": HOST})
    with load.steady(pod, predictions.NAMESPACE, target, RATE, tell=tell) as running:
        # The first line shows how it was before.
        if not has_begun.wait(BEGUN_SECONDS):
            raise UserError(f"No answer through the gateway within {BEGUN_SECONDS} s.", REMEDY)
        yield running


def _until_known(versions: list[str], address: str) -> None:
    """Wait until every version was scraped twice, as `modelctl rollout` wants it before it begins."""
    prometheus = Prometheus(address)
    deadline = time.monotonic() + KNOWN_SECONDS
    query = f'increase(model_server_requests_total{{namespace="{NAMESPACE}", model="{IRIS.name}"}}[10m])'
    while {*versions} - _labels(prometheus, query, "version"):
        if time.monotonic() > deadline:
            raise UserError(f"Prometheus does not know versions {versions} after {KNOWN_SECONDS} s.", REMEDY)
        time.sleep(1)


def _labels(prometheus: Prometheus, query: str, name: str) -> set[str]:
    try:
        return {sample.labels[name] for sample in prometheus.query(query, time.time())}
    except UserError as error:
        raise UserError(error.cause, error.remedy) from error


def _rollout(source: str, target: str, prometheus: str, expected: int) -> str:
    """Carry it out, show its progress, and return the reason for how it ended."""
    line = rollout.start(ROUTES, NAMESPACE, IRIS.name, (source, target), prometheus)
    code, said = _carried_out([*line, *PACE], progress=sys.stdout)
    if code != expected:
        raise UserError(f"`modelctl rollout` ended with {code}, and {expected} was expected.\n{said}", REMEDY)
    return str(json.loads(said)["reason"])


def _carried_out(line: list[str], progress: TextIO | int) -> tuple[int, str]:
    """Run `modelctl rollout`; its exit code, and what it printed as its result."""
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=progress, text=True) as process:
        try:
            said, _ = process.communicate()
        except KeyboardInterrupt:
            # It has got the same signal, and lets go of its plan once the upgrade that it is at has ended.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(ENDED_SECONDS)
            raise
    return process.returncode, said
