"""Runs `helm` and `kubectl`."""

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
    """A program has failed. `said` is what it wrote as its error."""

    def __init__(self, cause: str, remedy: str, said: str = "") -> None:
        self.said = said
        super().__init__(cause, remedy)


class Program:
    """A program with the arguments that every call of it has."""

    def __init__(self, name: str, path: str, common: Sequence[str] = ()) -> None:
        self.name = name
        self._path = path
        self._common = tuple(common)

    def run(self, *arguments: str, timeout: float, given: str = "", finish: bool = False) -> str:
        """Run it with `given` as its input; gives its output. Raises ProgramError.

        With `finish` it is not broken off with this process: a release that is half upgraded helps nobody.
        """
        try:
            process = subprocess.Popen(
                [self._path, *arguments, *self._common],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # A group of its own: Ctrl-C on a terminal goes to all processes of this one's.
                start_new_session=True,
            )
        except OSError as error:
            raise ModelctlError(f"{self._path} cannot be run: {error.strerror}.", f"correct --{self.name}") from error
        try:
            output, errors = process.communicate(given.encode(), timeout=timeout)
        except subprocess.TimeoutExpired as error:
            _kill(process)
            raise ProgramError(
                f"'{self._shown(arguments)}' was not done after {timeout:g} s.", "see whether the cluster answers"
            ) from error
        except BaseException:
            # A signal to this process.
            if finish:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=timeout)
            _kill(process)
            raise
        if process.returncode != 0:
            said = _readable(errors)
            raise ProgramError(
                f"'{self._shown(arguments)}' failed ({process.returncode}): {said or 'it says nothing'}",
                "mend what it says, and try again",
                said,
            )
        return output.decode(errors="replace")

    def document(self, *arguments: str, timeout: float, given: str = "", finish: bool = False) -> Any:
        """The output as JSON; None for no output. Raises ProgramError."""
        output = self.run(*arguments, timeout=timeout, given=given, finish=finish)
        try:
            return json.loads(output) if output.strip() else None
        except (ValueError, RecursionError) as error:
            raise ModelctlError(
                f"'{self._shown(arguments)}' gives no JSON.", f"name the right program with --{self.name}"
            ) from error

    def _shown(self, arguments: Sequence[str]) -> str:
        return " ".join((self.name, *arguments))


def find_program(name: str, given: str | None) -> str:
    """Path of a program, from PATH unless it is `given`. Raises ModelctlError."""
    found = shutil.which(given or name)
    if found is None:
        if given:
            raise ModelctlError(f"--{name} {given} is no program.", "correct the path")
        raise ModelctlError(f"there is no program '{name}' on PATH.", f"install it, or say where it is with --{name}")
    return found


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _readable(errors: bytes) -> str:
    text = " ".join(errors.decode(errors="replace").split())
    shown = "".join(character if character.isprintable() else " " for character in text)
    return shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]} …"
