"""A pod that sends requests to Services, as any other workload of the cluster does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml

from cluster.kubectl import kubectl

MANIFEST = Path(__file__).with_name("client-pod.yaml")
READY_SECONDS = 90


@contextmanager
def client_pod(namespace: str, labels: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the name of a ready pod as ``pod/NAME``; the pod is deleted afterwards."""
    pod = create(namespace, labels)
    try:
        wait_until_ready(pod, namespace)
        yield pod
    finally:
        kubectl("--namespace", namespace, "delete", pod, "--now", "--wait=false", check=False)


def create(namespace: str, labels: Mapping[str, str] | None = None) -> str:
    """Create the pod without waiting for it; returns ``pod/NAME``."""
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    manifest["metadata"]["labels"] |= labels or {}
    create = ("--namespace", namespace, "create", "--filename", "-", "--output", "name")
    return kubectl(*create, stdin=json.dumps(manifest)).strip()


def wait_until_ready(pod: str, namespace: str) -> None:
    """Wait until ``pod/NAME`` is ready."""
    kubectl("--namespace", namespace, "wait", pod, "--for=condition=Ready", f"--timeout={READY_SECONDS}s")
