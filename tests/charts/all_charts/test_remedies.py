"""The remedy of each guard works: users who do what it says get values that the chart and all programs accept."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.judges import judged
from tests.charts.remedies.attempts import Attempt, attempts, remedies_of, unread, used
from tests.charts.remedies.mistakes import mistakes

# The chart and its tests are added for each chart.
pytestmark = pytest.mark.depends_on_files(
    *("tests/charts/remedies", "cluster/catalog.yaml", "cluster/go"),
    *(f"tests/charts/{name}.py" for name in ("chart_spec", "chart_specs", "guards", "guard_cases_lists")),
    *(f"tests/charts/{name}.py" for name in ("helm_errors", "judges", "programs")),
)


@pytest.fixture(scope="module")
def tried(chart_spec: ChartSpec) -> list[Attempt]:
    """The attempts at all remedies of a chart."""
    return list(attempts(chart_spec))


def test_every_remedy_can_be_read(chart_spec: ChartSpec) -> None:
    missing = unread(chart_spec)
    assert not missing, (
        f"no rule says what these remedies change. Write a remedy that names the key and the value, such as "
        f'"Set KEY to VALUE" or "Remove KEY", or a Rule in {chart_spec.tests_folder.name}/remedies.py:\n'
        + "\n".join(missing)
    )


def test_every_rule_of_a_chart_is_used(chart_spec: ChartSpec) -> None:
    needed = used(chart_spec)
    unused = [rule.clause for rule in remedies_of(chart_spec).rules if rule not in needed]
    clauses = [clause for mistake in mistakes(chart_spec) for clause in mistake.clauses]
    further = remedies_of(chart_spec).further
    unused += [pattern for pattern in further if not any(re.fullmatch(pattern, clause) for clause in clauses)]
    assert not unused, f"no remedy has these clauses: remove the rules from remedies.py: {unused}"


def test_values_that_follow_a_remedy_are_accepted(tried: list[Attempt]) -> None:
    wrong = [f"{attempt}\n  {attempt.wrong}" for attempt in tried if attempt.wrong]
    assert not wrong, "correct the remedy, or complete the mistake of the case:\n" + "\n".join(wrong)


def test_programs_accept_the_result_of_a_remedy(chart_spec: ChartSpec, tried: list[Attempt], tmp_path: Path) -> None:
    numbers = Counter[str]()
    renderings = {}
    for attempt in tried:
        numbers[str(attempt)] += 1
        if attempt.manifests is not None:
            renderings[f"{attempt} ({numbers[str(attempt)]})"] = attempt.manifests
    assert renderings or not mistakes(chart_spec), "no remedy could be followed"
    # The containers that users add in the cases are as short as can be.
    found = judged(chart_spec, renderings, tmp_path, only_own_containers=True)
    wrong = [f"{name}\n  {text}" for name, texts in found.items() for text in texts]
    assert not wrong, "users who follow these remedies get what is refused later:\n" + "\n".join(wrong)
