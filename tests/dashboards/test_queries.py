"""Interpolation of variables, as Grafana does it."""

from __future__ import annotations

import pytest

from dashboards.queries import ExpandedQuery, VariableValues, Window, expand_queries
from devkit.errors import UserError
from tests.dashboards.sample import panel, valid, with_query


def _stat_query(expression: str, values: VariableValues, window: Window | None = None) -> str:
    raw = valid()
    with_query("Stat", expression)(raw)
    return next(query.expression for query in expand_queries(raw, values, window) if query.panel == "Stat")


def test_expands_every_query_with_panel_and_ref_id() -> None:
    found = expand_queries(valid(), {"namespace": "default", "model": "iris"})
    assert [(query.panel, query.ref_id) for query in found] == [
        ("Time series", "A"), ("Time series", "B"), ("Stat", "A"), ("Bar gauge", "A"), ("Heatmap", "A"),
        ("Table", "A"), ("Table", "B"),
    ]  # fmt: skip
    assert found[0] == ExpandedQuery(
        "Time series",
        "A",
        'sum by (version) (rate(model_server_requests_total{namespace=~"default", model=~"iris"}[60s]))',
    )


def test_interpolates_all_built_in_variables() -> None:
    assert not [query for query in expand_queries(valid(), {}) if "$" in query.expression]


@pytest.mark.parametrize(
    ("value", "interpolated"),
    [
        ("default", "default"),
        (["default", "fraud"], "(default|fraud)"),
        (["default"], "(default)"),
        ("a.b", r"a\\.b"),
        (["a|b", "c"], r"(a\\|b|c)"),
        ('say "no"', r"say \"no\""),
    ],
)
def test_multi_values_are_escaped_regular_expressions(value: str | list[str], interpolated: str) -> None:
    assert _stat_query('sum(up{a=~"$namespace"})', {"namespace": value}) == f'sum(up{{a=~"{interpolated}"}})'


def test_single_value_is_inserted_verbatim() -> None:
    assert _stat_query('sum(up{a=~"${model}"})', {"model": "a.b"}) == 'sum(up{a=~"a.b"})'


def test_unset_variable_stands_for_all_values() -> None:
    assert _stat_query('sum(up{a=~"$namespace", b=~"$model"})', {}) == 'sum(up{a=~".+", b=~".+"})'


def test_built_in_ranges_follow_the_time_range() -> None:
    window = Window(range=900, step=60, scrape_interval=15)
    expression = "sum(rate(up[$__rate_interval])) + sum(rate(up[${__range}])) + sum(rate(up[$__interval]))"
    assert _stat_query(expression, {}, window) == "sum(rate(up[75s])) + sum(rate(up[900s])) + sum(rate(up[60s]))"


def test_rate_interval_covers_four_scrapes() -> None:
    assert Window(range=60, step=5, scrape_interval=30).rate_interval == 120


def test_groups_of_label_replace_are_not_variables() -> None:
    expression = 'sum(label_replace(up, "a", "$1", "b", "(.+)"))'
    assert _stat_query(expression, {}) == expression


def test_rejects_undeclared_variables() -> None:
    raw = valid()
    panel(raw, "Stat")["targets"][0]["expr"] = 'sum(up{a="$other"})'
    with pytest.raises(UserError, match="the variable other is not declared"):
        expand_queries(raw, {})


def test_rejects_values_of_unknown_variables() -> None:
    with pytest.raises(UserError, match=r"no variable modle.*Use one of.*: datasource, namespace, model"):
        expand_queries(valid(), {"modle": "iris"})
