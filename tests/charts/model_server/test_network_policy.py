"""Connections that the rendered NetworkPolicies allow, evaluated by the rules of the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, NGINX, SHA256, downloading, rendered
from tests.charts.model_server.guard_cases_release import ANYWHERE
from tests.harness import Manifests, merged
from tests.harness.policy.network import Connection, Protocol, decide
from tests.harness.policy.peers import Address, Namespace, OwnNode, Peer, Pod

HERE = Namespace("serving")
CLIENT = Pod(HERE, {"app": "client"})
SHOP = Pod(Namespace("shop"), {"app": "client"})
PROMETHEUS = Pod(Namespace("monitoring"), {"app": "prometheus"})
ISTIOD = Pod(Namespace("istio-system"), {"app": "istiod"})
OUTSIDE = Address("203.0.113.7")
HTTP, ADMIN = 8080, 8081
DNS = (53, 1053, 5353)

NO_PEERS: dict[str, Any] = {"networkPolicy": {"ingressFrom": []}, "tests": {"runner": "none"}}
SHOPS = {
    "networkPolicy": {"ingressFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}]}
}
ONE_DNS_PORT: dict[str, Any] = {"networkPolicy": {"dnsPorts": [1053]}}
NO_DNS: dict[str, Any] = {"networkPolicy": {"dnsPorts": []}}
IN_MESH: dict[str, Any] = {"networkPolicy": {"istioNamespace": "istio-system"}}
WITH_NGINX: dict[str, Any] = {"nginx": {"enabled": True}}
VERSIONS: dict[str, Any] = {"versions": [{"name": 1}, {"name": 2}], "keepUnversioned": True}


def pod_of(manifests: Manifests, name: str) -> Pod:
    """Return a pod of the release by the name of its workload."""
    (manifest,) = [each for each in manifests if each.pod_template() is not None and each.name == name]
    return Pod.of(manifest)


def check(values: dict[str, Any], source: Peer | str, destination: Peer | str, port: int, allowed: bool) -> None:
    """Check whether a connection is allowed; a string is the name of a pod's workload."""
    manifests = rendered(values)
    ends = [pod_of(manifests, end) if isinstance(end, str) else end for end in (source, destination)]
    protocols: list[Protocol] = ["UDP", "TCP"] if port in DNS else ["TCP"]
    for protocol in protocols:
        verdict = decide(manifests, Connection(ends[0], ends[1], port, protocol))
        assert verdict.allowed is allowed, f"{source} to {destination}, port {port}/{protocol}: {verdict.reason}"


TEST = f"{FULLNAME}-test"
# Values, source, destination, port, and whether the connection is allowed.
Rows = list[tuple[dict[str, Any], Peer | str, Peer | str, int, bool]]

INGRESS: Rows = [
    # By default, the pods of the namespace may request predictions and nothing else.
    ({}, CLIENT, FULLNAME, HTTP, True),
    ({}, CLIENT, FULLNAME, ADMIN, False),
    ({}, CLIENT, FULLNAME, 22, False),
    ({}, SHOP, FULLNAME, HTTP, False),
    ({}, OUTSIDE, FULLNAME, HTTP, False),
    ({}, TEST, FULLNAME, HTTP, True),
    ({}, TEST, FULLNAME, ADMIN, False),
    # The monitoring namespace may scrape metrics, but may not request predictions.
    ({}, PROMETHEUS, FULLNAME, ADMIN, True),
    ({}, PROMETHEUS, FULLNAME, HTTP, False),
    ({"networkPolicy": {"metricsFrom": []}}, PROMETHEUS, FULLNAME, ADMIN, False),
    ({"networkPolicy": {"metricsFrom": [{"podSelector": {}}]}}, CLIENT, FULLNAME, ADMIN, True),
    # The kubelet probes from the node.
    ({}, OwnNode(), FULLNAME, ADMIN, True),
    # Peers in the values replace the pods of the namespace.
    (SHOPS, SHOP, FULLNAME, HTTP, True),
    (SHOPS, SHOP, FULLNAME, ADMIN, False),
    (SHOPS, CLIENT, FULLNAME, HTTP, False),
    (SHOPS, TEST, FULLNAME, HTTP, True),
    (ANYWHERE, OUTSIDE, FULLNAME, HTTP, True),
    (ANYWHERE, OUTSIDE, FULLNAME, ADMIN, False),
    # An empty list admits no peer.
    (NO_PEERS, CLIENT, FULLNAME, HTTP, False),
    (NO_PEERS, SHOP, FULLNAME, HTTP, False),
    (NO_PEERS, PROMETHEUS, FULLNAME, ADMIN, True),
    ({"networkPolicy": {"ingressFrom": []}}, CLIENT, FULLNAME, HTTP, False),
    ({"networkPolicy": {"ingressFrom": []}}, TEST, FULLNAME, HTTP, True),
    *(
        ({"networkPolicy": {"ingressFrom": []}, "tests": {"runner": "argocd"}}, source, FULLNAME, HTTP, source == TEST)
        for source in (TEST, CLIENT, OUTSIDE)
    ),
    # Without policies, every connection is allowed.
    ({"networkPolicy": {"enabled": False}}, SHOP, FULLNAME, ADMIN, True),
]

THROUGH_NGINX: Rows = [
    ({}, CLIENT, NGINX, HTTP, True),
    ({}, CLIENT, NGINX, ADMIN, False),
    ({}, SHOP, NGINX, HTTP, False),
    ({}, TEST, NGINX, HTTP, True),
    ({}, NGINX, FULLNAME, HTTP, True),
    ({}, NGINX, FULLNAME, ADMIN, False),
    ({}, NGINX, CLIENT, HTTP, False),
    ({}, NGINX, OUTSIDE, 443, False),
    *(({}, NGINX, Address("10.96.0.10"), port, True) for port in (53, 5353)),
    (ONE_DNS_PORT, NGINX, Address("10.96.0.10"), 1053, True),
    (ONE_DNS_PORT, NGINX, Address("10.96.0.10"), 53, False),
    (NO_DNS, NGINX, Address("10.96.0.10"), 53, False),
    (NO_DNS, NGINX, FULLNAME, HTTP, True),
    ({}, PROMETHEUS, NGINX, ADMIN, False),
    (SHOPS, SHOP, NGINX, HTTP, True),
    (SHOPS, CLIENT, NGINX, HTTP, False),
    # The peers may call nginx, and nginx may always call the servers.
    (SHOPS, NGINX, FULLNAME, HTTP, True),
    (NO_PEERS, CLIENT, NGINX, HTTP, False),
    (NO_PEERS, NGINX, FULLNAME, HTTP, True),
    (ANYWHERE, OUTSIDE, NGINX, HTTP, True),
    # A sidecar of nginx needs istiod.
    ({}, NGINX, ISTIOD, 15012, False),
    (IN_MESH, NGINX, ISTIOD, 15012, True),
    (IN_MESH, NGINX, ISTIOD, 15010, False),
    (IN_MESH, NGINX, OUTSIDE, 15012, False),
]

EACH_VERSION: list[tuple[dict[str, Any], Peer | str, int, bool]] = [
    ({}, CLIENT, HTTP, True),
    ({}, SHOP, HTTP, False),
    ({}, PROMETHEUS, ADMIN, True),
    (WITH_NGINX, NGINX, HTTP, True),
]


@pytest.mark.parametrize(("values", "source", "destination", "port", "allowed"), INGRESS)
def test_ingress_to_a_server(
    values: dict[str, Any], source: Peer | str, destination: Peer | str, port: int, allowed: bool
) -> None:
    check(values, source, destination, port, allowed)


@pytest.mark.parametrize(("values", "source", "destination", "port", "allowed"), THROUGH_NGINX)
def test_connections_with_nginx(
    values: dict[str, Any], source: Peer | str, destination: Peer | str, port: int, allowed: bool
) -> None:
    check(merged(WITH_NGINX, values), source, destination, port, allowed)


@pytest.mark.parametrize("name", [FULLNAME, f"{FULLNAME}-1", f"{FULLNAME}-2"])
@pytest.mark.parametrize(("values", "source", "port", "allowed"), EACH_VERSION)
def test_ingress_to_every_version(
    values: dict[str, Any], source: Peer | str, port: int, allowed: bool, name: str
) -> None:
    check(merged(VERSIONS, values), source, name, port, allowed)


ALLOWED_EGRESS = {
    "networkPolicy": {"egress": [{"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}], "ports": [{"port": 5432}]}]}
}
TEMPLATED = {
    "networkPolicy": {
        "egress": [
            {
                "to": [
                    {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "{{ .Release.Namespace }}"}}}
                ]
            }
        ]
    }
}
STORE = "s3://models/iris.tar"


@pytest.mark.parametrize(
    ("values", "destination", "port", "allowed"),
    [
        # DNS is allowed, and nothing else.
        ({}, Address("10.96.0.10"), 53, True),
        ({}, Address("10.96.0.10"), 5353, True),
        (ONE_DNS_PORT, Address("10.96.0.10"), 1053, True),
        (ONE_DNS_PORT, Address("10.96.0.10"), 53, False),
        (NO_DNS, Address("10.96.0.10"), 53, False),
        (NO_DNS, OUTSIDE, 443, False),
        (merged(NO_DNS, downloading()), OUTSIDE, 443, True),
        (merged(NO_DNS, downloading()), OUTSIDE, 53, False),
        ({}, OUTSIDE, 443, False),
        ({}, OUTSIDE, 80, False),
        ({}, CLIENT, 8080, False),
        # So is istiod, if it is named.
        ({}, ISTIOD, 15012, False),
        (IN_MESH, ISTIOD, 15012, True),
        (IN_MESH, OUTSIDE, 15012, False),
        # A download may reach the port of its URL.
        (downloading("https://models.example.org/a.tar"), OUTSIDE, 443, True),
        (downloading("https://models.example.org/a.tar"), OUTSIDE, 80, False),
        (downloading("https://models.example.org:8443/a.tar"), OUTSIDE, 8443, True),
        (downloading("https://models.example.org:8443/a.tar"), OUTSIDE, 443, False),
        (downloading("http://models/a.tar", allowHttp=True), OUTSIDE, 80, True),
        (downloading("http://models:81/a.tar", allowHttp=True), OUTSIDE, 81, True),
        (downloading("https://[2001:db8::1]:8443/a.tar"), Address("2001:db8::1"), 8443, True),
        (downloading("https://[2001:db8::1]/a.tar"), Address("2001:db8::1"), 443, True),
        (downloading(STORE), OUTSIDE, 443, True),
        (downloading("gs://models/iris.tar"), OUTSIDE, 443, True),
        (downloading("az://models/iris.tar"), OUTSIDE, 443, True),
        (downloading(STORE, endpoint="https://store"), OUTSIDE, 443, True),
        (downloading(STORE, endpoint="https://store:9000"), OUTSIDE, 9000, True),
        (downloading(STORE, endpoint="https://store:9000"), OUTSIDE, 443, False),
        (downloading(STORE, endpoint="http://store", allowHttp=True), OUTSIDE, 80, True),
        (downloading(STORE, endpoint="http://store:7070", allowHttp=True), OUTSIDE, 7070, True),
        (downloading(STORE), OUTSIDE, 53, True),
        # Rules of the user.
        (ALLOWED_EGRESS, OUTSIDE, 5432, True),
        (ALLOWED_EGRESS, OUTSIDE, 443, False),
        (ALLOWED_EGRESS, Address("198.51.100.1"), 5432, False),
        (merged(ALLOWED_EGRESS, downloading()), OUTSIDE, 5432, True),
        (TEMPLATED, CLIENT, 9999, True),
        (TEMPLATED, SHOP, 9999, False),
    ],
)
def test_egress_of_a_server(values: dict[str, Any], destination: Peer, port: int, allowed: bool) -> None:
    check(values, FULLNAME, destination, port, allowed)


def test_release_may_reach_the_download_of_each_version() -> None:
    source = {"type": "download", "download": {"url": "http://models:81/a.tar", "sha256": SHA256, "allowHttp": True}}
    values = {"versions": [{"name": 1}, {"name": 2, "model": {"source": source}}]}
    check(values, f"{FULLNAME}-2", OUTSIDE, 81, True)
    check(values, f"{FULLNAME}-2", OUTSIDE, 443, False)


COMPARING: dict[str, Any] = {
    "versions": [{"name": 1}, {"name": 2, "shadow": {"compareWith": 1}}, {"name": 3}],
    "networkPolicy": {"ingressFrom": SHOPS["networkPolicy"]["ingressFrom"]},
}


def test_version_may_reach_only_the_version_it_compares_with() -> None:
    check(COMPARING, f"{FULLNAME}-2", f"{FULLNAME}-1", HTTP, True)
    check(COMPARING, f"{FULLNAME}-2", f"{FULLNAME}-1", ADMIN, False)
    check(COMPARING, f"{FULLNAME}-2", f"{FULLNAME}-3", HTTP, False)
    check(COMPARING, CLIENT, f"{FULLNAME}-1", HTTP, False)
    check(merged(COMPARING, {"versions": [{"name": 1}, {"name": 2}]}), f"{FULLNAME}-2", f"{FULLNAME}-1", HTTP, False)


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [("http://collector:4318", 4318), ("http://collector", 80), ("https://collector/otlp", 443)],
)
def test_traces_may_reach_the_port_of_their_endpoint(endpoint: str, port: int) -> None:
    collector = Pod(Namespace("observability"), {"app": "collector"})
    values = {"tracing": {"endpoint": endpoint}}
    check(values, FULLNAME, collector, port, True)
    check(values, FULLNAME, collector, 9411, False)
    check({}, FULLNAME, collector, port, False)


def test_test_pod_may_call_the_service() -> None:
    for values in ({}, WITH_NGINX, SHOPS, VERSIONS):
        check(values, TEST, NGINX if values is WITH_NGINX else FULLNAME, HTTP, True)


def test_policies_do_not_select_other_releases() -> None:
    manifests = rendered(WITH_NGINX)
    other = Pod(HERE, {"app.kubernetes.io/name": "model-server", "app.kubernetes.io/instance": "other"})
    assert decide(manifests, Connection(SHOP, other, HTTP)).allowed, "a policy selects pods of another release"
