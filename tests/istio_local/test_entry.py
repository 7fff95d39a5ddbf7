"""Features of the gateway that the chart relies on: tokens, policies, certificates and tracing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.istio_local import gateway, istiod, waiting
from tests.istio_local.keys import Issuer, self_signed
from tests.istio_local.manifests import MODEL, destination, routes, subsets
from tests.istio_local.mesh_case import MeshCase, gateway_for

ISSUER = "https://issuer.example"
AUDIENCE = "models"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """The issuer of the clients' tokens."""
    folder: Path = tmp_path_factory.mktemp("issuer")
    return Issuer(folder, ISSUER)


def on_the_gateway(kind: str, case: MeshCase, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return an Istio security object that applies to the gateway."""
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": kind,
        "metadata": {"name": case.namespace, "namespace": gateway.NAMESPACE},
        "spec": {"selector": {"matchLabels": gateway.LABELS}, **spec},
    }


def test_inline_keys_verify_tokens(case: MeshCase, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> None:
    case.serve(MODEL, ["1"])
    rule = {"jwtRules": [{"issuer": ISSUER, "audiences": [AUDIENCE], "jwks": issuer.jwks()}]}
    token_required = {
        "action": "DENY",
        "rules": [
            {"from": [{"source": {"notRequestPrincipals": ["*"]}}], "to": [{"operation": {"hosts": [case.host]}}]}
        ],
    }
    case.apply(
        [
            gateway_for(case.host),
            subsets(case, ["1"]),
            routes(case, {"route": [destination(case, "1")]}),
            on_the_gateway("RequestAuthentication", case, rule),
            on_the_gateway("AuthorizationPolicy", case, token_required),
        ]
    )
    stranger = Issuer(tmp_path_factory.mktemp("stranger"), ISSUER)

    def with_token(token: str) -> int:
        return case.send(headers={"Authorization": f"Bearer {token}"}).status

    good = issuer.token(AUDIENCE)
    case.send_until(
        "a valid token is accepted", lambda answer: answer.status == 200, headers={"Authorization": f"Bearer {good}"}
    )
    case.send_until("a request without a token is rejected", lambda answer: answer.status == 403)
    assert with_token(issuer.token("others")) == 403, "accepted a token for another audience"
    assert with_token(issuer.token(AUDIENCE, seconds=-600)) == 401, "accepted an expired token"
    assert with_token(stranger.token(AUDIENCE)) == 401, "accepted a token of another issuer"
    assert with_token("no.token.at-all") == 401


def test_claims_authorize_paths_and_methods(case: MeshCase, issuer: Issuer) -> None:
    case.serve(MODEL, ["1"])
    authentication = {"jwtRules": [{"issuer": ISSUER, "audiences": [AUDIENCE], "jwks": issuer.jwks()}]}
    allowed = {
        "action": "ALLOW",
        "rules": [
            {
                "from": [{"source": {"requestPrincipals": [f"{ISSUER}/caller"]}}],
                "to": [{"operation": {"hosts": [case.host], "methods": ["POST"], "paths": ["/predict"]}}],
                "when": [{"key": "request.auth.claims[group]", "values": ["science"]}],
            },
        ],
    }
    case.apply(
        [
            gateway_for(case.host),
            subsets(case, ["1"]),
            routes(case, {"route": [destination(case, "1")]}),
            on_the_gateway("RequestAuthentication", case, authentication),
            on_the_gateway("AuthorizationPolicy", case, allowed),
        ]
    )

    def headers(**claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {issuer.token(AUDIENCE, **claims)}"}

    case.send_until(
        "an authorized client is admitted", lambda answer: answer.status == 200, headers=headers(group="science")
    )
    case.send_until("a request without a token is rejected", lambda answer: answer.status == 403)
    assert case.send(headers=headers(group="sales")).status == 403
    assert case.send(headers=headers()).status == 403
    assert case.send(headers=headers(group="science"), method="GET", body=None).status == 403
    assert case.send("/metrics", headers=headers(group="science")).status == 403
    assert case.send(headers=headers(group="science", subject="other")).status == 403


def test_gateway_serves_the_certificate_of_a_secret_and_redirects_http(case: MeshCase, tmp_path: Path) -> None:
    case.serve(MODEL, ["1"])
    pair = self_signed(tmp_path, "serving", f"DNS:{case.host}")
    content = {"tls.key": pair.key.read_text(encoding="utf-8"), "tls.crt": pair.certificate.read_text(encoding="utf-8")}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": case.namespace, "namespace": gateway.NAMESPACE},
        "type": "kubernetes.io/tls",
        "stringData": content,
    }
    entry = gateway_for(case.host)
    entry["spec"]["servers"][0]["tls"] = {"httpsRedirect": True}
    encrypted = {
        "port": {"number": 443, "name": "https", "protocol": "HTTPS"},
        "hosts": [case.host],
        "tls": {"mode": "SIMPLE", "credentialName": case.namespace},
    }
    entry["spec"]["servers"].append(encrypted)
    case.apply([secret, entry, subsets(case, ["1"]), routes(case, {"route": [destination(case, "1")]})])
    case.send_until("version 1 responds", lambda answer: answer.status == 200, ca_file=pair.certificate)
    answer = case.send()
    assert answer.status == 301
    assert answer.headers["location"] == f"https://{case.host}/predict"


def test_gateway_continues_a_trace_and_exports_its_span(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1"])
    labels = {"app": "otel-collector"}
    collector = case.workload("otlp", labels, port_name="otlp-http", namespace="observability")
    port = {"name": "http-otlp", "port": 4318, "targetPort": "otlp-http"}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "otel-collector", "namespace": "observability"},
        "spec": {"selector": labels, "ports": [port]},
    }
    telemetry = {
        "apiVersion": "telemetry.istio.io/v1",
        "kind": "Telemetry",
        "metadata": {"name": case.namespace, "namespace": gateway.NAMESPACE},
        "spec": {"tracing": [{"providers": [{"name": istiod.TRACING_PROVIDER}], "randomSamplingPercentage": 100}]},
    }
    rule = {"route": [destination(case, "1")]}
    case.apply([service, telemetry, gateway_for(case.host), subsets(case, ["1"]), routes(case, rule)])
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    parent = f"00-{trace}-00f067aa0ba902b7-01"
    case.send_until("version 1 responds", lambda answer: answer.status == 200, headers={"traceparent": parent})
    seen = servers["1"].received[-1].headers["traceparent"]
    assert seen.split("-")[1] == trace, "the model must receive the client's trace"
    assert seen != parent, "the gateway must add a span"

    def is_sent() -> bool:
        return any(bytes.fromhex(trace) in each.body for each in collector.received)

    waiting.until("the span of the gateway is exported", is_sent)
    assert {each.path for each in collector.received} == {"/v1/traces"}
