"""Scratch folders, and the lock that serializes commands."""

from __future__ import annotations

import threading
from io import StringIO
from pathlib import Path

import pytest

from cluster import lock, scratch
from cluster.console import Console
from devkit import paths
from tests.cluster.fakes import wait_until


def test_scratch_folder_is_empty_and_always_removed() -> None:
    with scratch.folder() as first:
        assert list(first.iterdir()) == []
        (first / "half").write_text("half", encoding="utf-8")
    assert not first.exists()
    with pytest.raises(IsADirectoryError), scratch.folder() as second:
        second.write_text("a folder cannot be written to", encoding="utf-8")
    assert not second.exists()


def test_scratch_folder_is_in_the_cache(sealed: Path) -> None:
    with scratch.folder() as folder:
        assert folder.is_relative_to(sealed), "a rename works only inside one file system"


def _made(folder: Path, content: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "file").write_text(content, encoding="utf-8")
    return folder


def test_publish_keeps_the_first_result(tmp_path: Path) -> None:
    target = tmp_path / "finished" / "work"
    scratch.publish(_made(tmp_path / "first", "first"), target)
    scratch.publish(_made(tmp_path / "second", "second"), target)
    assert (target / "file").read_text(encoding="utf-8") == "first"


def test_publish_reports_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        scratch.publish(tmp_path / "gone", tmp_path / "finished")


def test_clear_removes_and_counts_leftovers() -> None:
    for name in ("run-one", "run-two"):
        (scratch.root() / name / "bin").mkdir(parents=True)
    assert scratch.clear() == 2
    assert list(scratch.root().iterdir()) == []
    assert scratch.clear() == 0


def test_clear_keeps_folders_of_running_processes() -> None:
    with scratch.folder() as folder:
        scratch.clear()
        assert folder.exists(), "`up` would remove the folder of a `cluster run` that builds without the lock"


def test_second_command_waits_and_prints_so() -> None:
    entered, stream = threading.Event(), StringIO()

    def second() -> None:
        with lock.held(Console(stream)):
            entered.set()

    thread = threading.Thread(target=second, daemon=True)
    with lock.held(Console(quiet=True)):
        thread.start()
        assert not entered.wait(0.2), "two commands held the lock at once"
    wait_until(entered.is_set, "the second run gets the lock")
    thread.join()
    assert "wait for another command" in stream.getvalue()


def test_lock_file_of_a_killed_command_does_not_block() -> None:
    paths.cache().mkdir(parents=True)
    (paths.cache() / "lock").write_text("1234", encoding="utf-8")
    stream = StringIO()
    with lock.held(Console(stream)):
        assert stream.getvalue() == ""
