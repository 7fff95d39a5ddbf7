"""Authentication and authorization: required tokens, paths of models, ports, and the proxies that policies select."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.istio_routing.chart import CHART, FULLNAME, GATEWAY_API, ISTIO, SERVICE, rendered, spec
from tests.charts.istio_routing.guard_cases_security import ISSUER, allowing, at_the_gateway, jwt, public
from tests.charts.istio_routing.routes import unrequired_tokens
from tests.harness import Manifest, merged, render
from tests.harness.charts import values_files

SHOP: dict[str, Any] = allowing(namespaces=["shop"])


def policies(values: dict[str, Any]) -> list[Manifest]:
    """The policies about tokens and callers."""
    manifests = rendered(values)
    return [*manifests.of_kind("RequestAuthentication"), *manifests.of_kind("AuthorizationPolicy")]


def test_requests_without_a_token_are_refused() -> None:
    checked = [render(file.case()) for file in values_files(CHART)]
    assert any(manifests.of_kind("RequestAuthentication") for manifests in checked), "no values file asks for tokens"
    for manifests in checked:
        assert not list(unrequired_tokens(manifests))


def test_a_token_of_another_issuer_is_refused() -> None:
    (rule,) = spec("AuthorizationPolicy", jwt(), "token")["rules"]
    assert rule["from"] == [{"source": {"notRequestPrincipals": [f"{ISSUER}/*"]}}]


def test_probes_and_metrics_need_no_token() -> None:
    (rule,) = spec("AuthorizationPolicy", jwt(), "token")["rules"]
    assert rule["to"] == [{"operation": {"ports": ["8080"]}}], "the kubelet and Prometheus bring none"


def test_tokens_are_required_during_a_dry_run_of_authorization() -> None:
    watched = merged(merged(SHOP, jwt()), {"security": {"authorization": {"dryRun": True}}})
    found = {each.name: each.annotations.get("istio.io/dry-run") for each in policies(watched)}
    assert found == {FULLNAME: "true", f"{FULLNAME}-token": None}


PATHS: list[tuple[list[str], list[str], list[str]]] = [
    (["predict"], [], ["/predict"]),
    (["v1"], [], ["/v1/models/*"]),
    (["v2"], [], ["/v2", "/v2/health/*", "/v2/*"]),
    # POST /predict is about the one model that is there, and names none.
    (["predict", "v1"], ["iris"], ["/v1/models/iris", "/v1/models/iris:*", "/v1/models/iris/*"]),
    (
        ["v2"],
        ["iris", "a.b"],
        ["/v2", "/v2/health/*", "/v2/models/iris", "/v2/models/iris/*", "/v2/models/a.b", "/v2/models/a.b/*"],
    ),
]


@pytest.mark.parametrize(("protocols", "models", "paths"), PATHS, ids=str)
def test_a_caller_may_use_only_the_paths_of_its_models(
    protocols: list[str], models: list[str], paths: list[str]
) -> None:
    caller = allowing(namespaces=["shop"], models=models)
    values = merged(caller, {"routing": {"protocols": protocols}})
    operation = spec("AuthorizationPolicy", values)["rules"][0]["to"][0]["operation"]
    assert operation["paths"] == paths
    # The path of another model whose name begins alike is none of these.
    assert not any(path.endswith("iris*") for path in paths)


@pytest.mark.parametrize(("protocols", "methods"), [(["predict"], ["POST"]), (["predict", "v2"], ["GET", "POST"])])
def test_a_caller_may_use_the_methods_of_the_protocols(protocols: list[str], methods: list[str]) -> None:
    values = merged(SHOP, {"routing": {"protocols": protocols}})
    operation = spec("AuthorizationPolicy", values)["rules"][0]["to"][0]["operation"]
    assert (operation["methods"], operation["ports"]) == (methods, ["8080"])


def test_paths_have_the_prefix_only_at_the_gateway() -> None:
    caller = merged(allowing(requestPrincipals=[f"{ISSUER}/shop"]), {"routing": {"prefix": "/iris"}})
    at_pods = rendered(merged(merged(ISTIO, jwt()), caller))
    at_gateway = rendered(merged(at_the_gateway(ISTIO, gatewayNamespace="serving"), caller))
    for manifests, path in ((at_pods, "/predict"), (at_gateway, "/iris/predict")):
        (allow,) = [each for each in manifests.of_kind("AuthorizationPolicy") if each.spec["action"] == "ALLOW"]
        assert allow.spec["rules"][0]["to"][0]["operation"]["paths"] == [path]


def test_only_health_and_metrics_are_open_outside_the_mesh() -> None:
    allowed = spec("AuthorizationPolicy", SHOP)["rules"][-1]
    assert allowed == {"to": [{"operation": {"ports": ["8081"], "methods": ["GET"]}}]}
    assert spec("PeerAuthentication", SHOP)["portLevelMtls"] == {"8081": {"mode": "PERMISSIVE"}}
    assert spec("PeerAuthentication", SHOP)["mtls"] == {"mode": "STRICT"}


def test_without_plaintext_ports_everything_is_strict() -> None:
    closed = merged(SHOP, {"security": {"mtls": {"plaintextPorts": []}}})
    assert "portLevelMtls" not in spec("PeerAuthentication", closed)
    assert len(spec("AuthorizationPolicy", closed)["rules"]) == 1


def test_metrics_rules_do_not_open_the_model() -> None:
    rules = spec("AuthorizationPolicy", merged(SHOP, {"security": {"mtls": {"plaintextPorts": [8081, 15020]}}}))[
        "rules"
    ]
    nameless = [rule for rule in rules if "from" not in rule]
    assert [rule["to"][0]["operation"]["ports"] for rule in nameless] == [["8081", "15020"]]


POLICED: list[tuple[dict[str, Any], str, dict[str, str]]] = [
    (jwt(), "serving", {"app": SERVICE}),
    (merged(jwt(), {"service": {"podLabels": {"tier": "models"}}}), "serving", {"tier": "models"}),
    (at_the_gateway(ISTIO, gatewayNamespace="edge"), "edge", {"istio": "ingress"}),
    (at_the_gateway(GATEWAY_API), "serving", {"gateway.networking.k8s.io/gateway-name": FULLNAME}),
    (
        at_the_gateway(public({"name": "public", "namespace": "edge"})),
        "edge",
        {"gateway.networking.k8s.io/gateway-name": "public"},
    ),
    (at_the_gateway(public({"name": "public"})), "serving", {"gateway.networking.k8s.io/gateway-name": "public"}),
]


@pytest.mark.parametrize(("values", "namespace", "labels"), POLICED, ids=lambda part: str(part)[-60:])
def test_policies_are_in_the_namespace_of_the_enforcing_proxies(
    values: dict[str, Any], namespace: str, labels: dict[str, str]
) -> None:
    found = policies(values)
    assert {each.kind for each in found} == {"RequestAuthentication", "AuthorizationPolicy"}
    for each in found:
        assert each.body["metadata"]["namespace"] == namespace, f"{each}: counts for no proxy there"
        assert each.spec["selector"]["matchLabels"] == labels, f"{each}: selects other proxies"


def test_mtls_applies_to_the_pods_regardless_of_the_enforcement_point() -> None:
    manifests = rendered(at_the_gateway(ISTIO, gatewayNamespace="edge"))
    strict = manifests.one("PeerAuthentication")
    assert (strict.body["metadata"]["namespace"], strict.spec["selector"]["matchLabels"]) == (
        "serving",
        {"app": SERVICE},
    )
