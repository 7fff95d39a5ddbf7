"""The documents of a rendering: each distinct text is read once, however many cases render it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.harness.backends import HelmError
from tests.harness.backends.library import ValuesError, read_yaml
from tests.harness.frozen import freeze

# Begin and end of the stream and of its one document.
_EVENTS_AROUND = 4
_SEPARATOR = re.compile(r"^---$", re.MULTILINE)
_SOURCE = re.compile(r"^# Source: (\S+)\n?")

_read: dict[str, Mapping[str, Any]] = {}


@dataclass(frozen=True)
class Document:
    """One object: the template it comes from, its text, and what the text says."""

    template: str
    text: str
    body: Mapping[str, Any]


def documents(stream: str) -> Iterator[Document]:
    """Read what `helm template` prints. Documents that hold nothing are left out."""
    for part in _SEPARATOR.split(stream):
        part = part.strip()
        source = _SOURCE.match(part)
        template, text = (source[1], part[source.end() :].strip()) if source else ("unknown", part)
        try:
            body = read(text)
        except ValuesError as error:
            # The program reads what it has rendered, and refuses it with these words.
            raise HelmError(f"YAML parse error on {template}: {error}") from error
        if body:
            yield Document(template, text, body)


def read(text: str) -> Mapping[str, Any]:
    """What a document says, frozen."""
    if text not in _read:
        body = read_yaml(text)
        if not _is_whole(text, body):
            refuse_duplicates(text)
        _read[text] = freeze(body)
    return _read[text]


def _is_whole(text: str, body: Any) -> bool:
    """Whether it is certain, and found out cheaply, that reading has lost nothing of a text.

    A text of as many events as the body has parts has lost none of them, unless an alias has added some.
    """
    try:
        return "&" not in text and yaml.CSafeLoader(text).raw_parse() == _EVENTS_AROUND + _events(body)
    except yaml.YAMLError:
        return False


def _events(data: Any) -> int:
    """How many events of a YAML parser a node is."""
    if isinstance(data, dict):
        return 2 + len(data) + sum(map(_events, data.values()))
    return 2 + sum(map(_events, data)) if isinstance(data, list) else 1


def known(text: str, body: Any) -> Mapping[str, Any]:
    """The frozen form of what a document was read to before, in whichever process."""
    if text not in _read:
        _read[text] = freeze(body)
    return _read[text]


def parse(text: str) -> Any:
    """Read one YAML document of any kind, as Python's readers do."""
    refuse_duplicates(text)
    return yaml.load(text, Loader=yaml.CSafeLoader)


class _Level:
    """A mapping, or with `keys` None a sequence, that the events are inside of."""

    __slots__ = ("at_key", "keys")

    def __init__(self, keys: set[str] | None) -> None:
        self.keys = keys
        self.at_key = keys is not None

    def node(self, event: yaml.NodeEvent) -> None:
        """A key, a value or an item begins."""
        if self.keys is None:
            return
        if self.at_key and isinstance(event, yaml.ScalarEvent):
            if event.value in self.keys:
                raise ValueError(f"the key {event.value!r} is there twice: one of them is lost\n{event.start_mark}")
            self.keys.add(event.value)
        self.at_key = not self.at_key


def refuse_duplicates(text: str) -> None:
    """Raise ValueError for a key that is there twice, which YAML libraries pass over."""
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
        # Who reads the text says what is wrong with it.
        return
