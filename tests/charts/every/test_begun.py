"""Every chart has tests of its own beside those of all charts."""

from __future__ import annotations

from tests.charts.subject import Subject
from tests.charts.subjects import guards_of
from tests.harness import render
from tests.harness.charts import values_files


def test_a_chart_says_what_the_tests_of_all_charts_must_know(subject: Subject) -> None:
    for module in ("chart.py", "guard_cases.py", "drawn.py", "knobs"):
        path = subject.folder / module
        assert path.exists(), f"write {path.relative_to(subject.folder.parents[2])}; docs/charts.md says what is in it"
    runs_pods = any(list(render(file.case()).pod_specs()) for file in values_files(subject.chart))
    assert subject.containers or not runs_pods, "name the chart's own containers in SUBJECT"
    assert guards_of(subject).kinds, "list the mistakes that the guards refuse in GUARDS"


def test_every_exception_has_its_reason(subject: Subject) -> None:
    exceptions = (
        *(subject.not_knobs, subject.with_token, subject.without_probes, subject.unmounted, subject.fixed_names),
        *(subject.elsewhere, subject.routed_elsewhere, subject.selecting),
        *subject.unrestricted.values(),
    )
    for reasons in exceptions:
        for what, reason in reasons.items():
            assert len(reason.split()) >= 3, f"say why {what} is an exception"
