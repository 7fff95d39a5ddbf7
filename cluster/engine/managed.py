"""The managed engine: a dockerd with its own socket, and its data in the cache."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from cluster import layout
from cluster.console import Console
from cluster.engine.client import Engine
from cluster.host import packages, quirks
from cluster.tools import gobuild
from devkit.errors import UserError

RUN = Path("/run/model-serving")
SOCKET = RUN / "docker.sock"
PID = RUN / "docker.pid"
HOST = f"unix://{SOCKET}"
START_SECONDS = 60
STOP_SECONDS = 60

# dockerd starts containerd, containerd the shim, and the shim runc. Each is looked up on PATH.
PROGRAMS = ("dockerd", "containerd", "containerd-shim-runc-v2", "ctr", "runc")


def start(docker: Path, console: Console) -> Engine:
    """Start dockerd and wait until it answers. Raises :class:`UserError` with the end of its log if it does not."""
    _refuse_second_engine()
    binaries = [gobuild.build(name, console) for name in PROGRAMS]
    packages.ensure(packages.ENGINE)
    with console.step("start the container engine"):
        _clear_leftovers()
        process = _spawn(binaries)
        engine = Engine(docker, HOST, managed=True)
        _wait_until_it_answers(engine, process)
    return engine


def stop() -> bool:
    """Stop the managed engine; return False if it is not running."""
    pid = running_pid()
    if pid is None:
        _clear_leftovers()
        return False
    _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _is_dockerd(pid):
        if time.monotonic() > deadline:
            _signal(pid, signal.SIGKILL)
        time.sleep(0.1)
    _clear_leftovers()
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise _only_root(f"The container engine (process {pid}) was started by root.") from error


def _only_root(cause: str) -> UserError:
    return UserError(f"{cause} Only root can stop or remove it.", "Run `sudo make down`.")


def left_behind() -> bool:
    """Return whether a killed engine left containers running: their shims, and so the nodes, survive it."""
    return running_pid() is None and any(str(RUN) in " ".join(_command(pid)) for pid in _pids())


def running_pid() -> int | None:
    """Return the process id of the managed dockerd, or None if that process is gone or another program."""
    try:
        pid = int(PID.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None
    return pid if _is_dockerd(pid) else None


def _refuse_second_engine() -> None:
    # A second dockerd removes the network bridge of the first.
    others = [pid for pid in _pids() if _is_dockerd(pid) and pid != running_pid()]
    if others:
        raise UserError(
            f"A container engine is running (process {others[0]}), but you cannot reach it.",
            "Set DOCKER_HOST to its socket, or join its group. A second engine would break its network.",
        )


def _clear_leftovers() -> None:
    # A killed engine leaves pid files and sockets behind. If such a pid has been reused by another program, dockerd and
    # containerd refuse to start.
    if running_pid() is not None:
        return
    for pid in _pids():
        if _is_our_containerd(pid):
            _signal(pid, signal.SIGKILL)
    for leftover in (PID, SOCKET, *RUN.glob("exec/containerd/*.pid"), *RUN.glob("exec/containerd/*.sock*")):
        try:
            leftover.unlink(missing_ok=True)
        except PermissionError as error:
            raise _only_root(f"{leftover} was left by root.") from error


def _spawn(binaries: list[Path]) -> subprocess.Popen[bytes]:
    data = layout.engine()
    for folder in (RUN, data):
        folder.mkdir(parents=True, exist_ok=True)
    search = ":".join([*(str(binary.parent) for binary in binaries), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": quirks.engine_search_path(search)}
    arguments = [
        *("--host", HOST, "--pidfile", str(PID)),
        *("--data-root", str(data / "data"), "--exec-root", str(RUN / "exec")),
        # The proxy would be another program to build. iptables is enough for published ports.
        "--userland-proxy=false",
        # Only root may open the socket.
        *("--group", "root", "--log-level", "warn"),
    ]
    with (data / "engine.log").open("ab") as log:
        return subprocess.Popen(
            [str(binaries[0]), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_it_answers(engine: Engine, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not engine.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            log = layout.engine() / "engine.log"
            tail = "\n    ".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
            raise UserError(
                f"The container engine did not start:\n    {tail}\n ",
                f"See the log: {log}. If it names a damaged folder, remove {layout.engine() / 'data'}.",
            )
        time.sleep(0.2)


def _pids() -> list[int]:
    if not Path("/proc").is_dir():
        return []
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return [""]


def _is_dockerd(pid: int) -> bool:
    return Path(_command(pid)[0]).name == "dockerd"


def _is_our_containerd(pid: int) -> bool:
    command = _command(pid)
    return Path(command[0]).name == "containerd" and any(str(RUN) in argument for argument in command)
