"""Move one entry within the text of a YAML file and leave every other line as its author wrote it.

A library that loads and dumps the whole file would change indentation, quotes and line breaks, and would attach the
comment above a key to the previous key. This module therefore edits the text itself, at the positions that the parser
reports. It parses the result and compares it with the expected data: text that is written in an unforeseen way is
rejected, never changed into something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str, ...]
MISSING = object()


class CannotMoveError(Exception):
    """The entry is written in a way that cannot be moved automatically."""


@dataclass(frozen=True)
class _Entry:
    """A key and its value within their mapping."""

    mapping: yaml.MappingNode
    index: int

    @property
    def key(self) -> yaml.Node:
        key: yaml.Node = self.mapping.value[self.index][0]
        return key

    @property
    def value(self) -> yaml.Node:
        value: yaml.Node = self.mapping.value[self.index][1]
        return value

    @property
    def is_alias(self) -> bool:
        """True if the value is an alias: the parser then returns the node of its anchor, further up."""
        return bool(self.value.start_mark.index < self.key.end_mark.index)


def lookup(data: Any, path: Path) -> Any:
    """Return the value at a path; MISSING if there is none."""
    for name in path:
        if not isinstance(data, dict) or name not in data:
            return MISSING
        data = data[name]
    return data


def without(data: Any, old: Path) -> Any:
    """Return a copy of the data without the entry at ``old`` and the mappings that become empty."""
    result = _copy(data)
    above = [result]
    for name in old[:-1]:
        above.append(above[-1][name])
    del above[-1][old[-1]]
    for depth in range(len(old) - 1, 0, -1):
        if not above[depth]:
            del above[depth - 1][old[depth - 1]]
    return result


def moved(data: Any, old: Path, new: Path, value: Any) -> Any:
    """Return the same copy, with ``value`` at ``new``."""
    target = result = without(data, old)
    for name in new[:-1]:
        # A key without a value counts as an empty mapping.
        target[name] = {} if target.get(name) is None else target[name]
        target = target[name]
    target[new[-1]] = value
    return result


def move(text: str, old: Path, new: Path, value: Any) -> str:
    """Return the text with the entry at ``old`` moved to ``new`` and set to ``value``; raises CannotMoveError."""

    def edited() -> str:
        current = lookup(yaml.safe_load(text), old)
        # True == 1 in Python, but not in YAML.
        result = text if type(current) is type(value) and current == value else _with_value(text, old, value)
        entries = _entries(result, old)
        stays = old[:-1] == new[:-1]
        return _with_key(result, entries[-1], new[-1]) if stays else _put(*_cut(result, entries, old), new)

    return _verified(text, edited, lambda before: moved(before, old, new, value))


def remove(text: str, old: Path) -> str:
    """Return the text without the entry at ``old`` and its comments; raises CannotMoveError."""
    return _verified(text, lambda: _cut(text, _entries(text, old), old)[0], lambda before: without(before, old))


def _verified(text: str, edited: Callable[[], str], expected: Callable[[Any], Any]) -> str:
    """Return the edited text if it parses to the expected data: anchors and merges have remote effects."""
    try:
        result = edited()
        if (yaml.safe_load(result) or {}) == expected(yaml.safe_load(text)):
            return result
    except (yaml.YAMLError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise CannotMoveError from error
    raise CannotMoveError


def _copy(data: Any) -> Any:
    """Return a deep copy that also duplicates aliased values, so that a change of one leaves the others alone."""
    if isinstance(data, dict):
        return {name: _copy(value) for name, value in data.items()}
    return [_copy(item) for item in data] if isinstance(data, list) else data


def _root(text: str) -> yaml.Node | None:
    # The pure Python parser: positions of the C parser count bytes instead of characters.
    root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    return root


def _entries(text: str, path: Path) -> list[_Entry]:
    """Return the entries on the way to a path, outermost first."""
    node: yaml.Node | None = _root(text)
    entries: list[_Entry] = []
    for name in path:
        entry = _entry(node, name)
        if entry is None or (entry.is_alias and len(entries) < len(path) - 1):
            raise CannotMoveError  # An alias or a merge takes it from elsewhere in the file.
        entries.append(entry)
        node = entry.value
    return entries


def _entry(node: yaml.Node | None, name: str) -> _Entry | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    names = [key.value for key, _ in node.value]
    return _Entry(node, names.index(name)) if name in names else None


def _with_value(text: str, path: Path, value: Any) -> str:
    entry = _entries(text, path)[-1]
    if entry.is_alias:
        raise CannotMoveError
    return text[: entry.value.start_mark.index] + _flow(value) + text[entry.value.end_mark.index :]


def _with_key(text: str, entry: _Entry, name: str) -> str:
    start, end = entry.key.start_mark.index, entry.key.end_mark.index
    return text[:start] + _quoted_like(text[start:end], name) + text[end:]


def _quoted_like(key: str, name: str) -> str:
    return f"{key[0]}{name}{key[0]}" if key[:1] in ("'", '"') else name


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, width=float("inf"), allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


@dataclass(frozen=True)
class _Piece:
    """A removed entry and the comments above it, without indentation."""

    comments: list[str]
    lines: list[str]
    key: str
    value: str
    data: Any
    # True if its lines contain comments.
    commented: bool
    # The original position: path of the mapping, and line number.
    parent: Path
    line: int

    def block(self, names: Sequence[str], column: int) -> Iterator[str]:
        """Yield its lines in block style, nested in ``names[:-1]`` and with the last name as key."""
        ending = "\r" if self.lines[0].endswith("\r") else ""
        for depth, name in enumerate(names[:-1]):
            yield " " * (column + 2 * depth) + _quoted_like(self.key, name) + ":" + ending
        indent = " " * (column + 2 * (len(names) - 1))
        renamed = _quoted_like(self.key, names[-1]) + self.lines[0].removeprefix(self.key)
        for line in [*self.comments, renamed, *self.lines[1:]]:
            yield indent + line if line.strip() else line

    def flow(self, names: Sequence[str]) -> str:
        """Return it in flow style, which cannot contain comments."""
        if self.comments or self.commented:
            raise CannotMoveError
        text = self.value if self._is_valid_in_flow_style() else _flow(self.data)
        for name in reversed(names[1:]):
            text = f"{{{_quoted_like(self.key, name)}: {text}}}"
        return f"{_quoted_like(self.key, names[0])}: {text}"

    def _is_valid_in_flow_style(self) -> bool:
        """Return whether the value means the same in flow style, where a comma ends a plain scalar."""
        try:
            return bool(yaml.safe_load(f"{{a: {self.value}}}") == {"a": self.data})
        except yaml.YAMLError:
            return False


def _cut(text: str, entries: list[_Entry], path: Path) -> tuple[str, _Piece]:
    """Remove the last entry, and every mapping that becomes empty."""
    depth = len(entries) - 1
    while depth > 0 and len(entries[depth].mapping.value) == 1:
        depth -= 1
    lines = text.split("\n")
    outer, inner = entries[depth], entries[-1]
    key = text[inner.key.start_mark.index : inner.key.end_mark.index]
    if inner.mapping.flow_style:
        rest = text[inner.key.end_mark.index : _end(inner, text)].split("\n")
        piece_lines = [key + rest[0], *rest[1:]]
    else:
        first, last, column = *_span(inner, text), inner.key.start_mark.column
        piece_lines = [_dedented(line, column) for line in lines[first : last + 1]]
    value = text[inner.value.start_mark.index : inner.value.end_mark.index]
    data = lookup(yaml.safe_load(text), path)
    first, last = _span(outer, text)
    if outer.mapping.flow_style:
        without, comments, commented = _cut_from_flow(text, outer), [], False
    else:
        first -= _comment_lines_above(text, outer)
        without = "\n".join([*lines[:first], *lines[last + 1 :]])
        kept = range(0) if inner.mapping.flow_style else range(_span(inner, text)[0], _span(inner, text)[1] + 1)
        there = {text.count("\n", 0, start): comment for start, comment in _comments(text).items()}
        comments = [there[line] for line in range(first, last + 1) if line in there and line not in kept]
        commented = any(line in there for line in kept)
    return without, _Piece(comments, piece_lines, key, value, data, commented, path[:depth], first)


def _cut_from_flow(text: str, entry: _Entry) -> str:
    pairs = entry.mapping.value
    start, end = entry.mapping.start_mark.index, entry.mapping.end_mark.index
    if any(start < comment < end for comment in _comments(text)):
        raise CannotMoveError  # It is ambiguous which entry the comment belongs to.
    if entry.index + 1 < len(pairs):
        start, end = entry.key.start_mark.index, pairs[entry.index + 1][0].start_mark.index
    elif entry.index:
        start, end = _end(_Entry(entry.mapping, entry.index - 1), text), _end(entry, text)
    else:
        start, end = entry.key.start_mark.index, _end(entry, text)
    return text[:start] + text[end:]


def _put(text: str, piece: _Piece, new: Path) -> str:
    """Insert a piece at its new path: at its old position in the same mapping, else at the end of a mapping."""
    node, entry, depth = _root(text), None, 0
    while depth < len(new) - 1 and (found := _entry(node, new[depth])):
        if found.is_alias:
            raise CannotMoveError
        node, entry, depth = found.value, found, depth + 1
    missing = new[depth:]
    if isinstance(node, yaml.MappingNode) and node.value and node.flow_style:
        end = _end(_Entry(node, len(node.value) - 1), text)
        return f"{text[:end]}, {piece.flow(missing)}{text[end:]}"
    if isinstance(node, yaml.MappingNode) and node.value:
        line = piece.line if piece.parent == new[:depth] else _span(_Entry(node, len(node.value) - 1), text)[1] + 1
        return _inserted(text, line, piece.block(missing, node.value[0][0].start_mark.column))
    is_null = isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")
    if node is None or (is_null and entry is None):
        return _inserted(text, piece.line, piece.block(missing, 0))
    if not (is_null or isinstance(node, yaml.MappingNode)):
        raise CannotMoveError
    start, end = node.start_mark.index, node.end_mark.index
    if entry is None or entry.mapping.flow_style:
        return f"{text[:start]}{{{piece.flow(missing)}}}{text[end:]}"
    emptied = text[:start].rstrip(" ") + text[end:]
    return _inserted(emptied, _span(entry, text)[1] + 1, piece.block(missing, entry.key.start_mark.column + 2))


def _inserted(text: str, at: int, block: Iterator[str]) -> str:
    lines = text.split("\n")
    added = list(block)
    if at == len(lines) and lines[-1]:
        # The last line has no line ending: it gets one, and the new last line has none.
        lines[-1] += "\r" if added[0].endswith("\r") else ""
    return "\n".join([*lines[:at], *added, *lines[at:]])


def _comment_lines_above(text: str, entry: _Entry) -> int:
    """Return the number of comment lines right above an entry, with the same indentation."""
    comments, column = _comments(text), entry.key.start_mark.column
    start = entry.key.start_mark.index - column
    count = 0
    while start > 0:
        start = text.rfind("\n", 0, start - 1) + 1
        if start + column not in comments or text[start : start + column].strip():
            break
        count += 1
    return count


def _comments(text: str) -> dict[int, str]:
    """Return every comment by its offset. A hash inside a scalar does not start one."""
    texts = list(_scalars(_root(text)))
    starts = (match.start() for match in re.finditer(r"(?<!\S)#", text))
    found: dict[int, str] = {}
    end = 0
    for start in starts:
        if start >= end and not any(begin <= start < stop for begin, stop in texts):
            end = (text.find("\n", start) + 1 or len(text) + 1) - 1
            found[start] = text[start:end]
    return found


def _scalars(node: yaml.Node | None) -> Iterator[tuple[int, int]]:
    if isinstance(node, yaml.ScalarNode):
        yield node.start_mark.index, node.end_mark.index
    elif isinstance(node, yaml.CollectionNode):
        for item in node.value:
            for part in item if isinstance(item, tuple) else (item,):
                yield from _scalars(part)


def _span(entry: _Entry, text: str) -> tuple[int, int]:
    """Return the first and last line number of an entry, from 0."""
    start, end = entry.key.start_mark.index, _end(entry, text)
    last = text.count("\n", 0, end)
    if end > start and text[end - 1] == "\n":
        last -= 1  # A block scalar ends where the next line starts.
    first = text.count("\n", 0, start)
    while last > first and not text.split("\n")[last].strip():
        last -= 1
    return first, last


def _end(entry: _Entry, text: str) -> int:
    """Return where an entry ends: for block mappings and lists the parser only reports where the next token starts."""
    if entry.is_alias:
        after = text[entry.key.end_mark.index :]
        name = after[: len(after) - len(after.lstrip(": "))] + after.lstrip(": ").split()[0].rstrip(",}]")
        return int(entry.key.end_mark.index) + len(name)
    return max(_node_end(entry.value), int(entry.key.end_mark.index))


def _node_end(node: yaml.Node) -> int:
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        inner = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
        return max(_node_end(part) for part in inner)
    return int(node.end_mark.index)


def _dedented(line: str, column: int) -> str:
    return line[min(column, len(line) - len(line.lstrip(" "))) :]
