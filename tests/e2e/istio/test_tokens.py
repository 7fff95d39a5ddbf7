"""Authorization by token, path and method: 401 and 403 of the proxies."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.istio import proxies
from tests.e2e.istio.conftest import Mesh
from tests.e2e.lib.client import ModelResponse
from tests.e2e.lib.waiting import until
from tests.istio_local.keys import Issuer

BODY = '{"input_data": [[5.1, 3.5, 1.4, 0.2]]}'
NAME, AUDIENCE, ALICE, BOB = "https://login.example.org", "iris", "alice", "bob"
# One pod each, see model-server.yaml.
VERSIONS = ("1", "2")
APPLIED_SECONDS = 40


@pytest.fixture(scope="module")
def issuer(mesh: Mesh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """The trusted issuer. Alice may call POST, Bob is not authorized."""
    folder: Path = tmp_path_factory.mktemp("keys")
    trusted = Issuer(folder, NAME)
    jwt = {"enabled": True, "issuer": NAME, "audiences": [AUDIENCE], "jwks": trusted.jwks()}
    callers = [{"requestPrincipals": [f"{NAME}/{ALICE}"], "methods": ["POST"]}]
    try:
        mesh.routes.upgrade({"security.jwt": jwt, "security.authorization": {"enabled": True, "callers": callers}})
        until_applied(mesh, trusted)
        yield trusted
    finally:
        mesh.routes.upgrade()


def until_applied(mesh: Mesh, trusted: Issuer) -> None:
    """Wait until the proxies of both versions trust the issuer and require a token.

    Each proxy receives each of the two objects separately, and open connections keep the old policy for a while.
    """
    answers = {"": 403, trusted.token(AUDIENCE, ALICE): 200, "not a token": 401}

    def applied() -> bool:
        for version, (token, status) in itertools.product(VERSIONS, answers.items()):
            seen = send_to(mesh, token, version=version).status
            assert seen == status, f"version {version} returns {seen} instead of {status}"
        assert not proxies.draining(mesh), "open connections still have the old policy"
        return True

    until("the proxies enforce the policy", applied, APPLIED_SECONDS)


def send_to(mesh: Mesh, token: str, method: str = "POST", path: str = "/predict", version: str = "1") -> ModelResponse:
    """Send a request to the Service of a version, which has no routes: only the policy restricts its paths."""
    request = {"url": f"{mesh.release.url}-{version}{path}", "method": method}
    request |= {"body": BODY} if method == "POST" else {}
    return mesh.inside.send([{**request, "headers": {"Authorization": f"Bearer {token}"} if token else {}}])[0]


def test_token_of_an_authorized_caller_is_accepted(mesh: Mesh, issuer: Issuer) -> None:
    answer = send_to(mesh, issuer.token(AUDIENCE, ALICE))
    assert (answer.status, answer.version) == (200, "1")


def test_gateway_forwards_the_token(mesh: Mesh, issuer: Issuer) -> None:
    headers = {**mesh.routes.headers, "Authorization": f"Bearer {issuer.token(AUDIENCE, ALICE)}"}
    assert mesh.outside.post(mesh.gateway, [BODY], headers)[0].status == 200
    rejected = mesh.outside.post(mesh.gateway, [BODY] * 10, mesh.routes.headers)
    assert {answer.status for answer in rejected} == {403}


def test_invalid_token_returns_401(mesh: Mesh, issuer: Issuer, tmp_path: Path) -> None:
    good = issuer.token(AUDIENCE, ALICE)
    wrong = {
        "another key": Issuer(tmp_path, NAME).token(AUDIENCE, ALICE),
        "expired": issuer.token(AUDIENCE, ALICE, seconds=-3600),
        "another issuer": Issuer(tmp_path, "https://elsewhere.example.org", "other").token(AUDIENCE, ALICE),
        "tampered": f"{good[:-8]}AAAAAAAA",
        "not a token": "AAAA",
    }
    assert {what: send_to(mesh, token).status for what, token in wrong.items()} == dict.fromkeys(wrong, 401)


def test_token_of_another_caller_or_audience_returns_403(mesh: Mesh, issuer: Issuer) -> None:
    wrong = {"caller": issuer.token(AUDIENCE, BOB), "audience": issuer.token("another", ALICE)}
    assert {what: send_to(mesh, token).status for what, token in wrong.items()} == {
        "caller": 403,
        "audience": 403,
    }


@pytest.mark.parametrize(("method", "path"), [("GET", "/predict"), ("POST", "/other"), ("GET", "/metrics")])
def test_wrong_method_or_path_returns_403(mesh: Mesh, issuer: Issuer, method: str, path: str) -> None:
    assert send_to(mesh, issuer.token(AUDIENCE, ALICE), method, path).status == 403
