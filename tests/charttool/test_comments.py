"""Parsing of values.yaml, and its errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from charttool.problems import ChartError
from tests.charttool.sample import VALUES, message_of, read


def refusal(folder: Path, values: str) -> str:
    with pytest.raises(ChartError) as caught:
        read(folder, values)
    return message_of(caught.value, folder)


def test_keys_have_path_description_section_default_and_line(tmp_path: Path) -> None:
    keys = {key.path: key for key in read(tmp_path, VALUES).all_keys()}
    assert list(keys) == ["image", "image.tag", "replicas", "resources", "hosts", "versions"]
    tag = keys["image.tag"]
    assert tag.name == "tag"
    assert tag.description == "Tag; empty means the chart's appVersion."
    assert tag.annotation == {"$ref": "imageTag"}
    assert (tag.default, tag.section, tag.line) == ("", "Image", 7)
    assert keys["hosts"].annotation == {
        "items": {
            "required": ["host"],
            "properties": {"host": {"description": "Name of the host.", "$ref": "hostName"}},
        }
    }
    assert keys["image"].annotation is None
    assert keys["replicas"].section == "Pods"


def test_description_continues_after_the_annotation(tmp_path: Path) -> None:
    (key,) = read(tmp_path, "# One.\n# Two.\n# @schema {minimum: 1}\n#\n# Three.\na: 1\n").keys
    assert key.description == "One. Two. Three."
    assert key.annotation == {"minimum": 1}


def test_annotation_in_braces_may_span_lines(tmp_path: Path) -> None:
    (key,) = read(tmp_path, "# One.\n# @schema {minimum: 1,\n#   maximum: 2}\na: 1\n").keys
    assert key.annotation == {"minimum": 1, "maximum": 2}


def test_blank_line_detaches_a_comment(tmp_path: Path) -> None:
    (key,) = read(tmp_path, "# About the file.\n\n# One.\na: 1\n").keys
    assert key.description == "One."


def test_entries_of_an_opaque_map_are_not_keys(tmp_path: Path) -> None:
    values = "# A.\n# @schema {additionalProperties: {type: string}}\na:\n  b: c\n"
    assert [key.path for key in read(tmp_path, values).all_keys()] == ["a"]


def test_top_level_anchors_are_not_keys(tmp_path: Path) -> None:
    values = "x-shared: &shared 1\n# A.\na: *shared\n"
    assert [(key.path, key.default) for key in read(tmp_path, values).all_keys()] == [("a", 1)]


@pytest.mark.parametrize("text", ["|\n  # Text.", '"\n\n  # Text."', "[\n  # Comment within.\n  1]"])
def test_hash_inside_a_value_is_not_a_comment(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, f"# A.\n# @schema {{items: {{}}}}\na: {text}\nb: 1\n") == (
        f"values.yaml:{4 + text.count(chr(10))}: b has no description.\n"
        "  remedy: Describe it in a comment right above the key."
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            "# A.\na:\n  b: 1\n",
            "values.yaml:3: a.b has no description.\n  remedy: Describe it in a comment right above the key.",
        ),
        (
            "# A.\n# @schema minimum 1\na: 1\n",
            "values.yaml:2: @schema is not followed by a YAML mapping.\n"
            "  remedy: Write `# @schema {type: string}`, or indent the mapping on the comment lines below.",
        ),
        (
            "# A.\n# @schema {minimum: 1\na: 1\n",
            "values.yaml:2: @schema is not followed by a YAML mapping.\n"
            "  remedy: Write `# @schema {type: string}`, or indent the mapping on the comment lines below.",
        ),
        (
            "# A.\n# @schema {minimum: 1}\n# @schema {maximum: 2}\na: 1\n",
            "values.yaml:3: second @schema annotation for the same key.\n  remedy: Merge the two mappings.",
        ),
        ("# A.\n# @shema {}\na: 1\n", "values.yaml:2: unknown annotation @shema.\n  remedy: Use @schema or @section."),
        (
            "# A.\na:\n  # @section Inner\n  # B.\n  b: 1\n",
            "values.yaml:3: @section needs a name and must not be indented.\n"
            "  remedy: Write `# @section NAME` at the top level.",
        ),
        (
            "# @section\n# A.\na: 1\n",
            "values.yaml:1: @section needs a name and must not be indented.\n"
            "  remedy: Write `# @section NAME` at the top level.",
        ),
        (
            "# A.\na_b: 1\n",
            "values.yaml:2: the key a_b must be in camelCase.\n  remedy: Use letters and digits only.",
        ),
        ("# A.\na: 1\n# A.\na: 2\n", "values.yaml:4: duplicate key a, first on line 2.\n  remedy: Keep one of them."),
        ("- 1\n", "values.yaml:1: the file must be a mapping.\n  remedy: Write the values as keys of one mapping."),
        ("", "values.yaml:1: the file must be a mapping.\n  remedy: Write the values as keys of one mapping."),
        (
            "# A.\na: b: c\n",
            "values.yaml:2: invalid YAML: mapping values are not allowed in this context.\n  remedy: Correct the line.",
        ),
    ],
)
def test_errors_have_line_and_remedy(tmp_path: Path, values: str, message: str) -> None:
    assert refusal(tmp_path, values) == message


def test_all_errors_are_reported_together(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: 1\nb: 2\n").count("has no description") == 2
