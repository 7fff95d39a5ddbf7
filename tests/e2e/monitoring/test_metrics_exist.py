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

# Metrics that rightly are not there, each with why.
ABSENT = {
    "kube_pod_container_status_last_terminated_exitcode": "of containers that have ended once",
    "kube_pod_container_status_last_terminated_reason": "of containers that have ended once",
    "kube_pod_container_status_waiting_reason": "of containers that wait",
    "kube_pod_init_container_status_waiting_reason": "of init containers that wait",
    "kube_pod_deletion_timestamp": "of pods that are ending",
    "kube_job_failed": "of Jobs that have failed",
    "kube_horizontalpodautoscaler_spec_max_replicas": "of autoscalers; test_custom_metrics.py has one",
    "kube_horizontalpodautoscaler_spec_min_replicas": "of autoscalers; test_custom_metrics.py has one",
    "kube_horizontalpodautoscaler_status_condition": "of autoscalers; test_custom_metrics.py has one",
    "kube_horizontalpodautoscaler_status_desired_replicas": "of autoscalers; test_custom_metrics.py has one",
    "kubelet_volume_stats_available_bytes": "of volumes that are no folders of a node",
    "kubelet_volume_stats_capacity_bytes": "of volumes that are no folders of a node",
    "kubelet_volume_stats_used_bytes": "of volumes that are no folders of a node",
    "node_network_receive_bytes_total": "nodeExporter.hostNetwork is false unless set",
    "node_network_transmit_bytes_total": "nodeExporter.hostNetwork is false unless set",
}
# Labels that an expression makes, or that series have only in some states.
MADE = {"replicaset", "deployment", "owner_name", "reason", "feature"}
LOOKED_AT = 500


def of_rules() -> list[str]:
    """The expressions of all rules."""
    groups = [group for file in files() for group in yaml.safe_load(rendered(file))["groups"]]
    return [str(rule["expr"]) for group in groups for rule in group["rules"]]


def of_dashboards() -> list[str]:
    """The expressions of all panels."""
    return [query.expression for path in FOLDER.glob("*.json") for query in expand_queries(read(path).raw, {})]


def of_autoscalers() -> list[str]:
    """The series that prometheus-adapter begins with."""
    rules = yaml.safe_load((CHART / "files" / "adapter-rules.yaml").read_text(encoding="utf-8"))["rules"]
    return [rule["seriesQuery"] for rule in rules]


EXPRESSIONS = {"rules": of_rules(), "dashboards": of_dashboards(), "autoscalers": of_autoscalers()}


def recorded() -> set[str]:
    """The names that rules record."""
    groups = [group for file in files() for group in yaml.safe_load(rendered(file))["groups"]]
    return {rule["record"] for group in groups for rule in group["rules"] if "record" in rule}


@pytest.mark.parametrize("source", EXPRESSIONS)
def test_every_metric_is_emitted(settled: Stack, source: str) -> None:
    asked = {name_of(selector) for text in EXPRESSIONS[source] for selector, _ in selectors(promql.parse(text))}
    # Overrides are recorded only where the values name a model.
    overrides = {name for name in asked if name.endswith("_override:ratio")}
    # Recorded over days or of what is rare; that they are recorded is known.
    missing = asked - settled.prometheus.metric_names() - set(ABSENT) - recorded() - overrides
    assert len(asked) >= 2
    assert not missing, f"nobody emits {sorted(missing)}"


@pytest.mark.parametrize("source", EXPRESSIONS)
def test_every_label_is_one_of_its_metric(settled: Stack, source: str) -> None:
    asked: dict[str, set[str]] = defaultdict(set)
    for text in EXPRESSIONS[source]:
        for selector, above in selectors(promql.parse(text)):
            asked[name_of(selector)] |= {matcher.name for matcher in selector.matchers.matchers}
            asked[name_of(selector)] |= _grouped(above)
    known = settled.prometheus.metric_names()
    wrong = []
    for name in sorted(set(asked) & known):
        series = settled.prometheus.query(f"topk({LOOKED_AT}, {{__name__={name!r}}})".replace("'", '"'))
        there = {label for one in series for label in one.labels} | {"__name__"} | MADE
        wrong += [f"{name}{{{label}}}" for label in sorted(asked[name] - there) if series]
    assert not wrong, f"no series has these labels: {wrong}"


def _grouped(above: tuple[Any, ...]) -> set[str]:
    """The labels by which the nearest aggregation groups, if it is right above the selector."""
    for node in reversed(above):
        if isinstance(node, promql.AggregateExpr):
            found = re.search(r"by ?\(([^)]*)\)", str(node.modifier)) if node.modifier else None
            return {label.strip() for label in found[1].split(",") if label.strip()} if found else set()
        if isinstance(node, promql.BinaryExpr) or (isinstance(node, promql.Call) and "label" in node.func.name):
            return set()
    return set()


def test_what_may_be_absent_is_asked_for() -> None:
    asked = {
        name_of(node)
        for texts in EXPRESSIONS.values()
        for text in texts
        for node, _ in walk(promql.parse(text))
        if isinstance(node, promql.VectorSelector)
    }
    assert set(ABSENT) <= asked, f"take out of ABSENT: {set(ABSENT) - asked}"
