"""Every chart has its own tests, and a reason for each exception."""

from __future__ import annotations

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import guards_of
from tests.harness import render
from tests.harness.charts import values_files


def test_a_chart_has_its_own_tests(chart_spec: ChartSpec) -> None:
    for module in ("chart.py", "guard_cases.py", "strategies.py", "value_effects"):
        path = chart_spec.tests_folder / module
        assert path.exists(), (
            f"write {path.relative_to(chart_spec.tests_folder.parents[2])}; docs/contributing/charts.md describes it"
        )
    runs_pods = any(list(render(file.case()).pod_specs()) for file in values_files(chart_spec.chart))
    assert chart_spec.containers or not runs_pods, "name the chart's own containers in CHART_SPEC"
    assert guards_of(chart_spec).kinds, "list the mistakes that the guards refuse in GUARDS"


def test_every_exception_has_a_reason(chart_spec: ChartSpec) -> None:
    exceptions = (
        *(
            chart_spec.values_without_effect,
            chart_spec.with_api_token,
            chart_spec.without_probes,
            chart_spec.unreferenced,
            chart_spec.fixed_names,
        ),
        *(chart_spec.other_namespaces, chart_spec.external_backends, chart_spec.selector_values),
        *chart_spec.pod_security_exceptions.values(),
    )
    for reasons in exceptions:
        for what, reason in reasons.items():
            assert len(reason.split()) >= 3, f"give the reason why {what} is an exception"
