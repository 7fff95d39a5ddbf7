"""Models on a PersistentVolumeClaim and in the server's image, and Secrets in the pods."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pykube
import pytest
from pytest_helm_charts.clusters import Cluster
from pytest_helm_charts.utils import wait_for_objects_condition

from cluster import registry, settings
from cluster.images.build import build_folder
from cluster.kubectl import kubectl
from cluster.lifecycle import Connection
from devkit.workloads.models import Example
from devkit.workloads.serving import SERVER_IMAGE
from tests.e2e.lib import prerequisites, reference
from tests.e2e.lib.client import Client
from tests.e2e.lib.objects import Objects
from tests.e2e.lib.published import FOLDER, Published
from tests.e2e.lib.releases import Release

CLAIM = "models"
LOADER = prerequisites.MANIFESTS / "loader.yaml"
SECRET_FILE = "/run/secrets/model-server/TOKEN"  # noqa: S105 # a path
EXISTING, CREATED = "from-an-existing-secret", "from-a-created-secret"


@pytest.fixture(scope="module")
def filled_claim(kube_cluster: Cluster, namespace: str, keras_model: Published, server_digest: str) -> str:
    """A PersistentVolumeClaim that contains the model, copied from its image by a pod."""
    manifest = LOADER.read_text(encoding="utf-8")
    manifest = manifest.replace("MODEL_REFERENCE", keras_model.reference).replace("SERVER_DIGEST", server_digest)
    kubectl("--namespace", namespace, "create", "--filename", "-", stdin=manifest)
    wait_for_objects_condition(
        *(kube_cluster.kube_client, pykube.Pod, ["loader"], namespace, _has_succeeded, 120),
        missing_ok=False,
        failure_condition_func=lambda pod: pod.obj["status"].get("phase") == "Failed",
    )
    return CLAIM


@pytest.fixture(scope="module")
def baked_digest(connection: Connection, sklearn_model: Published, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of a server image with the model, built as app/Dockerfile describes."""
    context = tmp_path_factory.mktemp("baked")
    shutil.copytree(sklearn_model.repository / sklearn_model.model.example.name, context / "models" / "iris-sklearn")
    (context / "Dockerfile").write_text(f"FROM {SERVER_IMAGE}\nCOPY models /models\n", encoding="utf-8")
    name = f"{settings.REGISTRY_ADDRESS}/{FOLDER}/iris-server:1"
    build_folder(connection.engine, context, name)
    registry.load(connection.engine, connection.images, name, connection.console)
    return registry.digest(name)


@pytest.fixture(scope="module")
def installed(
    release_of: Callable[[Example], Release],
    objects: Objects,
    keras_model: Published,
    sklearn_model: Published,
    filled_claim: str,
    baked_digest: str,
) -> dict[str, Release]:
    """The Keras model from the claim with an existing Secret, the other one from the image with a created Secret."""
    secret = {"metadata": {"name": "existing"}, "stringData": {"TOKEN": EXISTING}}
    objects.core.create_namespaced_secret(objects.namespace, secret)
    claim, baked = release_of(keras_model.model.example), release_of(sklearn_model.model.example)
    source = "model.source.persistentVolumeClaim"
    from_claim = {
        "model.source.type": "persistentVolumeClaim",
        f"{source}.claimName": filled_claim,
        f"{source}.subPath": "repository",
        "secret.existingSecret": "existing",
        "replicaCount": "1",
    }
    from_image = {
        "model.source.type": "baked",
        # The image contains all versions that exist by now.
        "model.version": sklearn_model.model.version,
        "image.registry": settings.REGISTRY_ADDRESS,
        "image.repository": f"{FOLDER}/iris-server",
        "image.digest": baked_digest,
        "secret.create": "true",
        "secret.stringData.TOKEN": CREATED,
        "replicaCount": "1",
    }
    with ThreadPoolExecutor() as pool:
        calls = [
            pool.submit(release.upgrade, {**values, "secret.envFrom": "true"})
            for release, values in ((claim, from_claim), (baked, from_image))
        ]
    for call in calls:
        call.result()
    return {"claim": claim, "baked": baked}


def _has_succeeded(pod: pykube.Pod) -> bool:
    return bool(pod.obj["status"].get("phase") == "Succeeded")


def test_model_on_a_claim_predicts_like_the_library(
    installed: dict[str, Release], keras_model: Published, client: Client
) -> None:
    rows, _ = keras_model.model.held_out()
    answer = client.predict(installed["claim"].url, rows)
    reference.assert_same(answer.prediction, reference.predictions(keras_model.model, rows))


def test_model_in_the_image_predicts_like_the_library(
    installed: dict[str, Release], sklearn_model: Published, client: Client
) -> None:
    rows, _ = sklearn_model.model.held_out()
    answer = client.predict(installed["baked"].url, rows)
    reference.assert_same(answer.prediction, reference.predictions(sklearn_model.model, rows))


def test_model_folder_is_read_only(installed: dict[str, Release], namespace: str) -> None:
    script = "import os; print(os.access('/models', os.W_OK))"
    for release in installed.values():
        assert _python(release, namespace, script) == "False", release.name


@pytest.mark.parametrize(("which", "value"), [("claim", EXISTING), ("baked", CREATED)])
def test_secret_is_mounted_and_in_the_environment(
    installed: dict[str, Release], namespace: str, which: str, value: str
) -> None:
    script = f"import json, os; print(json.dumps([open({SECRET_FILE!r}).read(), os.environ['TOKEN']]))"
    assert json.loads(_python(installed[which], namespace, script)) == [value, value]


def _python(release: Release, namespace: str, script: str) -> str:
    """Run a script in the server's container, with the server's permissions."""
    command = ("--namespace", namespace, "exec", f"deployment/{release.service}", "--container", "model-server", "--")
    return kubectl(*command, "python3", "-c", script).strip()
