"""Detecting, starting and stopping the engine. `docker` is a script; no test starts an engine."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest

from cluster import engine, layout
from cluster.console import Console
from cluster.engine import Engine, managed
from cluster.host import packages, preflight
from cluster.tools import gobuild
from devkit.errors import UserError
from tests.cluster.fakes import alive, files_below, wait_until, write_program

Spawn = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(autouse=True)
def nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("tests must not build or start anything")

    monkeypatch.setattr(gobuild, "build", refuse)
    monkeypatch.setattr(packages, "ensure", refuse)
    monkeypatch.setattr(managed, "_spawn", refuse)
    monkeypatch.setattr(managed, "_pids", lambda: [])


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Return a function that starts a process of any name, which ends when its input does."""
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [name, "-c", "read line", *arguments]
        started.append(subprocess.Popen(command, executable="/bin/sh", stdin=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def docker_that_reaches(programs: Path, *hosts: str) -> Path:
    """Write a `docker` for which an engine answers only at these values of DOCKER_HOST."""
    answers = "".join(f'[ "$DOCKER_HOST" = "{host}" ] && exit 0\n' for host in hosts)
    return write_program(
        programs, "docker", f'[ "$1" = --version ] && echo Docker version 29.0.0 && exit\n{answers}exit 1'
    )


def ensure() -> Engine:
    return engine.ensure(Console(quiet=True))


def test_external_engine_takes_precedence(programs: Path) -> None:
    managed.RUN.mkdir(parents=True)
    managed.SOCKET.touch()
    docker = docker_that_reaches(programs, os.environ["DOCKER_HOST"], managed.HOST)
    assert ensure() == Engine(docker, "", managed=False)


def test_managed_engine_is_found_next(programs: Path) -> None:
    managed.RUN.mkdir(parents=True)
    managed.SOCKET.touch()
    docker = docker_that_reaches(programs, managed.HOST)
    assert ensure() == Engine(docker, managed.HOST, managed=True)
    assert ensure().environment["DOCKER_HOST"] == managed.HOST


def test_engine_that_does_not_answer_is_not_found(programs: Path) -> None:
    docker_that_reaches(programs)
    assert engine.find() is None


def test_environment_puts_the_docker_of_the_engine_first(programs: Path) -> None:
    docker = write_program(programs / "elsewhere", "docker", "")
    assert Engine(docker).environment["PATH"].startswith(f"{docker.parent}:")


@pytest.mark.parametrize(
    ("machine", "cause", "remedy"),
    [
        pytest.param({"user": 1000}, "only root can start one", "systemctl start docker", id="not root"),
        pytest.param({"system": "Darwin"}, "only on Linux", "Docker Desktop", id="macOS"),
        pytest.param({"filesystems": "\text4\n"}, "no overlay file system", "modprobe overlay", id="no overlay"),
    ],
)
def test_reports_why_no_engine_can_be_started(
    programs: Path,
    tmp_path: Path,
    sealed: Path,
    monkeypatch: pytest.MonkeyPatch,
    machine: dict[str, str | int],
    cause: str,
    remedy: str,
) -> None:
    docker_that_reaches(programs)
    write_program(programs, "modprobe", "exit 1")
    listing = tmp_path / "filesystems"
    listing.write_text(str(machine.get("filesystems", "nodev\toverlay\n")), encoding="ascii")
    monkeypatch.setattr(os, "geteuid", lambda: machine.get("user", 0))
    monkeypatch.setattr(platform, "system", lambda: machine.get("system", "Linux"))
    monkeypatch.setattr(preflight, "_kernel_has", partial(preflight._kernel_has, listing=listing))
    before = files_below(sealed.parent)
    with pytest.raises(UserError) as caught:
        ensure()
    assert cause in caught.value.cause
    assert remedy in caught.value.remedy
    assert "\n" not in f"{caught.value.cause}{caught.value.remedy}", "the message has more than one line"
    assert files_below(sealed.parent) == before, "existing files have changed"


def test_no_engine_is_started_next_to_an_unreachable_one(
    programs: Path, monkeypatch: pytest.MonkeyPatch, spawn: Spawn
) -> None:
    docker_that_reaches(programs)
    monkeypatch.setattr(preflight, "check_can_start_engine", lambda: None)
    other = spawn("/usr/bin/dockerd")
    monkeypatch.setattr(managed, "_pids", lambda: [os.getpid(), other.pid])
    wait_until(lambda: managed._is_dockerd(other.pid), "the process has its name")
    with pytest.raises(UserError) as caught:
        ensure()
    assert f"process {other.pid}" in caught.value.cause
    assert "DOCKER_HOST" in caught.value.remedy


def test_failed_start_reports_the_end_of_the_log(programs: Path) -> None:
    docker = docker_that_reaches(programs)
    layout.engine().mkdir(parents=True)
    (layout.engine() / "engine.log").write_text(
        "older line\nfailed to mount overlay: not permitted\n", encoding="utf-8"
    )
    with subprocess.Popen(["sh", "-c", "exit 1"]) as ended:
        ended.wait()
    with pytest.raises(UserError) as caught:
        managed._wait_until_it_answers(Engine(docker, managed.HOST, managed=True), ended)
    assert "failed to mount overlay" in caught.value.cause
    assert str(layout.engine() / "engine.log") in caught.value.remedy


def test_stop_terminates_the_managed_engine_and_removes_its_files(spawn: Spawn) -> None:
    process = spawn("/cache/dockerd")
    managed.RUN.mkdir(parents=True)
    managed.PID.write_text(str(process.pid), encoding="ascii")
    managed.SOCKET.touch()
    wait_until(lambda: managed.running_pid() == process.pid, "the process has its name")
    assert engine.stop() is True
    assert process.wait() != 0
    assert files_below(managed.RUN) == set()


@pytest.mark.parametrize("content", ["{bystander}", "", "not a number", "4194304000"])
def test_stop_does_not_kill_other_processes(spawn: Spawn, content: str) -> None:
    bystander = spawn("bystander")
    managed.RUN.mkdir(parents=True)
    managed.PID.write_text(content.format(bystander=bystander.pid), encoding="ascii")
    assert engine.stop() is False
    assert alive(bystander.pid), "a process that is not an engine was killed"
    assert files_below(managed.RUN) == set(), "the pid file of a dead engine would prevent the next start"


def test_stop_without_an_engine_returns_false() -> None:
    assert engine.stop() is False


def test_stop_kills_only_the_leftovers_of_a_managed_engine(monkeypatch: pytest.MonkeyPatch, spawn: Spawn) -> None:
    ours = spawn("containerd", "--config", f"{managed.RUN}/exec/containerd/containerd.toml")
    others = spawn("containerd", "--config", "/etc/containerd/config.toml")
    for process in (ours, others):
        wait_until(lambda pid=process.pid: "--config" in managed._command(pid), "the process has its name")  # type: ignore[misc]
    monkeypatch.setattr(managed, "_pids", lambda: [ours.pid, others.pid])
    engine.stop()
    assert ours.wait() != 0
    assert alive(others.pid), "the containerd of another engine was killed"


@pytest.mark.parametrize("reason", [ProcessLookupError, PermissionError])
def test_signal_errors_are_handled(monkeypatch: pytest.MonkeyPatch, spawn: Spawn, reason: type[OSError]) -> None:
    process = spawn("/cache/dockerd")
    managed.RUN.mkdir(parents=True)
    managed.PID.write_text(str(process.pid), encoding="ascii")
    wait_until(lambda: managed.running_pid() == process.pid, "the process has its name")

    def refuse(*_: int) -> None:
        if reason is ProcessLookupError:
            process.communicate()  # The process ends with its input.
        raise reason

    with monkeypatch.context() as patch:
        patch.setattr(os, "kill", refuse)
        # A process that has ended counts as stopped. One of another user is an error with a remedy.
        with nullcontext() if reason is ProcessLookupError else pytest.raises(UserError, match=r"root|sudo"):
            engine.stop()
