"""Tokens, paths and methods: who has the wrong one is told so, with 401 or 403, and reaches no model."""

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
TOLD_SECONDS = 40


@pytest.fixture(scope="module")
def issuer(mesh: Mesh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """Whose tokens are believed. Alice may send predictions, Bob nothing."""
    folder: Path = tmp_path_factory.mktemp("keys")
    trusted = Issuer(folder, NAME)
    jwt = {"enabled": True, "issuer": NAME, "audiences": [AUDIENCE], "jwks": trusted.jwks()}
    callers = [{"requestPrincipals": [f"{NAME}/{ALICE}"], "methods": ["POST"]}]
    try:
        mesh.routes.upgrade({"security.jwt": jwt, "security.authorization": {"enabled": True, "callers": callers}})
        until_told(mesh, trusted)
        yield trusted
    finally:
        mesh.routes.upgrade()


def until_told(mesh: Mesh, trusted: Issuer) -> None:
    """Wait until the proxies of both versions know whose tokens to believe, and that nobody gets in without one.

    Each is told by itself, and of the two objects apart; connections that were open before come last.
    """
    answers = {"": 403, trusted.token(AUDIENCE, ALICE): 200, "no token": 401}

    def told() -> bool:
        for version, (token, status) in itertools.product(VERSIONS, answers.items()):
            seen = asked(mesh, token, version=version).status
            assert seen == status, f"version {version} answers {seen} instead of {status}"
        assert not proxies.draining(mesh), "the gateway's open connections are served as before"
        return True

    until("the proxies know of the tokens", told, TOLD_SECONDS)


def asked(mesh: Mesh, token: str, method: str = "POST", path: str = "/predict", version: str = "1") -> ModelResponse:
    """The answer of a version's own Service, to which no route says what may be asked: only the policy does."""
    request = {"url": f"{mesh.release.url}-{version}{path}", "method": method}
    request |= {"body": BODY} if method == "POST" else {}
    return mesh.inside.send([{**request, "headers": {"Authorization": f"Bearer {token}"} if token else {}}])[0]


def test_a_token_of_the_right_caller_is_let_through(mesh: Mesh, issuer: Issuer) -> None:
    answer = asked(mesh, issuer.token(AUDIENCE, ALICE))
    assert (answer.status, answer.version) == (200, "1")


def test_the_gateway_passes_the_token_on(mesh: Mesh, issuer: Issuer) -> None:
    headers = {**mesh.routes.headers, "Authorization": f"Bearer {issuer.token(AUDIENCE, ALICE)}"}
    assert mesh.outside.post(mesh.gateway, [BODY], headers)[0].status == 200
    refused = mesh.outside.post(mesh.gateway, [BODY] * 10, mesh.routes.headers)
    assert {answer.status for answer in refused} == {403}


def test_a_token_that_is_not_good_is_answered_with_401(mesh: Mesh, issuer: Issuer, tmp_path: Path) -> None:
    good = issuer.token(AUDIENCE, ALICE)
    wrong = {
        "another's key": Issuer(tmp_path, NAME).token(AUDIENCE, ALICE),
        "past its time": issuer.token(AUDIENCE, ALICE, seconds=-3600),
        "another issuer": Issuer(tmp_path, "https://elsewhere.example.org", "other").token(AUDIENCE, ALICE),
        "changed": f"{good[:-8]}AAAAAAAA",
        "no token": "AAAA",
    }
    assert {what: asked(mesh, token).status for what, token in wrong.items()} == dict.fromkeys(wrong, 401)


def test_a_good_token_of_the_wrong_caller_or_for_another_service_is_answered_with_403(
    mesh: Mesh, issuer: Issuer
) -> None:
    wrong = {"caller": issuer.token(AUDIENCE, BOB), "audience": issuer.token("another", ALICE)}
    assert {what: asked(mesh, token).status for what, token in wrong.items()} == {"caller": 403, "audience": 403}


@pytest.mark.parametrize(("method", "path"), [("GET", "/predict"), ("POST", "/other"), ("GET", "/metrics")])
def test_a_wrong_method_or_path_is_answered_with_403(mesh: Mesh, issuer: Issuer, method: str, path: str) -> None:
    assert asked(mesh, issuer.token(AUDIENCE, ALICE), method, path).status == 403
