"""Every metric and label that rules, dashboards and autoscalers ask for is emitted by a program that runs."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import promql_parser as promql
import pytest
import yaml

from dashboards.catalog import FOLDER
from dashboards.lint.syntax import name_of, selectors, walk
from dashboards.model import read
from dashboards.queries import expand_queries
from devkit.rule_files import files, rendered
from devkit.workloads.monitoring import CHART
from tests.e2e.monitoring.stack import Stack

# Metrics that do not exist here, with the reason.
ABSENT = {
    "kube_pod_container_status_last_terminated_exitcode": "of containers that terminated before",
    "kube_pod_container_status_last_terminated_reason": "of containers that terminated before",
    "kube_pod_container_status_waiting_reason": "of waiting containers",
    "kube_pod_init_container_status_waiting_reason": "of waiting init containers",
    "kube_pod_deletion_timestamp": "of terminating pods",
    "kube_job_failed": "of Jobs that have failed",
    "kube_horizontalpodautoscaler_spec_max_replicas": "of autoscalers; test_custom_metrics.py has one",
    "kube_horizontalpodautoscaler_spec_min_replicas": "of autoscalers; test_custom_metrics.py has one",
    "kube_horizontalpodautoscaler_status_condition": "of autoscalers; test_custom_metrics.py has one",
    "kube_horizontalpodautoscaler_status_desired_replicas": "of autoscalers; test_custom_metrics.py has one",
    "kubelet_volume_stats_available_bytes": "of volumes that are not host paths",
    "kubelet_volume_stats_capacity_bytes": "of volumes that are not host paths",
    "kubelet_volume_stats_used_bytes": "of volumes that are not host paths",
    "node_network_receive_bytes_total": "nodeExporter.hostNetwork is false unless set",
    "node_network_transmit_bytes_total": "nodeExporter.hostNetwork is false unless set",
}
# Labels that an expression creates, or that series have only in some states.
CREATED = {"replicaset", "deployment", "owner_name", "reason", "feature"}
MAX_SERIES = 500


def of_rules() -> list[str]:
    """Return the expressions of all rules."""
    groups = [group for file in files() for group in yaml.safe_load(rendered(file))["groups"]]
    return [str(rule["expr"]) for group in groups for rule in group["rules"]]


def of_dashboards() -> list[str]:
    """Return the expressions of all panels."""
    return [query.expression for path in FOLDER.glob("*.json") for query in expand_queries(read(path).raw, {})]


def of_autoscalers() -> list[str]:
    """Return the series queries of prometheus-adapter."""
    rules = yaml.safe_load((CHART / "files" / "adapter-rules.yaml").read_text(encoding="utf-8"))["rules"]
    return [rule["seriesQuery"] for rule in rules]


EXPRESSIONS = {"rules": of_rules(), "dashboards": of_dashboards(), "autoscalers": of_autoscalers()}


def recorded() -> set[str]:
    """Return the names of recorded metrics."""
    groups = [group for file in files() for group in yaml.safe_load(rendered(file))["groups"]]
    return {rule["record"] for group in groups for rule in group["rules"] if "record" in rule}


@pytest.mark.parametrize("source", EXPRESSIONS)
def test_every_metric_exists(settled: Stack, source: str) -> None:
    asked = {name_of(selector) for text in EXPRESSIONS[source] for selector, _ in selectors(promql.parse(text))}
    # Overrides are recorded only where the values name a model.
    overrides = {name for name in asked if name.endswith("_override:ratio")}
    # Metrics recorded over days or of rare events; the rules that record them are tested elsewhere.
    missing = asked - settled.prometheus.metric_names() - set(ABSENT) - recorded() - overrides
    assert len(asked) >= 2
    assert not missing, f"metrics without series: {sorted(missing)}"


@pytest.mark.parametrize("source", EXPRESSIONS)
def test_every_label_exists_on_its_metric(settled: Stack, source: str) -> None:
    asked: dict[str, set[str]] = defaultdict(set)
    for text in EXPRESSIONS[source]:
        for selector, above in selectors(promql.parse(text)):
            asked[name_of(selector)] |= {matcher.name for matcher in selector.matchers.matchers}
            asked[name_of(selector)] |= _grouped(above)
    known = settled.prometheus.metric_names()
    wrong = []
    for name in sorted(set(asked) & known):
        series = settled.prometheus.query(f"topk({MAX_SERIES}, {{__name__={name!r}}})".replace("'", '"'))
        there = {label for one in series for label in one.labels} | {"__name__"} | CREATED
        wrong += [f"{name}{{{label}}}" for label in sorted(asked[name] - there) if series]
    assert not wrong, f"labels without series: {wrong}"


def _grouped(above: tuple[Any, ...]) -> set[str]:
    """Return the grouping labels of the nearest aggregation, if it is directly above the selector."""
    for node in reversed(above):
        if isinstance(node, promql.AggregateExpr):
            found = re.search(r"by ?\(([^)]*)\)", str(node.modifier)) if node.modifier else None
            return {label.strip() for label in found[1].split(",") if label.strip()} if found else set()
        if isinstance(node, promql.BinaryExpr) or (isinstance(node, promql.Call) and "label" in node.func.name):
            return set()
    return set()


def test_absent_metrics_are_used() -> None:
    asked = {
        name_of(node)
        for texts in EXPRESSIONS.values()
        for text in texts
        for node, _ in walk(promql.parse(text))
        if isinstance(node, promql.VectorSelector)
    }
    assert set(ABSENT) <= asked, f"remove from ABSENT: {set(ABSENT) - asked}"
