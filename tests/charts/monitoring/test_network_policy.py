"""Connections that the rendered NetworkPolicies allow, evaluated as a network plugin does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.monitoring.chart import FULLNAME, rendered
from tests.harness.policy.network import Connection, Protocol, decide
from tests.harness.policy.peers import Address, Namespace, OwnNode, Peer, Pod

HERE = Namespace("serving")
CLIENT = Pod(HERE, {"app": "client"})
SHOP = Pod(Namespace("shop"), {"app": "client"})
MODEL = Pod(Namespace("models"), {"app": "model"})
OPERATOR = Pod(Namespace("monitoring"), {"app": "prometheus"})
RESOLVER = Pod(Namespace("kube-system"), {"k8s-app": "kube-dns"})
OUTSIDE = Address("203.0.113.7")
WEB = {"prometheus": 9090, "alertmanager": 9093, "grafana": 3000}
EXPORTERS = {"kube-state-metrics": 8080, "node-exporter": 9100}
PEERS, KUBELET, ADAPTER, API = 9094, 10250, 6443, 6443

ALL: dict[str, Any] = {"adapter": {"enabled": True}}
SHOPS = {
    **ALL,
    "networkPolicy": {"ingressFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}]},
}
OPEN = {**ALL, "networkPolicy": {"enabled": False}}
BESIDE_AN_OPERATOR: dict[str, Any] = {
    "mode": "operator",
    **{exporter: {"enabled": True} for exporter in ("kubeStateMetrics", "nodeExporter")},
    "networkPolicy": {
        "ingressFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    },
}
# Values, source, destination, port, and whether the connection is allowed. A string is a component of the release.
Rows = list[tuple[dict[str, Any], Peer | str, Peer | str, int, bool]]

INTERFACES: Rows = [
    *((ALL, CLIENT, component, port, True) for component, port in WEB.items()),
    *((ALL, SHOP, component, port, False) for component, port in WEB.items()),
    *((ALL, OUTSIDE, component, port, False) for component, port in WEB.items()),
    # Configured peers replace the pods of the namespace.
    *((SHOPS, SHOP, component, port, True) for component, port in WEB.items()),
    *((SHOPS, CLIENT, component, port, False) for component, port in WEB.items()),
    # Peers can connect to the web interfaces only.
    *((ALL, CLIENT, component, port, False) for component, port in EXPORTERS.items()),
    *((ALL, CLIENT, component, 22, False) for component in WEB),
    (ALL, CLIENT, "alertmanager", PEERS, False),
    (ALL, CLIENT, "alertmanager", 8080, False),
    # The kubelet connects from the node.
    *((ALL, OwnNode(), component, port, True) for component, port in {**WEB, **EXPORTERS}.items()),
    # The API server has no labels, and can have any address.
    (ALL, OUTSIDE, "adapter", ADAPTER, True),
]

AMONG_THEMSELVES: Rows = [
    *((ALL, "prometheus", component, port, True) for component, port in {**WEB, **EXPORTERS}.items()),
    # Pods of the release can connect even if they are not among the peers.
    *((SHOPS, "prometheus", component, port, True) for component, port in {**WEB, **EXPORTERS}.items()),
    *((SHOPS, "grafana", component, WEB[component], True) for component in ("prometheus", "alertmanager")),
    (SHOPS, "adapter", "prometheus", WEB["prometheus"], True),
    (SHOPS, "test", "prometheus", WEB["prometheus"], True),
    (ALL, "alertmanager", "alertmanager", PEERS, True),
    *((ALL, "grafana", component, port, False) for component, port in EXPORTERS.items()),
    *((ALL, "alertmanager", component, port, False) for component, port in WEB.items() if component != "alertmanager"),
    *((ALL, component, "prometheus", WEB["prometheus"], False) for component in EXPORTERS),
    (ALL, "adapter", "alertmanager", WEB["alertmanager"], False),
    (ALL, "test", "alertmanager", WEB["alertmanager"], False),
    (ALL, "test", "grafana", WEB["grafana"], False),
]

TO_OTHERS: Rows = [
    # Models can be in any namespace, and serve metrics on any port.
    (ALL, "prometheus", MODEL, 8081, True),
    (ALL, "prometheus", OUTSIDE, KUBELET, True),
    (ALL, "prometheus", OUTSIDE, API, True),
    (ALL, "prometheus", OUTSIDE, 9000, False),
    *((ALL, "alertmanager", OUTSIDE, port, port in (443, 587)) for port in (25, 80, 443, 587)),
    *((ALL, "kube-state-metrics", OUTSIDE, port, port in (443, 6443)) for port in (80, 443, 6443)),
    *((ALL, component, OUTSIDE, 443, False) for component in ("grafana", "node-exporter", "test")),
    *((ALL, component, RESOLVER, 53, True) for component in (*WEB, "adapter", "test")),
    *((ALL, component, RESOLVER, 53, False) for component in EXPORTERS),
    *((ALL, component, MODEL, 8080, False) for component in ("alertmanager", "grafana", *EXPORTERS, "adapter")),
]

ELSEWHERE: Rows = [
    *((BESIDE_AN_OPERATOR, OPERATOR, component, port, True) for component, port in EXPORTERS.items()),
    *((BESIDE_AN_OPERATOR, CLIENT, component, port, False) for component, port in EXPORTERS.items()),
    *((OPEN, SHOP, component, port, True) for component, port in {**WEB, **EXPORTERS}.items()),
]

ROWS = INTERFACES + AMONG_THEMSELVES + TO_OTHERS + ELSEWHERE


def name(end: Peer | str) -> str:
    if isinstance(end, str):
        return end
    return end.namespace.name if isinstance(end, Pod) else type(end).__name__


@pytest.mark.parametrize(
    ("values", "source", "destination", "port", "allowed"),
    ROWS,
    ids=[f"{name(source)} to {name(destination)}:{port} {allowed}" for _, source, destination, port, allowed in ROWS],
)
def test_network_policies_allow_only_the_expected_connections(
    values: dict[str, Any], source: Peer | str, destination: Peer | str, port: int, allowed: bool
) -> None:
    manifests = rendered(values)

    def peer(end: Peer | str) -> Peer:
        if not isinstance(end, str):
            return end
        (manifest,) = [each for each, _ in manifests.pod_specs() if each.name == f"{FULLNAME}-{end}"]
        return Pod.of(manifest)

    protocols: list[Protocol] = ["UDP", "TCP"] if port in (53, PEERS) else ["TCP"]
    for protocol in protocols:
        verdict = decide(manifests, Connection(peer(source), peer(destination), port, protocol))
        assert verdict.allowed is allowed, f"{source} to {destination}, port {port}/{protocol}: {verdict.reason}"


def test_every_pod_has_a_policy_for_both_directions() -> None:
    manifests = rendered(ALL)
    policies = {policy.name for policy in manifests.of_kind("NetworkPolicy")}
    for manifest, _ in manifests.pod_specs():
        assert manifest.name in policies, f"{manifest}: it has no NetworkPolicy"
    for policy in manifests.of_kind("NetworkPolicy"):
        assert list(policy.spec["policyTypes"]) == ["Ingress", "Egress"]
