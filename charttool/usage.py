"""Finds values that no template reads, and values that a template reads and nobody declares.

A value that is read in a way that cannot be seen is named in the chart's ``unused.yaml``, a list of {value, why}.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import yaml

from charttool import go_template, reads
from charttool.comments import Values
from charttool.go_template import Template
from charttool.problems import Problem
from charttool.renames import Rename
from charttool.schema import UMBRELLAS

FORM = "Write {value: a.b, why: A sentence.}"
UNREAD = "Take it out; or, if it is read in a way that cannot be seen, name it in unused.yaml."
UNDECLARED = "Correct the name, or add the key."
SUFFIXES = {".yaml", ".yml", ".tpl", ".txt", ".json"}


def problems(folder: Path, values: Values, renames: Iterable[Rename]) -> list[Problem]:
    """All that is wrong between a chart's values and its templates."""
    parsed, broken = _parsed(folder, "templates", SUFFIXES)
    if broken:
        return broken
    files, _ = _parsed(folder, "files")
    keys = {key.path: not key.children for key in values.all_keys()}
    found = reads.follow(parsed, {path.as_posix(): file for path, file in files.items()}, keys)
    excepted, wrong = _exceptions(folder / "unused.yaml", keys, found.leaves)
    unread = [key for key in values.leaves() if key.path not in found.leaves | excepted]
    former = {rename.old for rename in renames} | set(UMBRELLAS)
    undeclared = {place: name for place, name in sorted(found.undeclared.items()) if name not in former}
    return [
        *wrong,
        *(Problem(values.file, key.line, f"no template reads {key.path}.", UNREAD) for key in unread),
        *(
            Problem(folder / path, line, f"{name} is read, and values.yaml has no such key.", UNDECLARED)
            for (path, line), name in undeclared.items()
        ),
    ]


def _parsed(folder: Path, part: str, suffixes: Collection[str] = ()) -> tuple[dict[Path, Template], list[Problem]]:
    """The templates in a part of a chart, by their paths within it."""
    parsed: dict[Path, Template] = {}
    broken = []
    for path in sorted((folder / part).rglob("*")):
        if not path.is_file() or (suffixes and path.suffix not in suffixes):
            continue
        try:
            parsed[path.relative_to(folder)] = go_template.parse(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue  # No text, so no template.
        except go_template.TemplateError as error:
            broken.append(Problem(path, error.line, f"no template: {error}.", "Correct it."))
    return parsed, broken


def _exceptions(file: Path, keys: dict[str, bool], read: set[str]) -> tuple[set[str], list[Problem]]:
    """The values that a chart excepts, with a reason each; and what is wrong with the exceptions."""
    entries: Any = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else []
    excepted: set[str] = set()
    wrong: list[Problem] = []
    for entry in entries or []:
        if not isinstance(entry, dict) or set(entry) != {"value", "why"} or not str(entry["why"]).endswith("."):
            wrong.append(Problem(file, None, f"{json.dumps(entry, default=str)} is no exception.", FORM))
        elif not keys.get(entry["value"]):
            wrong.append(Problem(file, None, f"{entry['value']} is no value of values.yaml.", "Take it out."))
        elif entry["value"] in read:
            wrong.append(Problem(file, None, f"{entry['value']} is read by a template.", "Take it out."))
        else:
            excepted.add(entry["value"])
    return excepted, wrong
