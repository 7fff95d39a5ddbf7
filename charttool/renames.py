"""Read ``renames.yaml``: the renamed keys of a chart's values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from charttool.comments import KEY_NAME, Key, Values
from charttool.problems import ChartError, Problem

FORM = "Write {old: a.b, new: c.d, since: 0.2.0, why: A sentence.}, with values: {old: new} if the values also changed."
_FIELDS = frozenset({"old", "new", "since", "values", "why"})
_VERSION = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True)
class Rename:
    """A renamed key, since a version of the chart; optionally with a mapping of its values."""

    old: str
    new: str
    since: str
    why: str
    file: Path
    line: int
    # Old values are strings, because a template can only look up strings.
    values: tuple[tuple[str, Any], ...] = field(default=())

    @property
    def version(self) -> tuple[int, ...]:
        """The version as a tuple, for comparison."""
        return tuple(int(number) for number in self.since.split("."))

    def value_now(self, value: Any) -> Any:
        """Return the new value for an old one; raises KeyError if there is none. Null means unset, before and after."""
        return dict(self.values)[as_text(value)] if self.values and value is not None else value


def read(file: Path, values: Values) -> tuple[Rename, ...]:
    """Read a chart's renames, none if the file does not exist; raises ChartError with all problems."""
    if not file.is_file():
        return ()
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ChartError([Problem(file, None, f"invalid YAML: {error}", "Correct the file.")]) from error
    if entries is None:
        return ()
    if not isinstance(entries, list) or not isinstance(root, yaml.SequenceNode):
        raise ChartError([Problem(file, 1, "the file must be a list of renames.", FORM)])
    lines = [node.start_mark.line + 1 for node in root.value]
    numbered = list(zip(lines, entries, strict=True))
    problems = [Problem(file, line, cause, FORM) for line, entry in numbered for cause in _malformed(entry)]
    renames = tuple(_rename(entry, file, line) for line, entry in numbered if isinstance(entry, dict))
    problems += _contradictions(renames, values)
    if problems:
        raise ChartError(sorted(problems, key=lambda problem: problem.line or 0))
    return renames


def as_text(value: Any) -> str:
    """Return a value as a template prints it: true and "true" are the same."""
    try:
        return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    except (TypeError, ValueError):
        return str(value)  # JSON supports neither keys of mixed types nor recursive values.


def _rename(entry: Mapping[str, Any], file: Path, line: int) -> Rename:
    """Return an entry as a Rename; an invalid path becomes empty, so that the other fields are checked as well."""
    old, new = (entry[name] if _is_path(entry.get(name)) else "" for name in ("old", "new"))
    changed = entry.get("values", {})
    mapped = tuple((as_text(key), value) for key, value in changed.items()) if isinstance(changed, dict) else ()
    return Rename(old, new, str(entry.get("since")), str(entry.get("why")), file, line, mapped)


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and all(KEY_NAME.fullmatch(part) for part in value.split("."))


def _malformed(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"{json.dumps(entry, default=str)} is not a mapping."
        return
    for name in sorted(_FIELDS - {"values"} - set(entry)):
        yield f"{name} is missing."
    for name in sorted(set(map(str, entry)) - _FIELDS):
        yield f"unknown field {name}."
    for name in ("old", "new"):
        if name in entry and not _is_path(entry[name]):
            yield f"{name} is {json.dumps(entry[name], default=str)}, which is not a path of a value."
    if "since" in entry and not _VERSION.fullmatch(str(entry["since"])):
        yield f"since is {json.dumps(entry['since'], default=str)}, which is not a chart version."
    if "why" in entry and not str(entry["why"]).endswith("."):
        yield "why must be a sentence that ends with a full stop."
    if not isinstance(entry.get("values", {}), dict):
        yield "values must be a mapping of old to new values."


def _contradictions(renames: tuple[Rename, ...], values: Values) -> Iterator[Problem]:
    keys = {key.path: key for key in values.all_keys()}
    by_old: dict[str, Rename] = {}
    for rename in (rename for rename in renames if rename.old):
        first = next((other for other in by_old if _within(rename.old, other) or _within(other, rename.old)), None)
        if first == rename.old:
            yield _problem(rename, f"{rename.old} is renamed twice.", "Keep one of them.")
        elif first:
            yield _problem(rename, f"{rename.old} and {first} overlap.", "Rename only one of them.")
        by_old[rename.old] = rename
    for rename in renames:
        if rename.new in by_old:
            next_name = by_old[rename.new].new or "another key"
            yield _problem(
                rename, f"{rename.new} is itself renamed to {next_name}.", f"Set new to {next_name} in this entry."
            )
        elif rename.new and not _declared(rename.new, keys):
            yield _problem(rename, f"values.yaml has no key {rename.new}.", "Correct new, or add the key.")
        above = _nearest(rename.old, keys)
        if rename.old in keys:
            yield _problem(rename, f"values.yaml still has the key {rename.old}.", "Remove the key or the rename.")
        elif above and not keys[above].children:
            yield _problem(
                rename,
                f"{rename.old} is ambiguous: {above} is a single value that may contain such a key.",
                "Remove the rename, or give the value another name.",
            )


def _declared(path: str, keys: Mapping[str, Key]) -> bool:
    """Return whether the key exists, or a value that may contain it."""
    if path in keys:
        return True
    above = _nearest(path, keys)
    return above != "" and not keys[above].children and isinstance(keys[above].default, dict)


def _nearest(path: str, keys: Mapping[str, Key]) -> str:
    """Return the nearest ancestor of a path among the keys; empty if there is none."""
    return max((key for key in keys if _within(path, key)), key=len, default="")


def _within(path: str, above: str) -> bool:
    return f"{path}.".startswith(f"{above}.")


def _problem(rename: Rename, cause: str, remedy: str) -> Problem:
    return Problem(rename.file, rename.line, cause, remedy)
