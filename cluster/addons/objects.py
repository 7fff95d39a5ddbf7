"""Applying and deleting the manifests of add-ons that are installed on request."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cluster.kubectl import kubectl

READY_SECONDS = 120


def apply(manifest: Path, deployments: Mapping[str, str]) -> None:
    """Apply a manifest, and wait for the rollout of a Deployment in each namespace."""
    # Client-side apply stores the object in an annotation, for which some definitions are too long.
    kubectl("apply", "--server-side", "--force-conflicts", "--filename", manifest)
    for namespace, deployment in deployments.items():
        wait = ("rollout", "status", f"deployment/{deployment}", f"--timeout={READY_SECONDS}s")
        kubectl("--namespace", namespace, *wait, seconds=READY_SECONDS + 30)


def delete(manifest: Path) -> None:
    """Delete the objects of a manifest that exist, and wait until they are gone."""
    kubectl("delete", "--ignore-not-found", "--filename", manifest, seconds=READY_SECONDS + 30)
