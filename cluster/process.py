"""Running other programs: arguments as a list, output kept, failures that say what failed and why."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cluster import paths
from cluster.errors import ClusterError

TAIL_LINES = 15
NO_SPACE = "no space left on device"


def run(
    arguments: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stdin: str | bytes | None = None,
    seconds: float = 600,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a short command and return its output.

    ``environment`` is added to this process's own. Raises :class:`ClusterError` with the end of the output
    when the command fails (unless ``check`` is false), is missing, or takes longer than ``seconds``.
    """
    command = [str(argument) for argument in arguments]
    text = stdin.decode() if isinstance(stdin, bytes) else stdin
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(environment or {})},
            cwd=folder,
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise ClusterError(
            f"The program {command[0]} is not there.", "Install it, or run `make up`, which makes its own."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ClusterError(
            f"`{_short(command)}` did not end within {seconds:.0f} seconds.",
            "Run it by hand to see where it hangs; on a slow machine call the command again.",
        ) from error
    if check and done.returncode != 0:
        raise _failure(command, done.returncode, done.stdout + done.stderr, None)
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
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as output:
        print(f"# {time.strftime('%Y-%m-%dT%H:%M:%S%z')} {' '.join(command)}", file=output, flush=True)
        try:
            done = subprocess.run(
                command,
                env={**os.environ, **(environment or {})},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        except FileNotFoundError as error:
            raise ClusterError(
                f"The program {command[0]} is not there.", "Install it, or run `make up`, which makes its own."
            ) from error
    if done.returncode != 0:
        raise _failure(command, done.returncode, file.read_text(encoding="utf-8", errors="replace"), file)


def _failure(command: Sequence[str], code: int, output: str, log: Path | None) -> ClusterError:
    tail = "\n    ".join([line for line in output.splitlines() if line.strip()][-TAIL_LINES:])
    if NO_SPACE in output.lower():
        return ClusterError(
            f"The disk is full: `{_short(command)}` could not write.",
            f"Free some space (the cache is {paths.cache()}; `make clean-cache` empties it), then call again.",
        )
    where = f"The whole output is in {log}." if log else "Its output is above."
    return ClusterError(f"`{_short(command)}` ended with code {code}:\n    {tail}\n ", where)


def _short(command: Sequence[str]) -> str:
    text = " ".join([Path(command[0]).name, *command[1:]])
    return text if len(text) <= 160 else text[:157] + "…"
