"""Service, Ingress and HTTPRoute."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, one, rendered
from tests.charts.model_server.guard_cases_release import ANYWHERE, INGRESS, ROUTE
from tests.harness import merged

# Explicit defaults of the Gateway API.
GATEWAY = {"group": "gateway.networking.k8s.io", "kind": "Gateway"}
BACKEND = {"group": "", "kind": "Service", "weight": 1, "name": FULLNAME}


def routed(**route: Any) -> dict[str, Any]:
    """Return values with an HTTPRoute."""
    return {"httpRoute": {**ROUTE, **route}, **ANYWHERE}


def test_service_maps_port_80_to_the_server() -> None:
    assert one("Service").spec == {
        "type": "ClusterIP",
        "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}],
        "selector": {"app.kubernetes.io/name": "model-server", "app.kubernetes.io/instance": "demo"},
    }


def test_service_can_be_a_load_balancer() -> None:
    service = {
        "type": "LoadBalancer",
        "port": 8000,
        "nodePort": 30080,
        "annotations": {"a": "b"},
        "ipFamilyPolicy": "RequireDualStack",
        "ipFamilies": ["IPv4"],
        "loadBalancerClass": "example.org/lb",
        "loadBalancerSourceRanges": ["203.0.113.0/24"],
        "externalTrafficPolicy": "Local",
    }
    manifest = one("Service", {"service": service, "server": {"host": "::"}, **ANYWHERE})
    assert manifest.annotations == {"a": "b"}
    ports = manifest.spec["ports"]
    assert (ports[0]["port"], ports[0]["nodePort"]) == (8000, 30080)
    unchanged = {key: service[key] for key in service if key not in ("port", "nodePort", "annotations")}
    assert {key: manifest.spec[key] for key in unchanged} == unchanged


def test_every_service_has_the_ip_families() -> None:
    families = {"ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv6", "IPv4"]}
    everything = {
        "service": families,
        "server": {"host": "::"},
        "nginx": {"enabled": True},
        "serviceMonitor": {"enabled": True},
        "versions": [{"name": 1}],
    }
    services = rendered(everything).of_kind("Service")
    assert len(services) == 5
    for manifest in services:
        assert {key: manifest.spec[key] for key in families} == families, f"{manifest}: include model-server.ipFamilies"


def test_only_the_metrics_service_exposes_the_admin_port() -> None:
    manifests = rendered({"nginx": {"enabled": True}, "versions": [{"name": 1}], "serviceMonitor": {"enabled": True}})
    led = {each.name for each in manifests.of_kind("Service") for port in each.spec["ports"] if "admin" in str(port)}
    assert led == {f"{FULLNAME}-metrics"}


def test_ingress_routes_every_path_to_the_service() -> None:
    paths = [{"path": "/a", "pathType": "Exact"}, {"path": "/b", "pathType": "Prefix"}]
    ingress = {
        "enabled": True,
        "className": "nginx",
        "annotations": {"a": "b"},
        "hosts": [{"host": host, "paths": paths} for host in ("a.example.org", "b.example.org")],
        "tls": [{"secretName": "iris-tls", "hosts": ["a.example.org"]}],
    }
    manifest = one("Ingress", {"ingress": ingress, **ANYWHERE})
    backend = {"service": {"name": FULLNAME, "port": {"name": "http"}}}
    rules = [
        {"host": host, "http": {"paths": [{**path, "backend": backend} for path in paths]}}
        for host in ("a.example.org", "b.example.org")
    ]
    assert manifest.annotations == {"a": "b"}
    assert manifest.spec == {"ingressClassName": "nginx", "tls": ingress["tls"], "rules": rules}


def test_ingress_without_a_class_uses_the_default() -> None:
    spec = one("Ingress", {"ingress": INGRESS, **ANYWHERE}).spec
    assert set(spec) == {"rules"}


def test_route_sends_all_requests_to_the_service() -> None:
    assert one("HTTPRoute", routed()).spec == {
        "parentRefs": [{**GATEWAY, "name": "public"}],
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [{**BACKEND, "port": 80}],
            }
        ],
    }


def test_route_accepts_matches_filters_and_timeouts() -> None:
    parents = [{"name": "public", "namespace": "gateways", "sectionName": "https", "port": 8443}]
    matches = [{"path": {"type": "Exact", "value": "/predict"}, "method": "POST"}]
    filters = [{"type": "RequestHeaderModifier", "requestHeaderModifier": {"remove": ["x-secret"]}}]
    timeouts = {"request": "30s", "backendRequest": "10s"}
    values = routed(
        parentRefs=parents,
        hostnames=["iris.example.org"],
        matches=matches,
        filters=filters,
        timeouts=timeouts,
        annotations={"a": "b"},
    )
    manifest = one("HTTPRoute", merged(values, {"service": {"port": 8000}}))
    backends = [{**BACKEND, "port": 8000}]
    assert manifest.annotations == {"a": "b"}
    assert manifest.spec == {
        "parentRefs": [{**GATEWAY, **parent} for parent in parents],
        "hostnames": ["iris.example.org"],
        "rules": [{"matches": matches, "filters": filters, "timeouts": timeouts, "backendRefs": backends}],
    }


def test_route_can_attach_to_a_service() -> None:
    service = {"group": "", "kind": "Service", "name": "iris"}
    parents = one("HTTPRoute", routed(parentRefs=[service, {"name": "public"}])).spec["parentRefs"]
    assert parents == [service, {**GATEWAY, "name": "public"}]


@pytest.mark.parametrize("route", [{"ingress": INGRESS}, {"httpRoute": ROUTE}], ids=["Ingress", "HTTPRoute"])
def test_routes_use_the_stable_service(route: dict[str, Any]) -> None:
    values = {**route, **ANYWHERE, "versions": [{"name": 1}, {"name": 2}], "service": {"version": 1}}
    manifest = next(each for each in rendered(values) if each.kind in ("Ingress", "HTTPRoute"))
    assert manifest.name == FULLNAME
    assert f"'name': '{FULLNAME}'" in str(manifest.spec), "a change of service.version must not change the route"
