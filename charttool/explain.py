"""Explain why a chart refuses a values file: what is written where, and what to write instead.

Helm reports a violation of the schema as "got number, want string", without a line or a remedy. This module validates
the merged values with the same schema, and translates each violation. Values that the schema accepts are rendered,
because the chart's guards refuse combinations of values; their messages have remedies already.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import helm_python
import jsonschema_rs

from charttool import values_file
from charttool.problems import ChartError, Problem
from charttool.values_file import ValuePath, ValuesFiles

_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_GUARD = re.compile(r"^- (?P<key>[^\s:]+): (?P<cause>.+?[.!?]) (?P<remedy>[A-Z].*)$", re.MULTILINE)
_NAME = "release-name"


def explain(folder: Path, files: Sequence[tuple[Path, str]], under: str = "") -> list[Problem]:
    """Return every reason for which the chart refuses the values of the files, ordered by line."""
    values = values_file.read(files, under)
    try:
        chart = helm_python.Chart.load(folder)
        schema = json.loads((folder / "values.schema.json").read_text(encoding="utf-8"))
        merged = chart.merge_values(values.data)
    except helm_python.HelmError as error:
        raise ChartError([Problem(folder, None, f"{error}.", "Check the chart.")]) from error
    fallback = files[-1][0]
    problems = list(_Explainer(schema, values, fallback).problems(merged))
    return problems or list(_refusals(chart, values, fallback))


def _refusals(chart: helm_python.Chart, values: ValuesFiles, fallback: Path) -> Iterator[Problem]:
    """Yield what the guards of the chart refuse."""
    try:
        chart.render(values.data, name=_NAME)
    except helm_python.HelmError as error:
        found = list(_GUARD.finditer(str(error)))
        for line in found:
            place = values.place(_keys(line["key"]))
            file, number = (place.file, place.line) if place else (fallback, None)
            yield Problem(file, number, f"{line['key']}: {line['cause']}", line["remedy"])
        if not found:
            yield Problem(fallback, None, " ".join(str(error).split()), "Check the values that the message names.")


def _keys(name: str) -> ValuePath:
    """Return the path of a key as guards write it, such as ``hosts[0].name``."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", name))


class _Explainer:
    """Translates the violations of one schema by the values of one set of files."""

    def __init__(self, schema: dict[str, Any], values: ValuesFiles, fallback: Path) -> None:
        self._schema = schema
        self._values = values
        self._fallback = fallback
        # The same dialect as Go: no look-around, no back-references.
        self._validator = jsonschema_rs.Draft7Validator(schema, pattern_options=jsonschema_rs.RegexOptions())

    def problems(self, merged: Mapping[str, Any]) -> Iterator[Problem]:
        """Yield the violations, each once, ordered by their places in the files."""
        found = {
            (problem.line or 0, problem.cause): problem
            for error in self._validator.iter_errors(merged)
            for problem in self._translated(error)
        }
        return iter([found[key] for key in sorted(found)])

    def _translated(self, error: jsonschema_rs.ValidationError) -> Iterator[Problem]:
        path = tuple(error.instance_path)
        kind = error.kind
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.AnyOf | jsonschema_rs.ValidationErrorKind.OneOfNotValid):
            yield from self._of_branches(error, kind.context)
        elif isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            for name in kind.unexpected:
                yield self._unknown_key(error, path, name)
        elif isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
            yield self._missing(path, str(kind.property))
        elif isinstance(kind, jsonschema_rs.ValidationErrorKind.Type):
            yield self._wrong_type(error, kind.types)
        elif isinstance(kind, jsonschema_rs.ValidationErrorKind.Enum):
            yield self._not_an_option(path, error.instance, kind.options)
        else:
            yield self._wrong_form(error, path)

    def _of_branches(
        self, error: jsonschema_rs.ValidationError, branches: Sequence[Sequence[jsonschema_rs.ValidationError]]
    ) -> Iterator[Problem]:
        """Explain the branch that the author most likely meant: one that accepts the type of the value."""
        kinds = [
            branch[0].kind.types if isinstance(branch[0].kind, jsonschema_rs.ValidationErrorKind.Type) else None
            for branch in branches
            if branch
        ]
        if all(kinds):
            allowed = list(dict.fromkeys(name for names in kinds if names for name in names))
            yield self._wrong_type(error, allowed)
            return
        meant = min((branch for branch, types in zip(branches, kinds, strict=False) if not types), key=len)
        for cause in meant:
            yield from self._translated(cause)

    def _wrong_type(self, error: jsonschema_rs.ValidationError, types: Sequence[str]) -> Problem:
        path, value = tuple(error.instance_path), error.instance
        wanted = " or ".join(_TYPES[name] for name in types if name != "null" or len(types) == 1)
        written = self._written(path, value)
        key = str(path[-1]) if path and isinstance(path[-1], str) else ""
        scalar = isinstance(value, str | bool | int | float)
        if "string" in types and scalar:
            quoted = f"{key}: {json.dumps(written)}" if key else f"- {json.dumps(written)}"
            remedy = f"Write it in quotes: {quoted}. On the command line, use --set-string."
        elif isinstance(value, str) and {"integer", "number", "boolean"} & set(types):
            remedy = f"Write {wanted} without quotes. On the command line, use --set, not --set-string."
        elif "array" in types:
            remedy = f"Write a list: {key or 'KEY'}: [{self._item(error)}], or [] for none."
        elif "object" in types:
            remedy = f"Write a mapping: {key or 'KEY'}: {{KEY: VALUE}}, or {{}} for none."
        else:
            remedy = f"Write {wanted}."
        return self._problem(path, f"is {_described(value, written)}, but must be {wanted}.", remedy)

    def _unknown_key(self, error: jsonschema_rs.ValidationError, path: ValuePath, name: str) -> Problem:
        schema = self._at(error.schema_path[:-1])
        known = sorted(schema.get("properties", {}))
        near = difflib.get_close_matches(name, known, n=1)
        elsewhere = [place for place in self._key_places() if place[-1] == name]
        if "patternProperties" in schema and not known:
            expected = (
                f"{schema.get('description', 'Another key.')} Keys match {' or '.join(schema['patternProperties'])}."
            )
            return self._problem((*path, name), "has an invalid key.", f"Expected: {expected}")
        if near:
            remedy = f"Did you mean {_dotted((*path, near[0]))}?"
        elif elsewhere:
            places = " or ".join(_dotted(place) for place in elsewhere[:3])
            remedy = f"There is a value {places}: check the indentation."
        elif known and len(known) <= 12:
            remedy = f"Remove it, or use one of {', '.join(known)}."
        else:
            remedy = "Remove it; the chart's README lists all values."
        return self._problem((*path, name), "is not a value of the chart.", remedy)

    def _missing(self, path: ValuePath, name: str) -> Problem:
        whole = (*path, name)
        if whole in set(self._values.blanks()):
            return self._problem(whole, "is blank, which takes its default away.", "Write a value, or remove the key.")
        return self._problem(path, f"lacks the key {name}.", f"Add {name}.")

    def _not_an_option(self, path: ValuePath, value: Any, options: Iterable[Any]) -> Problem:
        texts = [str(option) for option in options if option is not None]
        written = self._written(path, value)
        near = difflib.get_close_matches(written, texts, n=1, cutoff=0.5)
        guess = f"Did you mean {near[0]}? " if near else ""
        return self._problem(
            path, f"is {_described(value, written)}.", f"{guess}Write one of {', '.join(filter(None, texts))}."
        )

    def _wrong_form(self, error: jsonschema_rs.ValidationError, path: ValuePath) -> Problem:
        expected = self._at(error.schema_path[:-1]).get("description", "")
        remedy = f"Expected: {expected}" if expected else "The chart's README describes the value."
        return self._problem(path, f"is invalid: {error.message}.", remedy)

    def _problem(self, path: ValuePath, cause: str, remedy: str) -> Problem:
        place = self._values.place(path)
        file, line = (place.file, place.line) if place else (self._fallback, None)
        return Problem(file, line, f"{_dotted(path) or 'the file'} {cause}", remedy)

    def _written(self, path: ValuePath, value: Any) -> str:
        """Return the scalar as the author wrote it: 1.10, which YAML reads as 1.1."""
        place = self._values.places.get(path)
        return place.text if place and place.text is not None else str(value)

    def _item(self, error: jsonschema_rs.ValidationError) -> str:
        """Return the form of an item of the list that the schema of the error describes."""
        item = self._at(error.schema_path[:-1]).get("items", {})
        if "$ref" in item:
            item = self._at(item["$ref"].removeprefix("#/").split("/"))
        keys = item.get("required") or list(item.get("properties", {}))[:1]
        return f"{{{', '.join(f'{key}: VALUE' for key in keys)}}}" if keys else "VALUE"

    def _at(self, path: Sequence[str | int]) -> Mapping[str, Any]:
        found: Any = self._schema
        for part in path:
            found = found[part]
        return found if isinstance(found, dict) else {}

    def _key_places(self) -> Iterator[ValuePath]:
        def below(schema: Mapping[str, Any], path: ValuePath) -> Iterator[ValuePath]:
            for name, child in schema.get("properties", {}).items():
                yield (*path, name)
                yield from below(child, (*path, name))

        yield from below(self._schema, ())


def _described(value: Any, written: str) -> str:
    """Return the value with its type, for example ``the number 1.1 (written 1.10)``."""
    if value is None:
        return "blank"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return f"the string {json.dumps(value)}"
    read = json.dumps(value)
    kind = "boolean" if isinstance(value, bool) else "number"
    return f"the {kind} {read}" + (f" (written {written})" if written != read else "")


def _dotted(path: ValuePath) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
