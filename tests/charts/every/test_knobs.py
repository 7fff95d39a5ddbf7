"""What every value does, and that it does nothing else: the tables in knobs/, see tests/harness/knobs.py."""

from __future__ import annotations

import pytest

from tests.charts.effects import renderings
from tests.charts.subject import Subject
from tests.charts.subjects import SUBJECTS
from tests.harness.knobs import Knob, problems, uncovered
from tests.harness.manifests import parse

KNOBS = [(subject, knob) for subject in SUBJECTS.values() for knob in subject.knobs]
# Read by Helm where the chart is below an umbrella.
CONDITION = "enabled"


def test_every_value_has_an_entry_that_shows_what_it_does(subject: Subject) -> None:
    leaves = subject.leaves
    renames = parse((subject.chart / "renames.yaml").read_text(encoding="utf-8")) or []
    exceptions = {
        CONDITION: "an umbrella's condition, read before the chart is rendered",
        **{leaf.path: "tested as the values of its section" for leaf in leaves.values() if leaf.section},
        **{rename["old"]: "refused" for rename in renames if rename["old"] in leaves},
        **subject.not_knobs,
    }
    wrong = uncovered(leaves, subject.knobs, exceptions)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("of", "knob"), KNOBS, ids=[f"{of}-{knob}" for of, knob in KNOBS])
def test_a_value_does_what_it_is_for_and_nothing_else(of: Subject, knob: Knob) -> None:
    wrong = problems(knob, *renderings(of, knob))
    assert not wrong, f"{knob}:\n" + "\n".join(wrong)
