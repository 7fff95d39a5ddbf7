"""Puts ``values.schema.json`` together: from the keys of a values file, their defaults and their marks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jsonschema_rs

from charttool.comments import Key, Values
from charttool.kubernetes import Schema
from charttool.marks import MarkError, Translator, type_of
from charttool.problems import ContractError, Problem
from charttool.renames import Rename, as_text

# What an umbrella chart hands down to every chart below it.
UMBRELLAS = {
    "global": ("Settings that an umbrella chart shares between its charts.", "object"),
    "enabled": ("Read by an umbrella chart that switches this chart on and off; without a meaning here.", "boolean"),
}
# Not among the properties: an entry of a list that takes a section over says only what is different.
COMPLETE = "Helm takes out a key whose value is null. No template can do without one that does not admit null."


def build(chart: str, values: Values, renames: Sequence[Rename] = ()) -> Schema:
    """The schema of a chart's values; raises ContractError with every mark that cannot be, and every wrong default."""
    builder = _Builder(values)
    properties = builder.properties(values.keys)
    for name, (description, kind) in UMBRELLAS.items():
        properties.setdefault(name, {"description": description, "type": kind})
    if builder.problems:
        raise ContractError(builder.problems)
    for rename in renames:
        _admit(rename, properties)
    schema: Schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Written by `python -m charttool generate` from values.yaml: change that.",
        "title": f"Values of the chart {chart}",
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {"^x-": {"description": "Room for YAML anchors."}},
        "properties": properties,
        "allOf": [],
        "definitions": dict(sorted(builder.translator.used.items())),
    }
    schema["allOf"].append({"$comment": COMPLETE, **_complete(values.keys, properties, schema)})
    wrong = [*_wrong_defaults(schema, values), *_wrong_mappings(schema, values, renames)]
    if wrong:
        raise ContractError(wrong)
    return schema


def written(schema: Schema) -> str:
    """The schema as a file: the values for people, the definitions one a line."""
    outer = json.dumps({**schema, "definitions": {}}, indent=2, ensure_ascii=False)
    definitions = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(definition, separators=(',', ':'), ensure_ascii=False)}"
        for name, definition in schema["definitions"].items()
    )
    body = f"{{\n{definitions}\n  }}" if definitions else "{}"
    return outer.removesuffix("{}\n}") + body + "\n}\n"


def _complete(keys: Iterable[Key], properties: Mapping[str, Schema], root: Schema) -> Schema:
    """That every key is there, on all levels, but for those that admit null."""
    own = {key.name: key for key in keys if key.path not in UMBRELLAS}
    needed = [name for name in own if not _admits_null(properties[name], root)]
    below = {
        name: _complete(key.children, properties[name]["properties"], root) for name, key in own.items() if key.children
    }
    return {"required": needed} | ({"properties": below} if below else {})


def _admits_null(schema: Schema, root: Schema) -> bool:
    """Whether a part of a schema admits null; the rest is there for what the part refers to."""
    # What most parts say by themselves. Otherwise the whole schema is made ready, for that one answer.
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
        except MarkError as error:
            self._problem(key, error.cause, error.remedy)
        except jsonschema_rs.ValidationError as error:
            self._problem(key, f"the mark is no schema: {error.message}.", "Correct the mark.")
        else:
            # A shared definition that is put in place brings its own description; the key's is nearer.
            return {"description": key.description, **schema} | {"description": key.description}
        return {}

    def _object(self, key: Key) -> Schema:
        """A key with keys below it. Only `global` is open: an umbrella keeps there what it likes."""
        words = {word: value for word, value in (key.mark or {}).items() if word != "nullable"}
        shell = self.translator.value({**words, "additionalProperties": key.path == "global"}, "object")
        if (key.mark or {}).get("nullable"):
            shell["type"] = ["object", "null"]
        return {**shell, "properties": self.properties(key.children)}

    def _leaf(self, key: Key) -> Schema:
        mark = key.mark or {}
        if "description" in mark:
            raise MarkError("a description in the mark of a key.", "Write it as the comment above the key.")
        if not mark and key.default in (None, [], {}):
            default = json.dumps(key.default)
            raise MarkError(f"a default of {default} does not say what else may be there.", "Add a @schema mark.")
        return self.translator.value(mark, type_of(key.default))

    def _problem(self, key: Key, cause: str, remedy: str) -> None:
        self.problems.append(Problem(self._file, key.line, f"{key.path}: {cause}", remedy))


def _admit(rename: Rename, properties: dict[str, Schema]) -> None:
    """Let the old key pass, with any value: the chart says itself what it is called now, and better."""
    *above, name = rename.old.split(".")
    for part in above:
        empty = {"description": "Holds renamed values only.", "type": "object", "additionalProperties": False}
        properties = properties.setdefault(part, {**empty, "properties": {}})["properties"]
    properties[name] = {"description": f"Renamed: see {rename.new}."}


def _wrong_mappings(schema: Schema, values: Values, renames: Iterable[Rename]) -> Iterable[Problem]:
    """A renamed key's new values must be ones that the key may have."""
    keys = {key.path for key in values.all_keys()}
    for rename in renames:
        if rename.new not in keys:
            continue  # It is within a value that the schema does not go into.
        pointer = "#/properties/" + rename.new.replace(".", "/properties/")
        validator = jsonschema_rs.Draft7Validator({"$ref": pointer, **schema})
        for old, new in rename.values:
            if not validator.is_valid(new):
                cause = f"{as_text(new)}, which stands for {old} of {rename.old}, is no value of {rename.new}."
                yield Problem(rename.file, rename.line, cause, "Correct the mapping.")


def _wrong_defaults(schema: Mapping[str, Any], values: Values) -> Iterable[Problem]:
    lines = {key.path: key.line for key in values.all_keys()}
    try:
        # Go's regular expressions, which Helm uses, have no look-around either.
        validator = jsonschema_rs.Draft7Validator(dict(schema), pattern_options=jsonschema_rs.RegexOptions())
    except jsonschema_rs.ValidationError as error:
        yield Problem(values.file, None, f"the schema cannot be used: {error.message}.", "Correct the mark.")
        return
    for wrong in validator.iter_errors(dict(values.defaults)):
        path = ".".join(str(part) for part in wrong.instance_path)
        known = max((known for known in lines if f"{path}.".startswith(f"{known}.")), key=len, default="")
        yield Problem(
            values.file,
            lines.get(known),
            f"{path}: its own schema refuses the default: {wrong.message}.",
            "Correct the default or the mark.",
        )
