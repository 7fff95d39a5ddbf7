"""The YAML documents of a rendering. Equal documents are parsed once, in whichever case they appear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.harness.backends import HelmError
from tests.harness.backends.library import ValuesError, read_yaml
from tests.harness.frozen import freeze

# Start and end of the stream and of its only document.
_EVENTS_AROUND = 4
_SEPARATOR = re.compile(r"^---$", re.MULTILINE)
_SOURCE = re.compile(r"^# Source: (\S+)\n?")

_parsed: dict[str, Mapping[str, Any]] = {}


@dataclass(frozen=True)
class Document:
    """An object: the path of its template, its text and its parsed body."""

    template: str
    text: str
    body: Mapping[str, Any]


def documents(stream: str) -> Iterator[Document]:
    """Yield the documents of a stream from `helm template`, without empty ones."""
    for part in _SEPARATOR.split(stream):
        part = part.strip()
        source = _SOURCE.match(part)
        template, text = (source[1], part[source.end() :].strip()) if source else ("unknown", part)
        try:
            body = read(text)
        except ValuesError as error:
            # The program parses its output and fails with the same message.
            raise HelmError(f"YAML parse error on {template}: {error}") from error
        if body:
            yield Document(template, text, body)


def read(text: str) -> Mapping[str, Any]:
    """Parse a document and return its immutable body. Raises ValueError for a duplicate key."""
    if text not in _parsed:
        body = read_yaml(text)
        if not _is_whole(text, body):
            refuse_duplicates(text)
        _parsed[text] = freeze(body)
    return _parsed[text]


def _is_whole(text: str, body: Any) -> bool:
    """Return True if a cheap check proves that parsing lost no duplicate key.

    If the parser emits as many events as the body has nodes, no node was lost, unless an alias added some.
    """
    try:
        return "&" not in text and yaml.CSafeLoader(text).raw_parse() == _EVENTS_AROUND + _events(body)
    except yaml.YAMLError:
        return False


def _events(data: Any) -> int:
    """Return the number of parser events for a node."""
    if isinstance(data, dict):
        return 2 + len(data) + sum(map(_events, data.values()))
    return 2 + sum(map(_events, data)) if isinstance(data, list) else 1


def from_parsed(text: str, body: Any) -> Mapping[str, Any]:
    """Return the immutable form of a body that another process parsed from `text`."""
    if text not in _parsed:
        _parsed[text] = freeze(body)
    return _parsed[text]


def parse(text: str) -> Any:
    """Parse a YAML document with PyYAML. Raises ValueError for a duplicate key."""
    refuse_duplicates(text)
    return yaml.load(text, Loader=yaml.CSafeLoader)


class _Level:
    """The mapping, or with `keys` None the sequence, around the current event."""

    __slots__ = ("at_key", "keys")

    def __init__(self, keys: set[str] | None) -> None:
        self.keys = keys
        self.at_key = keys is not None

    def node(self, event: yaml.NodeEvent) -> None:
        """Handle the start of a key, a value or an item."""
        if self.keys is None:
            return
        if self.at_key and isinstance(event, yaml.ScalarEvent):
            if event.value in self.keys:
                raise ValueError(
                    f"duplicate key {event.value!r}: the parser would drop one of the two\n{event.start_mark}"
                )
            self.keys.add(event.value)
        self.at_key = not self.at_key


def refuse_duplicates(text: str) -> None:
    """Raise ValueError for a duplicate key, which YAML libraries accept silently."""
    levels = [_Level(None)]
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.NodeEvent):
                levels[-1].node(event)
                if isinstance(event, yaml.MappingStartEvent):
                    levels.append(_Level(set()))
                elif isinstance(event, yaml.SequenceStartEvent):
                    levels.append(_Level(None))
            elif isinstance(event, yaml.CollectionEndEvent):
                levels.pop()
    except yaml.YAMLError:
        # The caller parses the text and reports the error.
        return
