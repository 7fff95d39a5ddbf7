"""Accessors for rendered objects and values that many tests use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.harness.manifests import Manifest, Manifests

# Kinds whose pods run permanently, unlike those of a Job.
PERMANENT_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


def own(manifests: Manifests) -> list[Manifest]:
    """Return the chart's own objects, without those of extraObjects."""
    return [manifest for manifest in manifests if manifest.is_own]


def containers(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every container of a pod, init containers included."""
    for section in ("initContainers", "containers"):
        yield from spec.get(section, [])


def named(items: Sequence[Any], name: str) -> Any:
    """Return the entry of a list with that name, or None."""
    return next((item for item in items if item["name"] == name), None)


def texts(data: Any) -> Iterator[str]:
    """Yield every string in `data`, keys excluded."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, Sequence):
        for value in data:
            yield from texts(value)
