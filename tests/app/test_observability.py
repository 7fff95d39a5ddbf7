"""Log lines, native output, the termination message."""

import json
import logging
import os
import sys
from pathlib import Path

import pytest

from model_server.observability.logs import JsonFormatter, TextFormatter
from model_server.observability.native_output import native_output_to
from model_server.termination import write_termination_message


def _record(message: str, **fields: object) -> logging.LogRecord:
    try:
        raise ValueError("inside")
    except ValueError:
        record = logging.LogRecord("a.b", logging.ERROR, "file", 1, message, None, sys.exc_info())
    record.fields = fields
    return record


def test_json_record_is_always_one_line() -> None:
    text = JsonFormatter().format(_record("two\nlines", path="/x\n{", size=3))
    assert "\n" not in text
    line = json.loads(text)
    assert (line["level"], line["logger"], line["event"]) == ("error", "a.b", "two\nlines")
    assert (line["path"], line["size"]) == ("/x\n{", 3)
    assert "ValueError: inside" in line["traceback"]


def test_a_text_line_shows_the_fields() -> None:
    assert "ERROR   request status=200 rows=3\n" in TextFormatter().format(_record("request", status=200, rows=3))


def test_native_output_is_captured_line_by_line(capfd: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    with native_output_to(lines.append):
        os.write(2, b"first\n\nsecond\n")
    os.write(2, b"after\n")
    assert (lines, capfd.readouterr().err) == (["first", "second"], "after\n")


def test_the_termination_message_is_written_only_where_there_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "termination-log"
    write_termination_message("why", path)
    assert not path.exists()
    path.touch()
    write_termination_message("why" + "x" * 5000, path)
    assert path.read_text().startswith("why")
    assert path.stat().st_size == 4096
