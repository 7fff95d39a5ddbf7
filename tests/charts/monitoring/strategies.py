"""Hypothesis strategies for the values of charts/monitoring, in each mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from configparser import ConfigParser
from configparser import Error as IniError
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from tests.charts.monitoring.chart import CHART_SPEC, NULL_RECEIVER
from tests.charts.strategies import ChartStrategies
from tests.harness import Manifests

_RULE = {
    "alert": "Shop",
    "expr": "up == 0",
    "for": "5m",
    "labels": {"severity": "info"},
    "annotations": {"a": "{{ b }}"},
}
# Examples for values that are passed through, whose format the schema does not define.
EXAMPLES: Mapping[str, Sequence[Any]] = {
    "alerts": ({}, {"HighCPUUsage": {"for": "10m", "labels": {"a": "1e3"}}}, {"Watchdog": {"enabled": False}}),
    "extraRules": ({}, {"shop": {"groups": [{"name": "yes", "interval": "1m", "rules": [_RULE]}]}}),
    "dashboards.extra": ({}, {"shop": '{"uid": "shop", "title": "a: {{ b }} #"}'}),
    "prometheus.externalLabels": ({}, {"cluster": "1e3", "yes": "no"}),
    "prometheus.extraScrapeConfigs": ([], [{"job_name": "1e3", "static_configs": [{"targets": ["a:9100"]}]}]),
    "prometheus.remoteWrite": ([], [{"url": "https://a.example.org/w", "queue_config": {"capacity": 1000000}}]),
    "prometheus.externalAlertmanagers": ([], [{"static_configs": [{"targets": ["alerts.monitoring.svc:9093"]}]}]),
    "alertmanager.templates": ({}, {"team": '{{ define "team" }}{{ .Status }}{{ end }}'}),
    "alertmanager.routes[].routes": ([], [{"matchers": ["a = b"], "receiver": "team", "groupWait": "1m"}]),
    "grafana.config": ({}, {"users": {"default_theme": "light"}, "alerting": {"max_annotations_to_keep": 1000000}}),
    "grafana.extraDataSources": ([], [{"name": "yes", "uid": "1e3", "type": "jaeger", "jsonData": {"a": 1000000}}]),
    "adapter.extraRules": ([], [{"seriesQuery": "a", "metricsQuery": "sum(<<.Series>>)"}]),
    "extraObjects": (
        [],
        [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "more"}, "data": {"a": "1e3"}}],
        ["apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: text\n"],
    ),
    # Renamed keys admit any value, and a guard rejects them.
    "alertmanager.watchdogReceiver": ("team",),
    "networkPolicy.callers": ([],),
}
_KEY = {"name": "login", "key": "token"}
_NOTIFYING = {
    "receivers": [
        {"name": "team", "webhook": [{"urlSecret": _KEY}], "slack": [{"channel": "#a", "urlSecret": _KEY}]},
        {"name": "on-call", "pagerduty": [{"routingKeySecret": _KEY}]},
    ],
    "route": {"receiver": "team"},
    "routes": [{"receiver": "on-call", "matchers": ["severity = critical"], "muteTimeIntervals": ["night"]}],
    "timeIntervals": [{"name": "night", "timeIntervals": [{"times": [{"startTime": "00:00", "endTime": "08:00"}]}]}],
}
_OUTSIDE: dict[str, Any] = {"networkPolicy": {"ingressFrom": [{"namespaceSelector": {}}]}}
_OIDC = {
    **{"enabled": True, "clientId": "a", "clientSecret": {"name": "oidc"}},
    **{"authUrl": "https://a.example.org", "tokenUrl": "https://b.example.org"},
}
_LOGIN = {"auth": {"existingSecret": "login"}}
_ENTRYPOINTS = (
    {"ingress": {"enabled": True, "hosts": ["a.example.org"]}},
    {"httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]}},
)
# The sizes must be consistent with each other in all combinations.
_SIZES = {"persistence": {"size": "100Gi"}, "retention": {"size": "80GB"}}

# The dashboards are most of the output, and depend on few values.
_NO_DASHBOARDS = {"dashboards": {"enabled": False}}
_LOGINS = {"prometheus": {**_SIZES, **_LOGIN}, "alertmanager": {**_LOGIN, "replicaCount": 3}}

BASE_VALUES: Sequence[dict[str, Any]] = (
    {"mode": "standalone", "prometheus": _SIZES, **_NO_DASHBOARDS},
    {"mode": "standalone", **_LOGINS, **_NO_DASHBOARDS},
    {"mode": "operator", **_NO_DASHBOARDS},
    {"mode": "rules-only", **_NO_DASHBOARDS},
)
FEATURES: Sequence[dict[str, Any]] = (
    {"dashboards": {"enabled": True}},
    {"mode": "standalone", "alertmanager": _NOTIFYING},
    {"mode": "operator", "alertmanager": _NOTIFYING, "operator": {"alertmanagerConfig": {"enabled": True}}},
    *(
        {**_OUTSIDE, name: {**_LOGIN, **entrypoint}}
        for name in ("prometheus", "alertmanager")
        for entrypoint in _ENTRYPOINTS
    ),
    *({**_OUTSIDE, "grafana": entrypoint} for entrypoint in _ENTRYPOINTS),
    {"grafana": {"oidc": _OIDC, "egress": [{"ports": [{"port": 443, "protocol": "TCP"}]}]}},
    {"nodeExporter": {"hostNetwork": True, "hostPID": True}},
    {"mode": "standalone", "adapter": {"enabled": True}},
    {"slo": {"models": [{"model": "iris", "availability": {"objective": 99.5}}]}},
    {"tests": {"runner": "argocd"}},
    {"networkPolicy": {"enabled": False}},
    {"rbac": {"scope": "namespace", "namespaces": ["models"]}},
)


def _unparsable_files(manifests: Manifests, _folder: Path) -> Iterator[str]:
    """Yield files that cannot be parsed; test_config.py validates their contents with the programs."""
    for manifest in manifests.of_kind("ConfigMap"):
        for key, text in manifest.body.get("data", {}).items():
            if error := _unreadable(key, text):
                yield f"{manifest}: {key} cannot be read: {error}"


# Most examples leave most files unchanged.
@lru_cache(maxsize=256)
def _unreadable(key: str, text: str) -> str:
    try:
        if key.endswith((".yaml", ".yml")):
            yaml.load(text, Loader=yaml.CSafeLoader)
        elif key == "grafana.ini":
            ConfigParser(interpolation=None, comment_prefixes=("#", ";")).read_string(text)
    except (yaml.YAMLError, IniError) as error:
        return str(error) or type(error).__name__
    return ""


STRATEGIES = ChartStrategies(
    CHART_SPEC,
    base_values=BASE_VALUES,
    features=FEATURES,
    examples=EXAMPLES,
    words=("prometheus", "team", NULL_RECEIVER, "data", "config", "rules", "/prometheus"),
    program_errors=_unparsable_files,
)
