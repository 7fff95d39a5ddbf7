"""Compares two renderings, object by object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.harness.manifests import Manifest, Manifests
from tests.harness.upgrade import immutable
from tests.harness.upgrade.immutable import at

# What makes pods anew when its template changes.
_ROLLING = {"Deployment", "StatefulSet", "DaemonSet"}
_SCALED = {"Deployment", "StatefulSet", "ReplicaSet"}
_CLAIM = "PersistentVolumeClaim"
_SHOWN = 8


class Severity(StrEnum):
    """What becomes of a release: `breaks`, somebody has to step in; `removes`, something is gone; `rolls`, new pods."""

    BREAKS = "breaks"
    REMOVES = "removes"
    ROLLS = "rolls"


@dataclass(frozen=True)
class Finding:
    """One thing that an upgrade would do to one object."""

    severity: Severity
    kind: str
    name: str
    path: str
    problem: str
    remedy: str

    @property
    def object(self) -> str:
        """Kind and name of the object."""
        return f"{self.kind}/{self.name}"

    def __str__(self) -> str:
        return f"{self.severity}: {self.object} {self.path}: {self.problem} Remedy: {self.remedy}"


Key = tuple[str, str]


def findings(before: Manifests, after: Manifests) -> list[Finding]:
    """All that an upgrade would do, in the order of the objects that are there. Hooks are no part of a release."""
    old, new = _objects(before), _objects(after)
    added = [manifest for key, manifest in new.items() if key not in old]
    result = [
        finding
        for key, manifest in old.items()
        for finding in (_changes(manifest, new[key]) if key in new else _removal(manifest, added))
    ]
    return result + [_closing(manifest) for manifest in added if manifest.kind == "NetworkPolicy"]


def _objects(manifests: Manifests) -> dict[Key, Manifest]:
    return {
        (manifest.kind, manifest.name): manifest for manifest in manifests if "helm.sh/hook" not in manifest.annotations
    }


def _removal(old: Manifest, added: Sequence[Manifest]) -> Iterator[Finding]:
    claims = [manifest.name for manifest in added if manifest.kind == old.kind == _CLAIM]
    if claims:
        yield Finding(
            Severity.BREAKS,
            old.kind,
            old.name,
            "metadata.name",
            f"it is gone and there is a new one, {', '.join(claims)}: pods get an empty volume.",
            "keep the name: data does not move with it.",
        )
    elif old.annotations.get("helm.sh/resource-policy") != "keep":
        remedy = "keep it, or say in UPGRADING.md of a new major version what takes its place."
        loss = ", and its data with it" if old.kind == _CLAIM else ""
        yield Finding(Severity.REMOVES, old.kind, old.name, "", f"it is removed{loss}.", remedy)


def _closing(added: Manifest) -> Finding:
    problem = "it is new: who has called these pods, or is called by them, and is not named in it is cut off."
    remedy = "leave it to a value that is off, or say in UPGRADING.md whom to name."
    return Finding(Severity.BREAKS, added.kind, added.name, "spec", problem, remedy)


def _changes(old: Manifest, new: Manifest) -> Iterator[Finding]:
    moved = list(_moved(old, new))
    if moved:
        # Nothing is changed: one object is removed, and another is made.
        yield from moved
        return
    for path in immutable.changed(old.kind, old.body, new.body):
        yield Finding(
            Severity.BREAKS,
            old.kind,
            old.name,
            path,
            "it cannot be changed: the API server refuses the upgrade.",
            "leave it as it was, give the object another name, or, in a new major version, have UPGRADING.md say how "
            "to delete the object first.",
        )
    yield from _replicas(old, new)
    yield from _rollout(old, new)


def _moved(old: Manifest, new: Manifest) -> Iterator[Finding]:
    identity = {
        "metadata.namespace": [manifest.body["metadata"].get("namespace") for manifest in (old, new)],
        "apiVersion": [str(manifest.body["apiVersion"]).rpartition("/")[0] for manifest in (old, new)],
    }
    for path, (was, now) in identity.items():
        if was != now:
            yield Finding(
                Severity.REMOVES,
                old.kind,
                old.name,
                path,
                f"it was {was or 'left out'} and is {now or 'left out'}: the object is removed and another is made.",
                "leave it as it was.",
            )


def _replicas(old: Manifest, new: Manifest) -> Iterator[Finding]:
    if old.kind not in _SCALED:
        return
    was, now = at(old.body, "spec.replicas"), at(new.body, "spec.replicas")
    if was is not None and now is None:
        problem = f"it was {was} and is left out: one pod is left until something scales it up."
        remedy = "keep it, or leave it out only where an autoscaler is new, too, and say so in UPGRADING.md."
    elif was is None and now is not None:
        problem = f"it was left out and is {now}: who has scaled it is overruled, or, with Helm 4, refuses the upgrade."
        remedy = "leave it out."
    else:
        return
    yield Finding(Severity.BREAKS, old.kind, old.name, "spec.replicas", problem, remedy)


def _rollout(old: Manifest, new: Manifest) -> Iterator[Finding]:
    if old.kind not in _ROLLING or at(new.body, "spec.updateStrategy.type") == "OnDelete":
        return
    paths = [f"spec.template{path}" for path in _differences(old.pod_template(), new.pod_template())]
    if paths:
        more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
        problem = f"its pods are made anew, for: {', '.join(paths[:_SHOWN])}{more}."
        remedy = "none is needed where readiness and a disruption budget keep enough pods; else leave it as it was."
        yield Finding(Severity.ROLLS, old.kind, old.name, "spec.template", problem, remedy)


def _differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """The deepest paths at which two values differ."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            yield from _differences(old.get(name), new.get(name), f"{path}.{name}")
    elif isinstance(old, Sequence) and isinstance(new, Sequence) and not isinstance(old, str) and len(old) == len(new):
        for index, (was, now) in enumerate(zip(old, new, strict=True)):
            yield from _differences(was, now, f"{path}[{index}]")
    elif old != new:
        yield path
