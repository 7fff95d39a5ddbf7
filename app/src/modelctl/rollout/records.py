"""Decode frozen dataclasses from JSON, strictly: a stored object may have been edited in the cluster. Pure."""

import dataclasses
import types
import typing
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")


def decode(kind: type[T], document: object) -> T:
    """Build a `kind` from the result of `dataclasses.asdict`. Raises ValueError, which names the wrong field."""
    if not isinstance(document, dict):
        raise ValueError(f"{kind.__name__} must be an object")
    hints = typing.get_type_hints(kind)
    if set(document) != set(hints):
        odd = ", ".join(sorted(str(key) for key in set(document) ^ set(hints)))
        raise ValueError(f"{kind.__name__} has unknown or missing fields: {odd}")
    return kind(**{name: _value(hint, document[name], name) for name, hint in hints.items()})


def _value(hint: Any, value: object, name: str) -> Any:
    if isinstance(hint, types.UnionType):
        present = next(kind for kind in typing.get_args(hint) if kind is not type(None))
        return None if value is None else _value(present, value, name)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{name} must be a list")
        return tuple(_value(typing.get_args(hint)[0], item, name) for item in value)
    if dataclasses.is_dataclass(hint):
        return decode(typing.cast(type[Any], hint), value)
    if issubclass(hint, StrEnum):
        if not isinstance(value, str) or value not in set(hint):
            raise ValueError(f"{name} must be one of {', '.join(hint)}")
        return hint(value)
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise ValueError(f"{name} must be of type {hint.__name__}")
    return value
