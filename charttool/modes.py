"""Find the values that a mode of a chart ignores, and generate the table by which a guard refuses them.

A mode is the value of an enum key, such as ``mode: operator``. The annotation ``modes: {KEY: [VALUE, …]}`` of a key, or
of a section above it, names the modes in which the key has an effect.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from charttool.comments import Key, Values
from charttool.problems import ChartError, Problem

FILE_NAME = "_modes.tpl"
HEADING = """\
{{/*
Values that a mode ignores, with their defaults and the modes that use them. Generated from the annotations `modes` of
values.yaml by `python -m charttool generate`.
*/}}
"""

# By mode key, then by mode: the ignored keys, each with its default and the modes that use it.
Ignored = Mapping[str, Mapping[str, Mapping[str, Any]]]


def ignored(values: Values) -> Ignored:
    """Return the values that each mode ignores; raises ChartError for annotations that name no mode."""
    modes_of_key = {key.path: _modes_of(key) for key in values.all_keys() if _modes_of(key)}
    table: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    problems: list[Problem] = []
    for key, used_in in _annotated(values.keys, {}):
        for mode_key, modes in used_in.items():
            known = modes_of_key.get(mode_key, ())
            if wrong := sorted(set(modes) - set(known)):
                cause = f"{key.path}: {mode_key} has no mode {', '.join(map(str, wrong))}."
                remedy = f"Use modes of {mode_key}: {', '.join(known)}." if known else "Name a key with an enum."
                problems.append(Problem(values.file, key.line, cause, remedy))
            for mode in known:
                if mode not in modes:
                    table[mode_key][mode][key.path] = {"default": key.default, "modes": list(modes)}
    if problems:
        raise ChartError(problems)
    return table


def generated(folder: Path, values: Values) -> Iterator[tuple[Path, str]]:
    """Yield the file with the table of a chart that has modes."""
    table = ignored(values)
    path = folder / "templates" / "guards" / FILE_NAME
    defines = [
        f'{{{{- define "{folder.name}.ignored.{mode_key}.{mode}" -}}}}\n'
        f"{_as_json(table[mode_key].get(mode, {}))}\n{{{{- end -}}}}\n"
        for mode_key in table
        for mode in _modes_of(next(key for key in values.all_keys() if key.path == mode_key))
    ]
    if defines or path.is_file():
        yield path, "\n".join([HEADING, *defines])


def _annotated(keys: Sequence[Key], above: Mapping[str, Sequence[str]]) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    """Yield every leaf with the modes in which it has an effect; an annotation replaces that of a section above."""
    for key in keys:
        here = {**above, **(key.annotation or {}).get("modes", {})}
        if key.children:
            yield from _annotated(key.children, here)
        elif here:
            yield key, here


def _modes_of(key: Key) -> Sequence[str]:
    return tuple((key.annotation or {}).get("enum", ()))


def _as_json(entries: Mapping[str, Any]) -> str:
    """Return JSON with one line for each key; "{{", which is only found in strings, must not begin an action."""
    lines = (f"{json.dumps(path)}: {json.dumps(entry)}".replace("{{", "{\\u007b") for path, entry in entries.items())
    return "{\n" + ",\n".join(lines) + "\n}"
