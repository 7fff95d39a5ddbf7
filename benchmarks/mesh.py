"""What the way through a mesh costs: latency through sidecars and gateway, beside a direct call in the same run.

    python -m benchmarks.mesh                              three rates, three rounds, nine minutes
    python -m benchmarks.mesh --rates 20 --rounds 1        a quick look
    python -m benchmarks.mesh --json

The same model is served twice, by one pod each, without and with a sidecar, and asked by a pod of the cluster in three
ways, in turns:

    direct     caller → server
    sidecars   caller → its sidecar → the server's sidecar → server, with mutual TLS
    gateway    caller → gateway → the server's sidecar → server, with mutual TLS behind the gateway

Requests are due at a steady rate, whatever was answered, and their latency counts from then. The figures are medians
of the rounds. The cluster is made if it is not there, and Istio installed and left there; nothing else is left.
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
# Not the demo's, whose routes may be there as well.
HOST = "iris.bench.example.org"
# The same but for the sidecar: model, pods and resources.
WITHOUT_SIDECAR = models.EXAMPLES[0].values
AS_IN_MESH = ("model.name=iris", "replicaCount=1")
IN_MESH = {"sidecar.istio.io/inject": "true"}
# Rounds begin with warm connections and caches.
WARM_SECONDS = 5
THREADS = 16


@dataclass(frozen=True)
class Way:
    """One way to the model: who asks whom."""

    name: str
    pod: str
    namespace: str
    target: load.Target


@dataclass(frozen=True)
class Figure:
    """Latency in milliseconds of one way at one rate, requests a second; medians of the rounds."""

    rate: float
    way: str
    p50: float
    p99: float
    sent: int
    failed: int


def main() -> int:
    """Measure and print; 1 if a request failed, for then the figures are of something else."""
    options = _parser().parse_args()
    return exits.run(lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    console = Console()
    lifecycle.up(console)
    lifecycle.load([serving.SERVER_IMAGE], console)
    lifecycle.install_istio(console)
    with _ways(console) as ways:
        figures = [
            figure for rate in options.rates for figure in _at(rate, ways, options.rounds, options.seconds, console)
        ]
    if options.json:
        print(json.dumps({"machine": machine.described(), "figures": [asdict(figure) for figure in figures]}, indent=2))
    else:
        _print(figures)
    failed = sum(figure.failed for figure in figures)
    if failed:
        raise UserError(f"{failed} requests failed.", "Ask for lower --rates, or look why at `kubectl get pods -A`.")


@contextmanager
def _ways(console: Console) -> Iterator[list[Way]]:
    """The servers, the routes and the callers, for as long as the body runs."""
    reference = models.publish(lifecycle.connect(console), models.train(models.MESH_EXAMPLE))
    ensure_namespace(DIRECT)
    ensure_namespace(MESH, PRIVILEGED)
    try:
        with console.step("install the model without and with a sidecar"), ExitStack() as pods:
            _install(reference)
            outside = pods.enter_context(client_pod(DIRECT))
            inside = pods.enter_context(client_pod(MESH, IN_MESH))
            ways = [
                Way("direct", outside, DIRECT, load.Target(f"iris-model-server.{DIRECT}")),
                Way("sidecars", inside, MESH, load.Target(f"iris-model-server.{MESH}")),
                Way("gateway", outside, DIRECT, load.Target(routing.GATEWAY, {"Host": HOST})),
            ]
            kept = pods.pop_all()
        with kept:
            yield ways
    finally:
        kubectl("delete", "namespace", DIRECT, MESH, "--ignore-not-found", seconds=150)


def _install(reference: str) -> None:
    settings = [*serving.image_settings(), "versions[0].name=1"]
    serving.install("iris", DIRECT, WITHOUT_SIDECAR, reference, [*settings, *AS_IN_MESH])
    serving.install("iris", MESH, models.MESH_VALUES, reference, settings)
    routing.install(ROUTES, MESH, more={"versions": [{"name": 1}], "routing.hosts": [HOST]})


def _at(rate: float, ways: list[Way], rounds: int, seconds: float, console: Console) -> list[Figure]:
    measured: dict[str, list[load.LoadStats]] = {way.name: [] for way in ways}
    for number in range(rounds):
        # In turns, and each round begins with another: what changes meanwhile on the machine hits all.
        for way in [*ways[number % len(ways) :], *ways[: number % len(ways)]]:
            with console.step(f"{rate:g} requests a second, {way.name}, round {number + 1} of {rounds}"):
                load.for_seconds(way.pod, way.namespace, way.target, rate, WARM_SECONDS, THREADS)
                found = load.for_seconds(way.pod, way.namespace, way.target, rate, seconds, THREADS)
            measured[way.name].append(found)
    return [_figure(rate, name, found) for name, found in measured.items()]


def _figure(rate: float, way: str, rounds: list[load.LoadStats]) -> Figure:
    p50, p99 = (statistics.median(one.milliseconds[share] for one in rounds) for share in ("p50", "p99"))
    return Figure(rate, way, p50, p99, sum(one.sent for one in rounds), sum(one.failed for one in rounds))


def _print(figures: list[Figure]) -> None:
    direct = {figure.rate: figure for figure in figures if figure.way == "direct"}
    print(f"\n{machine.described()}\n")
    print("| requests a second | way | p50 | added | p99 | added | requests |\n|---|---|---|---|---|---|---|")
    for figure in figures:
        base = direct[figure.rate]
        added = [
            "" if figure is base else f"{own - other:+.1f} ms ({own / other:.2f} times)"
            for own, other in ((figure.p50, base.p50), (figure.p99, base.p99))
        ]
        cells = (f"{figure.rate:g}", figure.way, f"{figure.p50:.1f} ms", added[0], f"{figure.p99:.1f} ms", added[1])
        print(f"| {' | '.join(cells)} | {figure.sent} |")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mesh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rates", type=float, nargs="+", default=[10, 40, 80], metavar="N", help="requests a second (10 40 80)"
    )
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each way is measured (3)")
    parser.add_argument("--seconds", type=float, default=15, help="of each round (15)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
