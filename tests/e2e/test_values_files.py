"""Every values file that users are given is installed as it is, in a namespace that enforces `restricted`, and answers.

What is put beside a file: digests where it has tags or placeholders, for the images and archives are made anew in each
session, and the address of the web server, whose name no DNS knows.
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
# Two cores start three releases sooner than one after the other.
AT_ONCE = 3
BAKED = "models/iris-server"


@dataclass
class Outcome:
    """What was seen of one file's release."""

    answer: ModelResponse
    of_versions: dict[str, str] = field(default_factory=dict)
    test: str = ""
    restarts: int = 0


@dataclass(frozen=True)
class Surroundings:
    """What the files need of this session: models by name, digests, archives and the web server's address."""

    models: dict[str, Published]
    references: dict[str, str]
    baked_digest: str
    archive_digest: str
    web_server: str

    def settings(self, file: ValuesFile) -> dict[str, str]:
        """What is set beside the file."""
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
    """What the files call the models' images, and where they are: the same name with a digest."""
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
    """The images that the chart runs, under the prefix that the air-gapped file names."""
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
    """The digest of a server's image that holds the model."""
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
) -> Iterator[Surroundings]:
    """Everything that a platform team would have put into the cluster before."""
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
        yield Surroundings(by_name, references, baked_digest, archive.sha256, address)


@pytest.fixture(scope="module")
def outcomes(
    ready: Surroundings, client: Client, objects: Objects, api: ApiClient, chart_path: str, server_digest: str
) -> Iterator[dict[Path, Future[Outcome]]]:
    """Each file's release: installed, asked, tested and removed again, a few at a time."""

    def exercise(path: Path) -> Outcome:
        file = ValuesFile(path)
        release = Release(file.release, path, objects.namespace, chart_path, server_digest)
        release.upgrade(ready.settings(file))
        rows, _ = ready.models["iris-keras" if file.uses_keras else "iris-sklearn"].model.held_out()
        outcome = Outcome(client.predict(file.entry, rows))
        outcome.of_versions = {url: client.predict(url, rows).version for url in file.version_entries}
        if file.runner == "helm":
            outcome.test = release.test()
        if file.runner == "argocd":
            outcome.test = finished_job(api, objects, f"{file.fullname}-test")
        outcome.restarts = sum(restarts(pod) for pod in objects.pods_of(file.release))
        release.uninstall()
        return outcome

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        yield {path: pool.submit(exercise, path) for path in FILES}
        pool.shutdown(cancel_futures=True)


def finished_job(api: ApiClient, objects: Objects, name: str) -> str:
    """Wait for the end of the test's Job, and say how it ended."""
    jobs: Any = BatchV1Api(api)

    def end() -> str:
        status = jobs.read_namespaced_job(name, objects.namespace).status
        return "Succeeded" if status.succeeded else "Failed" if status.failed else ""

    return until("the test's Job has ended", end, 120)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_values_file_installs_and_its_model_answers_as_the_plain_library_does(
    path: Path, outcomes: dict[Path, Future[Outcome]], ready: Surroundings
) -> None:
    outcome = outcomes[path].result()
    file = ValuesFile(path)
    published = ready.models["iris-keras" if file.uses_keras else "iris-sklearn"]
    rows, _ = published.model.held_out()
    # Where several versions answer, or the newest of two, the plain library has to open the version that did.
    answered = published.at(outcome.answer.version)
    reference.assert_same(outcome.answer.prediction, reference.predictions(answered, rows))
    assert outcome.answer.version == str(file.value("service.version") or outcome.answer.version)
    for url, version in file.version_entries.items():
        assert outcome.of_versions[url] == version, url
    if file.runner != "none":
        assert "Succeeded" in outcome.test
    assert outcome.restarts == 0
