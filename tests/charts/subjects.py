"""The charts under test."""

from __future__ import annotations

from pathlib import Path

from tests.charts.draws import Draws
from tests.charts.guards import Guards
from tests.charts.subject import Subject
from tests.harness import Case
from tests.harness.charts import charts


def _subject(chart: Path) -> Subject:
    subject: Subject = Subject(chart).part("chart", "SUBJECT", Subject(chart))
    return subject


SUBJECTS = {chart: _subject(chart) for chart in charts()}


def subject_of(case: Case) -> Subject:
    """The chart that a case is about."""
    return SUBJECTS[case.chart]


def guards_of(subject: Subject) -> Guards:
    """What a chart's guards refuse."""
    guards: Guards = subject.part("guard_cases", "GUARDS", Guards())
    return guards


def draws_of(subject: Subject) -> Draws:
    """How values of a chart are drawn."""
    draws: Draws = subject.part("drawn", "DRAWS", Draws(subject))
    return draws
