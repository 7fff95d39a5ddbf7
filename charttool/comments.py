"""Read a ``values.yaml``: its keys, their defaults, and the comments above them.

The comment right above a key is its description. A line ``@schema`` in it starts an annotation: a YAML mapping on that
line or on the more deeply indented lines below. ``@section NAME`` starts a group of top-level keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from charttool.problems import ChartError, Problem

KEY_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
ANCHOR_PREFIX = "x-"
# With one of these keywords, the annotation describes what is below the key: the entries of the default are not keys.
OPAQUE_KEYWORDS = frozenset({"$ref", "kubernetes", "crd", "properties", "patternProperties", "additionalProperties"})


@dataclass(frozen=True)
class Key:
    """A key of the values, with its description and annotation."""

    path: str
    description: str
    annotation: Mapping[str, Any] | None
    default: Any
    section: str
    line: int
    children: tuple[Key, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def immutable(self) -> str:
        """The section of UPGRADING.md that describes how to change an immutable value; empty for any other value."""
        return str((self.annotation or {}).get("immutable", ""))


@dataclass(frozen=True)
class Values:
    """A values file."""

    file: Path
    keys: tuple[Key, ...]
    defaults: Mapping[str, Any]

    def all_keys(self) -> Iterator[Key]:
        """Yield every key, parents before their children."""
        yield from _all(self.keys)

    def leaves(self) -> Iterator[Key]:
        """Return the keys without children."""
        return (key for key in self.all_keys() if not key.children)


@dataclass
class _Comment:
    """The comment above a key, split into description and annotation."""

    description: list[str] = field(default_factory=list)
    annotation: Mapping[str, Any] | None = None


def read(file: Path) -> Values:
    """Read a values file; raises ChartError with all problems of its keys and comments."""
    text = file.read_text(encoding="utf-8")
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        defaults = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ChartError([Problem(file, line, f"invalid YAML: {error.problem}.", "Correct the line.")]) from error
    if not isinstance(root, yaml.MappingNode):
        raise ChartError([Problem(file, 1, "the file must be a mapping.", "Write the values as keys of one mapping.")])
    reader = _Reader(file, text.splitlines(), root)
    keys = reader.keys(root, defaults, "")
    if reader.problems:
        raise ChartError(reader.problems)
    return Values(file, keys, defaults)


def _all(keys: tuple[Key, ...]) -> Iterator[Key]:
    for key in keys:
        yield key
        yield from _all(key.children)


class _Reader:
    def __init__(self, file: Path, lines: list[str], root: yaml.MappingNode) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._lines = lines
        self._scalar_lines = set(_lines_of_scalars(root))
        self._sections = [
            (number, match[1])
            for number, line in enumerate(lines, 1)
            if (match := re.match(r"# @section (.*\S)", line)) and number not in self._scalar_lines
        ]

    def keys(self, node: yaml.MappingNode, defaults: Mapping[str, Any], parent: str) -> tuple[Key, ...]:
        """Return the keys of a mapping with their descendants."""
        found: dict[str, Key] = {}
        for name_node, value_node in node.value:
            name, line = str(name_node.value), name_node.start_mark.line + 1
            path = f"{parent}.{name}" if parent else name
            if not parent and name.startswith(ANCHOR_PREFIX):
                continue
            if not KEY_NAME.fullmatch(name):
                self._problem(line, f"the key {path} must be in camelCase.", "Use letters and digits only.")
            elif name in found:
                self._problem(line, f"duplicate key {path}, first on line {found[name].line}.", "Keep one of them.")
            else:
                found[name] = self._key(path, line, value_node, defaults[name])
        return tuple(found.values())

    def _key(self, path: str, line: int, node: yaml.Node, default: Any) -> Key:
        comment = self._comment(line)
        description = " ".join(comment.description)
        if not description:
            self._problem(line, f"{path} has no description.", "Describe it in a comment right above the key.")
        children: tuple[Key, ...] = ()
        if isinstance(node, yaml.MappingNode) and default and not OPAQUE_KEYWORDS & set(comment.annotation or {}):
            children = self.keys(node, default, path)
        section = next((name for number, name in reversed(self._sections) if number < line), "")
        return Key(path, description, comment.annotation, default, section, line, children)

    def _comment(self, key_line: int) -> _Comment:
        """Parse the comment whose last line is right above a key."""
        first = key_line
        while first > 1 and self._lines[first - 2].lstrip().startswith("#") and first - 1 not in self._scalar_lines:
            first -= 1
        block = [(number, self._lines[number - 1].lstrip()[1:]) for number in range(first, key_line)]
        comment = _Comment()
        while block:
            number, line = block.pop(0)
            word, _, rest = line.strip().partition(" ")
            if word == "@schema":
                inner = []
                while block and _indent(block[0][1]) > _indent(line):
                    inner.append(block.pop(0)[1])
                if comment.annotation is not None:
                    self._problem(number, "second @schema annotation for the same key.", "Merge the two mappings.")
                comment.annotation = self._annotation(number, "\n".join([rest, *inner]))
            elif word == "@section":
                if not rest or self._lines[number - 1].startswith(" "):
                    self._problem(
                        number,
                        "@section needs a name and must not be indented.",
                        "Write `# @section NAME` at the top level.",
                    )
            elif word.startswith("@"):
                self._problem(number, f"unknown annotation {word}.", "Use @schema or @section.")
            elif line.strip():
                comment.description.append(line.strip())
        return comment

    def _annotation(self, line: int, text: str) -> Mapping[str, Any]:
        try:
            annotation = yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            annotation = None
        if isinstance(annotation, dict) and all(isinstance(word, str) for word in annotation):
            return annotation
        self._problem(
            line,
            "@schema is not followed by a YAML mapping.",
            "Write `# @schema {type: string}`, or indent the mapping on the comment lines below.",
        )
        return {}

    def _problem(self, line: int, cause: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, cause, remedy))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _lines_of_scalars(node: yaml.Node) -> Iterator[int]:
    """Yield the line numbers, from 1, inside multi-line scalars, where a leading `#` does not start a comment."""
    if isinstance(node, yaml.ScalarNode):
        # A quoted scalar ends within a line, a block scalar before the first line that follows it.
        yield from range(node.start_mark.line + 2, node.end_mark.line + 1 + bool(node.style in ("'", '"')))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _lines_of_scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _lines_of_scalars(value)
