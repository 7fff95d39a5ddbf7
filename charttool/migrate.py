"""Migrate a user's values to a newer version of a chart: move renamed keys and leave the rest unchanged."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from charttool import yaml_edit
from charttool.comments import ANCHOR_PREFIX, Key, Values
from charttool.problems import ChartError, Problem
from charttool.renames import Rename, as_text
from charttool.schema import UMBRELLA_KEYS
from charttool.yaml_edit import MISSING


@dataclass(frozen=True)
class Move:
    """A moved key; ``values`` is the pair of the old and the new value if that also changed."""

    old: str
    new: str
    since: str
    values: tuple[Any, Any] | None = None
    # In Helm, null removes a default. A renamed key has none, so the entry is removed.
    is_null: bool = False

    def __str__(self) -> str:
        if self.is_null:
            return f"{self.old}: null, which has no effect on {self.new} (since {self.since})"
        changed = f", {as_text(self.values[0])} is now {as_text(self.values[1])}" if self.values else ""
        return f"{self.old} -> {self.new}{changed} (since {self.since})"

    def as_dictionary(self) -> dict[str, Any]:
        """Return the move in the form of the command's JSON output."""
        old_value, new_value = self.values or (None, None)
        changed = {"oldValue": old_value, "newValue": new_value} if self.values else {}
        return {"old": self.old, "new": None if self.is_null else self.new, "since": self.since, **changed}


@dataclass(frozen=True)
class Migrated:
    """The result of a migration."""

    text: str
    moves: tuple[Move, ...]
    unknown: tuple[Problem, ...]


def migrate(text: str, file: Path, values: Values, renames: Sequence[Rename], under: str = "") -> Migrated:
    """Move every renamed key of a values file; raises ChartError with all conflicts that need a manual decision.

    ``under`` is the path below which the values of an umbrella chart contain those of the chart.
    """
    data = _loaded(text, file)
    prefix = tuple(under.split(".")) if under else ()
    applicable = [rename for rename in renames if _at(data, prefix, rename.old) is not MISSING]
    problems = [*_conflicts(data, prefix, applicable, file)]
    moves: list[Move] = []
    for rename in () if problems else applicable:
        old_value = _at(data, prefix, rename.old)
        try:
            new_value = rename.value_now(old_value)
            if old_value is None:
                text = yaml_edit.remove(text, _path(prefix, rename.old))
            else:
                text = yaml_edit.move(text, _path(prefix, rename.old), _path(prefix, rename.new), new_value)
        except KeyError:
            allowed = ", ".join(old for old, _ in rename.values)
            cause = f"{_name(prefix, rename.old)} is {as_text(old_value)}, which has no equivalent in this version."
            remedy = f"Use one of {allowed}, or set {_name(prefix, rename.new)} manually."
            problems.append(Problem(file, None, cause, remedy))
        except yaml_edit.CannotMoveError:
            cause = f"{_name(prefix, rename.old)} cannot be moved automatically because of the way it is written."
            remedy = f"Move it to {_name(prefix, rename.new)} manually."
            problems.append(Problem(file, None, cause, "Remove it: it is null." if old_value is None else remedy))
        else:
            is_null = old_value is None
            changed = (old_value, new_value) if rename.values and not is_null else None
            moves.append(Move(_name(prefix, rename.old), _name(prefix, rename.new), rename.since, changed, is_null))
    if problems:
        raise ChartError(problems)
    migrated = yaml_edit.lookup(_loaded(text, file), prefix)
    unknown = _unknown(migrated, values.keys, prefix, file) if isinstance(migrated, dict) else ()
    return Migrated(text, tuple(moves), tuple(unknown))


def write(file: Path, text: str) -> None:
    """Replace a file atomically and keep its mode."""
    target = file.resolve()
    mode = target.stat().st_mode
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _loaded(text: str, file: Path) -> Any:
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # An impossible date is a ValueError.
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        cause = getattr(error, "problem", None) or error
        raise ChartError(
            [Problem(file, mark.line + 1 if mark else None, f"invalid YAML: {cause}.", "Correct the line.")]
        ) from error
    if data is not None and not isinstance(data, dict):
        raise ChartError([Problem(file, 1, "the file must be a mapping.", "Use a values file.")])
    return data


def _path(prefix: yaml_edit.Path, path: str) -> yaml_edit.Path:
    return (*prefix, *path.split("."))


def _name(prefix: yaml_edit.Path, path: str) -> str:
    return ".".join(_path(prefix, path))


def _at(data: Any, prefix: yaml_edit.Path, path: str) -> Any:
    return yaml_edit.lookup(data, _path(prefix, path))


def _conflicts(data: Any, prefix: yaml_edit.Path, renames: Sequence[Rename], file: Path) -> Iterator[Problem]:
    by_new: dict[str, str] = {}
    for rename in renames:
        if _at(data, prefix, rename.old) is None:
            continue  # Null has no effect.
        old, new = _name(prefix, rename.old), _name(prefix, rename.new)
        if _at(data, prefix, rename.new) is not MISSING:
            yield Problem(file, None, f"{old} and its new name {new} are both set.", f"Remove {old}.")
        elif new in by_new:
            cause = f"{by_new[new]} and {old} are both set, and both are now {new}."
            yield Problem(file, None, cause, "Remove one of them.")
        by_new.setdefault(new, old)


def _unknown(data: dict[Any, Any], keys: Sequence[Key], path: yaml_edit.Path, file: Path) -> Iterator[Problem]:
    """Yield the keys of a values file that the chart would reject."""
    known = {key.name: key for key in keys}
    at_the_top = "." not in keys[0].path
    for name, value in data.items():
        if at_the_top and (str(name).startswith(ANCHOR_PREFIX) or name in UMBRELLA_KEYS):
            continue
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            where = ".".join((*path, str(name)))
            remedy = f"Did you mean {'.'.join((*path, near[0]))}?" if near else "Remove it."
            yield Problem(file, None, f"unknown value {where}; left unchanged.", remedy)
        elif known[name].children and isinstance(value, dict):
            yield from _unknown(value, known[name].children, (*path, str(name)), file)
