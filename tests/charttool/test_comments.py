"""What is read from a values.yaml, and what is said about one that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from charttool.problems import ContractError
from tests.charttool.sample import VALUES, read, said


def refusal(folder: Path, values: str) -> str:
    with pytest.raises(ContractError) as caught:
        read(folder, values)
    return said(caught.value, folder)


def test_every_key_has_its_path_description_section_default_and_line(tmp_path: Path) -> None:
    keys = {key.path: key for key in read(tmp_path, VALUES).all_keys()}
    assert list(keys) == ["image", "image.tag", "replicas", "resources", "hosts", "versions"]
    tag = keys["image.tag"]
    assert tag.name == "tag"
    assert tag.description == "Tag; empty means the chart's appVersion."
    assert tag.mark == {"$ref": "imageTag"}
    assert (tag.default, tag.section, tag.line) == ("", "Image", 7)
    assert keys["hosts"].mark == {
        "items": {
            "required": ["host"],
            "properties": {"host": {"description": "Name of the host.", "$ref": "hostName"}},
        }
    }
    assert keys["image"].mark is None
    assert keys["replicas"].section == "Pods"


def test_a_description_may_have_several_lines_also_after_the_mark(tmp_path: Path) -> None:
    (key,) = read(tmp_path, "# One.\n# Two.\n# @schema {minimum: 1}\n#\n# Three.\na: 1\n").keys
    assert key.description == "One. Two. Three."
    assert key.mark == {"minimum": 1}


def test_a_mark_in_braces_may_go_on_on_the_next_line(tmp_path: Path) -> None:
    (key,) = read(tmp_path, "# One.\n# @schema {minimum: 1,\n#   maximum: 2}\na: 1\n").keys
    assert key.mark == {"minimum": 1, "maximum": 2}


def test_a_comment_with_a_blank_line_below_it_describes_no_key(tmp_path: Path) -> None:
    (key,) = read(tmp_path, "# About the file.\n\n# One.\na: 1\n").keys
    assert key.description == "One."


def test_what_is_below_a_marked_map_is_no_key(tmp_path: Path) -> None:
    values = "# A.\n# @schema {additionalProperties: {type: string}}\na:\n  b: c\n"
    assert [key.path for key in read(tmp_path, values).all_keys()] == ["a"]


def test_anchors_have_room_at_the_top(tmp_path: Path) -> None:
    values = "x-shared: &shared 1\n# A.\na: *shared\n"
    assert [(key.path, key.default) for key in read(tmp_path, values).all_keys()] == [("a", 1)]


@pytest.mark.parametrize("text", ["|\n  # Text.", '"\n\n  # Text."', "[\n  # Comment within.\n  1]"])
def test_a_hash_within_a_value_describes_nothing(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, f"# A.\n# @schema {{items: {{}}}}\na: {text}\nb: 1\n") == (
        f"values.yaml:{4 + text.count(chr(10))}: b has no description.\n"
        "  remedy: Say what it does, in a comment right above it."
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            "# A.\na:\n  b: 1\n",
            "values.yaml:3: a.b has no description.\n  remedy: Say what it does, in a comment right above it.",
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
            "values.yaml:3: a second @schema for the same key.\n  remedy: Make one mapping of the two.",
        ),
        ("# A.\n# @shema {}\na: 1\n", "values.yaml:2: unknown mark @shema.\n  remedy: Write @schema or @section."),
        (
            "# A.\na:\n  # @section Inner\n  # B.\n  b: 1\n",
            "values.yaml:3: @section begins no group.\n"
            "  remedy: Write `# @section NAME` at the top level, not indented.",
        ),
        (
            "# @section\n# A.\na: 1\n",
            "values.yaml:1: @section begins no group.\n"
            "  remedy: Write `# @section NAME` at the top level, not indented.",
        ),
        (
            "# A.\na_b: 1\n",
            "values.yaml:2: a_b is no name of a value.\n  remedy: Write it in camelCase: letters and digits.",
        ),
        ("# A.\na: 1\n# A.\na: 2\n", "values.yaml:4: a is there twice, first on line 2.\n  remedy: Keep one."),
        ("- 1\n", "values.yaml:1: no mapping of keys.\n  remedy: Write the values as keys of one mapping."),
        ("", "values.yaml:1: no mapping of keys.\n  remedy: Write the values as keys of one mapping."),
        (
            "# A.\na: b: c\n",
            "values.yaml:2: no YAML: mapping values are not allowed in this context.\n  remedy: Correct the line.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_a_remedy(tmp_path: Path, values: str, message: str) -> None:
    assert refusal(tmp_path, values) == message


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: 1\nb: 2\n").count("has no description") == 2
