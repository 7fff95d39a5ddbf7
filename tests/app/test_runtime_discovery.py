"""Runtimes of other distributions: found by their entry points, served, and harmless if they are broken."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from devkit import paths
from model_server.errors import ModelLoadError
from model_server.repository.versions import read_version
from model_server.runtimes.magic_bytes import is_of_another_format, wrong_format
from model_server.runtimes.registry import find_format, installed_formats, load_model
from tests.app.distributions import WEIGHTED_SUMS, install
from tests.app.gated_estimator import GatedEstimator
from tests.app.models import write_file, write_pickle
from tests.app.process import environment, running_server

pytestmark = pytest.mark.depends_on_files("app", "tests/app")

ENTRY = {"weighted_sums": "weighted_sums:WEIGHTS"}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for distributions that comes first on the path of this process."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def write_weights(root: Path, content: bytes = b"[1, 10]") -> Path:
    """Publish a model of the format `weighted_sums`."""
    return write_file(root, "weights", "model.json", content, format="weighted_sums", framework_versions={})


def test_serves_a_model_with_the_runtime_of_another_distribution(tmp_path: Path) -> None:
    install(tmp_path / "site", "weighted-sums", ENTRY, weighted_sums=WEIGHTED_SUMS)
    write_weights(tmp_path / "models")
    with running_server(tmp_path / "log", tmp_path / "models", tmp_path / "site", drain_seconds=0) as server:
        server.wait_ready()
        assert server.predict([[1, 2], [3, 4]]).json() == {"prediction": [21.0, 43.0]}


@pytest.mark.parametrize(
    ("value", "files", "problem"),
    [
        (
            "broken:WEIGHTS",
            {"__init__.py": "import a_missing_library\n"},
            "ModuleNotFoundError: No module named 'a_",
        ),
        ("broken:ABSENT", {"__init__.py": ""}, "AttributeError: "),
        ("broken:WEIGHTS", {"__init__.py": "WEIGHTS = 7\n"}, "it is a int, not a Format."),
        ("not a reference", {}, "AttributeError: "),
    ],
)
def test_a_broken_runtime_is_reported_and_does_not_affect_other_formats(
    site: Path, value: str, files: dict[str, str], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "broken", raising=False)
    install(site, "broken-runtime", {"weighted_sums": value}, broken=files)
    with pytest.raises(ModelLoadError) as caught:
        load_model(read_version(write_weights(site / "models")))
    message = str(caught.value)
    assert (
        f"cannot use the runtime of the format 'weighted_sums', {value} of the distribution broken-runtime: " in message
    )
    assert problem in message
    assert message.endswith("Remedy: repair or uninstall broken-runtime")
    load_model(read_version(write_pickle(site / "models", "sums", GatedEstimator())))
    assert sorted(installed_formats()) == ["keras_h5", "keras_v3", "sklearn_joblib"]


def test_a_missing_library_of_a_runtime_is_named(site: Path) -> None:
    declaration = WEIGHTED_SUMS["__init__.py"].replace("magic=", 'libraries={"a-missing-library": 0}, magic=')
    install(site, "weighted-sums", {"weighted_sums": "needy:WEIGHTS"}, needy={"__init__.py": declaration})
    with pytest.raises(ModelLoadError, match="needs a-missing-library, which is not installed"):
        load_model(read_version(write_weights(site / "models")))


def test_two_distributions_with_the_same_format_are_refused(site: Path) -> None:
    for distribution in ("one", "two"):
        install(site, distribution, ENTRY)
    with pytest.raises(ModelLoadError, match=r"is declared by one and two\. Remedy: uninstall one of them"):
        find_format("weighted_sums", "m/1")


def test_an_unknown_format_lists_the_installed_ones(site: Path) -> None:
    install(site, "weighted-sums", ENTRY)
    with pytest.raises(ModelLoadError) as caught:
        find_format("onnx", "m/1")
    assert (
        "m/1: the format 'onnx' is unknown; known formats: keras_h5, keras_v3, sklearn_joblib, weighted_sums."
        in str(caught.value)
    )


def test_stale_metadata_of_the_server_itself_is_reported_with_a_remedy(site: Path) -> None:
    install(site, "model-server", {})
    install(site, "weighted-sums", ENTRY)
    with pytest.raises(ModelLoadError) as caught:
        find_format("sklearn_joblib", "m/1")
    assert str(caught.value) == (
        "m/1: the built-in formats are missing, because the installed metadata of model-server has no entry points in "
        "the group model_server.runtimes. Remedy: install model-server again; in a clone: touch app/pyproject.toml "
        "&& make lint"
    )


def test_files_of_another_distributions_format_are_recognized(site: Path) -> None:
    install(site, "weighted-sums", {"weighted_sums": "recognized:WEIGHTS"}, recognized=WEIGHTED_SUMS)
    path = site / "model.pkl"
    path.write_bytes(b"[1, 10]")
    assert is_of_another_format(path, own=b"\x80")
    assert "it is a JSON list of weights." in str(wrong_format(path, "a joblib file"))


def test_a_longer_or_empty_magic_of_another_format_does_not_hide_a_pickle(site: Path) -> None:
    for name, magic in (("longer", 'b"\\x80\\x04"'), ("empty", 'b""')):
        declaration = WEIGHTED_SUMS["__init__.py"].replace('b"["', magic)
        install(site, name, {name: f"magic_{name}:WEIGHTS"}, **{f"magic_{name}": {"__init__.py": declaration}})
    path = site / "model.pkl"
    for content in (b"\x80\x04pickle", b"zlib"):
        path.write_bytes(content)
        assert not is_of_another_format(path, own=b"\x80")


def test_the_image_has_the_metadata_of_the_distribution(tmp_path: Path) -> None:
    app = paths.REPOSITORY / "app"
    command = (sys.executable, app / "write_metadata.py", app / "pyproject.toml", tmp_path)
    subprocess.run(command, check=True)
    script = (
        "from importlib.metadata import distribution; own = distribution('model-server'); print(own.version); "
        "print(*(f'{one.group} {one.name} {one.value}' for one in own.entry_points), sep='\\n')"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script], env=environment(tmp_path), check=True, capture_output=True, text=True
    ).stdout.splitlines()
    project = tomllib.loads((app / "pyproject.toml").read_text())["project"]
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    expected = {f"{group} {name} {value}" for group, entries in groups.items() for name, value in entries.items()}
    assert (printed[0], set(printed[1:])) == (project["version"], expected)
    assert (tmp_path / f"model_server-{project['version']}.dist-info").is_dir()
