"""Commands in documents: the shell blocks of Markdown files, and what each says of how it is tested.

A comment right above a block says it: `<!-- tested -->` is run on the cluster as it is written, `<!-- rendered -->` has
its `helm` commands rendered without one.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTED, RENDERED = "tested", "rendered"
_BLOCK = re.compile(r"^ *(?:<!-- (?P<mark>\w+) -->\n *)?```sh\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
# Made on this machine, not written for readers.
_NOT_OURS = {".venv", ".build", ".git"}


@dataclass(frozen=True)
class Block:
    """One block of shell commands."""

    document: Path
    mark: str
    text: str

    def commands(self, program: str) -> Iterator[str]:
        """The commands that begin with a program's name; those over several lines as one."""
        for line in self.text.replace("\\\n", " ").splitlines():
            if line.split(" ")[0] == program:
                yield " ".join(line.split())


def blocks(document: Path) -> list[Block]:
    """All shell blocks of a document, without the indentation of the list that they may be in."""
    text = document.read_text(encoding="utf-8")
    return [Block(document, match["mark"] or "", textwrap.dedent(match["text"])) for match in _BLOCK.finditer(text)]


def script(document: Path) -> str:
    """All blocks of a document that are run on the cluster, as one script."""
    found = [block.text for block in blocks(document) if block.mark == TESTED]
    assert found, f"{document.name} has no block behind `<!-- {TESTED} -->`"
    return "\n".join(found)


def documents(repository: Path) -> list[Path]:
    """Every Markdown file that people read."""
    found = (path for path in repository.rglob("*.md") if not _NOT_OURS & set(path.relative_to(repository).parts))
    return sorted(found)
