"""Find values that no template reads, and reads of values that are not declared.

A value whose read the analysis cannot detect is listed in the chart's ``unused.yaml``, a list of {value, why}.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import yaml

from charttool import dataflow, go_template
from charttool.comments import Values
from charttool.go_template import Template
from charttool.problems import Problem
from charttool.renames import Rename
from charttool.schema import UMBRELLA_KEYS

FORM = "Write {value: a.b, why: A sentence.}"
UNREAD = "Remove it; or list it in unused.yaml if the analysis cannot detect the read."
UNDECLARED = "Correct the name, or add the key."
SUFFIXES = {".yaml", ".yml", ".tpl", ".txt", ".json"}


def problems(folder: Path, values: Values, renames: Iterable[Rename]) -> list[Problem]:
    """Return the unused values of a chart, and its reads of undeclared values."""
    parsed, broken = _parsed(folder, "templates", SUFFIXES)
    if broken:
        return broken
    files, _ = _parsed(folder, "files")
    keys = {key.path: not key.children for key in values.all_keys()}
    found = dataflow.analyze(parsed, {path.as_posix(): file for path, file in files.items()}, keys)
    excepted, invalid = _exceptions(folder / "unused.yaml", keys, found.leaves)
    unread = [key for key in values.leaves() if key.path not in found.leaves | excepted]
    former = {rename.old for rename in renames} | set(UMBRELLA_KEYS)
    undeclared = {place: name for place, name in sorted(found.undeclared.items()) if name not in former}
    return [
        *invalid,
        *(Problem(values.file, key.line, f"no template reads {key.path}.", UNREAD) for key in unread),
        *(
            Problem(folder / path, line, f"the template reads {name}, which values.yaml does not declare.", UNDECLARED)
            for (path, line), name in undeclared.items()
        ),
    ]


def _parsed(folder: Path, part: str, suffixes: Collection[str] = ()) -> tuple[dict[Path, Template], list[Problem]]:
    """Parse the templates in a folder of a chart; returns them by relative path, and the syntax errors."""
    parsed: dict[Path, Template] = {}
    broken = []
    for path in sorted((folder / part).rglob("*")):
        if not path.is_file() or (suffixes and path.suffix not in suffixes):
            continue
        try:
            parsed[path.relative_to(folder)] = go_template.parse(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue  # A binary file cannot be a template.
        except go_template.TemplateError as error:
            broken.append(Problem(path, error.line, f"template syntax: {error}.", "Correct the template."))
    return parsed, broken


def _exceptions(file: Path, keys: dict[str, bool], read: set[str]) -> tuple[set[str], list[Problem]]:
    """Read the exceptions of a chart; returns the excepted values and the invalid exceptions."""
    entries: Any = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else []
    excepted: set[str] = set()
    invalid: list[Problem] = []
    for entry in entries or []:
        if not isinstance(entry, dict) or set(entry) != {"value", "why"} or not str(entry["why"]).endswith("."):
            invalid.append(Problem(file, None, f"{json.dumps(entry, default=str)} is not a valid exception.", FORM))
        elif not keys.get(entry["value"]):
            invalid.append(Problem(file, None, f"values.yaml has no value {entry['value']}.", "Remove the exception."))
        elif entry["value"] in read:
            invalid.append(Problem(file, None, f"a template reads {entry['value']}.", "Remove the exception."))
        else:
            excepted.add(entry["value"])
    return excepted, invalid
