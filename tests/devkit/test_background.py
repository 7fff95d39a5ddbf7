"""Commands in the background: their output, their failures, and that nothing of them is left running."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from devkit import background, paths
from devkit.errors import UserError
from devkit.waiting import until


def is_alive(pid: int) -> bool:
    """Return whether a process exists and is not a zombie."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def test_output_is_returned_when_the_command_has_finished(tmp_path: Path) -> None:
    with background.running(["sh", "-c", "echo one; echo two >&2"], tmp_path / "logs" / "log") as command:
        assert command.finish() == "one\ntwo\n"


def test_failures_have_the_end_of_the_output_and_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        background.running(["sh", "-c", "echo broken; exit 3"], log) as command,
        pytest.raises(UserError, match=r"code 3:\n    broken") as caught,
    ):
        command.finish()
    assert str(log) in caught.value.remedy


def test_children_are_stopped_with_the_command(tmp_path: Path) -> None:
    script = f"sleep 60 & echo $! >{tmp_path}/child; wait"
    with pytest.raises(ZeroDivisionError), background.running(["sh", "-c", script], tmp_path / "log"):  # noqa: PT012
        child = until("the child has started", lambda: (tmp_path / "child").read_text().strip(), 20, 0.02, (OSError,))
        raise ZeroDivisionError
    until("the child has ended", lambda: not is_alive(int(child)), 20, 0.02)


def test_make_test_runs_every_folder_that_make_check_leaves_out() -> None:
    from devkit.commands.test import STAGES

    makefile = (paths.REPOSITORY / "Makefile").read_text(encoding="utf-8")
    (fast,) = [line for line in makefile.splitlines() if line.startswith("FAST_TESTS =")]
    assert set(re.findall(r"--ignore (\S+)", fast)) == {arguments[0] for arguments in STAGES}
