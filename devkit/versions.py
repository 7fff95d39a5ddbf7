"""``versions.yaml``: every pinned version, by name, and the texts that are derived from one.

``${kubernetes}`` stands for the version as it is pinned, ``${kubernetes.line}`` for a derived form; :data:`FORMS` names
them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from devkit import paths

FILE = paths.REPOSITORY / "versions.yaml"
SECTIONS = ("versions", "modules", "mentions", "manual")
PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
NUMBER = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")

Number = tuple[int, int, int]

# Each form of a version, of which MAJOR.MINOR.PATCH is known.
FORMS = {
    "line": "{major}.{minor}",
    "previous_line": "{major}.{previous}",
    "next_line": "{major}.{next}",
    "major": "{major}",
    "minor": "{minor}",
    # With two digits, as Prometheus numbers its Go module.
    "minor2": "{minor:02}",
    "patch": "{patch}",
}


class VersionsError(ValueError):
    """A name or a form that ``versions.yaml`` does not have; the text says which, and what to write."""


@dataclass(frozen=True)
class Versions:
    """The content of ``versions.yaml``.

    ``pinned`` maps names to versions. ``required`` and ``replaced`` map Go modules (``replaced`` also patterns of them)
    to texts with placeholders. ``shared`` maps Go module groups to those that take their versions, with the modules
    that these do not share. ``mentions`` maps texts with placeholders to the patterns of the files in which they may
    occur. ``manual`` maps names, separated by blanks, to the steps of a bump that no program takes.
    """

    pinned: Mapping[str, str]
    required: Mapping[str, str]
    replaced: Mapping[str, str]
    shared: Mapping[str, Mapping[str, list[str]]]
    mentions: Mapping[str, list[str]]
    manual: Mapping[str, list[str]]

    def get(self, name: str) -> str:
        """Return a version as it is pinned, or in the form behind a dot: ``kubernetes`` or ``kubernetes.line``."""
        name, _, form = name.partition(".")
        if name not in self.pinned:
            raise VersionsError(f"{FILE.name} has no version {name!r}; use one of: {', '.join(sorted(self.pinned))}.")
        return _form(self.pinned[name], form) if form else self.pinned[name]

    def resolve(self, text: str) -> str:
        """Return the text with each placeholder replaced by its version."""
        return PLACEHOLDER.sub(lambda match: self.get(match[1]), text)

    def resolve_all(self, node: Any) -> Any:
        """Return a document with the placeholders in all its texts replaced; keys stay as they are."""
        if isinstance(node, dict):
            return {key: self.resolve_all(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.resolve_all(value) for value in node]
        return self.resolve(node) if isinstance(node, str) else node


@cache
def load(file: Path = FILE) -> Versions:
    """Read ``versions.yaml``. Raises :class:`VersionsError` if a section is missing."""
    # Texts only: 1.30 is a version, and not the number 1.3.
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 (a safe loader)
    missing = [section for section in SECTIONS if section not in (content or {})]
    if missing:
        raise VersionsError(f"{file.name} has no section {missing[0]!r}; it needs {', '.join(SECTIONS)}.")
    modules = content["modules"]
    return Versions(
        content["versions"],
        modules["require"],
        modules["replace"],
        modules["share"],
        content["mentions"],
        content["manual"],
    )


def get(name: str) -> str:
    """Return a version of this repository; see :meth:`Versions.get`."""
    return load().get(name)


def parse_number(text: str) -> Number | None:
    """Return the first MAJOR.MINOR[.PATCH] in a text, such as the output of a program, or None."""
    match = NUMBER.search(text)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def names_in(text: str) -> set[str]:
    """Return the names of the versions that a text with placeholders refers to."""
    return {name.partition(".")[0] for name in PLACEHOLDER.findall(text)}


def _form(version: str, form: str) -> str:
    number = parse_number(version)
    if form not in FORMS or number is None:
        raise VersionsError(f"{version} has no form {form!r}; use one of: {', '.join(FORMS)}.")
    major, minor, patch = number
    return FORMS[form].format(major=major, minor=minor, patch=patch, previous=minor - 1, next=minor + 1)
