"""What the add-ons that are installed when asked for do with a file of objects: apply it, wait for it, delete it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cluster.kubectl import kubectl

READY_SECONDS = 120


def apply(manifest: Path, deployments: Mapping[str, str]) -> None:
    """Make the cluster what a file says, and wait until a Deployment is ready in each of the namespaces."""
    # On the client's side the last state goes into an annotation, for which some definitions are too long.
    kubectl("apply", "--server-side", "--force-conflicts", "--filename", manifest)
    for namespace, deployment in deployments.items():
        wait = ("rollout", "status", f"deployment/{deployment}", f"--timeout={READY_SECONDS}s")
        kubectl("--namespace", namespace, *wait, seconds=READY_SECONDS + 30)


def delete(manifest: Path) -> None:
    """Delete all objects of a file that are there, and wait until they are gone."""
    kubectl("delete", "--ignore-not-found", "--filename", manifest, seconds=READY_SECONDS + 30)
