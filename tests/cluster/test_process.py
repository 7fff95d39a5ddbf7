"""Running other programs: what succeeds is returned, what fails says what, why and what to do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cluster import paths
from cluster.errors import ClusterError
from cluster.process import run, run_logged
from tests.cluster.fakes import write_program


def test_output_input_environment_and_folder_reach_the_program(tmp_path: Path) -> None:
    done = run(
        ["sh", "-c", 'cat; echo "$COLOUR"; pwd'], stdin="given\n", environment={"COLOUR": "red"}, folder=tmp_path
    )
    assert done.stdout.splitlines() == ["given", "red", str(tmp_path)]


def test_a_failure_is_returned_where_it_was_asked_for() -> None:
    assert run(["sh", "-c", "exit 3"], check=False).returncode == 3


def test_a_failure_names_the_command_the_code_and_the_last_words() -> None:
    with pytest.raises(ClusterError) as caught:
        run(["sh", "-c", "seq 100; echo the socket is gone >&2; exit 7"])
    assert "sh -c" in caught.value.cause
    assert "code 7" in caught.value.cause
    assert "the socket is gone" in caught.value.cause
    assert len(caught.value.cause.splitlines()) < 20, "only the end of the output belongs into a message"


def test_a_program_that_is_not_there_is_named_with_what_to_do() -> None:
    with pytest.raises(ClusterError) as caught:
        run(["no-such-program", "--version"])
    assert "no-such-program" in caught.value.cause
    assert "make up" in caught.value.remedy


def test_a_command_that_hangs_is_ended_after_its_time() -> None:
    started = time.monotonic()
    with pytest.raises(ClusterError, match=r"sleep 30.*did not end within"):
        run(["sleep", "30"], seconds=0.2)
    # A busy machine may stand still for seconds; the command itself takes thirty.
    assert time.monotonic() - started < 20, "the command was waited for although its time was over"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_full_disk_is_called_that_and_the_remedy_names_the_cache() -> None:
    with pytest.raises(ClusterError) as caught:
        run(["sh", "-c", "seq 3 >/dev/full"])
    assert "disk is full" in caught.value.cause
    assert str(paths.cache()) in caught.value.remedy
    with pytest.raises(ClusterError, match="disk is full"):
        run_logged(["sh", "-c", "seq 3 >/dev/full"], log="full")


def test_a_long_command_has_its_command_line_and_output_in_a_log_file() -> None:
    run_logged(["sh", "-c", "echo compiled; echo a warning >&2"], log="go-kind")
    log = (paths.logs() / "go-kind.log").read_text(encoding="utf-8")
    assert "sh -c" in log.splitlines()[0]
    assert log.splitlines()[1:] == ["compiled", "a warning"]


def test_a_long_command_that_fails_points_to_its_log_file() -> None:
    with pytest.raises(ClusterError) as caught:
        run_logged(["sh", "-c", "echo cannot find package; exit 1"], log="image-docker.io/library/debian:slim")
    log = paths.logs() / "image-docker.io-library-debian-slim.log"
    assert log.exists(), f"the log's name is not one file name; there are {list(paths.logs().iterdir())}"
    assert "cannot find package" in caught.value.cause
    assert str(log) in caught.value.remedy


def test_a_long_command_that_is_not_there_is_named() -> None:
    with pytest.raises(ClusterError, match="no-such-program"):
        run_logged(["no-such-program"], log="nothing")


@pytest.mark.parametrize("content", ["\x7fELF of another machine", ""], ids=["foreign", "empty"])
def test_a_program_for_another_machine_is_an_error_with_a_remedy(tmp_path: Path, content: str) -> None:
    program = tmp_path / "kind"
    program.write_text(content, encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(ClusterError, match="kind"):
        run([program, "version"])


def test_a_program_that_may_not_be_executed_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    program = write_program(tmp_path, "kind", "echo 1.0.0")
    program.chmod(0o644)
    with pytest.raises(ClusterError, match="kind"):
        run([program, "version"])


def test_a_missing_folder_is_not_mistaken_for_a_missing_program(tmp_path: Path) -> None:
    with pytest.raises(ClusterError) as caught:
        run(["sh", "-c", "true"], folder=tmp_path / "gone")
    assert "gone" in caught.value.cause, f"the message blames the program: {caught.value.cause}"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_log_that_cannot_be_written_is_a_full_disk_and_not_a_traceback() -> None:
    paths.logs().mkdir(parents=True)
    (paths.logs() / "go-kind.log").symlink_to("/dev/full")
    with pytest.raises(ClusterError, match="disk is full"):
        run_logged(["sh", "-c", "true"], log="go-kind")


def test_a_remedy_says_what_to_do_also_where_there_is_no_log() -> None:
    with pytest.raises(ClusterError) as caught:
        run(["sh", "-c", "exit 1"])
    assert "above" not in caught.value.remedy, "the output of a short command is printed nowhere above"
