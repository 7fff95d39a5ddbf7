"""Reads a JSON object key by key, so that every error names the key and its place."""

import math
from collections.abc import Mapping
from types import UnionType
from typing import Any

from model_server.errors import RepositoryError

JsonObject = Mapping[str, Any]

_REQUIRED = object()
_REMEDY = "correct the manifest, or write the version again with modelctl"


class Fields:
    """A JSON object of a version's file. Read each key with an accessor; `reject_unknown` fails for keys not read."""

    def __init__(self, document: object, where: str, remedy: str = _REMEDY) -> None:
        self._where = where
        self._remedy = remedy
        if not isinstance(document, dict):
            raise self.error("is not an object")
        self._document: dict[str, Any] = document
        self._taken: set[str] = set()

    def error(self, problem: str) -> RepositoryError:
        """Return the error for `problem`, with its place and the remedy."""
        return RepositoryError(f"{self._where}: {problem}.", self._remedy)

    def _take(self, key: str, expected: type | UnionType, noun: str, default: object = _REQUIRED) -> Any:
        self._taken.add(key)
        if key not in self._document:
            if default is _REQUIRED:
                raise self.error(f"{key} is missing")
            return default
        value = self._document[key]
        if not isinstance(value, expected) or isinstance(value, bool):
            raise self.error(f"{key} is not {noun}")
        return value

    def text(self, key: str, default: object = _REQUIRED) -> str:
        """Return a string. It can be empty only if there is a `default`."""
        value = str(self._take(key, str, "a string", default))
        if not value and default is _REQUIRED:
            raise self.error(f"{key} is empty")
        return value

    def integer(self, key: str, minimum: int) -> int:
        """Return a whole number of at least `minimum`."""
        value = int(self._take(key, int, "a whole number"))
        if value < minimum:
            raise self.error(f"{key} is {value}, less than {minimum}")
        return value

    def optional_integer(self, key: str) -> int | None:
        """Return a whole number, or None if the key is absent or null."""
        value = self._take(key, int | None, "a whole number", None)
        return None if value is None else int(value)

    def nested(self, key: str) -> "Fields":
        """Return a nested object, to be read key by key."""
        return Fields(self._take(key, dict, "an object"), f"{self._where}: {key}", self._remedy)

    def nested_list(self, key: str) -> list["Fields"]:
        """Return a list of at least one nested object."""
        values = self.nonempty_list(key)
        return [Fields(value, f"{self._where}: {key}[{index}]", self._remedy) for index, value in enumerate(values)]

    def scalars(self, key: str, kind: type | UnionType) -> list[object]:
        """Return a list of strings or numbers, empty if the key is absent."""
        values = self._take(key, list, "a list", [])
        for index, value in enumerate(values):
            if not isinstance(value, kind) or isinstance(value, bool):
                raise self.error(f"{key}[{index}] is {value!r}, of the wrong type")
        return list(values)

    def nonempty_list(self, key: str) -> list[Any]:
        """Return a list of at least one entry. The caller checks the entries."""
        values: list[Any] = self._take(key, list, "a list")
        if not values:
            raise self.error(f"{key} is empty")
        return values

    def non_negative_number(self, key: str, default: float) -> float:
        """Return a finite number of at least 0, or `default` if the key is absent."""
        value: float = self._take(key, int | float, "a number", default)
        if not _is_finite(value) or value < 0:
            raise self.error(f"{key} is {value}, not a finite number of at least 0")
        return float(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """Return a list of finite numbers."""
        values = self._take(key, list, "a list")
        for index, value in enumerate(values):
            if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
                raise self.error(f"{key}[{index}] is {value!r}, not a finite number")
        return tuple(float(value) for value in values)

    def texts_by_name(self, key: str) -> dict[str, str]:
        """Return an object whose values are strings, empty if the key is absent."""
        values: dict[str, Any] = self._take(key, dict, "an object", {})
        for name, value in values.items():
            if not isinstance(value, str):
                raise self.error(f"{key}.{name} is not a string")
        return dict(values)

    def free_object(self, key: str) -> JsonObject:
        """Return an object that is recorded but not interpreted, empty if the key is absent."""
        return dict(self._take(key, dict, "an object", {}))

    def reject_unknown(self) -> None:
        """Raise RepositoryError if the object has a key that was not read."""
        others = sorted(set(self._document) - self._taken)
        if others:
            raise self.error(f"unknown key {others[0]!r}")


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond the range of float
        return False
