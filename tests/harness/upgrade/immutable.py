"""Immutable fields: an upgrade that changes one fails halfway.

The rules follow the update validation of the Kubernetes API server, kind by kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Body = Mapping[str, Any]

_FIELDS: dict[str, tuple[str, ...]] = {
    "Deployment": ("spec.selector",),
    "DaemonSet": ("spec.selector",),
    "ReplicaSet": ("spec.selector",),
    "Job": (
        *("spec.selector", "spec.template", "spec.completions", "spec.completionMode", "spec.managedBy"),
        *("spec.podFailurePolicy", "spec.successPolicy", "spec.backoffLimitPerIndex"),
    ),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "StorageClass": ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
    "PriorityClass": ("value", "preemptionPolicy"),
    "IngressClass": ("spec.controller",),
    "RuntimeClass": ("handler",),
    "Secret": ("type",),
}
# Defaults: setting the field to its default is not a change.
_DEFAULTS = {
    ("Job", "spec.completionMode"): "NonIndexed",
    ("PersistentVolumeClaim", "spec.volumeMode"): "Filesystem",
    ("PriorityClass", "preemptionPolicy"): "PreemptLowerPriority",
    ("Secret", "type"): "Opaque",
    ("StatefulSet", "spec.podManagementPolicy"): "OrderedReady",
    ("StorageClass", "reclaimPolicy"): "Delete",
    ("StorageClass", "volumeBindingMode"): "Immediate",
}
# The mutable fields in the spec of a StatefulSet.
_MUTABLE_IN_STATEFUL_SET = {
    *("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "minReadySeconds"),
    "persistentVolumeClaimRetentionPolicy",
}
# The mutable fields in the spec of a PersistentVolumeClaim. The size can only grow.
_MUTABLE_IN_CLAIM = {"resources", "volumeAttributesClassName"}
_SIZE = "spec.resources.requests.storage"
_QUANTITY = re.compile(r"(\d+\.?\d*|\.\d+)(?:([EPTGMk]i?|Ki|m)|[eE](\d+))?")
_PREFIXES = "kMGTPE"


def changed(kind: str, old: Body, new: Body) -> Iterator[str]:
    """Yield the paths of the immutable fields of an object that differ."""
    for path in _FIELDS.get(kind, ()):
        if _differs(kind, old, new, path):
            yield path
    if kind in _SPECIAL:
        yield from _SPECIAL[kind](old, new)


def at(body: Body, path: str) -> Any:
    """Return the field of an object at a path of names, or None."""
    value: Any = body
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def quantity(text: str | float) -> float:
    """Return a Kubernetes quantity, such as 10Gi, as a number."""
    match = _QUANTITY.fullmatch(str(text))
    if match is None:
        raise ValueError(f"{text!r} is not a quantity. Remedy: write a number and a unit, such as 10Gi.")
    number, unit, exponent = match.groups()
    if unit == "m":
        return float(number) / 1000
    if unit:
        base, power = (1024 if unit.endswith("i") else 1000), _PREFIXES.index(unit[0].replace("K", "k")) + 1
        return float(number) * float(base**power)
    return float(f"{number}e{exponent or 0}")


def _differs(kind: str, old: Body, new: Body, path: str) -> bool:
    default = _DEFAULTS.get((kind, path))
    was, now = at(old, path), at(new, path)
    return bool((default if was is None else was) != (default if now is None else now))


def _stateful_set(old: Body, new: Body) -> Iterator[str]:
    return _all_except("StatefulSet", _MUTABLE_IN_STATEFUL_SET, old, new)


def _claim(old: Body, new: Body) -> Iterator[str]:
    yield from _all_except("PersistentVolumeClaim", _MUTABLE_IN_CLAIM, old, new)
    was, now = at(old, _SIZE), at(new, _SIZE)
    if was is not None and now is not None and quantity(now) < quantity(was):
        yield _SIZE


def _all_except(kind: str, mutable: set[str], old: Body, new: Body) -> Iterator[str]:
    names = {*old.get("spec", {}), *new.get("spec", {})} - mutable
    return (f"spec.{name}" for name in sorted(names) if _differs(kind, old, new, f"spec.{name}"))


def _service(old: Body, new: Body) -> Iterator[str]:
    types = [at(body, "spec.type") or "ClusterIP" for body in (old, new)]
    if "ExternalName" not in types:
        for path in ("spec.clusterIP", "spec.clusterIPs"):
            # Unset, a new Service gets an address, and an existing one keeps its own, which may be None.
            if at(old, path) != at(new, path):
                yield path
        first = [(at(body, "spec.ipFamilies") or [None])[0] for body in (old, new)]
        if None not in first and first[0] != first[1]:
            yield "spec.ipFamilies"
    balancer = "spec.loadBalancerClass"
    if types == ["LoadBalancer", "LoadBalancer"] and at(old, balancer) != at(new, balancer):
        yield balancer


def _data(old: Body, new: Body) -> Iterator[str]:
    if old.get("immutable"):
        names = ("immutable", "data", "binaryData", "stringData")
        yield from (name for name in names if old.get(name) != new.get(name))


_SPECIAL: dict[str, Callable[[Body, Body], Iterator[str]]] = {
    "StatefulSet": _stateful_set,
    "PersistentVolumeClaim": _claim,
    "Service": _service,
    "ConfigMap": _data,
    "Secret": _data,
}
