"""The model repository: manifests, versions, aliases, digests, publishing."""

import json
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_server.errors import RepositoryError
from model_server.repository.files import check_files
from model_server.repository.manifest import parse_manifest
from model_server.repository.staging import staging_below
from model_server.repository.versions import list_models, list_versions, read_aliases, read_version, resolve
from tests.app.models import write_file
from tests.app.process import environment, wait_until


def _write(root: Path, name: str = "m") -> Path:
    return write_file(root, name, "model.pkl", b"content", format="sklearn_joblib")


def _document(tmp_path: Path) -> dict[str, Any]:
    folder = _write(tmp_path)
    document: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return document


def test_a_manifest_survives_writing_and_reading(tmp_path: Path) -> None:
    manifest = read_version(_write(tmp_path)).manifest
    assert parse_manifest(manifest.to_json(), "here") == manifest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"surprise": 1}, "manifest: unknown key 'surprise'."),
        ({"schema_version": 2}, "schema_version 2 is not supported; this release supports 1."),
        ({"files": []}, "files is empty"),
        ({"version": True}, "version is not a whole number"),
        ({"name": "../m"}, "name '../m' cannot be a model's name."),
        ({"files": [{"path": "../x", "sha256": "0" * 64, "size": 1}]}, "path '../x' leaves the version's folder"),
        ({"files": [{"path": "/etc/x", "sha256": "0" * 64, "size": 1}]}, "path '/etc/x' leaves"),
        ({"files": [{"path": "x", "sha256": "0", "size": 1}]}, "files[0]: sha256 is not 64"),
        ({"files": [{"path": "x", "sha256": "0" * 64}]}, "files[0]: size is missing"),
        ({"signature": {"inputs": [], "outputs": []}}, "signature: inputs is empty"),
    ],
)
def test_malformed_manifest_is_rejected(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(RepositoryError) as caught:
        parse_manifest(json.dumps(_document(tmp_path) | change), "manifest")
    assert message in str(caught.value)


@given(st.text(max_size=30))
def test_parser_of_manifests_survives_any_text(text: str) -> None:
    with pytest.raises(RepositoryError):
        parse_manifest(text, "manifest")


@pytest.mark.parametrize(
    ("wanted", "aliases", "found"),
    [
        ("", None, 3),
        ("", {"production": 2}, 2),
        ("", {"candidate": 1}, 3),
        ("1", {"production": 2}, 1),
        ("candidate", {"candidate": 1}, 1),
    ],
)
def test_a_version_is_found_by_number_alias_or_default(
    tmp_path: Path, wanted: str, aliases: dict[str, int] | None, found: int
) -> None:
    for _ in range(3):
        _write(tmp_path)
    if aliases is not None:
        (tmp_path / "m/aliases.json").write_text(json.dumps(aliases))
    assert resolve(tmp_path, "m", wanted).manifest.version == found


@pytest.mark.parametrize(
    ("model", "version", "message"),
    [
        ("m", "9", "m has no version 9; it has 1."),
        ("m", "best", "m has no alias 'best'; aliases: stale; versions: 1."),
        ("m", "stale", "the alias 'stale' of m points to version 5, which does not exist; versions: 1."),
        ("n", "", "has no version of the model 'n'; models there: m, other."),
        ("../m", "", "'../m' cannot be a model's name."),
        ("", "", "holds 2 models (m, other) and none is selected. Remedy: set MODEL_SERVER_MODEL_NAME"),
    ],
)
def test_missing_version_is_reported_with_the_existing_ones(
    tmp_path: Path, model: str, version: str, message: str
) -> None:
    _write(tmp_path)
    _write(tmp_path, "other")
    (tmp_path / "m/aliases.json").write_text('{"stale": 5}')
    with pytest.raises(RepositoryError) as caught:
        resolve(tmp_path, model, version)
    assert message in str(caught.value)


def test_folders_that_are_not_versions_are_ignored(tmp_path: Path) -> None:
    folder = _write(tmp_path)
    for name in (".staging-x", "0", "02", "latest", "7"):
        (tmp_path / "m" / name).mkdir()
    (tmp_path / "lost+found").mkdir()
    assert list_models(tmp_path) == ["m"]
    assert resolve(tmp_path).folder == folder


def test_a_version_in_another_folder_is_refused(tmp_path: Path) -> None:
    _write(tmp_path).rename(tmp_path / "m/2")
    with pytest.raises(RepositoryError, match="describes m/1, which does not match its folder"):
        resolve(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"conten", "truncated: it has 6 bytes"), (b"contenT", "has changed: its SHA-256 is"), (None, "does not exist")],
)
def test_a_file_that_is_not_what_was_published_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = _write(tmp_path) / "model.pkl"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    found = resolve(tmp_path)
    with pytest.raises(RepositoryError, match=message):
        check_files(found.folder, found.manifest)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "models") / "model.pkl"
    path.rename(tmp_path / "elsewhere.pkl")
    path.symlink_to(tmp_path / "elsewhere.pkl")
    found = resolve(tmp_path / "models")
    with pytest.raises(RepositoryError, match="points outside of the version's folder"):
        check_files(found.folder, found.manifest)


def test_concurrent_writers_get_one_version_each(tmp_path: Path) -> None:
    threads = [threading.Thread(target=_write, args=(tmp_path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.name for path in (tmp_path / "m").iterdir()) == [str(number) for number in range(1, 9)]


def test_published_files_can_be_read_by_another_user(tmp_path: Path) -> None:
    folder = _write(tmp_path)
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (folder, *folder.iterdir())}
    assert modes == {"1": "0o755", "model.pkl": "0o644", "manifest.json": "0o644"}


_HALF_WAY = """
import signal, sys
from pathlib import Path
from model_server.repository.writer import staging_folder
with staging_folder(Path(sys.argv[1]), "m") as staging:
    (staging / "model.pkl").write_bytes(b"half")
    signal.pause()
"""


def test_killed_writer_leaves_no_version_and_its_folder_is_removed(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", _HALF_WAY, str(tmp_path)], env=environment())
    wait_until(lambda: any(tmp_path.glob("m/.staging-*/model.pkl")), "the writer to be half way")
    alive = {path.name for path in (tmp_path / "m").iterdir()}
    _write(tmp_path)
    assert {path.name for path in (tmp_path / "m").iterdir()} == alive | {"1"}, "a living writer was disturbed"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert resolve(tmp_path).manifest.version == 1
    _write(tmp_path)
    assert {path.name for path in (tmp_path / "m").iterdir()} == {"1", "2"}


def _mounted(volume: Path, files: dict[str, bytes]) -> None:
    """Lay files out as Kubernetes does in a volume made from a ConfigMap or a Secret.

    The files are in a folder named by the time, `..data` leads to it, and each top name leads through `..data`,
    so that an update changes all of them at once.
    """
    dated = volume / "..2026_11_22_20_15_00.123456789"
    for name, content in files.items():
        (dated / name).parent.mkdir(parents=True, exist_ok=True)
        (dated / name).write_bytes(content)
    (volume / "..data").symlink_to(dated.name)
    for top in {name.split("/")[0] for name in files}:
        (volume / top).symlink_to(f"..data/{top}")


@pytest.mark.parametrize("mount", ["m/1", "m", "."])
def test_a_version_mounted_from_a_config_map_is_served(tmp_path: Path, mount: str) -> None:
    published = _write(tmp_path / "published")
    root = tmp_path / "models"
    below = Path("m/1").relative_to(mount).as_posix()
    files = {(Path(below) / path.name).as_posix(): path.read_bytes() for path in published.iterdir()}
    (root / mount).mkdir(parents=True)
    _mounted(root / mount, files)
    assert list_models(root) == ["m"]
    assert list_versions(root, "m") == [1]
    found = resolve(root)
    check_files(found.folder, found.manifest)
    assert (found.folder / "model.pkl").read_bytes() == b"content"


def test_changed_file_in_a_config_map_is_detected(tmp_path: Path) -> None:
    manifest = (_write(tmp_path / "published") / "manifest.json").read_bytes()
    (tmp_path / "models/m/1").mkdir(parents=True)
    _mounted(tmp_path / "models/m/1", {"manifest.json": manifest, "model.pkl": b"contenT"})
    found = resolve(tmp_path / "models")
    with pytest.raises(RepositoryError, match="has changed"):
        check_files(found.folder, found.manifest)


def test_staging_folder_in_the_root_is_not_a_model(tmp_path: Path) -> None:
    folder = _write(tmp_path)
    with staging_below(tmp_path) as staging:
        shutil.copytree(folder, staging / "1")
        assert staging.parent == tmp_path
        assert list_models(tmp_path) == ["m"]
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_deeply_nested_json_is_rejected(tmp_path: Path) -> None:
    nested = "[" * 200_000
    with pytest.raises(RepositoryError, match="is not JSON"):
        parse_manifest(nested, "manifest")
    (tmp_path / "aliases.json").write_text(nested)
    with pytest.raises(RepositoryError, match="cannot be read"):
        read_aliases(tmp_path / "aliases.json")
