"""Values that are immutable in a release: Kubernetes refuses the change, or pods get an empty volume.

The keyword `immutable` of an annotation names the section of the chart's UPGRADING.md that describes how to change the
value nevertheless. Its description in the schema and in the README refers to that section, and UPGRADING.md lists all
such values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from charttool.comments import Key, Values
from charttool.problems import Problem
from charttool.tables import table_of

PAGE = "UPGRADING.md"
_MORE = "An upgrade alone cannot change it: see"


def description(key: Key) -> str:
    """Return the description of a key in plain text."""
    return f'{key.description} {_MORE} "{key.immutable}" in {PAGE}.' if key.immutable else key.description


def description_with_link(key: Key) -> str:
    """Return the description of a key as Markdown."""
    return f"{key.description} {_MORE} {_link(key.immutable, PAGE)}." if key.immutable else key.description


def table(values: Values) -> str:
    """Return the table of UPGRADING.md: every immutable value and the section that describes how to change it."""
    rows = [(f"`{key.path}`", _link(key.immutable)) for key in _immutable(values)]
    return "\n" + table_of(("Value", "How to change it"), rows) + "\n"


def is_used(values: Values) -> bool:
    """Return whether any value is immutable."""
    return any(_immutable(values))


def problems(values: Values, page: Path) -> Iterator[Problem]:
    """Yield the keys that name a section which UPGRADING.md does not have."""
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    sections = re.findall(r"^#+ (.+?) *$", text, re.MULTILINE)
    for key in _immutable(values):
        if key.immutable not in sections:
            cause = f'{key.path}: {page.name} has no section "{key.immutable}".'
            yield Problem(values.file, key.line, cause, "Describe there how to change the value in a release.")


def _immutable(values: Values) -> Iterator[Key]:
    return (key for key in values.leaves() if key.immutable)


def _link(section: str, page: str = "") -> str:
    anchor = re.sub(r"[^\w -]", "", section.lower()).replace(" ", "-")
    return f"[{section}]({page}#{anchor})"
