"""Reads a JSON object key by key, so that every wrong or unknown key is named with its place."""

import math
from collections.abc import Mapping
from types import UnionType
from typing import Any

from model_server.errors import RepositoryError

JsonObject = Mapping[str, Any]

_REQUIRED = object()
_REMEDY = "correct the manifest, or write the version again with modelctl"


class Fields:
    """One JSON object of a version's file. Each accessor takes a key; `reject_unknown` fails on keys never taken."""

    def __init__(self, document: object, where: str, remedy: str = _REMEDY) -> None:
        self._where = where
        self._remedy = remedy
        if not isinstance(document, dict):
            raise self.error("is not an object")
        self._document: dict[str, Any] = document
        self._taken: set[str] = set()

    def error(self, problem: str) -> RepositoryError:
        """Build the error for `problem`, with the place and what to do."""
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
        """A string; empty only where `default` allows the key to be absent."""
        value = str(self._take(key, str, "a string", default))
        if not value and default is _REQUIRED:
            raise self.error(f"{key} is empty")
        return value

    def integer(self, key: str, minimum: int) -> int:
        """A whole number, at least `minimum`."""
        value = int(self._take(key, int, "a whole number"))
        if value < minimum:
            raise self.error(f"{key} is {value}, less than {minimum}")
        return value

    def optional_integer(self, key: str) -> int | None:
        """A whole number, or nothing."""
        value = self._take(key, int | None, "a whole number", None)
        return None if value is None else int(value)

    def nested(self, key: str) -> "Fields":
        """A nested object, to be read key by key."""
        return Fields(self._take(key, dict, "an object"), f"{self._where}: {key}", self._remedy)

    def nested_list(self, key: str) -> list["Fields"]:
        """A list of at least one nested object."""
        values = self.nonempty_list(key)
        return [Fields(value, f"{self._where}: {key}[{index}]", self._remedy) for index, value in enumerate(values)]

    def scalars(self, key: str, kind: type | UnionType) -> list[object]:
        """A list of strings or numbers; absent means empty."""
        values = self._take(key, list, "a list", [])
        for index, value in enumerate(values):
            if not isinstance(value, kind) or isinstance(value, bool):
                raise self.error(f"{key}[{index}] is {value!r}, of the wrong type")
        return list(values)

    def nonempty_list(self, key: str) -> list[Any]:
        """A list of at least one entry, whose entries the caller checks."""
        values: list[Any] = self._take(key, list, "a list")
        if not values:
            raise self.error(f"{key} is empty")
        return values

    def non_negative_number(self, key: str, default: float) -> float:
        """A finite number of at least 0; `default` where the key is absent."""
        value: float = self._take(key, int | float, "a number", default)
        if not _is_finite(value) or value < 0:
            raise self.error(f"{key} is {value}, not a finite number of at least 0")
        return float(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of finite numbers."""
        values = self._take(key, list, "a list")
        for index, value in enumerate(values):
            if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
                raise self.error(f"{key}[{index}] is {value!r}, not a finite number")
        return tuple(float(value) for value in values)

    def texts_by_name(self, key: str) -> dict[str, str]:
        """An object whose values are strings; absent means empty."""
        values: dict[str, Any] = self._take(key, dict, "an object", {})
        for name, value in values.items():
            if not isinstance(value, str):
                raise self.error(f"{key}.{name} is not a string")
        return dict(values)

    def free_object(self, key: str) -> JsonObject:
        """An object whose content is recorded but not interpreted; absent means empty."""
        return dict(self._take(key, dict, "an object", {}))

    def reject_unknown(self) -> None:
        """Fail if the object has a key that was never taken."""
        others = sorted(set(self._document) - self._taken)
        if others:
            raise self.error(f"unknown key {others[0]!r}")


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float can hold
        return False
