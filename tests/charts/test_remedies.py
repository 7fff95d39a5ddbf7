"""The test of remedies finds those that do not work: missing keys, second refusals, files that stop a program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.charts.judges import judged
from tests.charts.monitoring.chart import CHART_SPEC
from tests.charts.monitoring.guard_cases_secrets import KEYS, entry
from tests.charts.remedies.attempts import Attempt, attempts_at
from tests.charts.remedies.editor import Editor, changed_paths
from tests.charts.remedies.mistakes import mistake
from tests.charts.remedies.rules import alternatives

SIGNED = entry("remoteWrite", {"sigv4": {"region": "r", **KEYS}})
TOO_LONG = {"prometheus": {"scrape": {"interval": "3m"}}}


def attempt(values: dict[str, Any], message: str) -> Attempt:
    """Return the attempt at a mistake whose remedy has one alternative."""
    (found,) = attempts_at(mistake(CHART_SPEC, values, message))
    return found


def test_a_field_that_prometheus_does_not_have_is_found(tmp_path: Path) -> None:
    tried = attempt(
        SIGNED,
        "prometheus.remoteWrite: secret_key is in plain text. Put it into a Secret, list the Secret in "
        "prometheus.secrets, and use secret_key_file.",
    )
    assert tried.manifests is not None, tried.wrong
    (texts,) = judged(CHART_SPEC, {"after": tried.manifests}, tmp_path).values()
    assert any("field secret_key_file not found" in text for text in texts)


@pytest.mark.parametrize(
    ("remedy", "wrong"),
    [
        ("Set it to 4m", "is refused"),
        ("Set it to often", "is refused"),
        ("Remove prometheus.scrape.timeout", "cannot be followed: there is no prometheus.scrape.timeout"),
    ],
)
def test_a_remedy_that_does_not_help_is_found(remedy: str, wrong: str) -> None:
    found = attempt(TOO_LONG, f"prometheus.scrape.interval: is 3m, which is too long. {remedy}.").wrong
    assert found.startswith(wrong)


def test_a_key_that_the_message_does_not_name_is_found() -> None:
    given = mistake(CHART_SPEC, TOO_LONG, "prometheus.scrape.interval: is 3m. Set it to at most 150s.")
    assert given.names("prometheus.scrape.interval")
    assert not given.names("networkPolicy.ingressFrom")


def test_changes_of_lists_and_maps_are_found_by_their_paths() -> None:
    editor = Editor({"a": [{"b": 1}, {"b": 2}], "c": {"d.e": {"f": 1}}, "g": [1]}, {})
    before = Editor(editor.values, {}).values
    editor.set("a[1].b", 3)
    editor.set("c.d.e.f", 2)
    editor.append("g", 2)
    assert list(changed_paths(before, editor.values)) == ["a[1].b", "c.d.e.f", "g"]


def test_a_clause_without_a_rule_has_no_changes() -> None:
    given = mistake(CHART_SPEC, TOO_LONG, "prometheus.scrape.interval: is 3m. Try something else, or remove it.")
    assert [(clause, bool(changes)) for clause, changes in alternatives(given, [])] == [
        ("Try something else", False),
        ("remove it", True),
    ]
