"""Work in progress: cleared when a run was killed, and one run at a time."""

from __future__ import annotations

import threading
from io import StringIO
from pathlib import Path

import pytest

from cluster import lock, scratch
from cluster.console import Console
from devkit import paths
from tests.cluster.fakes import wait_until


def test_a_scratch_folder_is_empty_and_gone_afterwards_also_after_a_failure() -> None:
    with scratch.folder() as first:
        assert list(first.iterdir()) == []
        (first / "half").write_text("half", encoding="utf-8")
    assert not first.exists()
    with pytest.raises(IsADirectoryError), scratch.folder() as second:
        second.write_text("a folder cannot be written to", encoding="utf-8")
    assert not second.exists()


def test_a_scratch_folder_is_where_a_finished_file_can_be_renamed_from(sealed: Path) -> None:
    with scratch.folder() as folder:
        assert folder.is_relative_to(sealed), "a rename works only inside one file system"


def _made(folder: Path, content: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "file").write_text(content, encoding="utf-8")
    return folder


def test_finished_work_gets_its_name_and_of_two_the_first_stays(tmp_path: Path) -> None:
    target = tmp_path / "finished" / "work"
    scratch.publish(_made(tmp_path / "first", "first"), target)
    scratch.publish(_made(tmp_path / "second", "second"), target)
    assert (target / "file").read_text(encoding="utf-8") == "first"


def test_work_that_cannot_be_given_its_name_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        scratch.publish(tmp_path / "gone", tmp_path / "finished")


def test_what_a_killed_run_left_is_cleared_and_counted() -> None:
    for name in ("run-one", "run-two"):
        (scratch.root() / name / "bin").mkdir(parents=True)
    assert scratch.clear() == 2
    assert list(scratch.root().iterdir()) == []
    assert scratch.clear() == 0


def test_clearing_spares_a_folder_that_a_live_run_works_in() -> None:
    with scratch.folder() as folder:
        scratch.clear()
        assert folder.exists(), "`cluster run` builds without the lock, and `up` then takes its folder away"


def test_a_second_run_waits_for_the_first_and_says_so() -> None:
    entered, stream = threading.Event(), StringIO()

    def second() -> None:
        with lock.held(Console(stream)):
            entered.set()

    thread = threading.Thread(target=second, daemon=True)
    with lock.held(Console(quiet=True)):
        thread.start()
        assert not entered.wait(0.2), "two runs held the lock at once"
    wait_until(entered.is_set, "the second run gets the lock")
    thread.join()
    assert "wait for another command" in stream.getvalue()


def test_a_lock_file_that_a_killed_run_left_keeps_nobody_waiting() -> None:
    paths.cache().mkdir(parents=True)
    (paths.cache() / "lock").write_text("1234", encoding="utf-8")
    stream = StringIO()
    with lock.held(Console(stream)):
        assert stream.getvalue() == ""
