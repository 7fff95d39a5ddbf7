"""Every values file of the chart and the examples is installed in a namespace that enforces `restricted`.

The tests only set digests of images and archives, which are rebuilt in each session, and the address of the web server,
which has no DNS name.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from kubernetes.client import ApiClient, BatchV1Api

from cluster import catalog, crds, lifecycle, registry, settings
from cluster.images.build import build_folder
from cluster.lifecycle import Connection
from devkit.workloads import models
from devkit.workloads.serving import SERVER_IMAGE
from tests.e2e.lib import prerequisites, reference
from tests.e2e.lib.client import Client, ModelResponse
from tests.e2e.lib.objects import Objects, restarts
from tests.e2e.lib.prerequisites import HOST
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release
from tests.e2e.lib.values_files import FILES, ValuesFile
from tests.e2e.lib.waiting import until

NGINX_IMAGE = catalog.load().tagged("docker.io/nginxinc/nginx-unprivileged")
CUSTOM_RESOURCES = ("gateway-api", "keda", "prometheus-operator")
# Three releases in parallel start faster than one after another, even on two cores.
PARALLEL_RELEASES = 3
BAKED = "models/iris-server"


@dataclass
class ReleaseResult:
    """Observations of the release of one values file."""

    answer: ModelResponse
    of_versions: dict[str, str] = field(default_factory=dict)
    test: str = ""
    restarts: int = 0


@dataclass(frozen=True)
class Prerequisites:
    """The session's models by name, references, digests, and the web server's address."""

    models: dict[str, Published]
    references: dict[str, str]
    baked_digest: str
    archive_digest: str
    web_server: str

    def settings(self, file: ValuesFile) -> dict[str, str]:
        """Return the values to set in addition to the file."""
        chosen: dict[str, str] = {}
        if file.source == "image":
            chosen["model.source.image.reference"] = self.references[file.value("model.source.image.reference")]
        if file.source == "baked":
            chosen["image.digest"] = self.baked_digest
        if file.source == "download":
            chosen["model.source.download.sha256"] = self.archive_digest
        if HOST in file.value("model.source.download.url"):
            chosen |= {"hostAliases[0].ip": self.web_server, "hostAliases[0].hostnames[0]": HOST}
        return chosen


@pytest.fixture(scope="module")
def references(
    connection: Connection, sklearn_model: Published, keras_model: Published, second_version: Published
) -> dict[str, str]:
    """The references of model images in the files, and the references of the published images with digests."""
    found = {}
    for folder, published, tag in (
        ("models", sklearn_model, "1"),
        ("models", keras_model, "1"),
        ("models", second_version, "2"),
        ("mirror/models", sklearn_model, "1"),
    ):
        name = published.model.example.name
        place = models.publish(connection, published.model, folder)
        found[f"registry.example.org/{folder}/{name}:{tag}"] = place.replace(
            settings.REGISTRY_ADDRESS, "registry.example.org"
        )
    return found


@pytest.fixture(scope="module")
def mirror(connection: Connection) -> None:
    """The images of the chart, under the registry prefix of the air-gapped example."""
    lifecycle.load([NGINX_IMAGE], connection.console)
    for name in (SERVER_IMAGE, NGINX_IMAGE):
        source = registry.reference(name)
        target = source.replace("/library/", "/").replace(
            f"{settings.REGISTRY_ADDRESS}/", f"{settings.REGISTRY_ADDRESS}/mirror/"
        )
        connection.engine.run("tag", source, target)
        connection.engine.run("push", "--quiet", target)


@pytest.fixture(scope="module")
def baked_digest(connection: Connection, sklearn_model: Published, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of a server image with the model."""
    context = tmp_path_factory.mktemp("baked")
    shutil.copytree(sklearn_model.repository / "iris-sklearn" / "1", context / "models" / "iris-sklearn" / "1")
    (context / "Dockerfile").write_text(f"FROM {SERVER_IMAGE}\nCOPY models /models\n", encoding="utf-8")
    name = f"{settings.REGISTRY_ADDRESS}/{BAKED}:1"
    build_folder(connection.engine, context, name)
    registry.load(connection.engine, connection.images, name, connection.console)
    return registry.digest(name)


@pytest.fixture(scope="module")
def ready(
    objects: Objects,
    client: Client,
    api: ApiClient,
    connection: Connection,
    server_digest: str,
    references: dict[str, str],
    mirror: None,  # noqa: ARG001
    baked_digest: str,
    sklearn_model: Published,
    keras_model: Published,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Prerequisites]:
    """The prerequisites, as a platform team installs them."""
    crds.apply(CUSTOM_RESOURCES, connection.console)
    prerequisites.add_claim(objects, sklearn_model, server_digest)
    prerequisites.add_version(objects, sklearn_model, "1")
    login = {".dockerconfigjson": '{"auths": {}}'}
    prerequisites.add_secret(objects, "registry-login", login, "kubernetes.io/dockerconfigjson")
    archive = prerequisites.archive(sklearn_model)
    address = prerequisites.add_web_server(objects, [archive], server_digest, tmp_path_factory.mktemp("certificates"))
    lifecycle.load([prerequisites.OBJECT_STORE_IMAGE], connection.console)
    prerequisites.add_object_store(objects, client, archive)
    with prerequisites.gpus(api, objects):
        by_name = {published.model.example.name: published for published in (sklearn_model, keras_model)}
        yield Prerequisites(by_name, references, baked_digest, archive.sha256, address)


@pytest.fixture(scope="module")
def results(
    ready: Prerequisites, client: Client, objects: Objects, api: ApiClient, chart_path: str, server_digest: str
) -> Iterator[dict[Path, Future[ReleaseResult]]]:
    """The release of each file: installed, called, tested and uninstalled, a few in parallel."""

    def exercise(path: Path) -> ReleaseResult:
        file = ValuesFile(path)
        release = Release(file.release, path, objects.namespace, chart_path, server_digest)
        release.upgrade(ready.settings(file))
        rows, _ = ready.models["iris-keras" if file.uses_keras else "iris-sklearn"].model.held_out()
        result = ReleaseResult(client.predict(file.entry, rows))
        result.of_versions = {url: client.predict(url, rows).version for url in file.version_entries}
        if file.runner == "helm":
            result.test = release.test()
        if file.runner == "argocd":
            result.test = finished_job(api, objects, f"{file.fullname}-test")
        result.restarts = sum(restarts(pod) for pod in objects.pods_of(file.release))
        release.uninstall()
        return result

    with ThreadPoolExecutor(max_workers=PARALLEL_RELEASES) as pool:
        yield {path: pool.submit(exercise, path) for path in FILES}
        pool.shutdown(cancel_futures=True)


def finished_job(api: ApiClient, objects: Objects, name: str) -> str:
    """Wait for the end of the test's Job; returns 'Succeeded' or 'Failed'."""
    jobs: Any = BatchV1Api(api)

    def end() -> str:
        status = jobs.read_namespaced_job(name, objects.namespace).status
        return "Succeeded" if status.succeeded else "Failed" if status.failed else ""

    return until("the test's Job has ended", end, 120)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_values_file_installs_and_predicts_like_the_library(
    path: Path, results: dict[Path, Future[ReleaseResult]], ready: Prerequisites
) -> None:
    result = results[path].result()
    file = ValuesFile(path)
    published = ready.models["iris-keras" if file.uses_keras else "iris-sklearn"]
    rows, _ = published.model.held_out()
    # If a release serves several versions, compare with the one that responded.
    answered = published.at(result.answer.version)
    reference.assert_same(result.answer.prediction, reference.predictions(answered, rows))
    assert result.answer.version == str(file.value("service.version") or result.answer.version)
    for url, version in file.version_entries.items():
        assert result.of_versions[url] == version, url
    if file.runner != "none":
        assert "Succeeded" in result.test
    assert result.restarts == 0
