"""Progress output on a terminal and in a log."""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Iterator
from io import StringIO
from typing import TextIO

import pytest

from cluster import console as module
from cluster.console import Console


@pytest.fixture
def terminal() -> Iterator[tuple[TextIO, int]]:
    """A pseudo terminal: the stream to print to, and the descriptor to read its screen from."""
    screen, line = os.openpty()
    with open(line, "w", encoding="utf-8") as stream:  # noqa: PTH123 (a descriptor, not a path)
        yield stream, screen
    os.close(screen)


def test_logs_have_one_line_for_each_finished_step() -> None:
    stream = StringIO()
    console = Console(stream)
    with console.step("pull an image") as step:
        step.result = "from the cache"
    assert re.fullmatch(r"✓ pull an image \(from the cache\)  \d+\.\d s\n", stream.getvalue()), stream.getvalue()


def test_nested_steps_are_indented_and_printed_first() -> None:
    stream = StringIO()
    console = Console(stream)
    with console.step("outer"), console.step("inner"):
        pass
    assert [re.sub(r"  \d+\.\d s$", "", line) for line in stream.getvalue().splitlines()] == ["  ✓ inner", "✓ outer"]


def test_failed_steps_are_marked_and_the_error_propagates() -> None:
    stream = StringIO()
    with pytest.raises(ZeroDivisionError), Console(stream).step("divide") as step:
        step.result = str(1 / len(stream.getvalue()))
    assert stream.getvalue().startswith("✗ divide  ")
    assert len(stream.getvalue().splitlines()) == 1


def test_logs_have_a_heartbeat_for_long_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.02)
    stream = StringIO()
    with Console(stream).step("compile") as step:
        step.note = "kubelet"
        deadline = time.monotonic() + 20
        while not stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.02)
    first = stream.getvalue().splitlines()[0]
    assert re.match(r"… compile(: kubelet)?  \d+ s", first), first
    assert "\r" not in stream.getvalue(), "logs must not contain control characters"
    assert "\033" not in stream.getvalue(), "logs must not contain control characters"


def test_terminals_show_the_running_step_and_then_replace_it(
    terminal: tuple[TextIO, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REFRESH_SECONDS", 0.02)
    stream, screen = terminal
    shown = ""
    with Console(stream).step("compile") as step:
        step.note = "kubelet"
        while "kubelet" not in shown:
            assert select.select([screen], [], [], 20)[0], f"the screen shows only {shown!r}"
            shown += os.read(screen, 65536).decode()
    while "\n" not in shown:
        shown += os.read(screen, 65536).decode()
    assert "\r\033[K… compile: kubelet" in shown
    final = shown.rpartition("\r\033[K")[2]
    assert re.fullmatch(r"✓ compile  \d+\.\d s\r?\n", final), f"the screen ends with {final!r}"
    assert shown.count("\n") == 1, "the running step must not fill the screen with lines"


def test_quiet_console_prints_nothing(terminal: tuple[TextIO, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REFRESH_SECONDS", 0.01)
    stream, screen = terminal
    os.set_blocking(screen, False)
    console = Console(stream, quiet=True)
    with console.step("compile"):
        console.say("a line")
        time.sleep(0.05)
    with pytest.raises(BlockingIOError):
        os.read(screen, 10)


def test_output_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    console.say("a line")
    with console.step("a step"):
        pass
    captured = capsys.readouterr()
    assert captured.out == "", "standard output is for results"
    assert "a line" in captured.err
    assert "a step" in captured.err
