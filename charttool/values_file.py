"""Read values files as Helm reads them, and remember where each value is written."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import helm_python
import yaml

from charttool.problems import ChartError, Problem

# Keys and list indices from the top of a file to a value.
ValuePath = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """The place of a value; ``text`` is a scalar as its author wrote it, without quotes."""

    file: Path
    line: int
    text: str | None = None


@dataclass(frozen=True)
class ValuesFiles:
    """Values files, merged as Helm merges them: a later file overrides an earlier one."""

    data: dict[str, Any]
    places: dict[ValuePath, Place]

    def place(self, path: ValuePath) -> Place | None:
        """Return where the value is written, or the closest value around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return None

    def blanks(self) -> Iterator[ValuePath]:
        """Yield the paths of all values that are null."""
        yield from _blanks(self.data, ())


def read(files: Sequence[tuple[Path, str]], under: str = "") -> ValuesFiles:
    """Merge the texts of values files; raises ChartError for a text that is not a YAML mapping.

    ``under`` is the path below which the values of an umbrella chart contain those of the chart.
    """
    prefix = tuple(under.split(".")) if under else ()
    data: dict[str, Any] = {}
    places: dict[ValuePath, Place] = {}
    for file, text in files:
        try:
            values = helm_python.values_from_yaml(text)
            root = yaml.compose(text, Loader=yaml.CSafeLoader)
        except (helm_python.HelmError, yaml.YAMLError) as error:
            mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
            cause = f"invalid YAML: {' '.join(str(error).split())}."
            raise ChartError(
                [Problem(file, mark.line + 1 if mark else None, cause, "Correct the line, or write one mapping.")]
            ) from error
        _merge(data, _below(values, prefix, file))
        places |= {
            path[len(prefix) :]: place for path, place in _places(root, (), file) if path[: len(prefix)] == prefix
        }
    return ValuesFiles(data, places)


def _below(values: Any, prefix: Sequence[str], file: Path) -> dict[str, Any]:
    for key in prefix:
        values = values.get(key) if isinstance(values, dict) else None
    if values is not None and not isinstance(values, dict):
        raise ChartError([Problem(file, None, "the values are not a mapping.", "Write them as `key: value`.")])
    return values or {}


def _merge(target: dict[str, Any], source: dict[str, Any]) -> None:
    for key, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = copy.deepcopy(value)


def _places(node: yaml.Node | None, path: ValuePath, file: Path) -> Iterator[tuple[ValuePath, Place]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = (*path, key.value)
            text = value.value if isinstance(value, yaml.ScalarNode) else None
            yield below, Place(file, key.start_mark.line + 1, text)
            yield from _places(value, below, file)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            text = item.value if isinstance(item, yaml.ScalarNode) else None
            yield (*path, number), Place(file, item.start_mark.line + 1, text)
            yield from _places(item, (*path, number), file)


def _blanks(value: Any, path: ValuePath) -> Iterator[ValuePath]:
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _blanks(item, (*path, key))
