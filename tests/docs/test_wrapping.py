"""Prose in Markdown is wrapped at one width, so that a diff shows the sentence that changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devkit import paths
from tests.harness.markdown import documents

WIDTH = 120
# A generator writes these, with a row for each entry.
GENERATED = paths.DOCS / "reference"
DOCUMENTS = [document for document in documents(paths.REPOSITORY) if GENERATED not in document.parents]


def long_lines(document: Path) -> Iterator[str]:
    """The lines of prose that exceed the width and could be wrapped: neither code, tables nor single words."""
    code = False
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        if line.lstrip().startswith("```"):
            code = not code
        elif len(line) > WIDTH and not code and not line.lstrip().startswith("|") and len(line.split()) > 1:
            yield f"line {number} has {len(line)} characters"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(paths.REPOSITORY)))
def test_prose_is_wrapped(document: Path) -> None:
    found = list(long_lines(document))
    assert not found, f"wrap at {WIDTH} columns: {', '.join(found)}"
