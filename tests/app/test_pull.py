"""`modelctl pull` as a command."""

import json
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from model_server.errors import RepositoryError
from model_server.repository.files import check_files
from model_server.repository.versions import list_models, list_versions, resolve
from modelctl.cli import main
from modelctl.progress import format_bytes
from tests.app.archives import digest, member, repository_files, tar, tar_of, with_aliases, zipped
from tests.app.models import write_file
from tests.app.process import environment, wait_until
from tests.app.webserver import Answer, saying, serving, web_server

pytestmark = pytest.mark.usefixtures("no_proxy")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    """The files of a repository with two versions of the model `m`: paths and contents."""
    return repository_files(tmp_path / "published", versions=2)


def _arguments(tmp_path: Path, archive: bytes, *more: str) -> list[str]:
    (tmp_path / "archive").write_bytes(archive)
    where = (tmp_path / "archive").as_uri()
    return ["pull", where, "--sha256", digest(archive), "--repository", str(tmp_path / "models"), *more]


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


@pytest.mark.parametrize("pack", [tar, zipped])
def test_pulled_versions_can_be_served(
    tmp_path: Path, files: dict[str, bytes], capsys: pytest.CaptureFixture[str], pack: Callable[..., bytes]
) -> None:
    archive = pack(with_aliases(files, {"production": 1}))
    assert main(_arguments(tmp_path, archive, "--json")) == 0
    result = json.loads(capsys.readouterr().out)
    root = tmp_path / "models"
    assert result["downloaded_bytes"] == len(archive)
    assert result["versions"] == [
        {"model": "m", "version": number, "path": str(root / f"m/{number}"), "placed": True} for number in (1, 2)
    ]
    assert list_models(root) == ["m"]
    found = resolve(root)
    assert found.manifest.version == 1
    check_files(found.folder, found.manifest)
    assert _names(root) == {"m", f".pulled-{digest(archive)}.json"}
    assert (root / "m/history.jsonl").is_file()
    modes = {path: oct(path.stat().st_mode & 0o7777) for path in (root / "m").rglob("*")}
    assert set(modes.values()) == {"0o755", "0o644"}


def test_a_second_pull_needs_no_server(
    tmp_path: Path, files: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = _arguments(tmp_path, tar(with_aliases(files, {"production": 1}), "gz"))
    assert main(arguments) == 0
    before = _tree(tmp_path / "models")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "models/m").rglob("*")}
    (tmp_path / "archive").unlink()
    capsys.readouterr()
    assert main(arguments) == 0
    assert "m/2  unchanged" in capsys.readouterr().out
    assert _tree(tmp_path / "models") == before
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "models/m").rglob("*")} == times


def test_a_receipt_does_not_replace_verification(
    tmp_path: Path, files: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = _arguments(tmp_path, tar(files), "--json")
    assert main(arguments) == 0
    for path in sorted((tmp_path / "models/m/2").iterdir()):
        path.unlink()
    (tmp_path / "models/m/2").rmdir()
    capsys.readouterr()
    assert main(arguments) == 0
    assert [version["placed"] for version in json.loads(capsys.readouterr().out)["versions"]] == [False, True]
    (tmp_path / "models/m/1/model.pkl").write_bytes(b"changed")
    assert main(arguments) == 2
    assert "m/1/model.pkl is truncated" in capsys.readouterr().err
    for damage in ("[", "[[1]]", '[["../m", 1, "x"]]', '[["m", "1", "x"]]', "{}", "7"):
        next((tmp_path / "models").glob(".pulled-*")).write_text(damage)
        assert main(arguments) == 2
        assert "m/1/model.pkl is truncated" in capsys.readouterr().err


def test_another_archive_adds_its_versions_only(
    tmp_path: Path, files: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    first = {name: content for name, content in files.items() if name.startswith("m/1/")}
    assert main(_arguments(tmp_path, tar(with_aliases(first, {"production": 1})))) == 0
    capsys.readouterr()
    assert main(_arguments(tmp_path, tar(with_aliases(files, {"production": 2})))) == 0
    shown = capsys.readouterr().out
    assert "m/1  unchanged" in shown
    assert "m/2  added" in shown
    assert "aliases.json, although the archive's differs" in shown
    assert json.loads((tmp_path / "models/m/aliases.json").read_text()) == {"production": 1}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "sklearn_skops"}, "the manifests differ"),
        ({"file": b"other"}, "differing files: model.pkl"),
    ],
)
def test_rejects_different_content_before_adding_anything(
    tmp_path: Path, files: dict[str, bytes], change: dict[str, object], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = change.get("file", files["m/1/model.pkl"])
    assert isinstance(content, bytes)
    write_file(tmp_path / "models", "m", "model.pkl", content, format=change.get("format", "sklearn_joblib"))
    before = _tree(tmp_path / "models")
    assert main(_arguments(tmp_path, tar(files))) == 2
    assert f"m/1 already exists with different content ({message}); versions are immutable." in capsys.readouterr().err
    assert _tree(tmp_path / "models") == before
    assert _names(tmp_path / "models/m") == {"1"}


def _without(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {key: value for key, value in files.items() if key != name}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda files: files | {"README.md": b"x", ".DS_Store": b"x"},
            "'.DS_Store', 'README.md' at the top level of the archive is not a model",
        ),
        (
            lambda files: {f"models/{name}": content for name, content in files.items()},
            "'m' in the archive's directory",
        ),
        (lambda files: files | {"m/notes.txt": b"x"}, "'notes.txt' in the archive's directory m is not a version"),
        (lambda files: files | {"m/03/manifest.json": b"x"}, "'03' in the archive's directory m is not a version"),
        (
            lambda files: files | {"m/3/model.pkl": b"x"},
            "'3' in the archive's directory m is not a version with a manifest",
        ),
        (lambda files: files | {".staging-x/1/manifest.json": b"x"}, "'.staging-x' at the top level"),
        (lambda _: {"n/aliases.json": b"{}"}, "the archive's directory n is not a version"),
        (lambda files: files | {"m/1/extra.py": b"x"}, "the manifest of m/1 does not list 'extra.py'"),
        (lambda files: _without(files, "m/1/model.pkl"), "in the archive, m/1/model.pkl is in the manifest but"),
        (lambda files: files | {"m/1/model.pkl": b"x"}, "in the archive, m/1/model.pkl is truncated"),
        (lambda files: files | {"m/1/manifest.json": b"{}"}, "in the archive, m/1/manifest.json: schema_version is"),
        (lambda files: files | {"m/1/manifest.json": b"[" * 99_999}, "m/1/manifest.json is not JSON"),
        (
            lambda files: files | {"m/3/manifest.json": files["m/1/manifest.json"]},
            "describes m/1, which does not match",
        ),
        (lambda files: with_aliases(files, {"production": 7}), "alias 'production' of m points to version 7"),
        (lambda files: files | {"m/aliases.json": b"[]"}, "m/aliases.json does not map aliases"),
        (lambda files: files | {"m/history.jsonl": b"{}\n7\n"}, "m/history.jsonl must have one JSON object per line"),
        (lambda files: files | {"m/history.jsonl": b"\xff"}, "m/history.jsonl must have one JSON object per line"),
    ],
)
def test_rejects_archives_without_a_repository(
    tmp_path: Path,
    files: dict[str, bytes],
    change: Callable[[dict[str, bytes]], dict[str, bytes]],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(_arguments(tmp_path, tar(change(files)))) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("modelctl: error: ")
    assert message in error
    assert " Remedy: " in error
    assert str(tmp_path) not in error
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("archive", [zipped({}), tar_of([member(".", type=tarfile.DIRTYPE)])], ids=["zip", "tar"])
def test_rejects_empty_archives(tmp_path: Path, archive: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(_arguments(tmp_path, archive)) == 2
    assert "the archive contains no models. Remedy: pack the contents of the repository" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            ["--sha256", "abc"],
            "--sha256 must be 64 hexadecimal digits. Remedy: pass the digest from 'sha256sum ARCHIVE'",
        ),
        (["--timeout", "0"], "--timeout must be positive."),
        (["--timeout", "nan"], "--timeout must be positive."),
        (["--max-entries", "-1"], "--max-entries must be positive."),
        (["--max-bytes", "10"], "archive is larger than 10 bytes. Remedy: raise --max-bytes"),
        (["--max-unpacked-bytes", "10"], "the archive unpacks to more than 10 bytes."),
        (["--max-entries", "1"], "the archive has more than 1 entries."),
        (["--sha256", "0" * 64], f"but --sha256 is {'0' * 64}"),
        (["--endpoint", "https://x"], "--endpoint does not apply to file://."),
    ],
)
def test_rejects_invalid_options_in_one_line(
    tmp_path: Path, files: dict[str, bytes], more: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_arguments(tmp_path, tar(files), *more)) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "models").exists()


def test_accepts_digests_with_prefix_and_in_upper_case(tmp_path: Path, files: dict[str, bytes]) -> None:
    archive = tar(files)
    assert main(_arguments(tmp_path, archive, "--sha256", f"SHA256:{digest(archive).upper()}")) == 0


def test_an_unavailable_server_has_its_own_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    messages: list[str] = []
    monkeypatch.setattr("modelctl.cli.write_termination_message", messages.append)
    with web_server(saying(503, Retry_After="999")) as server:
        arguments = ["pull", server.url(), "--sha256", "0" * 64, "--repository", str(tmp_path), "--allow-http"]
        assert main([*arguments, "--timeout", "5"]) == 75
    assert capsys.readouterr().err.splitlines()[-1] == f"modelctl: error: {messages[0]}"


def test_reports_an_unwritable_repository(tmp_path: Path, files: dict[str, bytes]) -> None:
    (tmp_path / "file").write_text("")
    assert main(_arguments(tmp_path, tar(files), "--repository", str(tmp_path / "file/models"))) == 2


def test_reports_a_directory_in_the_place_of_a_version(
    tmp_path: Path, files: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "models/m/2/something").mkdir(parents=True)
    assert main(_arguments(tmp_path, tar(files))) == 2
    assert "m/2 exists but is not a version. Remedy: move it away" in capsys.readouterr().err
    assert list_versions(tmp_path / "models", "m") == [1]


def _never_ending(content: bytes) -> Callable[[Answer], None]:
    def answer(request: Answer) -> None:
        request.announce(200, len(content))
        request.wfile.write(content[:-1])
        request.wfile.flush()
        request.rfile.read()

    return answer


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_interrupted_pull_can_be_repeated(tmp_path: Path, files: dict[str, bytes], number: int, code: int) -> None:
    archive = tar(files, "gz")
    root = tmp_path / "models"
    root.mkdir()
    with web_server(_never_ending(archive), serving(archive)) as server:
        command = [sys.executable, "-m", "modelctl", "pull", server.url(), "--sha256", digest(archive)]
        command += ["--repository", str(root), "--allow-http"]
        first = subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL)
        wait_until(lambda: bool(server.requests), "the download to be on its way")
        assert list(root.glob(".staging-*/archive"))
        assert list_models(root) == []
        first.send_signal(number)
        assert first.wait(timeout=20) == code
        assert bool(_names(root)) == (number == signal.SIGKILL)
        subprocess.run(command, env=environment(), check=True, capture_output=True)
    assert _names(root) == {"m", f".pulled-{digest(archive)}.json"}
    assert list_versions(root, "m") == [1, 2]


# Runs a command as `python -m modelctl` does, then prints the imported libraries.
_IMPORTS = """
import sys
from modelctl.cli import main
code = main(sys.argv[1:])
heavy = {"tensorflow", "sklearn", "numpy", "joblib", "keras", "obstore", "flask", "yaml"}
print("imported:", *sorted(heavy & set(sys.modules)))
sys.exit(code)
"""


def test_a_pull_imports_only_what_it_needs(tmp_path: Path, files: dict[str, bytes]) -> None:
    archive = tar(files)
    with web_server(serving(archive)) as server:
        arguments = ["pull", server.url(), "--sha256", digest(archive), "--repository", str(tmp_path), "--allow-http"]
        result = subprocess.run(
            [sys.executable, "-c", _IMPORTS, *arguments], env=environment(), capture_output=True, text=True, check=True
        )
    assert result.stdout.splitlines()[-1] == "imported:"
    assert result.stderr.splitlines() == [
        f"modelctl: downloading {server.url()}",
        f"modelctl: downloaded {format_bytes(len(archive))} with the expected SHA-256; unpacking",
        "modelctl: unpacked and verified 4 files",
    ]


def test_concurrent_pulls_agree(tmp_path: Path, files: dict[str, bytes]) -> None:
    arguments = _arguments(tmp_path, tar(files))
    command = [sys.executable, "-m", "modelctl", *arguments]
    running = [subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait(timeout=30) for process in running] == [0, 0, 0]
    assert list_versions(tmp_path / "models", "m") == [1, 2]
    assert not [name for name in _names(tmp_path / "models") if name.startswith(".staging-")]
    with pytest.raises(RepositoryError):
        resolve(tmp_path / "models", "m", "3")
