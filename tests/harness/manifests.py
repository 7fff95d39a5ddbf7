"""Rendered objects, immutable and indexed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.harness.yaml_documents import Document, documents, parse

__all__ = ["Manifest", "Manifests", "parse"]

# Cluster-scoped kinds, as far as the charts render them.
_CLUSTER_SCOPED = {
    "APIService",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "Namespace",
    "PersistentVolume",
    "PriorityClass",
    "StorageClass",
    "ValidatingWebhookConfiguration",
}
# The template that renders the users' extraObjects.
_EXTRA_OBJECTS = "/extra-objects.yaml"


@dataclass(frozen=True)
class Manifest:
    """A rendered object and the path of its template."""

    body: Mapping[str, Any]
    template: str

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def is_own(self) -> bool:
        """True unless the object is one of the users' extraObjects."""
        return not self.template.endswith(_EXTRA_OBJECTS)

    @property
    def is_namespaced(self) -> bool:
        """True unless the object is cluster-scoped."""
        return self.kind not in _CLUSTER_SCOPED

    @property
    def source(self) -> str:
        """The path of the template, relative to templates/."""
        return self.template.partition("/templates/")[2]

    @property
    def labels(self) -> Mapping[str, str]:
        labels: Mapping[str, str] = self.body["metadata"].get("labels", {})
        return labels

    @property
    def annotations(self) -> Mapping[str, str]:
        annotations: Mapping[str, str] = self.body["metadata"].get("annotations", {})
        return annotations

    @property
    def spec(self) -> Mapping[str, Any]:
        spec: Mapping[str, Any] = self.body["spec"]
        return spec

    def pod_template(self) -> Mapping[str, Any] | None:
        """Return metadata and spec of the pods that this object creates or is; None for an object without pods."""
        if self.kind == "Pod":
            return self.body
        if self.kind == "CronJob":
            cron_template: Mapping[str, Any] = self.spec["jobTemplate"]["spec"]["template"]
            return cron_template
        template: Mapping[str, Any] | None = (self.body.get("spec") or {}).get("template")
        return template

    def __str__(self) -> str:
        return f"{self.kind}/{self.name} ({self.template})"


class Manifests:
    """All objects of a rendering."""

    def __init__(self, text: str) -> None:
        self._index(documents(text))

    @classmethod
    def of(cls, parts: Iterable[Document]) -> Manifests:
        """Return the objects of parsed documents."""
        manifests = cls.__new__(cls)
        manifests._index(parts)
        return manifests

    def _index(self, parts: Iterable[Document]) -> None:
        self._objects: dict[tuple[str, str], Manifest] = {}
        texts = []
        for part in parts:
            manifest = Manifest(part.body, part.template)
            key = (manifest.kind, manifest.name)
            if key in self._objects:
                raise ValueError(
                    f"{manifest} is rendered twice, first by {self._objects[key].template}. "
                    "Remedy: rename one of the two."
                )
            self._objects[key] = manifest
            texts.append(f"---\n# Source: {part.template}\n{part.text}\n")
        self.text = "".join(texts)

    def __iter__(self) -> Iterator[Manifest]:
        return iter(self._objects.values())

    @cached_property
    def keys(self) -> frozenset[tuple[str, str]]:
        """The (kind, name) of every object."""
        return frozenset(self._objects)

    def of_kind(self, kind: str) -> list[Manifest]:
        """Return all objects of a kind."""
        return [manifest for manifest in self if manifest.kind == kind]

    def one(self, kind: str, name: str | None = None) -> Manifest:
        """Return the object of that kind and name; without a name, the only object of the kind."""
        found = [manifest for manifest in self.of_kind(kind) if name in (None, manifest.name)]
        if len(found) != 1:
            wanted = kind if name is None else f"{kind}/{name}"
            rendered = ", ".join(sorted("/".join(key) for key in self.keys))
            raise LookupError(f"{len(found)} objects match {wanted}, expected one. Rendered: {rendered}")
        return found[0]

    def pod_specs(self) -> Iterator[tuple[Manifest, Mapping[str, Any]]]:
        """Yield every pod spec with its object."""
        for manifest in self:
            template = manifest.pod_template()
            if template is not None:
                yield manifest, template["spec"]

    def containers(self) -> Iterator[tuple[Manifest, Mapping[str, Any]]]:
        """Yield every container of every pod, init containers included, with its object."""
        for manifest, spec in self.pod_specs():
            for section in ("initContainers", "containers"):
                for container in spec.get(section, []):
                    yield manifest, container
