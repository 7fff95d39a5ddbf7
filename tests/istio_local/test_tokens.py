"""Whose tokens are believed at the gateway, and what each caller may do with one."""

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


def test_a_gateway_that_asks_for_tokens_lets_in_who_has_one_and_nobody_else(case: MeshCase, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path, ISSUER)
    at_the_gateway = {"enforceAt": "gateway", "gatewayNamespace": gateway.NAMESPACE, "jwt": {"jwks": issuer.jwks()}}
    secret = certificate(case, tmp_path)

    def with_token(token: str) -> dict[str, Any]:
        return {"headers": {"Authorization": f"Bearer {token}"}, "ca_file": tmp_path / "serving.crt"}

    installed("tokens", case, {"security": at_the_gateway}, [secret], **with_token(issuer.token(AUDIENCE)))
    case.send_until("no token is refused", lambda answer: answer.status == 403, ca_file=tmp_path / "serving.crt")
    assert case.send(**with_token(issuer.token("others"))).status == 403
    assert case.send(**with_token(issuer.token(AUDIENCE, seconds=-600))).status == 401
    assert case.send(**with_token(Issuer(tmp_path, ISSUER, "other").token(AUDIENCE))).status == 401


def test_keys_are_fetched_from_where_the_values_say(case: MeshCase, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path, ISSUER)
    keys = Backend("keys", lambda _: Reply(body=issuer.jwks().encode()), case.mesh.istiod.believed)
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
        case.send_until("no token is refused", lambda answer: answer.status == 403)
        foreign = Issuer(tmp_path, ISSUER, "other").token(AUDIENCE)
        assert case.send(headers={"Authorization": f"Bearer {foreign}"}).status == 401
        assert {(each.method, each.path) for each in keys.received} == {("GET", "/keys?of=all")}
    finally:
        keys.stop()


def test_a_caller_of_one_model_asks_for_that_by_its_name_and_for_no_other(case: MeshCase, tmp_path: Path) -> None:
    """At the gateway, which checks the path before it takes the prefix away."""
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
    case.send_until("no token is refused", lambda answer: answer.status == 403, path="/flowers/predict")
    own = ["/v1/models/iris", "/v1/models/iris:predict", "/v1/models/iris/metadata"]
    own += ["/v2", "/v2/health/ready", "/v2/models/iris", "/v2/models/iris/infer"]
    others = ["/v1/models/other", "/v1/models/other:predict", "/v1/models/iris2:predict", "/v2/models/other/infer"]
    others += ["/v2/models/irises", "/v2/models/iris/../other/infer", "/v2/models/iris/%2e%2e/other/infer"]
    # It names no model.
    others += ["/predict"]
    for allowed, path in [*((200, each) for each in own), *((403, each) for each in others)]:
        method = "GET" if path == "/v2" else "POST"
        for caller, headers, status in (("shop", shop, allowed), ("owner", owner, 200), ("stranger", stranger, 403)):
            answer = case.send(f"/flowers{path}", method=method, headers=headers)
            assert answer.status == status, f"{caller} was answered with {answer.status} at {path}"
