"""Authentication and authorization by tokens at the gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.istio_local import gateway
from tests.istio_local.backends import Backend, Reply
from tests.istio_local.keys import Issuer
from tests.istio_local.mesh_case import MeshCase
from tests.istio_local.ports import ADDRESS
from tests.istio_local.releases import ALL_PROTOCOLS, ONE_VERSION, certificate, installed

ISSUER, AUDIENCE = "https://login.example.org", "iris"


def test_gateway_requires_a_valid_token(case: MeshCase, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path, ISSUER)
    at_the_gateway = {"enforceAt": "gateway", "gatewayNamespace": gateway.NAMESPACE, "jwt": {"jwks": issuer.jwks()}}
    secret = certificate(case, tmp_path)

    def with_token(token: str) -> dict[str, Any]:
        return {"headers": {"Authorization": f"Bearer {token}"}, "ca_file": tmp_path / "serving.crt"}

    installed("tokens", case, {"security": at_the_gateway}, [secret], **with_token(issuer.token(AUDIENCE)))
    case.send_until(
        "a request without a token is rejected", lambda answer: answer.status == 403, ca_file=tmp_path / "serving.crt"
    )
    assert case.send(**with_token(issuer.token("others"))).status == 403
    assert case.send(**with_token(issuer.token(AUDIENCE, seconds=-600))).status == 401
    assert case.send(**with_token(Issuer(tmp_path, ISSUER, "other").token(AUDIENCE))).status == 401


def test_keys_are_fetched_from_the_jwks_uri(case: MeshCase, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path, ISSUER)
    keys = Backend("keys", lambda _: Reply(body=issuer.jwks().encode()), case.mesh.istiod.trusted_server)
    try:
        jwt = {
            "enabled": True,
            "issuer": ISSUER,
            "audiences": [AUDIENCE],
            "jwksUri": f"https://{ADDRESS}:{keys.port}/keys?of=all",
        }
        security = {"enforceAt": "gateway", "gatewayNamespace": gateway.NAMESPACE, "jwt": jwt}
        good = {"Authorization": f"Bearer {issuer.token(AUDIENCE)}"}
        installed("canary", case, {"security": security}, headers=good)
        case.send_until("a request without a token is rejected", lambda answer: answer.status == 403)
        foreign = Issuer(tmp_path, ISSUER, "other").token(AUDIENCE)
        assert case.send(headers={"Authorization": f"Bearer {foreign}"}).status == 401
        assert {(each.method, each.path) for each in keys.received} == {("GET", "/keys?of=all")}
    finally:
        keys.stop()


def test_client_of_one_model_cannot_call_another(case: MeshCase, tmp_path: Path) -> None:
    """The gateway authorizes the path before it removes the prefix."""
    issuer = Issuer(tmp_path, ISSUER)
    callers = [
        {"requestPrincipals": [f"{ISSUER}/shop"], "models": ["iris"]},
        {"requestPrincipals": [f"{ISSUER}/owner"]},
    ]
    security = {
        "enforceAt": "gateway",
        "gatewayNamespace": gateway.NAMESPACE,
        "jwt": {"enabled": True, "issuer": ISSUER, "audiences": [AUDIENCE], "jwks": issuer.jwks()},
        "authorization": {"enabled": True, "callers": callers},
    }
    routing = {"prefix": "/flowers", "protocols": ALL_PROTOCOLS}
    shop, owner, stranger = (
        {"Authorization": f"Bearer {issuer.token(AUDIENCE, subject)}"} for subject in ("shop", "owner", "stranger")
    )
    values = {"versions": ONE_VERSION, "routing": routing, "security": security}
    installed("canary", case, values, path="/flowers/predict", headers=owner)
    case.send_until(
        "a request without a token is rejected", lambda answer: answer.status == 403, path="/flowers/predict"
    )
    own = ["/v1/models/iris", "/v1/models/iris:predict", "/v1/models/iris/metadata"]
    own += ["/v2", "/v2/health/ready", "/v2/models/iris", "/v2/models/iris/infer"]
    others = ["/v1/models/other", "/v1/models/other:predict", "/v1/models/iris2:predict", "/v2/models/other/infer"]
    others += ["/v2/models/irises", "/v2/models/iris/../other/infer", "/v2/models/iris/%2e%2e/other/infer"]
    # This path does not name a model.
    others += ["/predict"]
    for allowed, path in [*((200, each) for each in own), *((403, each) for each in others)]:
        method = "GET" if path == "/v2" else "POST"
        for caller, headers, status in (("shop", shop, allowed), ("owner", owner, 200), ("stranger", stranger, 403)):
            answer = case.send(f"/flowers{path}", method=method, headers=headers)
            assert answer.status == status, f"{caller} received {answer.status} for {path}"
