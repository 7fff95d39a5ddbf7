"""Every values file of examples/istio, installed before real models and asked by the gateway that it names.

Nothing of them is changed but the host: the demo has theirs, and may be on the same gateway.
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
    """What the files take for granted, and no other routes to the host; the folder of the certificate."""
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
        eventually("the gateway knows of no route", lambda: unknown(mesh))
        yield folder
    finally:
        remove_secret()
        kubectl("delete", "--filename", GATEWAYS, "--ignore-not-found", "--wait=false")
        # Which does not wait for the gateway's pod to drain.
        namespaces.delete(api, GATEWAY_API_NAMESPACE)
        mesh.routes.upgrade()


def remove_secret() -> None:
    """Take the certificate away, also one that a killed run has left."""
    kubectl("--namespace", "istio-ingress", "delete", "secret", CERTIFICATE, "--ignore-not-found")


@pytest.fixture
def installed(mesh: Mesh, around: Path, request: pytest.FixtureRequest) -> Iterator[Mesh]:  # noqa: ARG001
    """The routes of the file that the test is named for."""
    routing.install(ROUTES, NAME, EXAMPLES[request.param], {"routing.hosts": [HOST]})
    try:
        yield mesh
    finally:
        helm("uninstall", ROUTES, "--namespace", NAME, "--wait")
        # The next file's routes are to be seen, not what is left of these.
        eventually("the gateway knows of no route", lambda: unknown(mesh))


def example(name: str) -> pytest.MarkDecorator:
    """The values file that a test installs."""
    return pytest.mark.parametrize("installed", [name], indirect=True)


def eventually(what: str, probe: Callable[[], bool]) -> None:
    """Wait until proxies have learned of it."""
    until(what, probe, SERVED_SECONDS)


def unknown(mesh: Mesh) -> bool:
    """Whether the gateway has no route to the host."""
    return mesh.outside.predict(mesh.gateway, [ROW], mesh.routes.headers).status == 404


def versions(mesh: Mesh, gateway: str, count: int = MANY) -> set[str]:
    """Which versions have answered that many requests; none if one was refused."""
    answers = mesh.outside.post(gateway, [BODY] * count, mesh.routes.headers)
    return {answer.version for answer in answers} if all(answer.status == 200 for answer in answers) else set()


def test_every_file_has_its_test() -> None:
    tested = {"canary", "shadow", "sticky", "callers", "tokens", "gateway-api"}
    assert {*EXAMPLES} == tested, "write a test for the file, or take the name out"


@example("canary")
def test_a_canary_splits(installed: Mesh) -> None:
    eventually("both versions answer", lambda: versions(installed, installed.gateway) == {"1", "2"})


@example("gateway-api")
def test_a_gateway_of_gateway_api_splits_too(installed: Mesh) -> None:
    eventually("both versions answer", lambda: versions(installed, GATEWAY_API) == {"1", "2"})


@example("shadow")
def test_a_shadow_gets_copies_and_answers_nobody(installed: Mesh) -> None:
    before = counted(installed)

    def copied() -> bool:
        assert versions(installed, installed.gateway) == {"1"}
        assert counted(installed)["requests"] >= before["requests"] + MANY
        return True

    eventually("version 1 answers, and version 2 gets the copies", copied)


@example("sticky")
def test_who_keeps_the_cookie_stays_with_a_version(installed: Mesh) -> None:
    eventually("both versions answer", lambda: versions(installed, installed.gateway) == {"1", "2"})
    first = installed.outside.predict(installed.gateway, [ROW], installed.routes.headers)
    cookie = first.headers["set-cookie"].partition(";")[0]
    again = installed.outside.post(installed.gateway, [BODY] * 20, {**installed.routes.headers, "Cookie": cookie})
    assert {answer.version for answer in again} == {first.version}


@example("callers")
def test_only_the_callers_that_are_named_get_through(installed: Mesh) -> None:
    def refused() -> bool:
        assert installed.outside.predict(installed.gateway, [ROW], installed.routes.headers).status == 200
        assert installed.inside.predict(installed.release.url, [ROW]).status == 403
        return True

    eventually("the gateway gets through, others do not", refused)


@example("tokens")
def test_https_is_asked_for_and_then_a_token(installed: Mesh, around: Path) -> None:
    authority = (around / "ca.crt").read_text(encoding="utf-8")
    task = {"gateway": GATEWAY, "host": HOST, "authority": authority, "path": "/predict", "body": BODY}

    def answered() -> bool:
        try:
            said = installed.outside.run(HTTPS.read_text(encoding="utf-8"), json.dumps(task))
        except UserError as error:
            raise AssertionError(f"the gateway does not listen yet: {error}") from error
        assert json.loads(said) == {"http": 301, "location": f"https://{HOST}/predict", "https": 403}, said
        return True

    eventually("plain HTTP is led to HTTPS, where a token is asked for", answered)
