"""Parsing of renderings: as Kubernetes does, but duplicate keys are errors."""

from __future__ import annotations

import textwrap

import pytest

from tests.harness import yaml_documents
from tests.harness.yaml_documents import parse, read, refuse_duplicates


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("{a: 1, b: 2, a: 3}", "a"),
        ("a: 1\nb:\n  c: 1\n  'c': 2\n", "c"),
        ("- a: 1\n- a: {b: 1, c: [{d: 1}, {d: 1, d: 2}]}\n", "d"),
        ("1: a\n'1': b\n", "1"),
        ("a: &x {b: 1}\nc: *x\na: 2\n", "a"),
    ],
)
def test_a_duplicate_key_is_refused_at_any_depth(text: str, key: str) -> None:
    for refusing in (refuse_duplicates, lambda text: read(f"top:\n{textwrap.indent(text, '  ')}")):
        with pytest.raises(ValueError, match=f"duplicate key '{key}': the parser would drop one of the two"):
            refusing(text)


def test_an_alias_does_not_hide_a_duplicate_key() -> None:
    with pytest.raises(ValueError, match="duplicate key 'c'"):
        read("{a: &x {b: 1}, d: {<<: *x}, c: 1, c: {e: 1}}")


@pytest.mark.parametrize(
    "text",
    [
        "a: {a: {a: [a, a, {a: a}]}}",
        "- {a: 1}\n- {a: 1}\n",
        "a: &x {b: 1}\nc: *x\nd: *x\n",
        "{[a, a]: 1, {b: b}: 2}",
        "",
    ],
)
def test_equal_keys_in_different_mappings_are_accepted(text: str) -> None:
    refuse_duplicates(text)


def test_equal_texts_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_documents, "_parsed", {})
    first = read("{a: 1}")
    monkeypatch.setattr(yaml_documents, "read_yaml", None)
    assert read("{a: 1}") is first


def test_any_document_can_be_parsed() -> None:
    assert parse("[1, {a: b}]") == [1, {"a": "b"}]
    assert parse("# nothing\n") is None
