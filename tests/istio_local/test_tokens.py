"""Authentication and authorization by tokens at the gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.harness.frozen import unfreeze
from tests.istio_local import gateway
from tests.istio_local.backends import Backend, Reply
from tests.istio_local.keys import Issuer
from tests.istio_local.mesh_case import MeshCase
from tests.istio_local.ports import ADDRESS
from tests.istio_local.releases import ALL_PROTOCOLS, FILES, ONE_VERSION, certificate, installed

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


def test_claims_of_several_issuers_decide(case: MeshCase, tmp_path: Path) -> None:
    """The example, with keys of our own: each issuer has its place for the token and its claims."""
    people, programs = Issuer(tmp_path / "people", ISSUER), Issuer(tmp_path / "ci", "https://ci.example.org", "ci")
    (example,) = (each.case().values["security"] for each in FILES if each.path.stem == "issuers")
    rules = [unfreeze(rule) for rule in example["jwt"]["issuers"]]
    for rule, issuer in zip(rules, (people, programs), strict=True):
        assert rule["issuer"] == issuer.name
        rule["jwks"] = issuer.jwks()
    security = {"gatewayNamespace": gateway.NAMESPACE, "jwt": {"issuers": rules}}

    def bearer(**claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {people.token(AUDIENCE, 'ada', **claims)}"}

    good = bearer(groups=["shop", "ml-research"])
    production: dict[str, Any] = {"project": {"stage": "production"}}
    servers = installed("issuers", case, {"security": security}, headers=good)
    (server,) = servers.values()
    case.send_until("a request without a token is rejected", lambda answer: answer.status == 403)
    server.forget()
    program = programs.token("models", **production)
    for status, path, headers in (
        (200, "/predict", {**good, "x-user": "eve"}),
        (403, "/predict", bearer()),
        (403, "/predict", bearer(groups=["shop"])),
        (200, "/predict", {"x-ci-token": program}),
        (200, f"/predict?token={program}", {}),
        (403, "/predict", {"x-ci-token": programs.token("models", project={"stage": "test"})}),
        (403, "/predict", {"x-ci-token": programs.token("others", **production)}),
        (401, "/predict", {"x-ci-token": Issuer(tmp_path / "other", programs.name, "x").token("iris", **production)}),
        # Each issuer's token counts only in its own place.
        (401, "/predict", {"Authorization": f"Bearer {program}"}),
        (401, "/predict", {"x-ci-token": people.token(AUDIENCE, groups=["fraud"])}),
    ):
        answer = case.send(path, headers=headers)
        assert answer.status == status, f"{path} with {sorted(headers)}: {answer.status} {answer.body[:100]!r}"
    users = [each.headers.get("x-user") for each in server.received]
    assert users == ["ada", None, None], "the claim sub is copied to the header, and callers cannot set it"
