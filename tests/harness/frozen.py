"""Data of YAML and JSON files that nobody can change, since many tests share it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

REMEDY = "manifests and values are shared between tests. Remedy: change a copy, harness.frozen.unfreeze(…)"


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError(REMEDY)


class FrozenDict(dict[str, Any]):
    """A dict that refuses changes."""

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse


class FrozenList(list[Any]):
    """A list that refuses changes."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = remove = pop = clear = sort = reverse = _refuse


def freeze(data: Any) -> Any:
    """Copy `data` into its frozen form, all the way down."""
    # What JSON is read to, most of what comes here, is told apart without asking what it is an instance of.
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
    """Write `data` as JSON so that equal data gives equal text."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def unfreeze(data: Any) -> Any:
    """Copy frozen data into plain dicts and lists."""
    return json.loads(canonical(data))
