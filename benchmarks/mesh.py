"""Latency of a mesh: through sidecars and gateway, compared with direct requests in the same run.

    python -m benchmarks.mesh                              three rates, three rounds, nine minutes
    python -m benchmarks.mesh --rates 20 --rounds 1        a quick run
    python -m benchmarks.mesh --json

The same model is served by a pod without and a pod with a sidecar. Client pods send requests along three paths in turn:

    direct     client → server
    sidecars   client → its sidecar → the server's sidecar → server, with mutual TLS
    gateway    client → gateway → the server's sidecar → server, with mutual TLS behind the gateway

Requests are due at a steady rate, and their latency counts from then. The results are medians of the rounds. The
cluster is created if it does not exist; Istio is installed and stays, everything else is deleted.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass

from benchmarks import machine
from cluster import lifecycle
from cluster.console import Console
from cluster.kubectl import PRIVILEGED, ensure_namespace, kubectl
from devkit import exits
from devkit.errors import UserError
from devkit.workloads import load, models, routing, serving
from devkit.workloads.client_pod import client_pod

DIRECT, MESH = "bench-direct", "bench-mesh"
ROUTES = "iris-routing"
# The demo's routes may exist as well, so use another host.
HOST = "iris.bench.example.org"
# Model, pods and resources are the same as in the mesh.
WITHOUT_SIDECAR = models.EXAMPLES[0].values
AS_IN_MESH = ("model.name=iris", "replicaCount=1")
IN_MESH = {"sidecar.istio.io/inject": "true"}
# Rounds start with warm connections and caches.
WARM_SECONDS = 5
THREADS = 16


@dataclass(frozen=True)
class RequestPath:
    """A path to the model: the client pod and the target of its requests."""

    name: str
    pod: str
    namespace: str
    target: load.Target


@dataclass(frozen=True)
class LatencyResult:
    """Latency in milliseconds of one path at a rate of requests a second; medians of the rounds."""

    rate: float
    path: str
    p50: float
    p99: float
    sent: int
    failed: int


def main() -> int:
    """Measure and print; returns 1 if a request failed, since the results are not comparable then."""
    options = _parser().parse_args()
    return exits.run(lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    console = Console()
    lifecycle.up(console)
    lifecycle.load([serving.SERVER_IMAGE], console)
    lifecycle.install_istio(console)
    with _paths(console) as paths:
        results = [
            result for rate in options.rates for result in _at(rate, paths, options.rounds, options.seconds, console)
        ]
    if options.json:
        print(json.dumps({"machine": machine.describe(), "figures": [asdict(result) for result in results]}, indent=2))
    else:
        _print(results)
    failed = sum(result.failed for result in results)
    if failed:
        raise UserError(f"{failed} requests failed.", "Set lower --rates, or see `kubectl get pods -A` for the cause.")


@contextmanager
def _paths(console: Console) -> Iterator[list[RequestPath]]:
    """Install the servers, the routes and the client pods while the body runs."""
    reference = models.publish(lifecycle.connect(console), models.train(models.MESH_EXAMPLE))
    ensure_namespace(DIRECT)
    ensure_namespace(MESH, PRIVILEGED)
    try:
        with console.step("install the model without and with a sidecar"), ExitStack() as pods:
            _install(reference)
            outside = pods.enter_context(client_pod(DIRECT))
            inside = pods.enter_context(client_pod(MESH, IN_MESH))
            paths = [
                RequestPath("direct", outside, DIRECT, load.Target(f"iris-model-server.{DIRECT}")),
                RequestPath("sidecars", inside, MESH, load.Target(f"iris-model-server.{MESH}")),
                RequestPath("gateway", outside, DIRECT, load.Target(routing.GATEWAY, {"Host": HOST})),
            ]
            kept = pods.pop_all()
        with kept:
            yield paths
    finally:
        kubectl("delete", "namespace", DIRECT, MESH, "--ignore-not-found", seconds=150)


def _install(reference: str) -> None:
    settings = [*serving.image_settings(), "versions[0].name=1"]
    serving.install("iris", DIRECT, WITHOUT_SIDECAR, reference, [*settings, *AS_IN_MESH])
    serving.install("iris", MESH, models.MESH_VALUES, reference, settings)
    routing.install(ROUTES, MESH, more={"versions": [{"name": 1}], "routing.hosts": [HOST]})


def _at(rate: float, paths: list[RequestPath], rounds: int, seconds: float, console: Console) -> list[LatencyResult]:
    measured: dict[str, list[load.LoadStats]] = {path.name: [] for path in paths}
    for number in range(rounds):
        # In turn, starting with another one in each round, so that other load on the machine affects all of them.
        for path in [*paths[number % len(paths) :], *paths[: number % len(paths)]]:
            with console.step(f"{rate:g} requests a second, {path.name}, round {number + 1} of {rounds}"):
                load.for_seconds(path.pod, path.namespace, path.target, rate, WARM_SECONDS, THREADS)
                found = load.for_seconds(path.pod, path.namespace, path.target, rate, seconds, THREADS)
            measured[path.name].append(found)
    return [_result(rate, name, found) for name, found in measured.items()]


def _result(rate: float, path: str, rounds: list[load.LoadStats]) -> LatencyResult:
    p50, p99 = (statistics.median(one.milliseconds[share] for one in rounds) for share in ("p50", "p99"))
    return LatencyResult(rate, path, p50, p99, sum(one.sent for one in rounds), sum(one.failed for one in rounds))


def _print(results: list[LatencyResult]) -> None:
    direct = {result.rate: result for result in results if result.path == "direct"}
    print(f"\n{machine.describe()}\n")
    print("| requests a second | path | p50 | added | p99 | added | requests |\n|---|---|---|---|---|---|---|")
    for result in results:
        base = direct[result.rate]
        added = [
            "" if result is base else f"{own - other:+.1f} ms ({own / other:.2f} times)"
            for own, other in ((result.p50, base.p50), (result.p99, base.p99))
        ]
        cells = (f"{result.rate:g}", result.path, f"{result.p50:.1f} ms", added[0], f"{result.p99:.1f} ms", added[1])
        print(f"| {' | '.join(cells)} | {result.sent} |")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mesh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rates", type=float, nargs="+", default=[10, 40, 80], metavar="N", help="requests a second (10 40 80)"
    )
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="measurements of each path (3)")
    parser.add_argument("--seconds", type=float, default=15, help="duration of each round (15)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
