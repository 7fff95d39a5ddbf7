"""Immutable YAML and JSON data, because tests share it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

REMEDY = "tests share manifests and values. Remedy: change a copy, tests.harness.frozen.unfreeze(…)"


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError(REMEDY)


class FrozenDict(dict[str, Any]):
    """An immutable dict."""

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse


class FrozenList(list[Any]):
    """An immutable list."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = remove = pop = clear = sort = reverse = _refuse


def freeze(data: Any) -> Any:
    """Return an immutable deep copy of `data`."""
    # A fast path for plain JSON types, which is most of the data.
    kind = type(data)
    if kind is str or kind is int or kind is bool or data is None:
        return data
    if kind is dict:
        return FrozenDict({key: freeze(value) for key, value in data.items()})
    if kind is list:
        return FrozenList([freeze(value) for value in data])
    if isinstance(data, Mapping):
        return FrozenDict({key: freeze(value) for key, value in data.items()})
    if isinstance(data, Sequence) and not isinstance(data, str):
        return FrozenList([freeze(value) for value in data])
    return data


def canonical(data: Any) -> str:
    """Return `data` as JSON text that is equal for equal data."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def unfreeze(data: Any) -> Any:
    """Return a deep copy of frozen data in plain dicts and lists."""
    return json.loads(canonical(data))
