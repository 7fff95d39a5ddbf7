"""Values that people publicly wrote or asked for, translated into values of these charts.

`public_cases.yaml` is the log: a list of

    - id: probe-with-own-ca       # name of the case
      source: OWNER/REPOSITORY#1  # issue or pull request, or OWNER/REPOSITORY and a path
      chart: monitoring           # the chart that the values are for
      case: One sentence on what the user wanted and what went wrong there.
      values: {…}                 # the smallest values of this chart that ask for the same
      outcome: rendered           # or refused
      expect: [{in: Service, at: spec.type, is: ClusterIP}]   # rendered: fields, as in tests/harness/value_effects.py
      key: service.type           # refused: the key that the message begins with
      remedy: "Set it to"         # and a part of its remedy; of a schema error, what was expected
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.charts.chart_specs import CHART_SPECS
from tests.charts.helm_errors import refusals
from tests.charts.judges import refused_by_rules, refused_by_schema, unwritten
from tests.harness import Case, render
from tests.harness.manifests import parse
from tests.harness.schemas import newest_version
from tests.harness.value_effects import difference

Entry = Mapping[str, Any]

CASES: list[Entry] = parse(Path(__file__).with_name("public_cases.yaml").read_text(encoding="utf-8"))
SPECS = {chart_spec.name: chart_spec for chart_spec in CHART_SPECS.values()}
COMMON = {"id", "source", "chart", "case", "values", "outcome"}
KEYS = {"rendered": COMMON | {"expect"}, "refused": COMMON | {"key", "remedy"}}
SOURCE = re.compile(r"[\w.-]+/[\w.-]+(#\d+| [\w./-]+)")


def given(entry: Entry) -> Case:
    """Return the case of an entry: its values, with the minimal values of the chart."""
    return SPECS[entry["chart"]].case(entry["values"])


def with_outcome(outcome: str) -> list[Any]:
    """Return the entries with an outcome, as parameters of a test."""
    return [pytest.param(entry, id=entry["id"]) for entry in CASES if entry["outcome"] == outcome]


def test_the_log_is_complete() -> None:
    assert len(CASES) >= 50
    assert {entry["chart"] for entry in CASES} == SPECS.keys()
    for key in ("id", "source"):
        texts = [entry[key] for entry in CASES]
        assert len(texts) == len(set(texts)), (
            f"{key} must be unique: {sorted({x for x in texts if texts.count(x) > 1})}"
        )
    for entry in CASES:
        assert set(entry) == KEYS[entry["outcome"]], entry["id"]
        assert SOURCE.fullmatch(entry["source"]), f"{entry['id']}: {entry['source']}"
        assert entry.get("expect", True), f"{entry['id']}: say what the objects contain"


@pytest.mark.parametrize("entry", with_outcome("rendered"))
def test_values_are_rendered(entry: Entry) -> None:
    manifests = render(given(entry))
    wrong = [text for expected in entry["expect"] if (text := difference(expected, manifests))]
    wrong += refused_by_schema(manifests, newest_version()) + refused_by_rules(manifests) + unwritten(manifests)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("entry", with_outcome("refused"))
def test_values_are_refused(entry: Entry) -> None:
    found = refusals(given(entry))
    matching = [text for key, text in found if key == entry["key"]]
    assert any(entry["remedy"] in text for text in matching), f"expected {entry['key']}: …{entry['remedy']}…: {found}"
