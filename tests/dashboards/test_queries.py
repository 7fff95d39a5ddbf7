"""Queries as Prometheus would get them from Grafana."""

from __future__ import annotations

import pytest

from dashboards.queries import Expanded, Values, Window, expanded
from devkit.errors import UserError
from tests.dashboards.sample import good, panel, with_query


def _figure(expression: str, values: Values, window: Window | None = None) -> str:
    raw = good()
    with_query("Figure", expression)(raw)
    return next(query.expression for query in expanded(raw, values, window) if query.panel == "Figure")


def test_every_query_of_every_panel_is_there_with_its_panel_and_letter() -> None:
    found = expanded(good(), {"namespace": "default", "model": "iris"})
    assert [(query.panel, query.ref_id) for query in found] == [
        ("Line", "A"), ("Line", "B"), ("Figure", "A"), ("Bars", "A"), ("Heat", "A"), ("Table", "A"), ("Table", "B"),
    ]  # fmt: skip
    assert found[0] == Expanded(
        "Line",
        "A",
        'sum by (version) (rate(model_server_requests_total{namespace=~"default", model=~"iris"}[60s]))',
    )


def test_no_variable_of_grafana_is_left() -> None:
    assert not [query for query in expanded(good(), {}) if "$" in query.expression]


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("default", "default"),
        (["default", "fraud"], "(default|fraud)"),
        (["default"], "(default)"),
        ("a.b", r"a\\.b"),
        (["a|b", "c"], r"(a\\|b|c)"),
        ('say "no"', r"say \"no\""),
    ],
)
def test_values_of_a_variable_with_many_are_regular_expressions_of_themselves(
    value: str | list[str], filled: str
) -> None:
    assert _figure('sum(up{a=~"$namespace"})', {"namespace": value}) == f'sum(up{{a=~"{filled}"}})'


def test_a_variable_with_one_value_is_filled_in_as_it_is() -> None:
    assert _figure('sum(up{a=~"${model}"})', {"model": "a.b"}) == 'sum(up{a=~"a.b"})'


def test_what_is_not_chosen_stands_for_all_values() -> None:
    assert _figure('sum(up{a=~"$namespace", b=~"$model"})', {}) == 'sum(up{a=~".+", b=~".+"})'


def test_ranges_follow_the_window() -> None:
    window = Window(range=900, step=60, scrape_interval=15)
    expression = "sum(rate(up[$__rate_interval])) + sum(rate(up[${__range}])) + sum(rate(up[$__interval]))"
    assert _figure(expression, {}, window) == "sum(rate(up[75s])) + sum(rate(up[900s])) + sum(rate(up[60s]))"


def test_a_rate_looks_back_over_four_scrapes_at_least() -> None:
    assert Window(range=60, step=5, scrape_interval=30).rate_interval == 120


def test_groups_of_label_replace_are_no_variables() -> None:
    expression = 'sum(label_replace(up, "a", "$1", "b", "(.+)"))'
    assert _figure(expression, {}) == expression


def test_a_variable_that_nobody_declares_is_named() -> None:
    raw = good()
    panel(raw, "Figure")["targets"][0]["expr"] = 'sum(up{a="$other"})'
    with pytest.raises(UserError, match="the variable other is not declared"):
        expanded(raw, {})


def test_a_value_for_a_variable_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match=r"no variable modle.*It has datasource, namespace, model"):
        expanded(good(), {"modle": "iris"})
