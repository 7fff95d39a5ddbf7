"""What a value of a chart does, by the table of its knobs."""

from __future__ import annotations

from dataclasses import replace

from tests.charts.subject import Subject
from tests.harness import Manifests, render
from tests.harness.knobs import Knob


def renderings(subject: Subject, knob: Knob) -> tuple[Manifests, Manifests]:
    """Without the value and with it."""
    before = subject.case(knob.given)
    return render(before), render(replace(before, values=knob.values(before.values)))
