"""What the add-ons that are installed when asked for do with a file of objects: apply it, wait for it, delete it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cluster import tools
from devkit import paths
from devkit.process import run

READY_SECONDS = 120


def apply(manifest: Path, deployments: Mapping[str, str]) -> None:
    """Make the cluster what a file says, and wait until a Deployment is ready in each of the namespaces."""
    # On the client's side the last state goes into an annotation, for which some definitions are too long.
    _kubectl("apply", "--server-side", "--force-conflicts", "--filename", manifest)
    for namespace, deployment in deployments.items():
        wait = ("rollout", "status", f"deployment/{deployment}", f"--timeout={READY_SECONDS}s")
        _kubectl("--namespace", namespace, *wait)


def delete(manifest: Path) -> None:
    """Delete all objects of a file that are there, and wait until they are gone."""
    _kubectl("delete", "--ignore-not-found", "--filename", manifest)


def _kubectl(*arguments: str | Path) -> None:
    run([tools.ensure("kubectl"), "--kubeconfig", paths.KUBECONFIG, *arguments], seconds=READY_SECONDS + 30)
