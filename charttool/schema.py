"""Build ``values.schema.json`` from the keys of a values file, their defaults and their annotations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jsonschema_rs

from charttool import immutable
from charttool.annotations import AnnotationError, Translator, type_of
from charttool.comments import Key, Values
from charttool.kubernetes import Schema
from charttool.problems import ChartError, Problem
from charttool.renames import Rename, as_text

# Keys that Helm passes from an umbrella chart to its subcharts.
UMBRELLA_KEYS = {
    "global": ("Settings that an umbrella chart shares between its charts.", "object"),
    "enabled": ("Read by an umbrella chart that switches this chart on and off; without a meaning here.", "boolean"),
}


def build(chart: str, values: Values, renames: Sequence[Rename] = ()) -> Schema:
    """Return the schema of a chart's values; raises ChartError with every invalid annotation and default."""
    builder = _Builder(values)
    properties = builder.properties(values.keys)
    for name, (description, kind) in UMBRELLA_KEYS.items():
        properties.setdefault(name, {"description": description, "type": kind})
    if builder.problems:
        raise ChartError(builder.problems)
    for rename in renames:
        _allow_renamed(rename, properties)
    schema: Schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Written by `python -m charttool generate` from values.yaml: change that.",
        "title": f"Values of the chart {chart}",
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {"^x-": {"description": "Room for YAML anchors."}},
        "properties": properties,
        "definitions": dict(sorted(builder.translator.used.items())),
    }
    wrong = [*_wrong_defaults(schema, values), *_wrong_mappings(schema, values, renames)]
    if wrong:
        raise ChartError(wrong)
    return schema


def render(schema: Schema) -> str:
    """Return the schema as JSON text, with indented properties and one definition per line."""
    outer = json.dumps({**schema, "definitions": {}}, indent=2, ensure_ascii=False)
    definitions = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(definition, separators=(',', ':'), ensure_ascii=False)}"
        for name, definition in schema["definitions"].items()
    )
    body = f"{{\n{definitions}\n  }}" if definitions else "{}"
    return outer.removesuffix("{}\n}") + body + "\n}\n"


def accepts_null(schema: Schema, root: Schema) -> bool:
    """Return whether a subschema of ``root`` accepts null."""
    # The shortcut for most subschemas: compiling the whole schema for this one question is slow.
    if "type" in schema and "null" not in schema["type"]:
        return False
    return jsonschema_rs.Draft7Validator({**root, "type": "null", "allOf": [schema]}).is_valid(None)


class _Builder:
    def __init__(self, values: Values) -> None:
        self.problems: list[Problem] = []
        self.translator = Translator({key.name for key in values.keys})
        self._file = values.file

    def properties(self, keys: Iterable[Key]) -> dict[str, Schema]:
        return {key.name: self._key(key) for key in keys}

    def _key(self, key: Key) -> Schema:
        try:
            schema = self._object(key) if key.children else self._leaf(key)
            jsonschema_rs.meta.validate(schema)
        except AnnotationError as error:
            self._problem(key, error.cause, error.remedy)
        except jsonschema_rs.ValidationError as error:
            self._problem(key, f"the annotation is not a valid schema: {error.message}.", "Correct the annotation.")
        else:
            # An inlined shared definition has its own description; that of the key takes precedence.
            text = immutable.description(key)
            return {"description": text, **schema} | {"description": text}
        return {}

    def _object(self, key: Key) -> Schema:
        """Return the schema of a key with children. Only ``global`` is open: it belongs to the umbrella chart."""
        keywords = {keyword: value for keyword, value in (key.annotation or {}).items() if keyword != "nullable"}
        shell = self.translator.value({**keywords, "additionalProperties": key.path == "global"}, "object")
        if (key.annotation or {}).get("nullable"):
            shell["type"] = ["object", "null"]
        return {**shell, "properties": self.properties(key.children)}

    def _leaf(self, key: Key) -> Schema:
        annotation = {word: value for word, value in (key.annotation or {}).items() if word != "immutable"}
        if "description" in annotation:
            raise AnnotationError(
                "the annotation of a key cannot have a description.", "Write it as the comment above the key."
            )
        if not annotation and key.default in (None, [], {}):
            default = json.dumps(key.default)
            raise AnnotationError(f"the default {default} does not determine the type.", "Add a @schema annotation.")
        return self.translator.value(annotation, type_of(key.default))

    def _problem(self, key: Key, cause: str, remedy: str) -> None:
        self.problems.append(Problem(self._file, key.line, f"{key.path}: {cause}", remedy))


def _allow_renamed(rename: Rename, properties: dict[str, Schema]) -> None:
    """Accept the old key with any value: the chart rejects it with a better message than the schema could."""
    *above, name = rename.old.split(".")
    for part in above:
        empty = {"description": "Contains only renamed values.", "type": "object", "additionalProperties": False}
        properties = properties.setdefault(part, {**empty, "properties": {}})["properties"]
    properties[name] = {"description": f"Renamed: see {rename.new}."}


def _wrong_mappings(schema: Schema, values: Values, renames: Iterable[Rename]) -> Iterable[Problem]:
    """Yield mappings of a rename whose new value the new key does not accept."""
    keys = {key.path for key in values.all_keys()}
    for rename in renames:
        if rename.new not in keys:
            continue  # The key is inside a value that the schema does not describe.
        pointer = "#/properties/" + rename.new.replace(".", "/properties/")
        validator = jsonschema_rs.Draft7Validator({"$ref": pointer, **schema})
        for old, new in rename.values:
            if not validator.is_valid(new):
                cause = f"{rename.new} does not accept {as_text(new)}, the new value for {old} of {rename.old}."
                yield Problem(rename.file, rename.line, cause, "Correct the mapping.")


def _wrong_defaults(schema: Mapping[str, Any], values: Values) -> Iterable[Problem]:
    lines = {key.path: key.line for key in values.all_keys()}
    try:
        # Helm uses Go's regular expressions, which have no look-around; neither have these.
        validator = jsonschema_rs.Draft7Validator(dict(schema), pattern_options=jsonschema_rs.RegexOptions())
    except jsonschema_rs.ValidationError as invalid:
        yield Problem(values.file, None, f"the schema is invalid: {invalid.message}.", "Correct the annotation.")
        return
    for error in validator.iter_errors(dict(values.defaults)):
        path = ".".join(str(part) for part in error.instance_path)
        known = max((known for known in lines if f"{path}.".startswith(f"{known}.")), key=len, default="")
        yield Problem(
            values.file,
            lines.get(known),
            f"{path}: the schema rejects the default: {error.message}.",
            "Correct the default or the annotation.",
        )
