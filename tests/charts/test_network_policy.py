"""The evaluation of NetworkPolicies agrees with the Kubernetes documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.harness import Manifests
from tests.harness.policy.network import Connection, Protocol, allows, decide
from tests.harness.policy.peers import Address, NamedPort, Namespace, OwnNode, Peer, Pod

HERE = Namespace("here", {"team": "blue"})
THERE = Namespace("there", {"team": "red"})
SERVER = Pod(HERE, {"app": "server", "track": "stable"}, (NamedPort("http", 8080), NamedPort("dns", 53, "UDP")))
CLIENT = Pod(HERE, {"app": "client"})
FOREIGN_CLIENT = Pod(THERE, {"app": "client"})
OUTSIDE = Address("203.0.113.7")
SERVERS = {"matchLabels": {"app": "server"}}
ANY: Mapping[str, Any] = {}


def policy(name: str = "policy", namespace: str = "here", **spec: Any) -> Manifests:
    """A policy, of the server's pods by default."""
    metadata = {"name": name, "namespace": namespace}
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata}
    return Manifests(json.dumps({**body, "spec": {"podSelector": SERVERS, **spec}}))


def both(*policies: Manifests) -> Manifests:
    return Manifests("\n---\n".join(each.text for each in policies))


def reaches(policies: Manifests, source: Peer, port: int = 8080, protocol: Protocol = "TCP") -> bool:
    return allows(policies, source=source, destination=SERVER, port=port, protocol=protocol)


def leaves(policies: Manifests, destination: Peer, port: int = 443, protocol: Protocol = "TCP") -> bool:
    return allows(policies, source=SERVER, destination=destination, port=port, protocol=protocol)


@pytest.mark.parametrize(
    "peer", [CLIENT, FOREIGN_CLIENT, OUTSIDE], ids=["own namespace", "another namespace", "outside"]
)
class TestDefaults:
    """The default policies of the documentation."""

    def test_without_a_policy_everything_is_allowed(self, peer: Peer) -> None:
        assert reaches(Manifests(""), peer)
        assert leaves(Manifests(""), peer)

    @pytest.mark.parametrize("rules", [{}, {"ingress": []}, {"ingress": None}], ids=str)
    def test_ingress_without_rules_denies_only_ingress(self, peer: Peer, rules: dict[str, Any]) -> None:
        closed = policy(policyTypes=["Ingress"], **rules)
        assert not reaches(closed, peer)
        assert leaves(closed, peer)

    def test_an_empty_ingress_rule_allows_all(self, peer: Peer) -> None:
        assert reaches(policy(policyTypes=["Ingress"], ingress=[{}]), peer)

    @pytest.mark.parametrize("rules", [{}, {"egress": []}], ids=str)
    def test_egress_without_rules_denies_only_egress(self, peer: Peer, rules: dict[str, Any]) -> None:
        closed = policy(policyTypes=["Egress"], **rules)
        assert not leaves(closed, peer)
        assert reaches(closed, peer)

    def test_an_empty_egress_rule_allows_all(self, peer: Peer) -> None:
        assert leaves(policy(policyTypes=["Egress"], egress=[{}]), peer)

    def test_both_types_without_rules_deny_both(self, peer: Peer) -> None:
        closed = policy(policyTypes=["Ingress", "Egress"])
        assert not reaches(closed, peer)
        assert not leaves(closed, peer)

    def test_default_types_follow_from_the_rules(self, peer: Peer) -> None:
        assert not reaches(policy(), peer), "Ingress is always a default type"
        assert leaves(policy(), peer), "Egress is not a default type without egress rules"
        assert leaves(policy(egress=[]), peer), "an empty list has no rules"
        nowhere = policy(egress=[{"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}])
        assert not leaves(nowhere, peer)
        assert not reaches(nowhere, peer)

    def test_rules_of_other_types_have_no_effect(self, peer: Peer) -> None:
        assert not leaves(policy(policyTypes=["Egress"], ingress=[{}]), peer)
        assert reaches(policy(policyTypes=["Egress"], ingress=[]), peer)

    @pytest.mark.parametrize("peers", [{}, {"from": []}, {"from": None}], ids=str)
    def test_a_rule_without_peers_applies_to_all(self, peer: Peer, peers: dict[str, Any]) -> None:
        rule = policy(ingress=[{**peers, "ports": [{"port": 8080}]}])
        assert reaches(rule, peer)
        assert not reaches(rule, peer, 8081)


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ({}, True),
        ({"matchLabels": {}}, True),
        ({"matchLabels": {"app": "server"}}, True),
        ({"matchLabels": {"app": "server", "track": "stable"}}, True),
        ({"matchLabels": {"app": "server", "track": "canary"}}, False),
        ({"matchLabels": {"tier": "front"}}, False),
        ({"matchExpressions": [{"key": "track", "operator": "In", "values": ["canary", "stable"]}]}, True),
        ({"matchExpressions": [{"key": "track", "operator": "In", "values": ["canary"]}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["front"]}]}, False),
        ({"matchExpressions": [{"key": "track", "operator": "NotIn", "values": ["stable"]}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["front"]}]}, True),
        ({"matchExpressions": [{"key": "track", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "track", "operator": "DoesNotExist"}]}, False),
        ({"matchLabels": {"app": "server"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]}, False),
    ],
    ids=str,
)
def test_only_selected_pods_are_isolated(selector: dict[str, Any], selected: bool) -> None:
    assert reaches(policy(podSelector=selector), CLIENT) is not selected


def test_an_unknown_operator_is_refused() -> None:
    wrong = policy(podSelector={"matchExpressions": [{"key": "a", "operator": "in", "values": ["b"]}]})
    with pytest.raises(ValueError, match="'in' is not an operator"):
        reaches(wrong, CLIENT)


def test_a_policy_selects_only_pods_of_its_namespace() -> None:
    assert reaches(policy(namespace="there"), CLIENT)


def test_a_policy_without_a_namespace_is_refused() -> None:
    with pytest.raises(ValueError, match=r"render metadata\.namespace"):
        reaches(policy(namespace=""), CLIENT)


def test_policies_of_network_plugins_are_ignored() -> None:
    other = policy().text.replace("networking.k8s.io/v1", "crd.projectcalico.org/v1")
    assert reaches(Manifests(other), CLIENT)


PEERS: dict[str, Peer] = {
    "client here": CLIENT,
    "other here": Pod(HERE, {"app": "other"}),
    "client there": FOREIGN_CLIENT,
    "other there": Pod(THERE, {"app": "other"}),
    "outside": OUTSIDE,
}
CLIENTS, TEAM_RED = {"matchLabels": {"app": "client"}}, {"matchLabels": {"team": "red"}}


@pytest.mark.parametrize(
    ("peers", "allowed"),
    [
        pytest.param([{"podSelector": CLIENTS}], {"client here"}, id="pod selectors match the own namespace"),
        pytest.param([{"podSelector": ANY}], {"client here", "other here"}, id="all pods of its own namespace"),
        pytest.param([{"namespaceSelector": TEAM_RED}], {"client there", "other there"}, id="all pods of namespaces"),
        pytest.param([{"namespaceSelector": ANY}], set(PEERS) - {"outside"}, id="all pods of all namespaces"),
        pytest.param(
            [{"namespaceSelector": ANY, "podSelector": CLIENTS}],
            {"client here", "client there"},
            id="some pods of all namespaces",
        ),
        pytest.param(
            [{"namespaceSelector": TEAM_RED, "podSelector": CLIENTS}], {"client there"}, id="one item requires both"
        ),
        pytest.param(
            [{"namespaceSelector": TEAM_RED}, {"podSelector": CLIENTS}],
            {"client there", "other there", "client here"},
            id="two items are alternatives",
        ),
        pytest.param(
            [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "there"}}}],
            {"client there", "other there"},
            id="a namespace by its name",
        ),
        pytest.param([{"ipBlock": {"cidr": "0.0.0.0/0"}}], {"outside"}, id="addresses are not pods"),
        pytest.param([{"ipBlock": {"cidr": "203.0.113.7/32"}}], {"outside"}, id="one address"),
        pytest.param([{"ipBlock": {"cidr": "203.0.0.0/8", "except": ["203.0.113.0/24"]}}], set(), id="within except"),
        pytest.param(
            [{"ipBlock": {"cidr": "203.0.0.0/8", "except": ["203.1.0.0/16"]}}], {"outside"}, id="outside except"
        ),
        pytest.param([{"ipBlock": {"cidr": "::/0"}}], set(), id="addresses of another family"),
        pytest.param([{"ipBlock": {"cidr": "203.0.113.9/24"}}], {"outside"}, id="a block with host bits"),
    ],
)
def test_a_rule_allows_its_peers_in_both_directions(peers: list[dict[str, Any]], allowed: set[str]) -> None:
    ingress = policy(policyTypes=["Ingress"], ingress=[{"from": peers}])
    egress = policy(policyTypes=["Egress"], egress=[{"to": peers}])
    assert {name for name, peer in PEERS.items() if reaches(ingress, peer)} == allowed
    assert {name for name, peer in PEERS.items() if leaves(egress, peer)} == allowed


def test_an_ip_block_covers_only_pods_with_an_address() -> None:
    block = policy(ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}])
    assert not reaches(block, CLIENT)
    assert reaches(block, Pod(HERE, CLIENT.labels, ip="10.1.2.3"))


def test_an_empty_peer_is_refused() -> None:
    with pytest.raises(ValueError, match="has an empty peer"):
        reaches(policy(ingress=[{"from": [{}]}]), CLIENT)


@pytest.mark.parametrize(
    ("ports", "open_ports"),
    [
        (None, {(8080, "TCP"), (9000, "TCP"), (53, "TCP"), (53, "UDP")}),
        ([], {(8080, "TCP"), (9000, "TCP"), (53, "TCP"), (53, "UDP")}),
        ([{"port": 8080}], {(8080, "TCP")}),
        ([{"port": 53, "protocol": "UDP"}], {(53, "UDP")}),
        ([{"port": 53}], {(53, "TCP")}),
        ([{"protocol": "TCP"}], {(8080, "TCP"), (9000, "TCP"), (53, "TCP")}),
        ([{"protocol": "UDP"}], {(53, "UDP")}),
        ([{"port": "http"}], {(8080, "TCP")}),
        ([{"port": "dns", "protocol": "UDP"}], {(53, "UDP")}),
        ([{"port": "dns"}], set()),
        ([{"port": "metrics"}], set()),
        ([{"port": 8000, "endPort": 9000}], {(8080, "TCP"), (9000, "TCP")}),
        ([{"port": 8081, "endPort": 8999}], set()),
        ([{"port": 8080}, {"port": 53, "protocol": "UDP"}], {(8080, "TCP"), (53, "UDP")}),
    ],
    # Sorted, because two workers may print a set differently even with equal hashes: one may have compiled it, and the
    # other one loaded the bytecode.
    ids=lambda value: str(sorted(value)) if isinstance(value, set) else str(value),
)
def test_a_rule_allows_only_its_ports(ports: Any, open_ports: set[tuple[int, str]]) -> None:
    rule = policy(ingress=[{"ports": ports}])
    questions: list[tuple[int, Protocol]] = [(8080, "TCP"), (9000, "TCP"), (53, "TCP"), (53, "UDP")]
    assert {(port, protocol) for port, protocol in questions if reaches(rule, CLIENT, port, protocol)} == open_ports


def test_a_named_port_of_egress_belongs_to_the_destination() -> None:
    rule = policy(podSelector=CLIENTS, policyTypes=["Egress"], egress=[{"ports": [{"port": "http"}]}])
    assert allows(rule, source=CLIENT, destination=SERVER, port=8080)
    assert not allows(rule, source=CLIENT, destination=OUTSIDE, port=8080), "an address has no named ports"


def test_a_rule_requires_both_peer_and_port() -> None:
    rule = policy(
        ingress=[
            {"from": [{"podSelector": CLIENTS}], "ports": [{"port": 8080}]},
            {"from": [{"namespaceSelector": TEAM_RED}], "ports": [{"port": 9000}]},
        ]
    )
    assert reaches(rule, CLIENT, 8080)
    assert not reaches(rule, CLIENT, 9000)
    assert reaches(rule, FOREIGN_CLIENT, 9000)
    assert not reaches(rule, FOREIGN_CLIENT, 8080)


def test_policies_are_additive() -> None:
    deny, allow = policy("deny"), policy("allow", ingress=[{"from": [{"podSelector": CLIENTS}]}])
    for policies in (both(deny, allow), both(allow, deny)):
        assert reaches(policies, CLIENT)
        assert not reaches(policies, FOREIGN_CLIENT)


def test_both_ends_must_allow_a_connection() -> None:
    ingress = policy("in", ingress=[{"from": [{"podSelector": ANY}]}])
    egress = policy("out", podSelector=CLIENTS, policyTypes=["Egress"])
    opened = policy("open", podSelector=CLIENTS, policyTypes=["Egress"], egress=[{"ports": [{"port": 8080}]}])
    assert reaches(ingress, CLIENT)
    assert not reaches(both(ingress, egress), CLIENT)
    assert reaches(both(ingress, egress, opened), CLIENT)
    assert not reaches(both(ingress, egress, opened), FOREIGN_CLIENT)


def test_the_kubelet_reaches_pods_of_its_node() -> None:
    assert reaches(policy(policyTypes=["Ingress", "Egress"]), OwnNode())
    assert leaves(policy(policyTypes=["Ingress", "Egress"]), OwnNode())


def test_the_example_of_the_documentation_works_as_described() -> None:
    rules = policy(
        policyTypes=["Ingress", "Egress"],
        ingress=[
            {
                "from": [
                    {"ipBlock": {"cidr": "172.17.0.0/16", "except": ["172.17.1.0/24"]}},
                    {"namespaceSelector": TEAM_RED},
                    {"podSelector": CLIENTS},
                ],
                "ports": [{"protocol": "TCP", "port": 8080}],
            }
        ],
        egress=[{"to": [{"ipBlock": {"cidr": "10.0.0.0/24"}}], "ports": [{"protocol": "TCP", "port": 5978}]}],
    )
    for peer in (CLIENT, FOREIGN_CLIENT, Address("172.17.0.9"), Address("172.17.2.255")):
        assert reaches(rules, peer)
    for peer in (Pod(HERE, {"app": "other"}), Address("172.17.1.1"), OUTSIDE):
        assert not reaches(rules, peer)
    assert leaves(rules, Address("10.0.0.5"), 5978)
    assert not leaves(rules, Address("10.0.1.5"), 5978)
    assert not leaves(rules, Address("10.0.0.5"), 5979)


def test_a_verdict_names_the_deciding_policy() -> None:
    rules = both(policy("closed"), policy("clients", ingress=[{"from": [{"podSelector": CLIENTS}]}]))
    good = decide(rules, Connection(CLIENT, SERVER, 8080))
    assert good.reason == "Egress: no policy selects the pod; Ingress: clients allows it"
    assert "Ingress: none of closed, clients allows it" in decide(rules, Connection(OUTSIDE, SERVER, 8080)).reason


DEPLOYMENT = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: demo, namespace: here}
spec:
  template:
    metadata: {labels: {app: server}}
    spec:
      initContainers:
        - {name: fetch, ports: [{name: gone, containerPort: 1}]}
        - {name: proxy, restartPolicy: Always, ports: [{name: proxy, containerPort: 9000}]}
      containers:
        - {name: server, ports: [{name: http, containerPort: 8080}, {containerPort: 8081}]}
"""


def test_a_pod_is_read_from_a_rendered_workload() -> None:
    manifest = Manifests(DEPLOYMENT).one("Deployment")
    pod = Pod.of(manifest)
    assert (pod.namespace.name, pod.labels) == ("here", {"app": "server"})
    assert {port.name: port.number for port in pod.ports} == {"http": 8080, "proxy": 9000}
    assert pod.port("http") == 8080
    assert Pod.of(manifest, THERE).namespace is THERE
    with pytest.raises(LookupError, match=r"no port 'web'.*one of its names: http, proxy"):
        pod.port("web")


def test_an_object_without_pods_is_refused() -> None:
    with pytest.raises(ValueError, match="has no pods"):
        Pod.of(policy().one("NetworkPolicy"))
