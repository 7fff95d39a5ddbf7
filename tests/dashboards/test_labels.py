"""Labels of query results, derived from the query."""

from __future__ import annotations

import promql_parser as promql
import pytest

from dashboards.lint.labels import labels_of


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("1 + 2", ""),
        ("vector(0)", ""),
        ("sum(up)", ""),
        ("sum by (a, b) (up)", "a b"),
        ("-(sum by (a) (up))", "a"),
        ("topk(3, sum by (a) (up))", "a"),
        ("clamp_min(sum by (a) (up), 0)", "a"),
        ("2 * sum by (a) (up)", "a"),
        ("sum by (a) (up) > 0", "a"),
        ("sum by (a) (up) / sum by (a) (up)", "a"),
        ("sum by (a, b) (up) / on (a) sum by (a) (up)", "a"),
        ("sum by (a, b) (up) / ignoring (b) sum by (a) (up)", "a"),
        ("sum by (a, b) (up) * on (a) group_left (c) sum by (a, c) (up)", "a b c"),
        ("sum by (a, c) (up) * on (a) group_right (c) sum by (a, b) (up)", "a b c"),
        ("sum by (a) (up) and on (a) up", "a"),
        ("sum by (a) (up) unless up", "a"),
        ("sum by (a) (up) or sum by (b) (up)", "a b"),
        ("histogram_quantile(0.5, sum by (a, le) (rate(x_bucket[5m])))", "a"),
        ('label_replace(sum by (a) (up), "b", "$1", "a", "(.*)")', "a b"),
        ("max_over_time(model:requests:rate5m[1h])", "namespace model"),
        ("model_version:requests:rate5m", "namespace model version"),
        ("node:disk_usage:ratio", "node mountpoint"),
        ("node:cpu_usage:ratio5m", "node"),
    ],
)
def test_labels_follow_from_the_query(expression: str, labels: str) -> None:
    assert labels_of(promql.parse(expression)) == frozenset(labels.split())


@pytest.mark.parametrize(
    "expression",
    [
        "up",
        "rate(up[5m])",
        "sum without (a) (up)",
        "absent(up)",
        "up or sum(up)",
        'label_replace(up, "b", "", "a", "")',
    ],
)
def test_labels_that_depend_on_the_exporter_are_unknown(expression: str) -> None:
    assert labels_of(promql.parse(expression)) is None
