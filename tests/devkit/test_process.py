"""Running other programs: their output, and the errors when they fail."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from devkit import paths
from devkit.errors import UserError
from devkit.process import run, run_logged
from tests.cluster.fakes import write_program


def test_passes_input_environment_and_folder(tmp_path: Path) -> None:
    done = run(
        ["sh", "-c", 'cat; echo "$COLOUR"; pwd'], stdin="given\n", environment={"COLOUR": "red"}, folder=tmp_path
    )
    assert done.stdout.splitlines() == ["given", "red", str(tmp_path)]


def test_returns_a_failure_without_check() -> None:
    assert run(["sh", "-c", "exit 3"], check=False).returncode == 3


def test_error_has_command_code_and_end_of_output() -> None:
    with pytest.raises(UserError) as caught:
        run(["sh", "-c", "seq 100; echo the socket is gone >&2; exit 7"])
    assert "sh -c" in caught.value.cause
    assert "code 7" in caught.value.cause
    assert "the socket is gone" in caught.value.cause
    assert len(caught.value.cause.splitlines()) < 20, "only the end of the output belongs in a message"


def test_missing_program_is_an_error_with_a_remedy() -> None:
    with pytest.raises(UserError) as caught:
        run(["no-such-program", "--version"])
    assert "no-such-program" in caught.value.cause
    assert "make up" in caught.value.remedy


def test_hanging_command_times_out() -> None:
    started = time.monotonic()
    with pytest.raises(UserError, match=r"sleep 30.*timed out after"):
        run(["sleep", "30"], seconds=0.2)
    # A busy machine may take seconds; the command itself takes thirty.
    assert time.monotonic() - started < 20, "the command was not killed at its timeout"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_full_disk_error_names_the_cache() -> None:
    with pytest.raises(UserError) as caught:
        run(["sh", "-c", "seq 3 >/dev/full"])
    assert "disk is full" in caught.value.cause
    assert str(paths.cache()) in caught.value.remedy
    with pytest.raises(UserError, match="disk is full"):
        run_logged(["sh", "-c", "seq 3 >/dev/full"], log="full")


def test_log_file_has_command_line_and_output() -> None:
    run_logged(["sh", "-c", "echo compiled; echo a warning >&2"], log="go-kind")
    log = (paths.logs() / "go-kind.log").read_text(encoding="utf-8")
    assert "sh -c" in log.splitlines()[0]
    assert log.splitlines()[1:] == ["compiled", "a warning"]


def test_error_of_a_logged_command_names_the_log_file() -> None:
    with pytest.raises(UserError) as caught:
        run_logged(["sh", "-c", "echo cannot find package; exit 1"], log="image-docker.io/library/debian:slim")
    log = paths.logs() / "image-docker.io-library-debian-slim.log"
    assert log.exists(), f"the log must be a single file, found {list(paths.logs().iterdir())}"
    assert "cannot find package" in caught.value.cause
    assert str(log) in caught.value.remedy


def test_missing_program_of_a_logged_command_is_named() -> None:
    with pytest.raises(UserError, match="no-such-program"):
        run_logged(["no-such-program"], log="nothing")


@pytest.mark.parametrize("content", ["\x7fELF of another machine", ""], ids=["foreign", "empty"])
def test_program_for_another_machine_is_an_error(tmp_path: Path, content: str) -> None:
    program = tmp_path / "kind"
    program.write_text(content, encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(UserError, match="kind"):
        run([program, "version"])


def test_program_without_execute_permission_is_an_error(tmp_path: Path) -> None:
    program = write_program(tmp_path, "kind", "echo 1.0.0")
    program.chmod(0o644)
    with pytest.raises(UserError, match="kind"):
        run([program, "version"])


def test_missing_folder_is_not_reported_as_a_missing_program(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        run(["sh", "-c", "true"], folder=tmp_path / "gone")
    assert "gone" in caught.value.cause, f"the message blames the program: {caught.value.cause}"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_full_disk_while_writing_the_log_is_reported() -> None:
    paths.logs().mkdir(parents=True)
    (paths.logs() / "go-kind.log").symlink_to("/dev/full")
    with pytest.raises(UserError, match="disk is full"):
        run_logged(["sh", "-c", "true"], log="go-kind")


def test_remedy_without_a_log_does_not_refer_to_one() -> None:
    with pytest.raises(UserError) as caught:
        run(["sh", "-c", "exit 1"])
    assert "above" not in caught.value.remedy, "the output of a short command is printed nowhere above"
