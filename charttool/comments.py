"""Reads a ``values.yaml``: its keys with their defaults, and what the comments above them say.

The comment right above a key is its description. A line ``@schema`` in it begins a mark: a YAML mapping on that
line or on the deeper indented lines below. ``@section NAME`` begins a group of top-level keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from charttool.problems import ContractError, Problem

KEY_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
ANCHOR_ROOM = "x-"
# With one of these words, a mark says itself what is below the key: the default's entries are not keys of the chart.
ONE_VALUE = frozenset({"$ref", "kubernetes", "properties", "patternProperties", "additionalProperties"})


@dataclass(frozen=True)
class Key:
    """One key of the values: what a user may set, and what the comment above it says."""

    path: str
    description: str
    mark: Mapping[str, Any] | None
    default: Any
    section: str
    line: int
    children: tuple[Key, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class Values:
    """A whole values file."""

    file: Path
    keys: tuple[Key, ...]
    defaults: Mapping[str, Any]

    def all_keys(self) -> Iterator[Key]:
        """Every key, parents before their children."""
        yield from _all(self.keys)

    def leaves(self) -> Iterator[Key]:
        """Every key that holds a value of its own."""
        return (key for key in self.all_keys() if not key.children)


@dataclass
class _Comment:
    """The comment above one key, taken apart."""

    description: list[str] = field(default_factory=list)
    mark: Mapping[str, Any] | None = None


def read(file: Path) -> Values:
    """Read a values file; raises ContractError with all that is wrong with its keys and comments."""
    text = file.read_text(encoding="utf-8")
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        defaults = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ContractError([Problem(file, line, f"no YAML: {error.problem}.", "Correct the line.")]) from error
    if not isinstance(root, yaml.MappingNode):
        raise ContractError([Problem(file, 1, "no mapping of keys.", "Write the values as keys of one mapping.")])
    reader = _Reader(file, text.splitlines(), root)
    keys = reader.keys(root, defaults, "")
    if reader.problems:
        raise ContractError(reader.problems)
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
        self._text_lines = set(_lines_of_texts(root))
        self._sections = [
            (number, match[1])
            for number, line in enumerate(lines, 1)
            if (match := re.match(r"# @section (.*\S)", line)) and number not in self._text_lines
        ]

    def keys(self, node: yaml.MappingNode, defaults: Mapping[str, Any], parent: str) -> tuple[Key, ...]:
        """The keys of one mapping, with all below them."""
        found: dict[str, Key] = {}
        for name_node, value_node in node.value:
            name, line = str(name_node.value), name_node.start_mark.line + 1
            path = f"{parent}.{name}" if parent else name
            if not parent and name.startswith(ANCHOR_ROOM):
                continue
            if not KEY_NAME.fullmatch(name):
                self._problem(line, f"{path} is no name of a value.", "Write it in camelCase: letters and digits.")
            elif name in found:
                self._problem(line, f"{path} is there twice, first on line {found[name].line}.", "Keep one.")
            else:
                found[name] = self._key(path, line, value_node, defaults[name])
        return tuple(found.values())

    def _key(self, path: str, line: int, node: yaml.Node, default: Any) -> Key:
        comment = self._comment(line)
        description = " ".join(comment.description)
        if not description:
            self._problem(line, f"{path} has no description.", "Say what it does, in a comment right above it.")
        children: tuple[Key, ...] = ()
        if isinstance(node, yaml.MappingNode) and default and not ONE_VALUE & set(comment.mark or {}):
            children = self.keys(node, default, path)
        section = next((name for number, name in reversed(self._sections) if number < line), "")
        return Key(path, description, comment.mark, default, section, line, children)

    def _comment(self, key_line: int) -> _Comment:
        """The comment whose last line is right above a key."""
        first = key_line
        while first > 1 and self._lines[first - 2].lstrip().startswith("#") and first - 1 not in self._text_lines:
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
                if comment.mark is not None:
                    self._problem(number, "a second @schema for the same key.", "Make one mapping of the two.")
                comment.mark = self._mark(number, "\n".join([rest, *inner]))
            elif word == "@section":
                if not rest or self._lines[number - 1].startswith(" "):
                    self._problem(
                        number, "@section begins no group.", "Write `# @section NAME` at the top level, not indented."
                    )
            elif word.startswith("@"):
                self._problem(number, f"unknown mark {word}.", "Write @schema or @section.")
            elif line.strip():
                comment.description.append(line.strip())
        return comment

    def _mark(self, line: int, text: str) -> Mapping[str, Any]:
        try:
            mark = yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            mark = None
        if isinstance(mark, dict) and all(isinstance(word, str) for word in mark):
            return mark
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


def _lines_of_texts(node: yaml.Node) -> Iterator[int]:
    """The lines, from 1, within texts of several lines: a `#` that begins one of them is no comment."""
    if isinstance(node, yaml.ScalarNode):
        # A quoted text ends within a line, a block before the first line that is not its own.
        yield from range(node.start_mark.line + 2, node.end_mark.line + 1 + bool(node.style in ("'", '"')))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _lines_of_texts(item)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _lines_of_texts(value)
