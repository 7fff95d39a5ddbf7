"""The command line of `modelctl rollout` for the development cluster."""

from __future__ import annotations

import sys

from cluster import tools
from devkit import paths
from devkit.workloads import routing

EXIT_PROMOTED, EXIT_ROLLED_BACK = 0, 3


def command(action: str, routes: str, namespace: str, *arguments: str) -> list[str]:
    """Return the command line of an action on a release of routes: ``command("abort", "iris-routing", "demo")``."""
    return [
        *(sys.executable, "-m", "modelctl", "rollout", action, routes, "--namespace", namespace, *arguments),
        *("--kubeconfig", str(paths.KUBECONFIG)),
        *("--helm", str(tools.ensure("helm")), "--kubectl", str(tools.ensure("kubectl"))),
    ]


def start(routes: str, namespace: str, model: str, versions: tuple[str, str], prometheus: str) -> list[str]:
    """Return the command line that starts a rollout from a stable to a canary version and prints its result as JSON."""
    stable, canary = versions
    return command(
        *("start", routes, namespace, "--chart", str(routing.CHART), "--model", model),
        *("--from", stable, "--to", canary, "--prometheus", prometheus, "--json"),
    )
