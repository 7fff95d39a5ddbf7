"""Entries are moved within the text of a file, and the rest of the text stays unchanged."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
import yaml

from charttool import yaml_edit


def moved(text: str, old: str, new: str, value: Any = yaml_edit.MISSING) -> str:
    path = tuple(old.split("."))
    there = yaml_edit.lookup(yaml.safe_load(text), path)
    return yaml_edit.move(text, path, tuple(new.split(".")), there if value is yaml_edit.MISSING else value)


@pytest.mark.parametrize(
    ("case", "before", "old", "new", "after"),
    [
        ("a new name in the same map", "a: 1 # one\nb: 2\n", "a", "c", "c: 1 # one\nb: 2\n"),
        ("quotes stay", "'a': \"1\"\n", "a", "c", "'c': \"1\"\n"),
        (
            "comments above and behind go along",
            "x: 0\n\n# A,\n# a.\na: 1 # one\n# B.\nb:\n  y: 2\n",
            "a",
            "b.a",
            "x: 0\n\n# B.\nb:\n  y: 2\n  # A,\n  # a.\n  a: 1 # one\n",
        ),
        (
            "a comment of another depth stays",
            "x:\n  y: 1\n  # About x.\na: 1\nb: {}\n",
            "a",
            "b.a",
            "x:\n  y: 1\n  # About x.\nb:\n  a: 1\n",
        ),
        ("a map that is missing is made in its place", "a: 1\nz: 2\n", "a", "b.c.a", "b:\n  c:\n    a: 1\nz: 2\n"),
        (
            "a map that is empty then goes, its comment goes along",
            "# Old.\nold:\n  # A.\n  a: 1\nz: 2\n",
            "old.a",
            "new.a",
            "new:\n  # Old.\n  # A.\n  a: 1\nz: 2\n",
        ),
        ("a map with something left stays", "old:\n  a: 1\n  b: 2\n", "old.a", "n.a", "old:\n  b: 2\nn:\n  a: 1\n"),
        (
            "a block is reindented",
            "a:\n    - b:\n        c\n    # d\n\n    - e\nn:\n    x: 1\n",
            "a",
            "n.a",
            "n:\n    x: 1\n    a:\n        - b:\n            c\n        # d\n\n        - e\n",
        ),
        ("a list as deep as its key", "a:\n- b\n- c\nn: {}\n", "a", "n.a", "n:\n  a:\n  - b\n  - c\n"),
        (
            "a long text",
            "a: |\n  # one\n\n  two\n\n# N.\nn:\n  x: 1\n",
            "a",
            "n.a",
            "\n# N.\nn:\n  x: 1\n  a: |\n    # one\n\n    two\n",
        ),
        ("a key without a value", "a: 1\nn:\nz: 2\n", "a", "n.a", "n:\n  a: 1\nz: 2\n"),
        ("a null value", "a:\nn: {x: 1}\n", "a", "b", "b:\nn: {x: 1}\n"),
        ("out of braces", "o: {a: 1, b: 2}\nn:\n  x: 1\n", "o.a", "n.a", "o: {b: 2}\nn:\n  x: 1\n  a: 1\n"),
        ("the last in braces", "o: {a: 1, b: 2}\nn:\n  x: 1\n", "o.b", "n.b", "o: {a: 1}\nn:\n  x: 1\n  b: 2\n"),
        ("the only one in braces", "o: {a: 1}\nn:\n  x: 1\n", "o.a", "n.a", "n:\n  x: 1\n  a: 1\n"),
        ("into braces", "a: [1, 2]\nn: {x: 1}\n", "a", "n.a", "n: {x: 1, a: [1, 2]}\n"),
        ("a block into braces", "a:\n  - 1\nn: {x: 1}\n", "a", "n.b.a", "n: {x: 1, b: {a: [1]}}\n"),
        ("JSON", '{"a": "1", "n": {"x": 2}}\n', "a", "n.a", '{"n": {"x": 2, "a": "1"}}\n'),
        ("JSON, into a map that is missing", '{"a": "1", "z": 2}\n', "a", "n.a", '{"z": 2, "n": {"a": "1"}}\n'),
        ("the only entry of a file", "# A.\na: 1\n", "a", "n.a", "n:\n  # A.\n  a: 1\n"),
        ("a file without a last line end", "a: 1\nn:\n  x: 1", "a", "n.a", "n:\n  x: 1\n  a: 1"),
        ("line ends of Windows", "a: 1\r\nn:\r\n  x: 1\r\n", "a", "n.b.a", "n:\r\n  x: 1\r\n  b:\r\n    a: 1\r\n"),
        ("an unused anchor", "a: &a 1\nn:\n  x: 1\n", "a", "n.a", "n:\n  x: 1\n  a: &a 1\n"),
        ("an alias", "x: &x {y: 1}\na: *x # x\nn:\n  z: 1\n", "a", "n.a", "x: &x {y: 1}\nn:\n  z: 1\n  a: *x # x\n"),
        ("letters of any alphabet", "# ä\n😀: ü\na: ö\nn:\n  x: 1\n", "a", "n.a", "# ä\n😀: ü\nn:\n  x: 1\n  a: ö\n"),
        ("deeper into its own map", "o:\n  a: 1\n  b: 2\n", "o.a", "o.n.a", "o:\n  n:\n    a: 1\n  b: 2\n"),
        ("out of a map into the one around it", "o:\n  p:\n    a: 1\n", "o.p.a", "o.b", "o:\n  b: 1\n"),
        (
            "comments of a map that goes, wherever they are",
            "# O.\no: # o\n  # Of nothing.\n\n  p: {a: 1} # p\nz: 2\n",
            "o.p.a",
            "n.a",
            "n:\n  # O.\n  # o\n  # Of nothing.\n  # p\n  a: 1\nz: 2\n",
        ),
        (
            "a hash that begins no comment",
            "a: 'b # c' # d\nn:\n  x: 1#\n",
            "a",
            "n.a",
            "n:\n  x: 1#\n  a: 'b # c' # d\n",
        ),
        ("a hash into braces", "a: 'b # c'\nn: {x: 1}\n", "a", "n.a", "n: {x: 1, a: 'b # c'}\n"),
        ("a hash out of braces", "o: {a: '# b', c: 1}\n", "o.a", "n", "o: {c: 1}\nn: '# b'\n"),
        ("a document with a beginning", "---\na: 1\n", "a", "n.a", "---\nn:\n  a: 1\n"),
    ],
)
def test_moves_an_entry(case: str, before: str, old: str, new: str, after: str) -> None:
    assert moved(before, old, new) == after, case


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("a: x # c\n", "y", "b: y # c\n"),
        ("a: 'x'\n", True, "b: true\n"),
        ("a: 1\n", "1", "b: '1'\n"),
        ("a: 1\n", True, "b: true\n"),
        ("a: [1,\n  2]\n", {"c": [1]}, "b: {c: [1]}\n"),
    ],
)
def test_moves_and_changes_a_value(before: str, value: Any, after: str) -> None:
    assert moved(before, "a", "b", value) == after


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("x: &x {a: 1}\n<<: *x\nb: 2\n", "a", "c"),
        ("x: &x\n  a: 1\no: *x\n", "o.a", "n.a"),
        ("x: &x\n  b: 1\na: 1\nn: *x\n", "a", "n.a"),
        ("a: &a 1\nb: *a\n", "a", "n.a"),
        ("a: 1\nn: &n\n  x: 1\nz: *n\n", "a", "n.a"),
        ("a: 1\nn: text\n", "a", "n.a"),
        ("a: 1\nn: [1]\n", "a", "n.a"),
        ("o: {a: 1, # why\n  b: 2}\nn: {}\n", "o.a", "n.a"),
        ("# Why.\na: 1\nn: {x: 1}\n", "a", "n.a"),
    ],
)
def test_rejects_entries_that_cannot_be_moved(text: str, old: str, new: str) -> None:
    with pytest.raises(yaml_edit.CannotMoveError):
        moved(text, old, new)


@pytest.mark.parametrize(
    ("case", "text", "value"),
    [
        ("used elsewhere, another value", "o:\n  a: &e true\nz: {e: *e}\n", "helm"),
        ("used elsewhere, in braces", "o: {a: &e true, b: 1}\nz: *e\n", "helm"),
        ("used elsewhere, a block", "o:\n  a: &e\n    b: 1\nz: *e\n", "helm"),
        ("an alias, another value", "y: &e true\no:\n  a: *e\n", "helm"),
        ("an alias in braces, another value", "y: &e true\no: {a: *e, b: 1}\n", "helm"),
        ("within the value, used elsewhere", "o:\n  a: {b: &e 1}\nz: *e\n", "helm"),
        ("the map around it is used elsewhere", "o: &o\n  a: true\n  b: 1\nz: *o\n", yaml_edit.MISSING),
        ("the map around it, in braces", "o: &o {a: true, b: 1}\nz: *o\n", yaml_edit.MISSING),
        ("the map around it has nothing else", "o: &o\n  a: true\nz: *o\n", yaml_edit.MISSING),
        ("the map around it is merged", "o: &o\n  a: true\n  b: 1\nz:\n  <<: *o\n", yaml_edit.MISSING),
        ("on the key, used elsewhere", "o:\n  &k a: 1\nz: *k\n", yaml_edit.MISSING),
        ("the key is an alias", "y: &k a\no:\n  *k : 1\n  b: 1\n", yaml_edit.MISSING),
        ("around itself", "o:\n  a: &a [*a]\n", yaml_edit.MISSING),
        ("around itself, elsewhere", "z: &z [*z]\no:\n  a: 1\n", yaml_edit.MISSING),
    ],
)
@pytest.mark.parametrize("new", ["n.a", "o.c", "c"])
def test_rejects_entries_with_remote_effects(case: str, text: str, value: Any, new: str) -> None:
    with pytest.raises(yaml_edit.CannotMoveError):
        pytest.fail(f"{case}: {moved(text, 'o.a', new, value)}")


@pytest.mark.parametrize(
    ("before", "old", "after"),
    [
        ("# A.\na: # a\nb: 1\n", "a", "b: 1\n"),
        ("# O.\no:\n  # A.\n  a: null\n", "o.a", ""),
        ("o:\n  a: ~\n  # B.\n  b: 1\n", "o.a", "o:\n  # B.\n  b: 1\n"),
        ("o: {a: null, b: 1}\n", "o.a", "o: {b: 1}\n"),
        ("{o: {a: null}}\n", "o.a", "{}\n"),
        ("x: &x\no:\n  a: *x\n  b: 1\n", "o.a", "x: &x\no:\n  b: 1\n"),
    ],
)
def test_removes_an_entry_with_its_comments(before: str, old: str, after: str) -> None:
    assert yaml_edit.remove(before, tuple(old.split("."))) == after


@pytest.mark.parametrize(
    "text",
    ["o: &o {a: null}\nz: *o\n", "o: {a: &n null}\nz: *n\n", "x: &x {a: 1}\no: {<<: *x, a: null}\n"],
)
def test_rejects_entries_that_cannot_be_removed(text: str) -> None:
    with pytest.raises(yaml_edit.CannotMoveError):
        yaml_edit.remove(text, ("o", "a"))


PARTS: tuple[str, ...] = (
    "{key}: 1 # eol {key}",
    "{key}: 'a b'",
    "{key}: |\n  # text\n  more",
    "{key}:\n- 1\n# in {key}\n- 2",
    "{key}: {{p: 1}}",
    "{key}:\n  # in {key}\n  p:\n    q: 1\n  r: [1, 2]",
    "{key}: >-\n  folded\n\n  text",
    "{key}:",
    '{key}: "a\n  b"',
)


def comments(text: str) -> list[str]:
    return sorted(match[0] for match in re.finditer("#.*", text))


@pytest.mark.parametrize("new", ["c", "d.c", "d.e.c", "f.c"])
def test_keeps_every_comment(new: str) -> None:
    for first, second in itertools.product(PARTS, PARTS[2::2]):
        entries = [first.format(key="a"), second.format(key="b"), "d:\n    x: 1"]
        text = "".join(f"# above {entry[0]}\n{entry}\n\n" for entry in entries)
        assert comments(moved(text, "a", new)) == comments(text)
