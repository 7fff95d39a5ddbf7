"""Shell blocks of Markdown files, and how each is tested.

A comment right above a block marks it: `<!-- tested -->` runs it on the cluster as written, `<!-- rendered -->` renders
its `helm` commands without a cluster.
"""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTED, RENDERED = "tested", "rendered"
_BLOCK = re.compile(r"^ *(?:<!-- (?P<mark>\w+) -->\n *)?```sh\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
# Folders with generated files.
_GENERATED = {".venv", ".build", ".git", ".pytest_cache"}


@dataclass(frozen=True)
class Block:
    """A block of shell commands."""

    document: Path
    mark: str
    text: str

    def commands(self, program: str) -> Iterator[str]:
        """Yield the commands of a program, each with its continuation lines joined."""
        for line in self.text.replace("\\\n", " ").splitlines():
            if line.split(" ")[0] == program:
                yield " ".join(line.split())


def blocks(document: Path, heading: str = "") -> list[Block]:
    """Return all shell blocks of a document or of a section, without the indentation of a list around them."""
    text = section(document, heading) if heading else document.read_text(encoding="utf-8")
    return [Block(document, match["mark"] or "", textwrap.dedent(match["text"])) for match in _BLOCK.finditer(text)]


def section(document: Path, heading: str) -> str:
    """Return the text below a heading, up to the next one."""
    text = document.read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(heading)}$\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"{document} has no section {heading}"
    return found[1]


def script(document: Path) -> str:
    """Return the blocks of a document that are marked `tested`, as one script."""
    found = [block.text for block in blocks(document) if block.mark == TESTED]
    assert found, f"{document.name} has no block below `<!-- {TESTED} -->`"
    return "\n".join(found)


def documents(repository: Path) -> list[Path]:
    """Return every Markdown file of the repository that is not generated."""
    found = []
    for folder, names, files in os.walk(repository):
        # Path.rglob would walk through the thousands of files in these folders.
        names[:] = [name for name in names if name not in _GENERATED]
        found += [Path(folder, file) for file in files if file.endswith(".md")]
    return sorted(found)
