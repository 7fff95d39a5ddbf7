"""Guards refuse contradicting values, with complete messages and all errors at once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import CHART_SPECS, guards_of
from tests.charts.guards import Cases, ids
from tests.charts.helm_errors import guard_errors
from tests.harness import Case, merged, render

# An action of a template. A condition with its content and end is one action.
ACTION = re.compile(r"(\{\{-? *(?:with|if) .*?\{\{-? *end *-?\}\}|\{\{.*?\}\})")
# Actions that print the path of a mistake.
PLACES = ("{{ .at }}", "{{ $at }}")
# The guard against renamed keys.
RENAME = "- {{ .old }}:"
# The guard against null, whose every message test_null.py checks.
NULL = ("- {{ $path }}: is null.", "- {{ $section }}: is null.")

GUARDS = [(chart_spec, guards_of(chart_spec)) for chart_spec in CHART_SPECS.values()]
REFUSED = [(chart_spec, *case) for chart_spec, guards in GUARDS for case in guards.refused]
RENAMES = [(chart_spec, *case) for chart_spec, guards in GUARDS for case in guards.renames]
ALLOWED = [(chart_spec, values) for chart_spec, guards in GUARDS for values in guards.allowed]


def of_charts(cases: list[tuple[ChartSpec, dict[str, Any], str]]) -> list[str]:
    return [f"{chart_spec}-{message.split(':')[0]}" for chart_spec, _, message in cases]


@pytest.mark.parametrize(("of", "values", "message"), REFUSED, ids=of_charts(REFUSED))
def test_a_mistake_is_refused_with_its_whole_message(of: ChartSpec, values: dict[str, Any], message: str) -> None:
    assert guard_errors(of.case(values)) == [message]


def test_all_mistakes_are_reported_at_once(chart_spec: ChartSpec) -> None:
    guards = guards_of(chart_spec)
    together: dict[str, Any] = {}
    messages: list[str] = []
    # A mistake that hides another one is skipped.
    for mistake, message in guards.first:
        values = merged(together, mistake)
        found = guard_errors(chart_spec.case(values))
        if set(found) == {*messages, message}:
            together, messages = values, found
    for kind in guards.kinds:
        assert any(message in messages for _, message in kind), f"none of these is reported with others: {ids(kind)}"


@pytest.mark.parametrize(("of", "values", "message"), RENAMES, ids=of_charts(RENAMES))
def test_a_renamed_key_is_refused_with_its_new_name(of: ChartSpec, values: dict[str, Any], message: str) -> None:
    assert guard_errors(of.case(values)) == [message]


@pytest.mark.parametrize(("of", "values", "message"), RENAMES, ids=of_charts(RENAMES))
def test_a_renamed_key_is_reported_alone(of: ChartSpec, values: dict[str, Any], message: str) -> None:
    other, _ = guards_of(of).first[0]
    assert guard_errors(Case(of.chart, merged(values, other))) == [message]


@pytest.mark.parametrize(("of", "values"), ALLOWED, ids=[f"{of}-{values}" for of, values in ALLOWED])
def test_values_that_resemble_a_mistake_are_accepted(of: ChartSpec, values: dict[str, Any]) -> None:
    assert list(render(of.case(values)))


def lines(chart_spec: ChartSpec) -> list[str]:
    """Return every line of the guards' templates that reports an error."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((chart_spec.chart / "templates/guards").glob("*.tpl"))]
    found = [line.strip() for text in texts for line in text.splitlines() if line.strip().startswith("- ")]
    found = [line for line in found if not line.startswith(NULL)]
    # Without renamed keys, no values produce that message.
    return [line for line in found if chart_spec.renamed_keys or not line.startswith(RENAME)]


def pattern(line: str, place: str) -> re.Pattern[str]:
    """Return a pattern for the possible results of a template line."""

    def becomes(part: str) -> str:
        if part in PLACES:
            return place
        return ".*" if ACTION.fullmatch(part) else re.escape(part)

    return re.compile("".join(map(becomes, ACTION.split(line.removeprefix("- ")))))


def test_every_guard_is_tested_with_its_whole_message(chart_spec: ChartSpec) -> None:
    guards = guards_of(chart_spec)
    cases: Cases = [*guards.refused, *guards.renames]
    patterns = {line: pattern(line, guards.place) for line in lines(chart_spec)}
    assert patterns, "no guards found: correct lines()"
    for line, becomes in patterns.items():
        matching = [message for _, message in cases if becomes.fullmatch(message)]
        assert matching, f"no test expects this guard's message; add a case to guard_cases*.py:\n{line}"
    for _, message in cases:
        from_lines = [line for line, becomes in patterns.items() if becomes.fullmatch(message)]
        assert len(from_lines) == 1, f"{message!r} must match the line of one guard, but matches {from_lines}"
