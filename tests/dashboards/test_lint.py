"""Each rule refuses what it is for, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dashboards.lint import RULES, metrics, problems, problems_of_all
from dashboards.reading import Dashboard
from tests.dashboards.sample import good, panel, spoilt, with_query

Spoil = Callable[[dict[str, Any]], object]

# Rule, what is wrong, how it comes to be wrong, what the finding says.
CASES: list[tuple[str, str, Spoil, str]] = [
    (
        "titles_and_descriptions",
        "a panel without a title",
        lambda raw: panel(raw, "Line").update(title=" "),
        "has no title",
    ),
    (
        "titles_and_descriptions",
        "a panel without a description",
        lambda raw: panel(raw, "Line").pop("description"),
        "its description is missing",
    ),
    (
        "titles_and_descriptions",
        "a dashboard without a description",
        lambda raw: raw.pop("description"),
        "no title or no description",
    ),
    ("units", "no unit", lambda raw: panel(raw, "Line")["fieldConfig"]["defaults"].pop("unit"), "has no unit"),
    (
        "texts_without_data",
        "no text",
        lambda raw: panel(raw, "Line")["fieldConfig"]["defaults"].pop("noValue"),
        "says nothing when there is no data",
    ),
    ("grid", "too wide", lambda raw: panel(raw, "Table")["gridPos"].update(x=1), "is off the grid of 24 columns"),
    ("grid", "without height", lambda raw: panel(raw, "Table")["gridPos"].update(h=0), "is off the grid"),
    (
        "grid",
        "two in one place",
        lambda raw: panel(raw, "Figure")["gridPos"].update(x=7),
        "it covers the panel 'Figure'",
    ),
    ("uid_and_schema", "another uid", lambda raw: raw.update(uid="mine"), "the uid 'mine' is not promised"),
    ("uid_and_schema", "another schema", lambda raw: raw.pop("schemaVersion"), "schemaVersion is missing"),
    ("uid_and_schema", "an id", lambda raw: raw.update(id=7), "it has an id"),
    ("panel_numbers", "a number twice", lambda raw: panel(raw, "Line").update(id=3), "its number is 3"),
    (
        "data_sources",
        "a panel with a fixed data source",
        lambda raw: panel(raw, "Line").update(datasource={"type": "prometheus", "uid": "abc"}),
        "it asks the data source 'abc'",
    ),
    (
        "data_sources",
        "a query with a fixed data source",
        lambda raw: panel(raw, "Line")["targets"][0].update(datasource={"uid": "abc"}),
        "it asks the data source 'abc'",
    ),
    (
        "data_sources",
        "a variable with a fixed data source",
        lambda raw: raw["templating"]["list"][1].update(datasource={"uid": "abc"}),
        "the variable namespace asks 'abc'",
    ),
    (
        "data_sources",
        "no variable for the data source",
        lambda raw: raw["templating"]["list"].pop(0),
        "it has no variable `datasource`",
    ),
    (
        "variables",
        "one that is not declared",
        with_query("Figure", 'sum(model_server_ready{pod=~"$pod"})'),
        "it uses the variable pod, which is not declared",
    ),
    (
        "variables",
        "one that is not used",
        lambda raw: raw["templating"]["list"].append({**raw["templating"]["list"][1], "name": "version"}),
        "the variable version is used nowhere",
    ),
    (
        "variables",
        "one that is used above itself",
        lambda raw: raw["templating"]["list"].reverse(),
        "the variable model uses namespace, which is not above it",
    ),
    (
        "links",
        "a dashboard of others",
        lambda raw: panel(raw, "Line").update(links=[{"url": "/d/theirs?var-model=iris"}]),
        "it links to the dashboard theirs",
    ),
    ("size", "too large", lambda raw: panel(raw, "Line").update(description="x" * 205000 + "."), "more than 204800"),
    ("syntax_of_queries", "a missing bracket", with_query("Figure", "sum(model_server_ready"), "is no PromQL"),
    ("syntax_of_queries", "no query", lambda raw: panel(raw, "Figure").pop("targets"), "it has no query"),
    (
        "ranges",
        "a fixed range",
        with_query("Figure", "sum(rate(model_server_requests_total[5m]))"),
        "looks back over [5m]",
    ),
    (
        "counters",
        "a counter as it is",
        with_query("Figure", "sum(model_server_requests_total)"),
        "the counter model_server_requests_total is shown as it is",
    ),
    (
        "counters",
        "the mean of all time",
        with_query("Figure", "sum(model_server_batch_rows_sum) / sum(model_server_batch_rows_count)"),
        "the counter model_server_batch_rows_sum is shown as it is",
    ),
    (
        "counters",
        "the rate of a gauge",
        with_query("Figure", "sum(rate(model_server_ready[$__rate_interval]))"),
        "model_server_ready is no counter",
    ),
    (
        "quantiles",
        "a quantile of each pod",
        with_query(
            "Line", "histogram_quantile(0.9, rate(model_server_request_duration_seconds_bucket[$__rate_interval]))"
        ),
        "histogram_quantile is not over a sum by (…, le)",
    ),
    (
        "quantiles",
        "buckets without bounds",
        with_query(
            "Line",
            "histogram_quantile(0.9, sum by (version)"
            " (rate(model_server_request_duration_seconds_bucket[$__rate_interval])))",
        ),
        "histogram_quantile is not over a sum by (…, le)",
    ),
    (
        "legends",
        "none",
        lambda raw: panel(raw, "Line")["targets"][0].update(legendFormat="__auto"),
        "query A has no legend",
    ),
    (
        "legends",
        "two of the same",
        lambda raw: panel(raw, "Line")["targets"][1].update(legendFormat="{{version}}"),
        "2 queries have the legend '{{version}}'",
    ),
    (
        "legends",
        "a label that is not there",
        lambda raw: panel(raw, "Line")["targets"][0].update(legendFormat="{{version}} {{pod}}"),
        "its legend names pod, which it lacks",
    ),
    (
        "legends",
        "a label that is not named",
        with_query("Bars", "max by (feature, pod) (model_server_feature_drift_psi)"),
        "series that differ in pod have the same legend '{{feature}}'",
    ),
    (
        "legends",
        "labels that only the exporter knows",
        with_query("Bars", "model_server_feature_drift_psi"),
        "query A does not say which labels its answer has",
    ),
    (
        "single_figures",
        "several figures",
        with_query("Figure", "sum by (pod) (model_server_ready)"),
        "its query can give several series",
    ),
    (
        "table_keys",
        "different labels",
        with_query("Table", "count by (pod) (model_server_model_info)"),
        "its columns have different labels: A: pod; B: version",
    ),
    (
        "table_keys",
        "the metric's name",
        with_query("Table", "topk(3, model_version:requests:rate5m)"),
        "query A may keep the metric's name",
    ),
    ("jobs", "a job", with_query("Figure", 'sum(model_server_ready{job="models"})'), "is selected by its job"),
    (
        "known_metrics",
        "a typing error",
        with_query("Figure", "sum(model_server_redy)"),
        "no exporter emits model_server_redy",
    ),
    (
        "known_metrics",
        "no name",
        with_query("Figure", 'sum({pod="iris"})'),
        "no exporter emits a selector without a name",
    ),
]


def test_the_sample_has_no_problem_so_that_each_case_shows_what_its_spoiling_does() -> None:
    assert problems(Dashboard(good())) == []


@pytest.mark.parametrize(
    ("rule", "spoil", "says"), [(one[0], one[2], one[3]) for one in CASES], ids=[f"{one[0]}: {one[1]}" for one in CASES]
)
def test_the_rule_says_what_is_wrong_and_what_to_do(rule: str, spoil: Spoil, says: str) -> None:
    found = [problem for problem in problems(spoilt(spoil)) if problem.rule == rule]
    assert found, f"the rule {rule} says nothing"
    assert any(says in problem.cause for problem in found), f"{rule} says: {[problem.cause for problem in found]}"
    assert all(problem.remedy.endswith(".") for problem in found)


def test_every_rule_has_a_case() -> None:
    without = {rule.__name__ for rule in RULES} - {case[0] for case in CASES}
    assert not without, f"add a dashboard that it refuses to CASES, for: {', '.join(sorted(without))}"


def test_two_dashboards_with_one_uid_are_refused() -> None:
    found = problems_of_all([Dashboard(good()), Dashboard(good())])
    assert [(problem.rule, problem.cause) for problem in found] == [("unique_uids", "2 dashboards have this uid.")]


def test_a_problem_names_dashboard_panel_and_rule() -> None:
    [problem] = problems(spoilt(with_query("Figure", 'sum(model_server_ready{job="models"})')))
    assert str(problem) == (
        "model-serving-model, panel 'Figure': model_server_ready is selected by its job. (jobs)\n"
        "  remedy: Leave the job out."
    )
    assert problem.as_dictionary()["panel"] == "Figure"


def test_panels_inside_collapsed_rows_are_held_to_the_rules() -> None:
    raw = good()
    row = panel(raw, "Row")
    row["panels"] = [raw["panels"].pop()]
    row["panels"][0].pop("description")
    assert [problem.rule for problem in problems(Dashboard(raw))] == ["titles_and_descriptions"]


def test_a_histogram_of_the_design_is_known_by_its_series_and_a_gauge_by_its_name() -> None:
    names = metrics.of_model_server(metrics.PAGE)
    assert {"model_server_batch_rows_bucket", "model_server_batch_rows_sum", "model_server_ready"} <= names
    assert "model_server_batch_rows" not in names
