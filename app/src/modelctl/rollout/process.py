"""Run `helm` and `kubectl`."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from typing import Any

from modelctl.errors import ModelctlError, TemporaryError

_SHOWN_CHARACTERS = 600


class ProgramError(TemporaryError):
    """A program failed. `stderr` is its error output in one line."""

    def __init__(self, cause: str, remedy: str, stderr: str = "") -> None:
        self.stderr = stderr
        super().__init__(cause, remedy)


class Program:
    """A program, and the arguments of every call."""

    def __init__(self, name: str, path: str, common: Sequence[str] = ()) -> None:
        self.name = name
        self._path = path
        self._common = tuple(common)

    def run(self, *arguments: str, timeout: float, stdin: str = "", finish: bool = False) -> str:
        """Run the program and return its output. Raises ProgramError.

        With `finish`, a signal to this process lets the program finish first: a killed upgrade leaves the release
        pending.
        """
        try:
            process = subprocess.Popen(
                [self._path, *arguments, *self._common],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # In its own process group, because a terminal sends Ctrl-C to the whole foreground group.
                start_new_session=True,
            )
        except OSError as error:
            raise ModelctlError(f"cannot run {self._path}: {error.strerror}.", f"correct --{self.name}") from error
        try:
            output, errors = process.communicate(stdin.encode(), timeout=timeout)
        except subprocess.TimeoutExpired as error:
            _kill(process)
            raise ProgramError(
                f"'{self._shown(arguments)}' did not finish within {timeout:g} s.", "check that the cluster responds"
            ) from error
        except BaseException:
            # A signal arrived.
            if finish:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=timeout)
            _kill(process)
            raise
        if process.returncode != 0:
            stderr = _printable(errors)
            raise ProgramError(
                f"'{self._shown(arguments)}' exited with {process.returncode}"
                + (f": {stderr}" if stderr else " and no output"),
                "fix the reported error and retry",
                stderr,
            )
        return output.decode(errors="replace")

    def document(self, *arguments: str, timeout: float, stdin: str = "", finish: bool = False) -> Any:
        """Run the program and return its output, parsed as JSON; None without output. Raises ProgramError."""
        output = self.run(*arguments, timeout=timeout, stdin=stdin, finish=finish)
        try:
            return json.loads(output) if output.strip() else None
        except (ValueError, RecursionError) as error:
            raise ModelctlError(
                f"'{self._shown(arguments)}' did not print JSON.", f"check the program that --{self.name} names"
            ) from error

    def _shown(self, arguments: Sequence[str]) -> str:
        return " ".join((self.name, *arguments))


def find_program(name: str, given: str | None) -> str:
    """Return the path of a program: `given`, or from PATH. Raises ModelctlError."""
    found = shutil.which(given or name)
    if found is None:
        if given:
            raise ModelctlError(f"--{name}: not an executable: {given}.", "correct the path")
        raise ModelctlError(f"'{name}' not found on PATH.", f"install it, or set --{name} to its path")
    return found


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _printable(errors: bytes) -> str:
    text = " ".join(errors.decode(errors="replace").split())
    shown = "".join(character if character.isprintable() else " " for character in text)
    return shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]} …"
