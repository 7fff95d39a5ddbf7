"""Comparison of two renderings, object by object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.harness.manifests import Manifest, Manifests
from tests.harness.upgrade import immutable
from tests.harness.upgrade.immutable import at

# Kinds that replace their pods when the template changes.
_ROLLING = {"Deployment", "StatefulSet", "DaemonSet"}
_SCALED = {"Deployment", "StatefulSet", "ReplicaSet"}
_CLAIM = "PersistentVolumeClaim"
# Of Helm and Argo CD. Hooks are deleted and created again.
HOOKS = {"helm.sh/hook", "argocd.argoproj.io/hook"}
_MAX_PATHS = 8


class Severity(StrEnum):
    """The effect on a release: `breaks` needs manual action, `removes` deletes an object, `rolls` replaces pods."""

    BREAKS = "breaks"
    REMOVES = "removes"
    ROLLS = "rolls"


@dataclass(frozen=True)
class Finding:
    """One effect of an upgrade on one object."""

    severity: Severity
    kind: str
    name: str
    path: str
    problem: str
    remedy: str
    # The API server refuses the change, or pods get an empty volume.
    immutable: bool = False

    @property
    def object(self) -> str:
        """The kind and name of the object."""
        return f"{self.kind}/{self.name}"

    def __str__(self) -> str:
        return f"{self.severity}: {self.object} {self.path}: {self.problem} Remedy: {self.remedy}"


Key = tuple[str, str]


def findings(before: Manifests, after: Manifests) -> list[Finding]:
    """Return all effects of an upgrade, in the order of the existing objects. Hooks are not part of a release."""
    old, new = _objects(before), _objects(after)
    added = [manifest for key, manifest in new.items() if key not in old]
    result = [
        finding
        for key, manifest in old.items()
        for finding in (_changes(manifest, new[key]) if key in new else _removal(manifest, added))
    ]
    return result + [_closing(manifest) for manifest in added if manifest.kind == "NetworkPolicy"]


def _objects(manifests: Manifests) -> dict[Key, Manifest]:
    return {(manifest.kind, manifest.name): manifest for manifest in manifests if not HOOKS & set(manifest.annotations)}


def _removal(old: Manifest, added: Sequence[Manifest]) -> Iterator[Finding]:
    others = [manifest.name for manifest in added if manifest.kind == old.kind and _has_claims(manifest)]
    if _has_claims(old) and others:
        yield Finding(
            Severity.BREAKS,
            old.kind,
            old.name,
            "metadata.name",
            f"it is removed and {', '.join(others)} is new: pods get an empty volume.",
            "keep the name: the data does not move.",
            immutable=True,
        )
    elif old.annotations.get("helm.sh/resource-policy") != "keep":
        remedy = "keep it, or name its replacement in UPGRADING.md of a new major version."
        loss = ", and its data with it" if old.kind == _CLAIM else ""
        yield Finding(Severity.REMOVES, old.kind, old.name, "", f"it is removed{loss}.", remedy)


def _has_claims(manifest: Manifest) -> bool:
    return manifest.kind == _CLAIM or bool(at(manifest.body, "spec.volumeClaimTemplates"))


def _closing(added: Manifest) -> Finding:
    problem = "it is new: connections of these pods that it does not allow are cut off."
    remedy = "add it only if a value enables it, or list in UPGRADING.md which peers to allow."
    return Finding(Severity.BREAKS, added.kind, added.name, "spec", problem, remedy)


def _changes(old: Manifest, new: Manifest) -> Iterator[Finding]:
    if old.body == new.body:
        return
    moved = list(_moved(old, new))
    if moved:
        # The object is not changed: it is deleted, and another one is created.
        yield from moved
        return
    for path in immutable.changed(old.kind, old.body, new.body):
        yield Finding(
            Severity.BREAKS,
            old.kind,
            old.name,
            path,
            "it is immutable: the API server refuses the upgrade.",
            "restore it, rename the object, or, in a new major version, describe in UPGRADING.md how to delete the "
            "object first.",
            immutable=True,
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
                f"it was {was or 'unset'} and is {now or 'unset'}: the object is deleted and another one is created.",
                "restore it.",
                immutable=path == "metadata.namespace" and _has_claims(old) and _has_claims(new),
            )


def _replicas(old: Manifest, new: Manifest) -> Iterator[Finding]:
    if old.kind not in _SCALED:
        return
    was, now = at(old.body, "spec.replicas"), at(new.body, "spec.replicas")
    if was is not None and now is None:
        problem = f"it was {was} and is unset: one pod remains until an autoscaler adds others."
        remedy = "keep it, or unset it only together with a new autoscaler, and describe that in UPGRADING.md."
    elif was is None and now is not None:
        problem = f"it was unset and is {now}: the upgrade overrides an autoscaler or, with Helm 4, conflicts with it."
        remedy = "unset it."
    else:
        return
    yield Finding(Severity.BREAKS, old.kind, old.name, "spec.replicas", problem, remedy)


def _rollout(old: Manifest, new: Manifest) -> Iterator[Finding]:
    if old.kind not in _ROLLING or at(new.body, "spec.updateStrategy.type") == "OnDelete":
        return
    paths = [f"spec.template{path}" for path in _differences(old.pod_template(), new.pod_template())]
    if paths:
        more = f" and {len(paths) - _MAX_PATHS} more" if len(paths) > _MAX_PATHS else ""
        problem = f"its pods are replaced, because these changed: {', '.join(paths[:_MAX_PATHS])}{more}."
        remedy = "none if readiness and a disruption budget keep enough pods available; else restore it."
        yield Finding(Severity.ROLLS, old.kind, old.name, "spec.template", problem, remedy)


def _differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Yield the deepest paths at which two values differ."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            yield from _differences(old.get(name), new.get(name), f"{path}.{name}")
    elif isinstance(old, Sequence) and isinstance(new, Sequence) and not isinstance(old, str) and len(old) == len(new):
        for index, (was, now) in enumerate(zip(old, new, strict=True)):
            yield from _differences(was, now, f"{path}[{index}]")
    elif old != new:
        yield path
