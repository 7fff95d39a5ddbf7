"""Evaluation of NetworkPolicies as "Network Policies" in the Kubernetes documentation describes them.

A pod is not isolated in a direction until a policy of its namespace selects it for that direction. From then on, only
connections that one of these policies allows are allowed. A connection needs the source's egress and the destination's
ingress. Replies belong to their connection.

Two rules that the documentation leaves to network plugins: an ipBlock covers a pod only if the test gives the pod an
address, and traffic between a pod and its own node, such as the kubelet's probes, is always allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any, Literal

from tests.harness.manifests import Manifest
from tests.harness.policy.peers import Namespace, OwnNode, Peer, Pod
from tests.harness.policy.selectors import selects

Protocol = Literal["TCP", "UDP", "SCTP"]
Direction = Literal["Ingress", "Egress"]
Json = Mapping[str, Any]

# The field of a rule that lists its peers.
_PEERS = {"Ingress": "from", "Egress": "to"}


@dataclass(frozen=True)
class ConnectionResult:
    """The result for a connection, with the reason for the message of a test."""

    allowed: bool
    reason: str


@dataclass(frozen=True)
class Connection:
    """A connection from a source to a port of a destination."""

    source: Peer
    destination: Peer
    port: int
    protocol: Protocol = "TCP"

    def is_named(self, name: str) -> bool:
        """Return whether the destination has a port of that name with this number."""
        ports = self.destination.ports if isinstance(self.destination, Pod) else ()
        return any((each.name, each.number, each.protocol) == (name, self.port, self.protocol) for each in ports)


def allows(
    policies: Iterable[Manifest], *, source: Peer, destination: Peer, port: int, protocol: Protocol = "TCP"
) -> bool:
    """Return whether a connection is allowed. `policies` may contain objects of other kinds."""
    return decide(policies, Connection(source, destination, port, protocol)).allowed


def decide(policies: Iterable[Manifest], connection: Connection) -> ConnectionResult:
    """Return whether a connection is allowed, and why."""
    source, destination = connection.source, connection.destination
    if isinstance(source, OwnNode) or isinstance(destination, OwnNode):
        return ConnectionResult(True, "a pod and its own node can always reach each other")
    known = [policy for policy in policies if _is_network_policy(policy)]
    verdicts = []
    if isinstance(source, Pod):
        verdicts.append(_evaluate(known, "Egress", source, destination, connection))
    if isinstance(destination, Pod):
        verdicts.append(_evaluate(known, "Ingress", destination, source, connection))
    return ConnectionResult(all(each.allowed for each in verdicts), "; ".join(each.reason for each in verdicts))


def _is_network_policy(manifest: Manifest) -> bool:
    # Network plugins also have kinds of that name, with other rules.
    return manifest.kind == "NetworkPolicy" and str(manifest.body["apiVersion"]).startswith("networking.k8s.io/")


def _evaluate(
    policies: list[Manifest], direction: Direction, pod: Pod, peer: Peer, connection: Connection
) -> ConnectionResult:
    isolating = [policy for policy in policies if _isolates(policy, pod, direction)]
    if not isolating:
        return ConnectionResult(True, f"{direction}: no policy selects the pod")
    for policy in isolating:
        for rule in policy.spec.get(direction.lower()) or []:
            if _matches_peer(rule, direction, peer, policy) and _matches_port(rule, connection):
                return ConnectionResult(True, f"{direction}: {policy.name} allows it")
    return ConnectionResult(False, f"{direction}: none of {', '.join(policy.name for policy in isolating)} allows it")


def _isolates(policy: Manifest, pod: Pod, direction: Direction) -> bool:
    if Namespace.of(policy).name != pod.namespace.name or direction not in _types(policy.spec):
        return False
    return selects(policy.spec.get("podSelector") or {}, pod.labels)


def _types(spec: Json) -> list[str]:
    # The default is Ingress, and Egress if there are egress rules.
    return list(spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])])


def _matches_peer(rule: Json, direction: Direction, peer: Peer, policy: Manifest) -> bool:
    peers = rule.get(_PEERS[direction])
    # A rule without peers applies to all of them.
    return not peers or any(_is_covered(entry, peer, policy) for entry in peers)


def _is_covered(entry: Json, peer: Peer, policy: Manifest) -> bool:
    if entry.get("ipBlock"):
        block, ip = entry["ipBlock"], "" if isinstance(peer, OwnNode) else peer.ip
        return _is_in(ip, block["cidr"]) and not any(_is_in(ip, excluded) for excluded in block.get("except") or [])
    namespaces, pods = entry.get("namespaceSelector"), entry.get("podSelector")
    if namespaces is None and pods is None:
        raise ValueError(
            f"{policy} has an empty peer. Remedy: give it an ipBlock or a selector; {{}} matches everything."
        )
    if not isinstance(peer, Pod):
        return False
    if namespaces is None:
        is_in_namespace = peer.namespace.name == Namespace.of(policy).name
    else:
        is_in_namespace = selects(namespaces, peer.namespace.labels)
    return is_in_namespace and selects(pods or {}, peer.labels)


def _is_in(ip: str, cidr: str) -> bool:
    return bool(ip) and ip_address(ip) in ip_network(cidr, strict=False)


def _matches_port(rule: Json, connection: Connection) -> bool:
    ports = rule.get("ports")
    return not ports or any(_is_port(port, connection) for port in ports)


def _is_port(wanted: Json, connection: Connection) -> bool:
    if wanted.get("protocol", "TCP") != connection.protocol:
        return False
    port = wanted.get("port")
    if port is None:
        return True
    if isinstance(port, str):
        return connection.is_named(port)
    return bool(port <= connection.port <= wanted.get("endPort", port))
