"""The command line of `modelctl rollout` on the example's cluster."""

from __future__ import annotations

import sys

from cluster import tools
from devkit import paths
from examples.iris import routing

DONE, ROLLED_BACK = 0, 3


def command(what: str, routes: str, namespace: str, *arguments: str) -> list[str]:
    """Do that with the rollout of a release of routes: ``command("abort", "iris-routing", "demo")``."""
    return [
        *(sys.executable, "-m", "modelctl", "rollout", what, routes, "--namespace", namespace, *arguments),
        *("--kubeconfig", str(paths.KUBECONFIG)),
        *("--helm", str(tools.ensure("helm")), "--kubectl", str(tools.ensure("kubectl"))),
    ]


def start(routes: str, namespace: str, model: str, versions: tuple[str, str], prometheus: str) -> list[str]:
    """Begin one from a version to another, by the figures at that address; its result is JSON."""
    source, target = versions
    return command(
        *("start", routes, namespace, "--chart", str(routing.CHART), "--model", model),
        *("--from", source, "--to", target, "--prometheus", prometheus, "--json"),
    )
