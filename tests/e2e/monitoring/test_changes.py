"""Configuration changes of running programs, and data after a restart."""

from __future__ import annotations

import time
from typing import Any

import requests

from cluster.kubectl import kubectl
from tests.e2e.lib.waiting import until
from tests.e2e.monitoring.stack import FULLNAME, Stack

MORE_RULES = {"groups": [{"name": "more", "rules": [{"record": "more:answer", "expr": "vector(42)"}]}]}
BAD_RULES = {"groups": [{"name": "bad", "rules": [{"record": "bad:answer", "expr": "sum(rate(x"}]}]}
# The kubelet updates a mounted ConfigMap within a minute and a half.
RELOAD_SECONDS = 150


def started(stack: Stack) -> Any:
    """Return the start time of the Prometheus container."""
    return stack.pod("prometheus").status.container_statuses[0].state.running.started_at


def test_new_rule_is_loaded_without_a_restart_or_a_missed_scrape(settled: Stack) -> None:
    before, began = started(settled), time.monotonic()
    settled.upgrade({"extraRules.more": MORE_RULES, "prometheus.externalLabels": {"cluster": "test"}})
    until("the rule is evaluated", lambda: settled.prometheus.value("more:answer") == 42, RELOAD_SECONDS)
    until("the label is configured", lambda: "cluster: test" in settled.prometheus.configuration(), RELOAD_SECONDS)
    assert started(settled) == before
    # The interval is five seconds; a missed scrape makes it ten.
    assert settled.longest_gap(int(time.monotonic() - began) + 30) < 9


def test_invalid_rules_are_rejected_with_an_alert(settled: Stack) -> None:
    before = {rule["name"] for rule in settled.prometheus.rules()}
    settled.upgrade({"extraRules.more": MORE_RULES, "extraRules.bad": BAD_RULES})
    failed = "prometheus_config_last_reload_successful == 0"
    until("the reload fails", lambda: settled.prometheus.query(failed), RELOAD_SECONDS)
    until("the notification arrives", lambda: settled.notifications("PrometheusConfigReloadFailed"), 60)
    assert {rule["name"] for rule in settled.prometheus.rules()} == before
    assert settled.prometheus.value("more:answer") == 42
    settled.upgrade({"extraRules.more": MORE_RULES})
    until(
        "the alert is resolved",
        lambda: settled.notifications("PrometheusConfigReloadFailed", "resolved"),
        RELOAD_SECONDS,
    )


def test_prometheus_keeps_its_data_over_a_restart(settled: Stack) -> None:
    old = time.time() - 30
    at = f"sum(model_server_requests_total @ {old:.3f})"
    before = settled.prometheus.value(at)
    assert before
    pod = f"{FULLNAME}-prometheus-0"
    kubectl("--namespace", settled.namespace, "delete", "pod", pod, "--wait=true")
    kubectl("--namespace", settled.namespace, "wait", "pod", pod, "--for=create", "--timeout=60s")
    kubectl("--namespace", settled.namespace, "wait", "pod", pod, "--for=condition=Ready", "--timeout=120s")
    assert settled.prometheus.value(at) == before


def test_alertmanager_reloads_without_a_restart(settled: Stack) -> None:
    before = [one.restart_count for one in settled.pod("alertmanager").status.container_statuses]
    uid = settled.pod("alertmanager").metadata.uid
    settled.upgrade({"alertmanager.route.repeatInterval": "3h"})

    def reloaded() -> bool:
        status = requests.get(f"{settled.alertmanager}/api/v2/status", timeout=20).json()
        return "repeat_interval: 3h" in status["config"]["original"]

    until("the configuration is loaded", reloaded, RELOAD_SECONDS)
    pod = settled.pod("alertmanager")
    assert pod.metadata.uid == uid
    assert [one.restart_count for one in pod.status.container_statuses] == before
