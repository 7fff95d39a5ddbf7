"""Fixtures of the app's tests. TensorFlow takes seconds to import, so Keras models are trained once a session."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from devkit import paths
from tests.app.process import ServerProcess, running_server

# A busy machine is slow, which says nothing about the code.
hypothesis.settings.register_profile("app", deadline=None)
hypothesis.settings.load_profile("app")

IRIS_CSV = paths.REPOSITORY / "examples/iris/data.csv"


@pytest.fixture(scope="session")
def iris_csv() -> Path:
    """The example's table."""
    return IRIS_CSV


@pytest.fixture(scope="session")
def sklearn_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the model `iris`, a logistic regression."""
    from modelctl.training.train import TrainingRequest, train

    root = tmp_path_factory.mktemp("sklearn-repository")
    train(TrainingRequest(IRIS_CSV, "species", "iris", "logistic-regression", root))
    return root


@pytest.fixture(scope="session")
def keras_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the models `iris-h5` and `iris-keras`."""
    from modelctl.training.train import TrainingRequest, train

    root = tmp_path_factory.mktemp("keras-repository")
    for format in ("h5", "keras"):
        train(TrainingRequest(IRIS_CSV, "species", f"iris-{format}", "keras-mlp", root, format=format, epochs=20))
    return root


@pytest.fixture(scope="session")
def sklearn_server(sklearn_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A ready server of the model `iris`, for tests that leave it as it is."""
    log = tmp_path_factory.mktemp("sklearn-server") / "log"
    with running_server(log, sklearn_repository, drain_seconds=0, max_body_bytes=4096) as server:
        yield server.wait_ready()


@pytest.fixture(scope="session")
def keras_server(keras_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A ready server of the model `iris-h5`, for tests that leave it as it is."""
    log = tmp_path_factory.mktemp("keras-server") / "log"
    with running_server(log, keras_repository, model_name="iris-h5", drain_seconds=0) as server:
        yield server.wait_ready()


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxy has nothing to do with servers on the loopback address."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
