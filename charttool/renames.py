"""Reads ``renames.yaml``: the keys that a chart's values used to have, and what they are called now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from charttool.comments import KEY_NAME, Key, Values
from charttool.problems import ContractError, Problem

FORM = "Write {old: a.b, new: c.d, since: 0.2.0, why: A sentence.}, with values: {old: new} where these changed, too."
_FIELDS = frozenset({"old", "new", "since", "values", "why"})
_VERSION = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True)
class Rename:
    """One key that has another name since a version, and maybe other values."""

    old: str
    new: str
    since: str
    why: str
    file: Path
    line: int
    # Old values as texts, for a template can look up nothing else.
    values: tuple[tuple[str, Any], ...] = field(default=())

    @property
    def version(self) -> tuple[int, ...]:
        """The version, comparable."""
        return tuple(int(number) for number in self.since.split("."))

    def value_now(self, value: Any) -> Any:
        """What stands for an old value; raises KeyError if nothing does. Null is "not set", before and after."""
        return dict(self.values)[as_text(value)] if self.values and value is not None else value


def read(file: Path, values: Values) -> tuple[Rename, ...]:
    """Read a chart's renames, none if there is no such file; raises ContractError with all that is wrong with them."""
    if not file.is_file():
        return ()
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ContractError([Problem(file, None, f"no YAML: {error}", "Correct the file.")]) from error
    if entries is None:
        return ()
    if not isinstance(entries, list) or not isinstance(root, yaml.SequenceNode):
        raise ContractError([Problem(file, 1, "no list of renames.", FORM)])
    lines = [node.start_mark.line + 1 for node in root.value]
    numbered = list(zip(lines, entries, strict=True))
    problems = [Problem(file, line, cause, FORM) for line, entry in numbered for cause in _malformed(entry)]
    renames = tuple(_rename(entry, file, line) for line, entry in numbered if isinstance(entry, dict))
    problems += _contradictions(renames, values)
    if problems:
        raise ContractError(sorted(problems, key=lambda problem: problem.line or 0))
    return renames


def as_text(value: Any) -> str:
    """A value as a template prints it: true and "true" are the same."""
    try:
        return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    except (TypeError, ValueError):
        return str(value)  # JSON has no keys of several types, and nothing that holds itself.


def _rename(entry: Mapping[str, Any], file: Path, line: int) -> Rename:
    """An entry as it is read; a path that is none is empty, so that the rest of the entry can be judged."""
    old, new = (entry[name] if _is_path(entry.get(name)) else "" for name in ("old", "new"))
    changed = entry.get("values", {})
    mapped = tuple((as_text(key), value) for key, value in changed.items()) if isinstance(changed, dict) else ()
    return Rename(old, new, str(entry.get("since")), str(entry.get("why")), file, line, mapped)


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and all(KEY_NAME.fullmatch(part) for part in value.split("."))


def _malformed(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"{json.dumps(entry, default=str)} is no mapping."
        return
    for name in sorted(_FIELDS - {"values"} - set(entry)):
        yield f"{name} is missing."
    for name in sorted(set(map(str, entry)) - _FIELDS):
        yield f"unknown field {name}."
    for name in ("old", "new"):
        if name in entry and not _is_path(entry[name]):
            yield f"{name} is {json.dumps(entry[name], default=str)}, which is no path of a value."
    if "since" in entry and not _VERSION.fullmatch(str(entry["since"])):
        yield f"since is {json.dumps(entry['since'], default=str)}, which is no version of a chart."
    if "why" in entry and not str(entry["why"]).endswith("."):
        yield "why is no sentence."
    if not isinstance(entry.get("values", {}), dict):
        yield "values is no mapping of old values to new ones."


def _contradictions(renames: tuple[Rename, ...], values: Values) -> Iterator[Problem]:
    keys = {key.path: key for key in values.all_keys()}
    by_old: dict[str, Rename] = {}
    for rename in (rename for rename in renames if rename.old):
        first = next((other for other in by_old if _within(rename.old, other) or _within(other, rename.old)), None)
        if first == rename.old:
            yield _problem(rename, f"{rename.old} is renamed twice.", "Keep one of the two.")
        elif first:
            yield _problem(rename, f"{rename.old} and {first} are parts of each other.", "Rename only one.")
        by_old[rename.old] = rename
    for rename in renames:
        if rename.new in by_old:
            next_name = by_old[rename.new].new or "another key"
            yield _problem(
                rename, f"{rename.new} is itself renamed to {next_name}.", f"Set new to {next_name} here, too."
            )
        elif rename.new and not _declared(rename.new, keys):
            yield _problem(rename, f"{rename.new} is no key of values.yaml.", "Correct new, or add the key.")
        above = _nearest(rename.old, keys)
        if rename.old in keys:
            yield _problem(
                rename, f"{rename.old} is still a key of values.yaml.", "Take it out there, or the rename here."
            )
        elif above and not keys[above].children:
            yield _problem(
                rename,
                f"{rename.old} cannot be told from what {above} may hold: that is one value.",
                "Take the rename out, or give the value another name.",
            )


def _declared(path: str, keys: Mapping[str, Key]) -> bool:
    """Whether there is such a key, or a value that may hold what is below it."""
    if path in keys:
        return True
    above = _nearest(path, keys)
    return above != "" and not keys[above].children and isinstance(keys[above].default, dict)


def _nearest(path: str, keys: Mapping[str, Key]) -> str:
    """The longest path among the keys that leads to a path; empty if there is none."""
    return max((key for key in keys if _within(path, key)), key=len, default="")


def _within(path: str, above: str) -> bool:
    return f"{path}.".startswith(f"{above}.")


def _problem(rename: Rename, cause: str, remedy: str) -> Problem:
    return Problem(rename.file, rename.line, cause, remedy)
