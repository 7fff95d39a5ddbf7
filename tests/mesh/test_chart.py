"""charts/istio-routing on a real Istio: every values file is taken, and the examples do what their first line says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.harness import case as rendering
from tests.harness import charts, render
from tests.harness.charts import ValuesFile
from tests.harness.frozen import thawed
from tests.mesh import asking, gateway
from tests.mesh.api import Manifest
from tests.mesh.backends import Backend
from tests.mesh.case import Case, gateway_api_entry, gateway_for
from tests.mesh.keys import Issuer, self_signed

CHART = charts.CHARTS / "istio-routing"
FILES = charts.values_files(CHART)
# A Gateway that values files name as one that is there.
PUBLIC = "public"
MANY = 500
PIN = "x-model-version"
ROUTED, SHADOW = "x-model-routed-version", "x-model-shadow"
ISSUER, AUDIENCE = "https://login.example.org", "iris"


def released(file: ValuesFile, case: Case) -> rendering.Case:
    """A release of a values file in the test's namespace, for the test's host."""
    given = replace(file.case(), namespace=case.namespace)
    if "hosts" in given.values.get("routing", {}):
        given = given.with_values({"routing": {"hosts": [case.host]}})
    if "tls" in given.values.get("gateway", {}):
        given = given.with_values({"gateway": {"tls": {"credentialName": case.namespace}}})
    return given


def bodies(case: Case, release: rendering.Case) -> list[Manifest]:
    """What is rendered of kinds that are served here: those of Argo Rollouts and Flagger have no definitions."""
    found: Iterable[Mapping[str, Any]] = (thawed(each.body) for each in render(release))
    return [each for each in found if case.mesh.api.serves(str(each["apiVersion"]))]


def certificate(case: Case, folder: Path) -> Manifest:
    """A Secret that a gateway takes its certificate from."""
    pair = self_signed(folder, "serving", f"DNS:{case.host}")
    content = {"tls.key": pair.key.read_text(encoding="utf-8"), "tls.crt": pair.certificate.read_text(encoding="utf-8")}
    metadata = {"name": case.namespace, "namespace": gateway.NAMESPACE}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": "kubernetes.io/tls",
        "stringData": content,
    }


def public(case: Case) -> Manifest:
    """The Gateway of others."""
    made = gateway_for(case.host, PUBLIC)
    return {**made, "metadata": {"name": PUBLIC, "namespace": gateway.NAMESPACE}}


def served(case: Case, release: rendering.Case) -> dict[str, Backend]:
    """A server for each version that the values name."""
    versions = [str(each["name"]) for each in release.values.get("versions", [{"name": "1"}])]
    return case.serve(str(release.values["service"]["name"]), versions)


def installed(
    name: str, case: Case, values: Mapping[str, Any] | None = None, others: Iterable[Manifest] = (), **options: Any
) -> dict[str, Backend]:
    """An example of the chart, with some values of one's own laid over its own and beside other objects.

    Returns the servers of its versions, as soon as a request (see `asking.ask` for the options) has come to one.
    """
    (file,) = (each for each in FILES if each.path.stem == name)
    release = released(file, case).with_values(values or {})
    servers = served(case, release)
    case.apply([public(case), *others, *bodies(case, release)])
    case.ask_until("a version answers", lambda answer: answer.status == 200, **options)
    case.wait_for_copies()
    for server in servers.values():
        server.forget()
    return servers


@pytest.mark.parametrize("file", FILES, ids=str)
def test_istio_and_envoy_take_what_is_rendered(file: ValuesFile, case: Case, tmp_path: Path) -> None:
    """The API server, Istio's webhook and Envoy each may refuse; the fixture asks Envoy."""
    release = released(file, case)
    served(case, release)
    rendered = bodies(case, release)
    assert rendered, "nothing was rendered that is served here"
    case.apply([certificate(case, tmp_path), public(case), *rendered])


def test_a_canary_gets_its_share_and_a_header_pins_a_version(case: Case) -> None:
    installed("canary", case)
    counted = asking.versions(case.ask_often(MANY))
    asking.assert_share(counted["2"], MANY, 0.1, "answers of version 2")
    assert counted["1"] + counted["2"] == MANY, f"somebody else has answered: {counted}"
    for version in "12":
        assert set(asking.versions(case.ask_often(20, headers={PIN: version}))) == {version}
    unknown = case.ask(headers={PIN: "7"})
    assert unknown.status == 404
    assert "error" in unknown.json
    assert case.ask("/metrics", method="GET", body=None).status == 404, "only the protocols' paths lead anywhere"


def test_a_shadow_gets_a_copy_of_each_request_and_answers_nobody(case: Case) -> None:
    servers = installed("shadow", case)
    assert set(asking.versions(case.ask_often(50, headers={SHADOW: "true", ROUTED: "2"}))) == {"1"}
    case.wait_for_copies()
    assert len(servers["2"].received) == 50
    assert {each.headers[ROUTED] for each in servers["2"].received} == {"1"}, "a copy cannot be told from a request"
    assert {each.headers[ROUTED] for each in servers["1"].received} == {"1"}
    assert not any(SHADOW in each.headers for each in servers["1"].received), "a caller is believed to be a shadow"


def test_who_keeps_the_cookie_stays_with_a_version(case: Case) -> None:
    installed("sticky", case)
    first = case.ask()
    cookie = first.headers["set-cookie"].partition(";")[0]
    assert set(asking.versions(case.ask_often(30, headers={"cookie": cookie}))) == {first.version}


def test_the_gateway_api_splits_and_pins_as_istios_own(case: Case) -> None:
    parent = {"parentRefs": [{"name": case.namespace, "namespace": gateway.NAMESPACE}]}
    servers = installed("gateway-api", case, {"gateway": parent}, [gateway_api_entry(case)])
    counted = asking.versions(case.ask_often(MANY))
    asking.assert_share(counted["2"], MANY, 0.1, "answers of version 2")
    assert counted["1"] + counted["2"] == MANY, f"somebody else has answered: {counted}"
    for version, server in servers.items():
        assert {each.headers[ROUTED] for each in server.received} == {version}
        assert set(asking.versions(case.ask_often(20, headers={PIN: version}))) == {version}


def test_a_gateway_that_asks_for_tokens_lets_in_who_has_one_and_nobody_else(case: Case, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path, ISSUER)
    at_the_gateway = {"enforceAt": "gateway", "gatewayNamespace": gateway.NAMESPACE, "jwt": {"jwks": issuer.jwks()}}
    secret = certificate(case, tmp_path)

    def with_token(token: str) -> dict[str, Any]:
        return {"headers": {"Authorization": f"Bearer {token}"}, "trusted": tmp_path / "serving.crt"}

    installed("tokens", case, {"security": at_the_gateway}, [secret], **with_token(issuer.token(AUDIENCE)))
    case.ask_until("no token is refused", lambda answer: answer.status == 403, trusted=tmp_path / "serving.crt")
    assert case.ask(**with_token(issuer.token("others"))).status == 403
    assert case.ask(**with_token(issuer.token(AUDIENCE, seconds=-600))).status == 401
    assert case.ask(**with_token(Issuer(tmp_path, ISSUER, "other").token(AUDIENCE))).status == 401
