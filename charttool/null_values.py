"""Generate the files of a chart that give null one meaning: the empty default, or an error with the remedy.

Helm removes a key whose value is null, so templates see a missing key. `templates/guards/_defaults.tpl` is a fast check
for missing keys. `files/defaults.json` has an entry for each value by its path: `empty` is the default that replaces
null, `nullable` marks a value that accepts null, and `keep` and `write` are parts of the message that refuses null. It
is a file because Helm would parse a template for every rendering.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from charttool.comments import Key, Values
from charttool.kubernetes import Schema
from charttool.renames import Rename
from charttool.schema import UMBRELLA_KEYS, accepts_null

CHECK = Path("templates/guards/_defaults.tpl")
DEFAULTS = Path("files/defaults.json")
# A longer default is not repeated in a message.
MAX_LENGTH = 40


def generated(
    chart: Path, values: Values, schema: Schema, renames: Sequence[Rename] = ()
) -> Iterator[tuple[Path, str]]:
    """Yield the files of a chart that validates its values."""
    validates = f'"{chart.name}.validate"'
    if any(validates in file.read_text(encoding="utf-8") for file in (chart / "templates").rglob("*.yaml")):
        writer = _Writer(schema, {rename.old.rpartition(".")[0] for rename in renames})
        yield chart / CHECK, _check(chart.name, writer.checks(_own(values.keys), schema, ""))
        yield chart / DEFAULTS, _json(writer.entries(_own(values.keys), schema))


def _check(chart: str, actions: Iterable[str]) -> str:
    body = "\n".join(actions)
    return f"""\
{{{{/*
{chart}.hasMissingKeys: not empty if a value that does not accept null is missing. A map that has no keys of
other names is compared by its number of keys.
Generated from values.yaml: change that, and run `python -m charttool generate`.
*/}}}}
{{{{- define "{chart}.hasMissingKeys" -}}}}
{{{{- with .Values -}}}}
{body}
{{{{- end -}}}}
{{{{- end -}}}}
"""


def _json(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Return a JSON object with one entry per line."""
    lines = (f"  {json.dumps(path)}: {json.dumps(entry, ensure_ascii=False)}" for path, entry in entries)
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _own(keys: Iterable[Key]) -> list[Key]:
    return [key for key in keys if key.path not in UMBRELLA_KEYS or key.children]


class _Writer:
    def __init__(self, root: Schema, open_maps: set[str]) -> None:
        self._root = root
        # The paths of maps that may have keys with old names.
        self._open = open_maps | {"", *UMBRELLA_KEYS}

    def checks(self, keys: Iterable[Key], schema: Schema, path: str) -> Iterator[str]:
        """Yield actions that print a character for each map with a missing key; the dot is the map."""
        keys = list(keys)
        needed = [key.name for key in keys if not self._nullable(key, schema)]
        if needed and (path in self._open or len(needed) < len(keys)):
            yield "{{- $map := . -}}"
            yield f'{{{{- range splitList " " "{" ".join(needed)}" -}}}}'
            yield "{{- if not (hasKey $map .) }}x{{ end -}}"
            yield "{{- end -}}"
        elif needed:
            yield f"{{{{- if lt (len .) {len(needed)} }}}}x{{{{ end -}}}}"
        for key in keys:
            if key.children:
                yield f"{{{{- with .{key.name} -}}}}"
                yield from self.checks(key.children, schema["properties"][key.name], key.path)
                yield "{{- else }}x{{ end -}}"

    def entries(self, keys: Iterable[Key], schema: Schema) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the entry of each leaf."""
        for key in keys:
            below = schema["properties"][key.name]
            if key.children:
                yield from self.entries(key.children, below)
            elif self._nullable(key, schema):
                yield key.path, {"nullable": True}
            elif key.default in ([], {}, ""):
                yield key.path, {"empty": key.default}
            else:
                yield key.path, {"keep": _short(key.default), "write": _form(key.default, below)}

    def _nullable(self, key: Key, schema: Schema) -> bool:
        # Kubernetes types accept null, but their keys have no meaning for it unless the annotation says so.
        annotation = key.annotation or {}
        stated = "kubernetes" not in annotation or annotation.get("nullable")
        return bool(stated) and accepts_null(schema["properties"][key.name], self._root)


def _short(default: Any) -> str:
    text = default if isinstance(default, str) else json.dumps(default, ensure_ascii=False)
    return text if len(text) <= MAX_LENGTH and not isinstance(default, dict) else "the default"


def _form(default: Any, schema: Mapping[str, Any]) -> str:
    """Return the remedy of a value: the form of what to write."""
    if isinstance(default, bool):
        return "write true or false"
    if isinstance(default, int | float):
        return "write a number"
    if isinstance(default, list):
        return "write a list"
    if isinstance(default, dict):
        return "write a map; null for one of its keys removes that key"
    if "enum" in schema:
        *others, last = map(str, schema["enum"])
        return f"write {', '.join(others)} or {last}" if others else f"write {last}"
    return "write another value"
