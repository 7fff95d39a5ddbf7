"""Parsing of renames.yaml, its errors, and the tables of UPGRADING.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from charttool import renames, schema, upgrading
from charttool.problems import ChartError
from charttool.renames import Rename
from tests.charttool.sample import VALUES, message_of, read

FORM = "Write {old: a.b, new: c.d, since: 0.2.0, why: A sentence.}, with values: {old: new} if the values also changed."


def renamed(folder: Path, text: str) -> tuple[Rename, ...]:
    (folder / "renames.yaml").write_text(text, encoding="utf-8")
    return renames.read(folder / "renames.yaml", read(folder, VALUES))


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ChartError) as caught:
        schema.build("sample", read(folder, VALUES), renamed(folder, text))
    return message_of(caught.value, folder)


def test_missing_file_has_no_renames(tmp_path: Path) -> None:
    assert renames.read(tmp_path / "renames.yaml", read(tmp_path, VALUES)) == ()


def test_file_of_comments_has_no_renames(tmp_path: Path) -> None:
    assert renamed(tmp_path, "# None yet.\n") == ()


def test_parses_a_rename(tmp_path: Path) -> None:
    (rename,) = renamed(
        tmp_path, "# Since the beginning.\n- {old: a, new: replicas, since: 0.2.0, why: Why., values: {true: 3}}\n"
    )
    assert (rename.old, rename.new, rename.since, rename.why, rename.line) == ("a", "replicas", "0.2.0", "Why.", 2)
    assert rename.value_now(True) == rename.value_now("true") == 3
    assert rename.value_now(None) is None


def test_new_key_may_be_inside_a_kubernetes_type(tmp_path: Path) -> None:
    assert renamed(tmp_path, "- {old: cpu, new: resources.requests.cpu, since: 0.2.0, why: Why.}\n")


def test_schema_accepts_old_keys(tmp_path: Path) -> None:
    text = "- {old: image.name, new: image.tag, since: 0.2.0, why: Why.}\n"
    text += "- {old: old.deep.key, new: replicas, since: 0.2.0, why: Why.}\n"
    properties = schema.build("sample", read(tmp_path, VALUES), renamed(tmp_path, text))["properties"]
    assert properties["image"]["properties"]["name"] == {"description": "Renamed: see image.tag."}
    assert properties["old"]["additionalProperties"] is False
    assert properties["old"]["properties"]["deep"]["properties"]["key"] == {"description": "Renamed: see replicas."}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n", f"renames.yaml:1: the file must be a list of renames.\n  remedy: {FORM}"),
        ("- a\n", f'renames.yaml:1: "a" is not a mapping.\n  remedy: {FORM}'),
        (
            "- {old: a, new: replicas, since: 0.2.0}\n",
            f"renames.yaml:1: why is missing.\n  remedy: {FORM}",
        ),
        (
            "- {old: a, new: replicas, since: 0.2.0, why: Why., because: x}\n",
            f"renames.yaml:1: unknown field because.\n  remedy: {FORM}",
        ),
        (
            "- {old: a..b, new: replicas, since: 0.2.0, why: Why.}\n",
            f'renames.yaml:1: old is "a..b", which is not a path of a value.\n  remedy: {FORM}',
        ),
        (
            "- {old: a, new: replicas, since: 0.2, why: Why.}\n",
            f"renames.yaml:1: since is 0.2, which is not a chart version.\n  remedy: {FORM}",
        ),
        (
            "- {old: a, new: replicas, since: 0.2.0, why: why}\n",
            f"renames.yaml:1: why must be a sentence that ends with a full stop.\n  remedy: {FORM}",
        ),
        (
            "- {old: a, new: replicas, since: 0.2.0, why: Why., values: [1]}\n",
            f"renames.yaml:1: values must be a mapping of old to new values.\n  remedy: {FORM}",
        ),
        (
            "- {old: a, new: replica, since: 0.2.0, why: Why.}\n",
            "renames.yaml:1: values.yaml has no key replica.\n  remedy: Correct new, or add the key.",
        ),
        (
            "- {old: image, new: replicas, since: 0.2.0, why: Why.}\n",
            "renames.yaml:1: values.yaml still has the key image.\n  remedy: Remove the key or the rename.",
        ),
        (
            "- {old: replicas.min, new: image.tag, since: 0.2.0, why: Why.}\n",
            "renames.yaml:1: replicas.min is ambiguous: replicas is a single value that may contain such a key.\n"
            "  remedy: Remove the rename, or give the value another name.",
        ),
        (
            "- {old: a, new: replicas, since: 0.2.0, why: Why.}\n- {old: a, new: hosts, since: 0.2.0, why: Why.}\n",
            "renames.yaml:2: a is renamed twice.\n  remedy: Keep one of them.",
        ),
        (
            "- {old: a, new: replicas, since: 0.2.0, why: Why.}\n- {old: a.b, new: hosts, since: 0.2.0, why: Why.}\n",
            "renames.yaml:2: a.b and a overlap.\n  remedy: Rename only one of them.",
        ),
        (
            "- {old: a, new: b, since: 0.2.0, why: Why.}\n- {old: b, new: replicas, since: 0.3.0, why: Why.}\n",
            "renames.yaml:1: b is itself renamed to replicas.\n  remedy: Set new to replicas in this entry.",
        ),
        (
            "- {old: a, new: replicas, since: 0.2.0, why: Why., values: {many: -1}}\n",
            "renames.yaml:1: replicas does not accept -1, the new value for many of a.\n  remedy: Correct the mapping.",
        ),
    ],
)
def test_errors_have_line_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    assert refusal(tmp_path, text) == message


ALL_WRONG = """\
- {old: a, new: replica, since: 0.2.0, why: why}
- {old: image, new: b..c, since: 0.2.0, why: Why.}
- {new: hostz, since: 0.2.0, why: Why.}
- {old: 1, new: a, since: 2026-01-01, why: Why., values: []}
"""


def test_all_errors_are_reported_together_by_line(tmp_path: Path) -> None:
    again = "a is itself renamed to replica.\n  remedy: Set new to replica in this entry."
    assert refusal(tmp_path, ALL_WRONG) == "\n".join(
        [
            f"renames.yaml:1: why must be a sentence that ends with a full stop.\n  remedy: {FORM}",
            "renames.yaml:1: values.yaml has no key replica.\n  remedy: Correct new, or add the key.",
            f'renames.yaml:2: new is "b..c", which is not a path of a value.\n  remedy: {FORM}',
            "renames.yaml:2: values.yaml still has the key image.\n  remedy: Remove the key or the rename.",
            f"renames.yaml:3: old is missing.\n  remedy: {FORM}",
            "renames.yaml:3: values.yaml has no key hostz.\n  remedy: Correct new, or add the key.",
            f"renames.yaml:4: old is 1, which is not a path of a value.\n  remedy: {FORM}",
            f'renames.yaml:4: since is "2026-01-01", which is not a chart version.\n  remedy: {FORM}',
            f"renames.yaml:4: values must be a mapping of old to new values.\n  remedy: {FORM}",
            f"renames.yaml:4: {again}",
        ]
    )


def test_people_read_the_newest_version_first(tmp_path: Path) -> None:
    text = "- {old: a, new: replicas, since: 0.9.0, why: One word.}\n"
    text += "- {old: b, new: image.tag, since: 0.10.0, values: {true: new, old|er: ''}, why: Two | words.}\n"
    assert (
        upgrading.tables(renamed(tmp_path, text))
        == """
### 0.10.0

| Old | New | Why |
|---|---|---|
| `b` | `image.tag`; `true` is `new`, `old\\|er` is `""` | Two \\| words. |

### 0.9.0

| Old | New | Why |
|---|---|---|
| `a` | `replicas` | One word. |

"""
    )


def test_people_are_told_that_nothing_was_renamed() -> None:
    assert upgrading.tables(()) == "\nNo value has been renamed yet.\n\n"
