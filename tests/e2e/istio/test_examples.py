"""Every values file of examples/istio, installed in front of real models, with requests through its gateway.

Only the host is changed: the demo uses theirs, and may share the gateway.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kubernetes.client import ApiClient

from cluster import crds
from cluster.console import Console
from cluster.helm import helm
from cluster.kubectl import kubectl
from devkit import paths
from devkit.errors import UserError
from devkit.workloads import routing
from tests import openssl
from tests.e2e.istio.conftest import FOLDER, NAME, Mesh
from tests.e2e.istio.routes import GATEWAY, HOST
from tests.e2e.istio.shadows import counted
from tests.e2e.lib import namespaces
from tests.e2e.lib.client import ROW
from tests.e2e.lib.waiting import until

EXAMPLES = {file.stem: file for file in (paths.REPOSITORY / "examples" / "istio").glob("*.yaml")}
GATEWAYS, HTTPS = FOLDER / "gateways.yaml", FOLDER / "in_pod_https.py"
GATEWAY_API_NAMESPACE = "gateways"
GATEWAY_API = f"http://public-istio.{GATEWAY_API_NAMESPACE}"
ROUTES = "example"
CERTIFICATE = "iris-certificate"
BODY = json.dumps({"input_data": [ROW]})
SERVED_SECONDS = 90
# With a tenth of the requests, a version is missed by all of these once in 37,000 runs.
MANY = 100


@pytest.fixture(scope="module")
def around(mesh: Mesh, api: ApiClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The prerequisites of the files, without other routes to the host; returns the folder of the certificate."""
    folder = tmp_path_factory.mktemp("certificate")
    openssl.authority_and_server(folder, f"DNS:{HOST}")
    try:
        helm("uninstall", mesh.routes.name, "--namespace", NAME, "--wait", "--ignore-not-found")
        crds.apply(["gateway-api"], Console(quiet=True))
        namespaces.wait_until_gone(api, GATEWAY_API_NAMESPACE)
        kubectl("apply", "--filename", GATEWAYS)
        remove_secret()
        secret = ("secret", "tls", CERTIFICATE, f"--cert={folder}/tls.crt", f"--key={folder}/tls.key")
        kubectl("--namespace", "istio-ingress", "create", *secret)
        eventually("the gateway has no route", lambda: unknown(mesh))
        yield folder
    finally:
        remove_secret()
        kubectl("delete", "--filename", GATEWAYS, "--ignore-not-found", "--wait=false")
        # Does not wait for the gateway's pod to drain.
        namespaces.delete(api, GATEWAY_API_NAMESPACE)
        mesh.routes.upgrade()


def remove_secret() -> None:
    """Delete the certificate, even that of a killed run."""
    kubectl("--namespace", "istio-ingress", "delete", "secret", CERTIFICATE, "--ignore-not-found")


@pytest.fixture
def installed(mesh: Mesh, around: Path, request: pytest.FixtureRequest) -> Iterator[Mesh]:  # noqa: ARG001
    """The installed routes of the test's values file."""
    routing.install(ROUTES, NAME, EXAMPLES[request.param], {"routing.hosts": [HOST]})
    try:
        yield mesh
    finally:
        helm("uninstall", ROUTES, "--namespace", NAME, "--wait")
        # The next test must see its own routes only.
        eventually("the gateway has no route", lambda: unknown(mesh))


def example(name: str) -> pytest.MarkDecorator:
    """Select the values file of a test."""
    return pytest.mark.parametrize("installed", [name], indirect=True)


def eventually(what: str, probe: Callable[[], bool]) -> None:
    """Wait until the proxies have the configuration."""
    until(what, probe, SERVED_SECONDS)


def unknown(mesh: Mesh) -> bool:
    """Return whether the gateway has no route to the host."""
    return mesh.outside.predict(mesh.gateway, [ROW], mesh.routes.headers).status == 404


def versions(mesh: Mesh, gateway: str, count: int = MANY) -> set[str]:
    """Return the versions that responded to ``count`` requests; none if one failed."""
    answers = mesh.outside.post(gateway, [BODY] * count, mesh.routes.headers)
    return {answer.version for answer in answers} if all(answer.status == 200 for answer in answers) else set()


def test_every_example_has_a_test() -> None:
    tested = {"canary", "shadow", "sticky", "callers", "tokens", "issuers", "gateway-api"}
    assert {*EXAMPLES} == tested, "write a test for the file, or remove its name"


@example("canary")
def test_canary_splits_traffic(installed: Mesh) -> None:
    eventually("both versions respond", lambda: versions(installed, installed.gateway) == {"1", "2"})


@example("gateway-api")
def test_gateway_api_splits_traffic(installed: Mesh) -> None:
    eventually("both versions respond", lambda: versions(installed, GATEWAY_API) == {"1", "2"})


@example("shadow")
def test_shadow_receives_mirrored_traffic_and_never_responds(installed: Mesh) -> None:
    before = counted(installed)

    def mirrored() -> bool:
        assert versions(installed, installed.gateway) == {"1"}
        assert counted(installed)["requests"] >= before["requests"] + MANY
        return True

    eventually("version 1 responds, and version 2 receives mirrored traffic", mirrored)


@example("sticky")
def test_cookie_pins_the_version(installed: Mesh) -> None:
    eventually("both versions respond", lambda: versions(installed, installed.gateway) == {"1", "2"})
    first = installed.outside.predict(installed.gateway, [ROW], installed.routes.headers)
    cookie = first.headers["set-cookie"].partition(";")[0]
    again = installed.outside.post(installed.gateway, [BODY] * 20, {**installed.routes.headers, "Cookie": cookie})
    assert {answer.version for answer in again} == {first.version}


@example("callers")
def test_only_listed_callers_are_authorized(installed: Mesh) -> None:
    def only_the_gateway() -> bool:
        assert installed.outside.predict(installed.gateway, [ROW], installed.routes.headers).status == 200
        assert installed.inside.predict(installed.release.url, [ROW]).status == 403
        return True

    eventually("the gateway is authorized, others are not", only_the_gateway)


@example("tokens")
def test_http_is_redirected_and_https_requires_a_token(installed: Mesh, around: Path) -> None:
    authority = (around / "ca.crt").read_text(encoding="utf-8")
    task = {"gateway": GATEWAY, "host": HOST, "authority": authority, "path": "/predict", "body": BODY}

    def answered() -> bool:
        try:
            output = installed.outside.run(HTTPS.read_text(encoding="utf-8"), json.dumps(task))
        except UserError as error:
            raise AssertionError(f"the gateway does not listen yet: {error}") from error
        assert json.loads(output) == {"http": 301, "location": f"https://{HOST}/predict", "https": 403}, output
        return True

    eventually("HTTP is redirected to HTTPS, which requires a token", answered)


@example("issuers")
def test_a_token_of_one_of_the_issuers_is_required(installed: Mesh) -> None:
    def refused() -> bool:
        statuses = {
            installed.outside.predict(installed.gateway, [ROW], {**installed.routes.headers, **headers}).status
            for headers in ({}, {"x-ci-token": "none"})
        }
        assert statuses == {401, 403}, statuses
        return True

    eventually("a request without a token is refused, as is one with an invalid token", refused)
