"""The pods of a rendering that an object selects, and those that it should select."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.harness.case import Case
from tests.harness.manifests import Manifest, Manifests
from tests.harness.objects import own
from tests.harness.policy.selectors import selects

Labels = Mapping[str, str]
Selector = Mapping[str, Any]
_SELECTING = ("Deployment", "StatefulSet", "DaemonSet", "PodDisruptionBudget", "PodMonitor")


def pods_of(manifests: Manifests) -> dict[str, Labels]:
    """Return the labels of all pods by "Kind/name" of their workload."""
    made = {f"{each.kind}/{each.name}": each.pod_template() for each in own(manifests)}
    return {key: template["metadata"].get("labels", {}) for key, template in made.items() if template is not None}


def selected(manifests: Manifests, selector: Selector) -> set[str]:
    """Return the workloads whose pods a selector matches, as "Kind/name"."""
    return {key for key, labels in pods_of(manifests).items() if selects(selector, labels)}


def running(manifests: Manifests, container: str) -> set[str]:
    """Return the workloads whose pods have a container of that name, as "Kind/name"."""
    return {
        f"{each.kind}/{each.name}"
        for each, spec in manifests.pod_specs()
        if any(item["name"] == container for item in spec["containers"])
    }


def looks_elsewhere(manifest: Manifest) -> bool:
    """Return whether a monitor of the Prometheus operator selects objects of other releases."""
    return manifest.kind in ("PodMonitor", "ServiceMonitor") and "namespaceSelector" in manifest.spec


def selectors_of(manifest: Manifest) -> Iterator[Selector]:
    """Yield the selectors by which an object finds pods of its own release."""
    spec = manifest.body.get("spec") or {}
    if manifest.kind == "Service":
        if "selector" in spec:
            yield {"matchLabels": spec["selector"]}
    elif manifest.kind == "NetworkPolicy":
        yield spec["podSelector"]
    elif manifest.kind in _SELECTING and not looks_elsewhere(manifest):
        yield spec["selector"]


def workloads_in_same_folder(manifests: Manifests, manifest: Manifest, _given: Case) -> set[str]:
    """Return the workloads in the same folder of templates: a folder holds the objects of one component."""
    folder = manifest.source.rpartition("/")[0]
    neighbors = {f"{each.kind}/{each.name}" for each in own(manifests) if each.source.rpartition("/")[0] == folder}
    return neighbors & set(pods_of(manifests))
