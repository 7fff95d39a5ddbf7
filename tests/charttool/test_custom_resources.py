"""Parts of custom resources in annotations, and the file that stores them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from charttool import custom_resources
from charttool.annotations import AnnotationError, Translator
from charttool.chart import charts
from tests.charttool import sample

MATCH = "HTTPRoute.spec.rules[].matches[]"


def test_a_part_is_closed_and_shared() -> None:
    translator = Translator(set())
    assert translator.value({"crd": MATCH}) == {"$ref": "#/definitions/HTTPRoute.spec.rules.matches"}
    schema = translator.used["HTTPRoute.spec.rules.matches"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["path"]["additionalProperties"] is False


def test_a_required_field_is_required_only_if_the_part_is_set(tmp_path: Path) -> None:
    built = sample.built(tmp_path, '# F.\n# @schema {crd: "ScaledObject.spec.fallback"}\nfallback: {}\n')
    fallback = built["properties"]["fallback"]
    assert fallback["if"] == {"minProperties": 1}
    assert fallback["then"] == {"$ref": "#/definitions/ScaledObject.spec.fallback"}


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ({"crd": "HTTPRoute.spec.rule"}, "custom_resources.json has no schema of HTTPRoute.spec.rule"),
        ({"crd": MATCH, "minItems": 1}, "minItems has no effect next to crd."),
    ],
)
def test_reports_an_unknown_part_and_siblings(annotation: dict[str, object], message: str) -> None:
    with pytest.raises(AnnotationError) as caught:
        Translator(set()).value(annotation)
    assert message in str(caught.value)


def test_the_stored_parts_are_those_of_the_pinned_definitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = [part for chart in charts() for part in chart.custom_resources()]
    stored = json.loads(custom_resources.STORE.read_text(encoding="utf-8"))
    monkeypatch.setattr(custom_resources, "STORE", tmp_path / "custom_resources.json")
    custom_resources.STORE.write_text("{}", encoding="utf-8")
    custom_resources._stored.cache_clear()
    custom_resources.update(needed)
    read_again = json.loads(custom_resources.STORE.read_text(encoding="utf-8"))
    monkeypatch.undo()
    custom_resources._stored.cache_clear()
    assert read_again == stored, "run `python -m charttool generate`"


def test_a_part_from_another_version_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"from": "gateway-api 0.0.1", "schema": {}}
    monkeypatch.setattr(custom_resources, "_stored", lambda: {MATCH: entry})
    with pytest.raises(custom_resources.UnknownPartError, match="from the pinned version"):
        custom_resources.part(MATCH)
