"""The way from exceptions to exit codes and messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit import exits
from devkit.errors import UserError


def test_returns_the_exit_code_of_the_action() -> None:
    assert exits.run(lambda: None) == exits.EXIT_OK
    assert exits.run(lambda: 3) == 3


def test_prints_cause_and_remedy_of_a_user_error(capsys: pytest.CaptureFixture[str]) -> None:
    def action() -> None:
        raise UserError("The port is in use.", "Choose another one.")

    assert exits.run(action) == exits.EXIT_FAILURE
    assert capsys.readouterr() == ("", "error: The port is in use.\nremedy: Choose another one.\n")


def test_prints_the_file_of_an_os_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "missing"

    def action() -> None:
        file.read_text(encoding="utf-8")

    assert exits.run(action, os_error_remedy="Create it.") == exits.EXIT_FAILURE
    assert capsys.readouterr().err == f"error: {file}: No such file or directory.\nremedy: Create it.\n"


def test_an_interrupt_has_its_own_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    def action() -> None:
        raise KeyboardInterrupt

    assert exits.run(action, interrupted="interrupted; run it again to continue") == exits.EXIT_INTERRUPTED
    assert capsys.readouterr().err == "interrupted; run it again to continue\n"


def test_other_exceptions_keep_their_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        exits.run(lambda: 1 // 0)
