"""Attempts to repair mistakes: the values of users who do what a remedy says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.charts.chart_spec import ChartSpec
from tests.charts.helm_errors import GUARDS
from tests.charts.remedies.changes import Change
from tests.charts.remedies.editor import Editor, changed_paths
from tests.charts.remedies.mistakes import Mistake, mistake, mistakes
from tests.charts.remedies.rules import Remedies, Rule, alternatives, rule_for
from tests.harness import Case, HelmError, Manifests, render

# How many refusals may follow where a remedy leads to further ones.
MOST = 4


@dataclass(frozen=True)
class Attempt:
    """The values after one alternative of a remedy, and their rendering or what is wrong with the remedy."""

    mistake: Mistake
    clause: str
    case: Case
    manifests: Manifests | None = None
    wrong: str = ""

    def __str__(self) -> str:
        return f"{self.clause!r} of\n  {self.mistake.message}"


def remedies_of(chart_spec: ChartSpec) -> Remedies:
    """Return the rules for a chart's remedies."""
    remedies: Remedies = chart_spec.attribute_of("remedies", "REMEDIES", Remedies())
    return remedies


def unread(chart_spec: ChartSpec) -> list[str]:
    """Return the clauses for which no rule has a change, each with its message."""
    own = remedies_of(chart_spec)
    return [
        f"{clause!r} of\n  {each.message}"
        for each in mistakes(chart_spec)
        for clause, changes in alternatives(each, own.rules)
        if not changes
    ]


def used(chart_spec: ChartSpec) -> list[Rule | None]:
    """Return the chart's own rules that a clause matches."""
    rules = remedies_of(chart_spec).rules
    return [rule_for(each, clause, rules) for each in mistakes(chart_spec) for clause in [each.remedy, *each.clauses]]


def attempts(chart_spec: ChartSpec) -> Iterator[Attempt]:
    """Yield an attempt for each alternative of each guard's remedy."""
    for each in mistakes(chart_spec):
        yield from attempts_at(each)


def attempts_at(given: Mistake) -> Iterator[Attempt]:
    """Yield an attempt for each alternative of one remedy."""
    own = remedies_of(given.chart_spec)
    for clause, changes in alternatives(given, own.rules):
        for change in changes:
            yield _attempt(given, clause, change, own)


def _attempt(given: Mistake, clause: str, change: Change, own: Remedies) -> Attempt:
    editor = given.editor()
    before = given.editor().values
    try:
        change(editor, given)
    except LookupError as error:
        return Attempt(given, clause, given.case, wrong=f"cannot be followed: {error}")
    tried = Attempt(given, clause, replace(given.case, values=editor.values))
    unnamed = [path for path in changed_paths(before, editor.values) if not given.names(path)]
    if unnamed:
        return replace(tried, wrong=f"changes {unnamed}, which the message does not name")
    leads_on = any(re.fullmatch(pattern, clause) for pattern in own.further)
    return _rendered(tried, own, MOST if leads_on else 0)


def _rendered(tried: Attempt, own: Remedies, remaining: int) -> Attempt:
    try:
        return replace(tried, manifests=render(tried.case))
    except HelmError as error:
        refused = str(error)
    heading = GUARDS.format(chart=tried.case.chart.name).strip()
    lines = refused.partition(heading)[2].partition("\n\nUse --debug")[0].strip().splitlines()
    if not lines or not remaining:
        return replace(tried, wrong=f"is refused:\n{refused}")
    return _rendered(replace(tried, case=_followed(tried, lines, own)), own, remaining - 1)


def _followed(tried: Attempt, lines: list[str], own: Remedies) -> Case:
    """Return a case in which the first alternative of each refusal is followed."""
    spec = tried.mistake.chart_spec
    editor = Editor(tried.case.values, spec.defaults)
    for line in lines:
        refusal = mistake(spec, tried.mistake.given, line.removeprefix("- "))
        _, changes = next(alternatives(refusal, own.rules))
        if changes:
            changes[0](editor, refusal)
    return replace(tried.case, values=editor.values)
