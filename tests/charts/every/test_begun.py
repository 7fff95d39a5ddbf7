"""Every chart has tests of its own beside those of all charts."""

from __future__ import annotations

from tests.charts.subject import Subject
from tests.charts.subjects import guards_of


def test_a_chart_says_what_the_tests_of_all_charts_must_know(subject: Subject) -> None:
    for module in ("chart.py", "guard_cases.py", "drawn.py", "knobs"):
        path = subject.folder / module
        assert path.exists(), f"write {path.relative_to(subject.folder.parents[2])}; docs/charts.md says what is in it"
    assert subject.containers, "name the chart's own containers in SUBJECT"
    assert guards_of(subject).kinds, "list the mistakes that the guards refuse in GUARDS"


def test_every_exception_has_its_reason(subject: Subject) -> None:
    exceptions = (
        *(subject.not_knobs, subject.with_token, subject.without_probes, subject.unmounted, subject.fixed_names),
        subject.elsewhere,
        *subject.unrestricted.values(),
    )
    for reasons in exceptions:
        for what, reason in reasons.items():
            assert len(reason.split()) >= 3, f"say why {what} is an exception"
