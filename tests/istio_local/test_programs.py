"""Programs that run during the tests: none outlives them, and an early exit is reported with its log."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devkit import paths
from tests.istio_local import waiting
from tests.istio_local.programs import Programs

# Starts a child that would outlive it, as pilot-agent does with Envoy.
PARENT = "sleep 60 & echo $! >child; echo $$ >parent; wait"


def is_alive(pid: int) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (ProcessLookupError, FileNotFoundError):
        return False


def pids(folder: Path) -> list[int]:
    """Return the process IDs that PARENT writes."""
    files = [folder / "child", folder / "parent"]
    waiting.until("both have started", lambda: all(file.exists() and file.read_text().strip() for file in files))
    return [int(file.read_text(encoding="utf-8")) for file in files]


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    """Programs that are stopped after the test."""
    made = Programs(tmp_path / "logs")
    yield made
    made.stop()


def test_stop_also_ends_children(tmp_path: Path) -> None:
    programs = Programs(tmp_path / "logs")
    programs.start("parent", ["sh", "-c", PARENT], folder=tmp_path)
    started = pids(tmp_path)
    programs.stop()
    waiting.until("both have ended", lambda: not any(map(is_alive, started)))


def test_programs_end_when_the_tests_are_killed(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from tests.istio_local.programs import Programs
programs = Programs(Path("logs"))
programs.start("parent", ["sh", "-c", {PARENT!r}], folder=Path.cwd())
print("started", flush=True)
input()
"""
    environment = {**os.environ, "PYTHONPATH": str(paths.REPOSITORY)}
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as tests:
        started = pids(tmp_path)
        tests.kill()
    waiting.until("both have ended", lambda: not any(map(is_alive, started)))


def test_early_exit_is_reported_with_the_end_of_the_log(programs: Programs, tmp_path: Path) -> None:
    programs.start("short", ["sh", "-c", "echo no such option; exit 3"], folder=tmp_path)
    with pytest.raises(RuntimeError, match=r"short exited with code 3(.|\n)*no such option"):
        programs.until("the impossible happens", lambda: False)
