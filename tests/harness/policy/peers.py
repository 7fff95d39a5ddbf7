"""The two ends of a connection, as network policies see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.harness.manifests import Manifest

NAME_LABEL = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Namespace:
    """A namespace. Kubernetes gives each a label with its name, so `labels` need not hold it."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", {**self.labels, NAME_LABEL: self.name})

    @staticmethod
    def of(manifest: Manifest) -> Namespace:
        """The namespace that a rendered object says it is in."""
        name = manifest.body["metadata"].get("namespace")
        if not name:
            raise ValueError(f"{manifest} does not say its namespace. Remedy: render metadata.namespace.")
        return Namespace(name)


@dataclass(frozen=True)
class NamedPort:
    """A port of a container that has a name."""

    name: str
    number: int
    protocol: str = "TCP"


@dataclass(frozen=True)
class Pod:
    """A pod. Give it an `ip` where an ipBlock is to cover it: whether one does is up to the network plugin."""

    namespace: Namespace
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[NamedPort, ...] = ()
    ip: str = ""

    @staticmethod
    def of(manifest: Manifest, namespace: Namespace | None = None) -> Pod:
        """A pod that a rendered object makes, in the object's own namespace unless another is given."""
        template = manifest.pod_template()
        if template is None:
            raise ValueError(f"{manifest} makes no pods. Remedy: ask about an object that does.")
        spec = template["spec"]
        # Of the containers that run first, only those that then go on have ports.
        sidecars = [each for each in spec.get("initContainers", []) if each.get("restartPolicy") == "Always"]
        ports = tuple(
            NamedPort(port["name"], port["containerPort"], port.get("protocol", "TCP"))
            for container in [*spec["containers"], *sidecars]
            for port in container.get("ports", [])
            if "name" in port
        )
        labels = (template.get("metadata") or {}).get("labels", {})
        return Pod(namespace or Namespace.of(manifest), labels, ports)

    def port(self, name: str) -> int:
        """The number of a named port."""
        for port in self.ports:
            if port.name == name:
                return port.number
        there = ", ".join(port.name for port in self.ports) or "none"
        raise LookupError(f"the pod has no port {name!r}. Remedy: use a number, or one of its names: {there}.")


@dataclass(frozen=True)
class Address:
    """Something with an IP address that is no pod of the cluster."""

    ip: str


@dataclass(frozen=True)
class OwnNode:
    """The node on which the pod at the other end runs."""


Peer = Pod | Address | OwnNode
