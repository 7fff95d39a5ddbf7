"""Changes of values by paths as guards write them, such as `versions[1].name` or `grafana.config.auth.anonymous`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.harness.case import merged
from tests.harness.frozen import unfreeze

Step = str | int
Values = Mapping[str, Any]

_INDEX = re.compile(r"\[(\d+)\]\.?")
_NAME = re.compile(r"([^.\[]+)\.?")


class Editor:
    """Values that are being changed, over the defaults of the chart."""

    def __init__(self, values: Values, defaults: Values) -> None:
        self.values: dict[str, Any] = unfreeze(values)
        self._defaults = defaults

    def get(self, path: str) -> Any:
        """Return what applies at a path, or None."""
        return _at(merged(self._defaults, self.values), self.steps(path))

    def is_set(self, path: str) -> bool:
        """Return whether the values, without the defaults, have a path."""
        return self._holder(self.steps(path)) is not None

    def steps(self, path: str) -> list[Step]:
        """Return the names and indices of a path. Names that exist and contain dots are taken whole."""
        here: Any = merged(self._defaults, self.values)
        steps: list[Step] = []
        while path:
            step, path = _first_step(path, here)
            steps.append(step)
            here = _at(here, [step])
        return steps

    def set(self, path: str, value: Any) -> None:
        """Set a value. A list that only the defaults have is copied first, as users must do."""
        *above, last = self.steps(path)
        at: Any = self.values
        for number, step in enumerate(above):
            if isinstance(step, str) and not isinstance(at.get(step), (dict, list)):
                default = _at(merged(self._defaults, self.values), above[: number + 1])
                at[step] = unfreeze(default) if isinstance(default, list) else {}
            at = at[step]
        at[last] = unfreeze(value)

    def remove(self, path: str) -> None:
        """Remove a value or the entry of a list. Raise LookupError if the values do not have it."""
        holder = self._holder(self.steps(path))
        if holder is None:
            raise LookupError(f"there is no {path} to remove")
        del holder[self.steps(path)[-1]]

    def append(self, path: str, entry: Any) -> None:
        """Add an entry to a list, after those that apply."""
        self.set(path, [*(self.get(path) or []), entry])

    def rename(self, path: str, new: str) -> None:
        """Rename the last key of a path."""
        holder = self._holder(self.steps(path))
        if not isinstance(holder, dict):
            raise LookupError(f"there is no {path} to rename")
        holder[new] = holder.pop(self.steps(path)[-1])

    def _holder(self, steps: Sequence[Step]) -> Any:
        """Return the map or list that has the last of the steps, or None."""
        holder = _at(self.values, steps[:-1])
        exists = steps[-1] in holder if isinstance(holder, dict) else isinstance(holder, list)
        return holder if exists else None


def _first_step(path: str, here: Any) -> tuple[Step, str]:
    """Split the first step from a path."""
    index = _INDEX.match(path)
    if index:
        return int(index[1]), path[index.end() :]
    for key in sorted(here, key=len, reverse=True) if isinstance(here, Mapping) else ():
        if path == key or path.startswith((f"{key}.", f"{key}[")):
            return key, path[len(key) :].removeprefix(".")
    name = _NAME.match(path)
    assert name, f"not a path: {path!r}"
    return name[1], path[name.end() :]


def _at(data: Any, steps: Sequence[Step]) -> Any:
    for step in steps:
        is_there = (
            step in data
            if isinstance(data, Mapping)
            else isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        if not is_there:
            return None
        data = data[step]
    return data


def changed_paths(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Yield the path of each value that differs; a list to which entries were added, or that lost some, is one."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            below = f"{path}.{key}" if path else key
            yield from changed_paths(before.get(key, {}), after.get(key, {}), below)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from changed_paths(*pair, f"{path}[{index}]")
    elif isinstance(after, Mapping) and before in ({}, None):
        for key in after:
            yield from changed_paths({}, after[key], f"{path}.{key}")
    elif before != after:
        yield path
