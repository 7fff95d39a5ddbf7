"""Each lint rule reports the defects that it is for."""

from __future__ import annotations

import pytest

from dashboards.lint import RULES, metrics, problems, problems_of_all
from dashboards.model import Dashboard
from tests.dashboards.sample import Mutation, broken, panel, valid, with_query

# Rule, defect, mutation that causes the defect, expected part of the finding.
CASES: list[tuple[str, str, Mutation, str]] = [
    (
        "titles_and_descriptions",
        "a panel without a title",
        lambda raw: panel(raw, "Time series").update(title=" "),
        "the panel has no title",
    ),
    (
        "titles_and_descriptions",
        "a panel without a description",
        lambda raw: panel(raw, "Time series").pop("description"),
        "the description is missing",
    ),
    (
        "titles_and_descriptions",
        "a dashboard without a description",
        lambda raw: raw.pop("description"),
        "lacks a title or a description",
    ),
    ("units", "no unit", lambda raw: panel(raw, "Time series")["fieldConfig"]["defaults"].pop("unit"), "has no unit"),
    (
        "no_value_texts",
        "no text",
        lambda raw: panel(raw, "Time series")["fieldConfig"]["defaults"].pop("noValue"),
        "has no text for missing data",
    ),
    ("grid", "too wide", lambda raw: panel(raw, "Table")["gridPos"].update(x=1), "exceeds the grid of 24 columns"),
    ("grid", "without height", lambda raw: panel(raw, "Table")["gridPos"].update(h=0), "exceeds the grid"),
    (
        "grid",
        "two panels in one place",
        lambda raw: panel(raw, "Stat")["gridPos"].update(x=7),
        "the panel overlaps the panel 'Stat'",
    ),
    ("uid_and_schema", "another uid", lambda raw: raw.update(uid="mine"), "the uid 'mine' is unknown"),
    ("uid_and_schema", "another schema", lambda raw: raw.pop("schemaVersion"), "schemaVersion is missing"),
    ("uid_and_schema", "an id", lambda raw: raw.update(id=7), "the dashboard has an id"),
    ("panel_ids", "a duplicate id", lambda raw: panel(raw, "Time series").update(id=3), "the panel id 3 is not unique"),
    (
        "data_sources",
        "a panel with a fixed data source",
        lambda raw: panel(raw, "Time series").update(datasource={"type": "prometheus", "uid": "abc"}),
        "the data source is 'abc'",
    ),
    (
        "data_sources",
        "a query with a fixed data source",
        lambda raw: panel(raw, "Time series")["targets"][0].update(datasource={"uid": "abc"}),
        "the data source is 'abc'",
    ),
    (
        "data_sources",
        "a variable with a fixed data source",
        lambda raw: raw["templating"]["list"][1].update(datasource={"uid": "abc"}),
        "the data source of the variable namespace is 'abc'",
    ),
    (
        "data_sources",
        "no data source variable",
        lambda raw: raw["templating"]["list"].pop(0),
        "the variable `datasource` is missing",
    ),
    (
        "variables",
        "undeclared",
        with_query("Stat", 'sum(model_server_ready{pod=~"$pod"})'),
        "the variable pod is not declared",
    ),
    (
        "variables",
        "unused",
        lambda raw: raw["templating"]["list"].append({**raw["templating"]["list"][1], "name": "version"}),
        "the variable version is unused",
    ),
    (
        "variables",
        "used before it is declared",
        lambda raw: raw["templating"]["list"].reverse(),
        "the variable model uses namespace, which is declared below it",
    ),
    (
        "links",
        "an unknown dashboard",
        lambda raw: panel(raw, "Time series").update(links=[{"url": "/d/theirs?var-model=iris"}]),
        "the link target theirs is not one of our dashboards",
    ),
    (
        "size",
        "too large",
        lambda raw: panel(raw, "Time series").update(description="x" * 205000 + "."),
        "more than 204800",
    ),
    ("query_syntax", "a missing bracket", with_query("Stat", "sum(model_server_ready"), "is not valid PromQL"),
    ("query_syntax", "no query", lambda raw: panel(raw, "Stat").pop("targets"), "the panel has no query"),
    (
        "ranges",
        "a fixed range",
        with_query("Stat", "sum(rate(model_server_requests_total[5m]))"),
        "has the fixed range [5m]",
    ),
    (
        "counters",
        "a raw counter",
        with_query("Stat", "sum(model_server_requests_total)"),
        "the counter model_server_requests_total is used without rate()",
    ),
    (
        "counters",
        "the mean since process start",
        with_query("Stat", "sum(model_server_batch_rows_sum) / sum(model_server_batch_rows_count)"),
        "the counter model_server_batch_rows_sum is used without rate()",
    ),
    (
        "counters",
        "the rate of a gauge",
        with_query("Stat", "sum(rate(model_server_ready[$__rate_interval]))"),
        "model_server_ready is not a counter",
    ),
    (
        "quantiles",
        "one quantile per pod",
        with_query(
            "Time series",
            "histogram_quantile(0.9, rate(model_server_request_duration_seconds_bucket[$__rate_interval]))",
        ),
        "the argument of histogram_quantile is not a sum by (…, le)",
    ),
    (
        "quantiles",
        "buckets without le",
        with_query(
            "Time series",
            "histogram_quantile(0.9, sum by (version)"
            " (rate(model_server_request_duration_seconds_bucket[$__rate_interval])))",
        ),
        "the argument of histogram_quantile is not a sum by (…, le)",
    ),
    (
        "legends",
        "missing",
        lambda raw: panel(raw, "Time series")["targets"][0].update(legendFormat="__auto"),
        "query A has no legend",
    ),
    (
        "legends",
        "two equal legends",
        lambda raw: panel(raw, "Time series")["targets"][1].update(legendFormat="{{version}}"),
        "2 queries have the legend '{{version}}'",
    ),
    (
        "legends",
        "a label that the query does not return",
        lambda raw: panel(raw, "Time series")["targets"][0].update(legendFormat="{{version}} {{pod}}"),
        "the legend names pod, which the query does not return",
    ),
    (
        "legends",
        "a label that is not in the legend",
        with_query("Bar gauge", "max by (feature, pod) (model_server_feature_drift_psi)"),
        "series that differ in pod share the legend '{{feature}}'",
    ),
    (
        "legends",
        "labels that depend on the exporter",
        with_query("Bar gauge", "model_server_feature_drift_psi"),
        "the labels of query A cannot be determined",
    ),
    (
        "stat_series",
        "several series",
        with_query("Stat", "sum by (pod) (model_server_ready)"),
        "the query can return several series",
    ),
    (
        "table_keys",
        "different labels",
        with_query("Table", "count by (pod) (model_server_model_info)"),
        "the columns have different labels: A: pod; B: version",
    ),
    (
        "table_keys",
        "the metric name",
        with_query("Table", "topk(3, model_version:requests:rate5m)"),
        "query A may keep the metric name",
    ),
    ("jobs", "a job", with_query("Stat", 'sum(model_server_ready{job="models"})'), "is selected by job"),
    (
        "known_metrics",
        "a typo",
        with_query("Stat", "sum(model_server_redy)"),
        "the metric model_server_redy is neither exported nor recorded",
    ),
    (
        "known_metrics",
        "no name",
        with_query("Stat", 'sum({pod="iris"})'),
        "the metric (selector without a name) is neither exported nor recorded",
    ),
]


def test_the_sample_is_valid() -> None:
    assert problems(Dashboard(valid())) == []


@pytest.mark.parametrize(
    ("rule", "mutate", "message"),
    [(one[0], one[2], one[3]) for one in CASES],
    ids=[f"{one[0]}: {one[1]}" for one in CASES],
)
def test_a_rule_reports_cause_and_remedy(rule: str, mutate: Mutation, message: str) -> None:
    found = [problem for problem in problems(broken(mutate)) if problem.rule == rule]
    assert found, f"the rule {rule} reports nothing"
    assert any(message in problem.cause for problem in found), f"{rule} reports: {[problem.cause for problem in found]}"
    assert all(problem.remedy.endswith(".") for problem in found)


def test_every_rule_has_a_case() -> None:
    without = {rule.__name__ for rule in RULES} - {case[0] for case in CASES}
    assert not without, f"add a dashboard that violates the rule to CASES, for: {', '.join(sorted(without))}"


def test_rejects_two_dashboards_with_one_uid() -> None:
    found = problems_of_all([Dashboard(valid()), Dashboard(valid())])
    assert [(problem.rule, problem.cause) for problem in found] == [("unique_uids", "2 dashboards have this uid.")]


def test_a_problem_names_dashboard_panel_and_rule() -> None:
    [problem] = problems(broken(with_query("Stat", 'sum(model_server_ready{job="models"})')))
    assert str(problem) == (
        "model-serving-model, panel 'Stat': model_server_ready is selected by job. (jobs)\n"
        "  remedy: Remove the matcher on job."
    )
    assert problem.as_dictionary()["panel"] == "Stat"


def test_rules_apply_to_panels_of_collapsed_rows() -> None:
    raw = valid()
    row = panel(raw, "Row")
    row["panels"] = [raw["panels"].pop()]
    row["panels"][0].pop("description")
    assert [problem.rule for problem in problems(Dashboard(raw))] == ["titles_and_descriptions"]


def test_histograms_are_known_by_their_series() -> None:
    names = metrics.of_model_server()
    assert {"model_server_batch_rows_bucket", "model_server_batch_rows_sum", "model_server_ready"} <= names
    assert "model_server_batch_rows" not in names
