"""The ends of a connection, as NetworkPolicies see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.harness.manifests import Manifest

NAME_LABEL = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Namespace:
    """A namespace. The label with its name, which Kubernetes sets, is added to `labels`."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", {**self.labels, NAME_LABEL: self.name})

    @staticmethod
    def of(manifest: Manifest) -> Namespace:
        """Return the namespace of a rendered object."""
        name = manifest.body["metadata"].get("namespace")
        if not name:
            raise ValueError(f"{manifest} has no namespace. Remedy: render metadata.namespace.")
        return Namespace(name)


@dataclass(frozen=True)
class NamedPort:
    """A named port of a container."""

    name: str
    number: int
    protocol: str = "TCP"


@dataclass(frozen=True)
class Pod:
    """A pod. It has an `ip` only in tests of ipBlocks: whether they cover pods depends on the network plugin."""

    namespace: Namespace
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[NamedPort, ...] = ()
    ip: str = ""

    @staticmethod
    def of(manifest: Manifest, namespace: Namespace | None = None) -> Pod:
        """Return a pod of a rendered workload, in the workload's namespace unless another one is given."""
        template = manifest.pod_template()
        if template is None:
            raise ValueError(f"{manifest} has no pods. Remedy: pass a workload.")
        spec = template["spec"]
        # Among init containers, only sidecars keep running and can have ports.
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
        """Return the number of a named port."""
        for port in self.ports:
            if port.name == name:
                return port.number
        available = ", ".join(port.name for port in self.ports) or "none"
        raise LookupError(f"the pod has no port {name!r}. Remedy: use a number, or one of its names: {available}.")


@dataclass(frozen=True)
class Address:
    """An IP address outside the cluster's pods."""

    ip: str


@dataclass(frozen=True)
class OwnNode:
    """The node on which the pod at the other end runs."""


Peer = Pod | Address | OwnNode
