"""Building of the schema, and errors of annotations and defaults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from charttool import kubernetes, schema
from charttool.annotations import Translator, shared_definitions
from charttool.problems import ChartError
from tests.charttool.sample import VALUES, built, message_of, read


def property_of(folder: Path, mark: str, default: str) -> Any:
    part = built(folder, f"# A.\n{mark}\na: {default}\n" if mark else f"# A.\na: {default}\n")["properties"]["a"]
    assert part.pop("description") == "A."
    return part


def refusal(folder: Path, values: str) -> str:
    with pytest.raises(ChartError) as caught:
        built(folder, values)
    return message_of(caught.value, folder)


@pytest.mark.parametrize(
    ("mark", "default", "expected"),
    [
        ("", "true", {"type": "boolean"}),
        ("", "1", {"type": "integer"}),
        ("", "1.5", {"type": "number"}),
        ("", "text", {"type": "string"}),
        ("# @schema {minimum: 1}", "1", {"type": "integer", "minimum": 1}),
        ("# @schema {enum: [a, b]}", "a", {"enum": ["a", "b"]}),
        ("# @schema {enum: [a, b], nullable: true}", "a", {"enum": ["a", "b", None]}),
        ("# @schema {type: [integer, 'null'], minimum: 1}", "null", {"type": ["integer", "null"], "minimum": 1}),
        ("# @schema {type: integer, nullable: true}", "null", {"type": ["integer", "null"]}),
        ("# @schema {minimum: 0, nullable: true}", "3", {"type": ["integer", "null"], "minimum": 0}),
        ("# @schema {$ref: port}", "80", {"$ref": "#/definitions/port"}),
        (
            "# @schema {$ref: port, nullable: true}",
            "null",
            {"type": ["integer", "null"], "minimum": 1, "maximum": 65535},
        ),
        ("# @schema {$ref: port, maximum: 90}", "80", {"type": "integer", "minimum": 1, "maximum": 90}),
        ("# @schema {items: true}", "[]", {"type": "array", "items": True}),
        ("# @schema {items: {type: string}}", "[a]", {"type": "array", "items": {"type": "string"}}),
        (
            "# @schema {properties: {b: {description: B., type: string}}}",
            "{}",
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {"b": {"description": "B.", "type": "string"}},
            },
        ),
        (
            "# @schema {additionalProperties: {type: string}}",
            "{}",
            {"type": "object", "additionalProperties": {"type": "string"}},
        ),
        (
            "# @schema {anyOf: [{$ref: port}, {type: string}], nullable: true}",
            "80",
            {"anyOf": [{"$ref": "#/definitions/port"}, {"type": "string"}, {"type": "null"}]},
        ),
        ("# @schema {kubernetes: core.v1.Affinity}", "{}", {"$ref": "#/definitions/core.v1.Affinity"}),
        ("# @schema {kubernetes: core.v1.Affinity, nullable: true}", "{}", {"$ref": "#/definitions/core.v1.Affinity"}),
        ("# @schema {kubernetes: util.intstr.IntOrString}", "1", {"type": ["string", "integer"]}),
        (
            "# @schema {items: {kubernetes: core.v1.EnvVar}}",
            "[]",
            {"type": "array", "items": {"$ref": "#/definitions/core.v1.EnvVar"}},
        ),
        (
            "# @schema {type: object, nullable: true, additionalProperties: true}",
            "null",
            {"type": ["object", "null"], "additionalProperties": True},
        ),
    ],
)
def test_a_key_becomes_a_property(tmp_path: Path, mark: str, default: str, expected: Any) -> None:
    assert property_of(tmp_path, mark, default) == expected


def test_contains_only_referenced_definitions(tmp_path: Path) -> None:
    assert set(built(tmp_path, "# A.\n# @schema {$ref: port}\na: 1\n")["definitions"]) == {"port"}


def test_root_accepts_only_anchors_and_umbrella_keys(tmp_path: Path) -> None:
    result = built(tmp_path, "# G.\nglobal:\n  # A.\n  a: 1\n")
    assert result["additionalProperties"] is False
    assert set(result["patternProperties"]) == {"^x-"}
    assert result["properties"]["global"]["additionalProperties"] is True
    assert result["properties"]["global"]["properties"]["a"] == {"description": "A.", "type": "integer"}
    assert result["properties"]["enabled"]["type"] == "boolean"


def test_list_items_may_override_sections(tmp_path: Path) -> None:
    entries = built(tmp_path, VALUES)["properties"]["versions"]["items"]
    assert entries == {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {"description": "Name of the version.", "type": "string"},
            "image": {"$ref": "#/properties/image"},
            "replicas": {"$ref": "#/properties/replicas"},
        },
    }


def test_requires_no_key_because_helm_removes_keys_that_are_null(tmp_path: Path) -> None:
    result = built(tmp_path, VALUES)
    assert "required" not in result
    assert "required" not in result["properties"]["image"]


def test_renders_one_definition_per_line(tmp_path: Path) -> None:
    text = schema.render(built(tmp_path, VALUES))
    assert json.loads(text) == built(tmp_path, VALUES)
    assert '\n    "core.v1.ResourceClaim": {"properties":{"name":{"type":"string"}' in text
    assert text.endswith("}\n  }\n}\n")


def test_renders_a_schema_without_definitions(tmp_path: Path) -> None:
    result = built(tmp_path, "# A.\na: 1\n")
    assert json.loads(schema.render(result)) == result


@pytest.mark.parametrize("name", sorted(shared_definitions()))
def test_shared_definitions_are_described_and_valid(name: str) -> None:
    assert shared_definitions()[name]["description"]
    translator = Translator(set())
    translated = {**translator.value({"$ref": name}), "definitions": translator.used}
    jsonschema_rs.Draft7Validator(translated, pattern_options=jsonschema_rs.RegexOptions())


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("port", [1, 65535], [0, 65536, "80"]),
        ("dnsLabel", ["a", "a-1"], ["", "A", "-a", "a.b", "a" * 64]),
        ("dnsLabelOrEmpty", ["", "a"], ["a.b"]),
        ("objectName", ["a.b"], ["", "a_b", "a" * 254]),
        ("hostName", ["a", "*.a.b", "a-1.org"], ["", "a_b", "*", "a..b", "https://a"]),
        ("labels", [{}, {"a.b/c": "D_1"}, {"a": ""}], [{"a": 1}, {"a": "b c"}, {"a": "b" * 64}, {"a/b/c": "d"}]),
        ("annotations", [{"a.b/c": "d e"}], [{"a": True}, {"a b": "c"}]),
        ("imageRegistry", ["", "a.b:5001/c"], ["a/"]),
        ("imageRepository", ["a/b"], ["", "A", "/a", "a/"]),
        ("imageTag", ["", "v1.2"], ["a:b", "-a"]),
        ("imageDigest", ["", "sha256:" + "0" * 64], ["sha256:0"]),
        ("pullPolicy", ["Never"], ["never", ""]),
        ("pullSecrets", [[], [{"name": "a"}]], [["a"], [{}], [{"name": "a", "b": 1}]]),
        ("intOrPercent", [0, "25%"], [-1, "half", "1"]),
        ("quantity", ["500m", "1.5Gi", 2, "1e3", "0"], ["", "1GB", "-1", -1, "1 Gi"]),
        ("duration", ["30s", "1h30m", "500ms", "1.5s"], ["", "30", "1d"]),
        ("durationOrEmpty", ["", "30s"], ["30"]),
        ("absolutePath", ["/a"], ["", "/", "a"]),
        ("relativePathOrEmpty", ["", "a/b"], ["/a"]),
        ("secretData", [{"a.b_c-d": "e"}], [{"a b": "c"}, {"a": 1}]),
        ("networkRange", ["10.0.0.0/8", "fd00::/8"], ["10.0.0.0", "a"]),
    ],
)
def test_a_shared_definition_tells_right_from_wrong(name: str, right: list[Any], wrong: list[Any]) -> None:
    translator = Translator(set())
    validator = jsonschema_rs.Draft7Validator({**translator.value({"$ref": name}), "definitions": translator.used})
    assert [value for value in right if not validator.is_valid(value)] == []
    assert [value for value in wrong if validator.is_valid(value)] == []


def test_kubernetes_types_are_closed_without_texts_and_bring_what_they_need() -> None:
    reference, needed = kubernetes.type_and_reachable("core.v1.Affinity")
    assert reference == {"$ref": "#/definitions/core.v1.Affinity"}
    assert needed["core.v1.Affinity"]["additionalProperties"] is False
    assert "core.v1.NodeSelectorTerm" in needed
    text = json.dumps(needed)
    assert all(word not in text for word in ('"description": "', '"x-kubernetes', '"format"', "_definitions.json"))


def test_a_type_that_reaches_itself_ends() -> None:
    _, needed = kubernetes.type_and_reachable("apiextensions.v1.JSONSchemaProps")
    assert "apiextensions.v1.JSONSchemaProps" in needed


@pytest.mark.parametrize(
    ("mark", "default", "message"),
    [
        ("", "null", "the default null does not determine the type.\n  remedy: Add a @schema annotation."),
        ("", "[]", "the default [] does not determine the type.\n  remedy: Add a @schema annotation."),
        ("", "{}", "the default {} does not determine the type.\n  remedy: Add a @schema annotation."),
        (
            "# @schema {nullable: true}",
            "null",
            "the annotation has no type.\n  remedy: Add `type: …` or a $ref.",
        ),
        (
            "# @schema {minimun: 1}",
            "1",
            "unknown keyword minimun; did you mean minimum?\n"
            "  remedy: Use a keyword of draft-07, or $ref, kubernetes, crd, patch, nullable or sections.",
        ),
        (
            "# @schema {items: {zzz: 1}}",
            "[]",
            "unknown keyword zzz.\n"
            "  remedy: Use a keyword of draft-07, or $ref, kubernetes, crd, patch, nullable or sections.",
        ),
        (
            "# @schema {$ref: prot}",
            "1",
            "unknown definition prot; did you mean port?\n"
            "  remedy: Use a definition of charttool/definitions.yaml, or add one.",
        ),
        (
            "# @schema {kubernetes: core.v1.Afinity}",
            "{}",
            f"Kubernetes {kubernetes.newest_version()} has no type core.v1.Afinity; did you mean core.v1.Affinity?\n"
            "  remedy: Use a name such as core.v1.Affinity: group, version and type.",
        ),
        (
            "# @schema {kubernetes: core.v1.Affinity, minProperties: 1}",
            "{}",
            "minProperties has no effect next to kubernetes.\n  remedy: Remove it, or write the schema by hand.",
        ),
        (
            "# @schema {type: array}",
            "[]",
            "a list without items.\n  remedy: Describe its items; `items: true` accepts anything.",
        ),
        (
            "# @schema {type: object}",
            "{}",
            "an object without properties.\n  remedy: Set properties, additionalProperties or kubernetes.",
        ),
        (
            "# @schema {items: {properties: {b: {type: string}}}}",
            "[]",
            "the property b has no description.\n  remedy: Add `description: …`.",
        ),
        (
            "# @schema {items: {properties: {b: {description: B.}}}}",
            "[]",
            "the annotation has no type.\n  remedy: Add `type: …` or a $ref.",
        ),
        (
            "# @schema {items: {sections: [b]}}",
            "[]",
            "the section b is not a top-level key.\n  remedy: List top-level keys, each once.",
        ),
        (
            "# @schema {items: {sections: [a], properties: {a: {description: A., type: string}}}}",
            "[]",
            "the section a is also declared as a property.\n  remedy: List top-level keys, each once.",
        ),
        (
            "# @schema {description: B.}",
            "1",
            "the annotation of a key cannot have a description.\n  remedy: Write it as the comment above the key.",
        ),
        (
            "# @schema {type: strng}",
            "1",
            'the annotation is not a valid schema: "strng" is not valid under any of the schemas listed in the '
            "'anyOf' keyword.\n"
            "  remedy: Correct the annotation.",
        ),
        (
            "# @schema {type: integer}",
            "null",
            'the schema rejects the default: null is not of type "integer".\n'
            "  remedy: Correct the default or the annotation.",
        ),
        (
            "# @schema {maximum: 2}",
            "3",
            "the schema rejects the default: 3 is greater than the maximum of 2.\n"
            "  remedy: Correct the default or the annotation.",
        ),
    ],
)
def test_invalid_annotation_is_reported_with_a_remedy(tmp_path: Path, mark: str, default: str, message: str) -> None:
    comment = f"# A.\n{mark}\n" if mark else "# A.\n"
    line = comment.count("\n") + 1
    assert refusal(tmp_path, f"{comment}a: {default}\n") == f"values.yaml:{line}: a: {message}"


def test_wrong_default_is_reported_with_its_path(tmp_path: Path) -> None:
    values = "# A.\na:\n  # B.\n  # @schema {items: {type: string}}\n  b: [1]\n"
    assert refusal(tmp_path, values) == (
        'values.yaml:5: a.b.0: the schema rejects the default: 1 is not of type "string".\n'
        "  remedy: Correct the default or the annotation."
    )


def test_rejects_a_pattern_that_helm_cannot_compile(tmp_path: Path) -> None:
    message = refusal(tmp_path, "# A.\n# @schema {pattern: '^(?!b)'}\na: c\n")
    assert message.startswith("values.yaml: the schema is invalid: ")
    assert message.endswith("\n  remedy: Correct the annotation.")


def test_conditions_need_no_type_and_stay_open(tmp_path: Path) -> None:
    mark = "# @schema {if: {properties: {b: {const: x}}}, else: {required: [c]}, additionalProperties: true}"
    part = property_of(tmp_path, mark, "{}")
    assert part["if"] == {"properties": {"b": {"const": "x"}}}
    assert part["else"] == {"required": ["c"]}


def test_all_invalid_annotations_are_reported_together(tmp_path: Path) -> None:
    assert refusal(tmp_path, "# A.\na: null\n# B.\nb: []\n").count("Add a @schema annotation.") == 2


def test_keeps_the_order_of_keys(tmp_path: Path) -> None:
    keys = [key.name for key in read(tmp_path, VALUES).keys]
    assert list(built(tmp_path, VALUES)["properties"]) == [*keys, "global", "enabled"]


def test_a_volume_has_no_plugin_that_kubernetes_has_removed() -> None:
    _, needed = kubernetes.type_and_reachable("core.v1.Volume")
    fields = needed["core.v1.Volume"]["properties"].keys()
    assert {"configMap", "csi", "nfs"} <= fields
    assert fields.isdisjoint({"cephfs", "glusterfs", "rbd"})


def test_the_template_of_a_claim_has_only_the_metadata_that_the_api_server_accepts() -> None:
    _, needed = kubernetes.type_and_reachable("core.v1.PersistentVolumeClaimTemplate")
    assert needed["meta.v1.ObjectMeta"]["properties"].keys() == {"annotations", "labels"}
