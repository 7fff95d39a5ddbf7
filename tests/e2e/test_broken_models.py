"""Models that cannot be loaded: the new pod exits with a reason, and the old pods keep serving."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException

from cluster.lifecycle import Connection
from devkit.workloads.models import Example
from tests.e2e.lib import published
from tests.e2e.lib.client import Client
from tests.e2e.lib.objects import Objects, is_ready
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source
from tests.e2e.lib.waiting import until

PODS = 2
# The server's exit code for a model that cannot be loaded.
EXIT_CODE = 3
# gunicorn also logs that its worker exited; the reason comes from the server.
OWN_LOGGER = "model_server"


@dataclass(frozen=True)
class BrokenModel:
    """Values of an upgrade that fails, and the server's error."""

    values: dict[str, str]
    reason: str


@pytest.fixture(scope="module")
def release(release_of: Callable[[Example], Release], sklearn_model: Published) -> Release:
    """A release that serves a good model."""
    good = release_of(sklearn_model.model.example)
    good.upgrade({**image_source(sklearn_model.reference), "replicaCount": str(PODS)})
    return good


@pytest.fixture
def truncated(connection: Connection, sklearn_model: Published, tmp_path: Path) -> BrokenModel:
    """A model file that is only half copied."""
    copy = published.damaged(sklearn_model.model, tmp_path, published.truncate)
    return BrokenModel(
        image_source(published.publish(connection, copy, "e2e/truncated").reference), "model.pkl is truncated"
    )


@pytest.fixture
def wrong_format(
    connection: Connection, sklearn_model: Published, keras_model: Published, tmp_path: Path
) -> BrokenModel:
    """A Keras model with the manifest of a scikit-learn model; all digests are right."""
    content = keras_model.model.model_file.read_bytes()
    copy = published.damaged(sklearn_model.model, tmp_path, lambda model: published.replace_content(model, content))
    reference = published.publish(connection, copy, "e2e/wrong-format").reference
    return BrokenModel(image_source(reference), "model.pkl is not a joblib file; it is an HDF5 file")


@pytest.fixture
def missing_version(sklearn_model: Published) -> BrokenModel:
    """Values that name a version which the image does not contain."""
    return BrokenModel(
        {**image_source(sklearn_model.reference), "model.version": "99"}, "iris-sklearn has no version 99"
    )


@pytest.mark.parametrize("case", ["truncated", "wrong_format", "missing_version"])
def test_old_pods_keep_serving_while_a_broken_model_exits(
    case: str, request: pytest.FixtureRequest, release: Release, client: Client, objects: Objects
) -> None:
    broken: BrokenModel = request.getfixturevalue(case)
    # The pod of the previous case may be among them; it is not ready.
    known = {pod.metadata.name: is_ready(pod) for pod in objects.pods(release.name)}
    serving = {name for name, ready in known.items() if ready}
    assert len(serving) == PODS

    def exited_pod() -> Any:
        return next((pod for pod in objects.pods(release.name) if pod.metadata.name not in known and _end(pod)), None)

    with client.traffic(release.service, threads=2) as traffic:
        release.upgrade({**broken.values, "replicaCount": str(PODS)}, wait=False)
        pod = until("a new pod has exited", exited_pod, 90)
    end = _end(pod)
    assert end.exit_code == EXIT_CODE
    assert not is_ready(pod)
    errors = until("the log has the error", lambda: _errors(objects, pod), 10)
    assert len(errors) == 1, errors
    assert broken.reason in errors[0]
    assert "Remedy: " in errors[0]
    assert end.message == errors[0]
    traffic.assert_nothing_lost()
    assert set(traffic.versions) == {"1"}
    assert serving == {pod.metadata.name for pod in objects.pods(release.name) if is_ready(pod)}


def _end(pod: Any) -> Any:
    """Return the terminated state of the server's container, current or previous, or None."""
    for status in pod.status.container_statuses or []:
        return status.state.terminated or status.last_state.terminated
    return None


def _errors(objects: Objects, pod: Any) -> list[str]:
    """Return the server's errors in the pod's log. Every line must be JSON, which a bare traceback is not.

    The kubelet may have restarted the container; then they are in the previous log.
    """
    for previous in (False, True):
        try:
            lines = [json.loads(line) for line in objects.log(pod, previous=previous)]
        except ApiException:
            continue
        errors = [line["event"] for line in lines if line["level"] == "error" and OWN_LOGGER in line["logger"]]
        if errors:
            return errors
    return []
