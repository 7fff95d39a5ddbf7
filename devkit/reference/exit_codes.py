"""docs/reference/exit-codes.md: the exit codes of every command, from its ``--help``."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Sequence
from typing import Final

import charttool.cli
import cluster.cli
import dashboards.cli
import devkit.cli
import model_server.cli
import modelctl.cli
from devkit.errors import UserError
from devkit.reference import markdown

Main = Callable[[Sequence[str]], int]

# Tuples of the command as users type it, its entry point, and the arguments before --help.
COMMANDS: Final[tuple[tuple[str, Main, tuple[str, ...]], ...]] = (
    ("model-server", model_server.cli.main, ()),
    ("modelctl pull", modelctl.cli.main, ("pull",)),
    ("modelctl rollout start", modelctl.cli.main, ("rollout", "start")),
    ("modelctl train", modelctl.cli.main, ("train",)),
    ("modelctl verify", modelctl.cli.main, ("verify",)),
    ("python -m charttool", charttool.cli.main, ()),
    ("python -m cluster", cluster.cli.main, ()),
    ("python -m dashboards", dashboards.cli.main, ()),
    ("python -m devkit", devkit.cli.main, ()),
)
_BLOCK: Final = re.compile(r"^exit codes:?\n(.*?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def page() -> str:
    """Return the page; raises UserError for a command whose help has no exit codes."""
    parts = [f"## `{name}`\n\n{_exit_codes(name, main, arguments)}" for name, main, arguments in COMMANDS]
    return markdown.page(
        "Exit codes",
        "the --help of each command",
        "Messages go to standard error, results to standard output. Every command exits with 2 after a usage error.",
        *parts,
    )


def _exit_codes(name: str, main: Main, arguments: Sequence[str]) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
        main([*arguments, "--help"])
    found = _BLOCK.search(output.getvalue())
    if not found:
        raise UserError(
            f"the help of {name} has no exit codes.", "Add a block `exit codes:` to the epilog of its parser."
        )
    return f"```text\n{found[1].rstrip()}\n```"
