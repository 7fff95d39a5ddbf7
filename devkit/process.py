"""Running other programs: arguments as a list, captured output, and errors with the end of that output."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from devkit import paths
from devkit.errors import DiskFullError, UserError

TAIL_LINES = 15
NO_SPACE = "no space left on device"
# The messages that are searched for below are the untranslated ones.
ENGLISH = {"LC_ALL": "C.UTF-8"}
# Programs that fetch packages, and what they print when a host cannot be reached. For other programs the same messages
# are about services on this machine, not about the network.
FETCHERS = ("go", "python", "python3", "apt-get", "debootstrap", "buildx", "docker-buildx")
NO_NETWORK = re.compile(
    r"dial tcp|no such host|[Cc]onnection refused|[Cc]ould not resolve|[Tt]emporary failure|Network is unreachable"
    r"|i/o timeout|NewConnectionError"
)


def run(
    arguments: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stdin: str | None = None,
    seconds: float = 600,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a short command and return its output.

    ``environment`` is added to this process's own. Raises :class:`UserError` with the end of the output
    when the command fails (unless ``check`` is false), cannot be started, or takes longer than ``seconds``.
    """
    command = [str(argument) for argument in arguments]
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **ENGLISH, **(environment or {})},
            cwd=folder,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except OSError as error:
        raise _not_started(command, folder, error) from error
    except subprocess.TimeoutExpired as error:
        raise UserError(
            f"`{_short(command)}` timed out after {seconds:.0f} seconds.",
            "Run it by hand to see where it hangs; on a slow machine, retry.",
        ) from error
    if check and done.returncode != 0:
        raise _failed(
            command, done.returncode, done.stdout + done.stderr, "Run it by hand to see all of its output, then retry."
        )
    return done


def run_logged(
    arguments: Sequence[str | Path],
    *,
    log: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run a long command with its output in ``<cache>/logs/<log>.log``; the error names that file."""
    command = [str(argument) for argument in arguments]
    file = paths.logs() / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', log)}.log"
    _write_head(file, command)
    with file.open("ab") as output:
        try:
            done = subprocess.run(
                command,
                env={**os.environ, **ENGLISH, **(environment or {})},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        except OSError as error:
            raise _not_started(command, folder, error) from error
    if done.returncode != 0:
        text = file.read_text(encoding="utf-8", errors="replace")
        raise _failed(command, done.returncode, text, f"See the complete output in {file}.")


def _write_head(file: Path, command: Sequence[str]) -> None:
    head = f"# {time.strftime('%Y-%m-%dT%H:%M:%S%z')} {' '.join(command)}\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(head, encoding="utf-8")
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _disk_full(command) from error
        raise


def _not_started(command: Sequence[str], folder: Path | None, error: OSError) -> UserError:
    if folder is not None and not folder.is_dir():
        return UserError(f"The folder {folder} does not exist.", "Check that the clone is complete: `git status`.")
    if isinstance(error, FileNotFoundError):
        return UserError(f"The program {command[0]} was not found.", "Install it, or run `make up`, which provides it.")
    if error.errno == errno.ENOSPC:
        return _disk_full(command)
    return UserError(
        f"The program {command[0]} cannot be run: {error.strerror}.",
        "Remove it, or replace it with an executable for this machine.",
    )


def _failed(command: Sequence[str], code: int, output: str, remedy: str) -> UserError:
    last = [line for line in output.splitlines() if line.strip()][-TAIL_LINES:]
    if any(NO_SPACE in line.lower() for line in last):
        return _disk_full(command)
    if Path(command[0]).name in FETCHERS and any(NO_NETWORK.search(line) for line in last):
        remedy = (
            "Check the network. Where packages come from a mirror, name it as their clients do: GOPROXY, pip's "
            f"index-url, apt's sources. {remedy}"
        )
    tail = "\n    ".join(last)
    how = f"exited with code {code}" if code >= 0 else f"was killed by signal {-code} (9 is often the OOM killer)"
    return UserError(f"`{_short(command)}` {how}:\n    {tail}\n ", remedy)


def _disk_full(command: Sequence[str]) -> DiskFullError:
    return DiskFullError(
        f"The disk is full: `{_short(command)}` could not write.",
        f"Free some space (the cache is {paths.cache()}; `make clean-cache` empties it), then retry.",
    )


def _short(command: Sequence[str]) -> str:
    text = " ".join([Path(command[0]).name, *command[1:]])
    return text if len(text) <= 160 else text[:157] + "…"
