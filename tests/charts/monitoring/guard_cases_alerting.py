"""Invalid alerts, rules, receivers and routes, each with the validation error of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases
from tests.charts.monitoring.chart import NULL_RECEIVER
from tests.harness import merged

WEBHOOK = [{"url": "https://incidents.example.org"}]
KEY = {"name": "login", "key": "token"}
# Resources that kube-state-metrics must export for the alerts.
COLLECTED = ("deployments", "horizontalpodautoscalers", "nodes", "persistentvolumeclaims", "pods", "replicasets")


def notifying(name: str = "team", **integrations: Any) -> dict[str, Any]:
    """Return values with a receiver that is notified of every alert."""
    return {"alertmanager": {"receivers": [{"name": name, **integrations}], "route": {"receiver": name}}}


def rule(**fields: Any) -> dict[str, Any]:
    """Return values with an additional rule."""
    return {"extraRules": {"shop": {"groups": [{"name": "shop", "rules": [fields]}]}}}


ALERTS: Cases = [
    (
        {"alerts": {"HighCpuUsage": {"for": "10m"}}},
        "alerts.HighCpuUsage: unknown alert. Use a name that docs/runbooks/README.md lists.",
    ),
    *(
        (
            {"extraRules": {name: {"groups": [{"name": "a", "rules": [{"record": "a", "expr": "1"}]}]}}},
            f"extraRules.{name}: the chart already has a rule file of this name. Rename it.",
        )
        for name in ("cluster", "objectives")
    ),
    (
        {"alertLabels": {"severity": "critical"}},
        "alertLabels.severity: every alert has its own severity. Remove it; alerts.<Alert>.severity overrides the "
        "severity of an alert.",
    ),
    *(
        (
            {"kubeStateMetrics": {"collect": [kind for kind in COLLECTED if kind != missing]}},
            f"kubeStateMetrics.collect: must contain {missing}, which alerts require. Add it.",
        )
        for missing in COLLECTED
    ),
    *(
        (
            rule(expr="up", **fields),
            "extraRules.shop.groups[0].rules[0]: a rule must have either alert or record. Set exactly one of them.",
        )
        for fields in ({}, {"alert": "Down", "record": "down"})
    ),
]

OBJECTIVE = {"availability": {"objective": 99.5}}
MODELS: Cases = [
    (
        {"slo": {"models": [{"model": "iris", **OBJECTIVE}, {"model": "iris", **OBJECTIVE}]}},
        'slo.models[1]: duplicate entry for "iris". Remove one of them.',
    ),
    (
        {"slo": {"models": [{"model": "iris", "namespace": "a", **OBJECTIVE} for _ in range(2)]}},
        'slo.models[1]: duplicate entry for "iris" in "a". Remove one of them.',
    ),
    (
        {"slo": {"models": [{"model": "iris"}]}},
        "slo.models[0]: sets no objective. Set availability.objective or latency.objective, or remove the entry.",
    ),
]

AT = "alertmanager.receivers[0]"
KINDS_OF_INTEGRATIONS = "webhook, slack, msteamsv2, email, pagerduty, opsgenie, discord, telegram or sns"
RECEIVERS: Cases = [
    (
        {"alertmanager": {"receivers": [{"name": "a", "webhook": WEBHOOK}] * 2, "route": {"receiver": "a"}}},
        'alertmanager.receivers[1].name: the receiver name "a" is already in use. Rename the receiver, and name '
        "it in alertmanager.route or alertmanager.routes.",
    ),
    (
        notifying(NULL_RECEIVER, webhook=WEBHOOK),
        f'{AT}.name: "{NULL_RECEIVER}" is reserved by the chart. Rename the receiver, and name it in '
        "alertmanager.route or alertmanager.routes.",
    ),
    (notifying(), f'{AT}: "team" has no integration. Add {KINDS_OF_INTEGRATIONS}.'),
    (
        notifying(webhook=[{"url": "https://a.example.org", "urlSecret": KEY}]),
        f"{AT}.webhook[0]: url and urlSecret are both set. Set one of them, but not both.",
    ),
    (notifying(webhook=[{}]), f"{AT}.webhook[0]: neither url nor urlSecret is set. Set one of them, but not both."),
    (
        notifying(slack=[{"channel": "#models"}]),
        f"{AT}.slack[0].urlSecret: is required. Put the URL of the incoming webhook into a Secret and refer to it: "
        "{name: SECRET, key: KEY}.",
    ),
    (
        notifying(pagerduty=[{}]),
        f"{AT}.pagerduty[0].routingKeySecret: is required. Put the integration key into a Secret and refer to it: "
        "{name: SECRET, key: KEY}.",
    ),
]

MAIL = {"to": "a@example.org", "from": "b@example.org", "smarthost": "mail.example.org:587"}
LOGINS: Cases = [
    (
        notifying(email=[{**MAIL, "username": "a"}]),
        f"{AT}.email[0]: username is set, but passwordSecret is not. Set both, or remove both.",
    ),
    (
        notifying(email=[{**MAIL, "passwordSecret": KEY}]),
        f"{AT}.email[0]: passwordSecret is set, but username is not. Set both, or remove both.",
    ),
]


def undefined(key: str) -> str:
    return (
        f'alertmanager.{key}: the receiver "who" is not defined. Add it to alertmanager.receivers, or name an existing '
        "one."
    )


# A route for the receiver, which must be used.
USED = {"routes": [{"receiver": "team", "matchers": ["severity = info"]}]}
ROUTES: Cases = [
    *(
        (merged(notifying(webhook=WEBHOOK), {"alertmanager": {**USED, **wrong}}), undefined(key))
        for wrong, key in (
            ({"route": {"receiver": "who"}}, "route.receiver"),
            ({"deadMansSwitchReceiver": "who"}, "deadMansSwitchReceiver"),
        )
    ),
    (
        merged(
            notifying(webhook=WEBHOOK),
            {"alertmanager": {"routes": [{"receiver": "who", "matchers": ["severity = info"]}]}},
        ),
        undefined("routes[0].receiver"),
    ),
    (
        {"alertmanager": {"receivers": [{"name": "team", "webhook": WEBHOOK}]}},
        'alertmanager.receivers[0].name: no route uses the receiver "team". Name it in '
        "alertmanager.route.receiver, alertmanager.routes or alertmanager.deadMansSwitchReceiver, or remove the entry.",
    ),
]

# A receiver and the routes to it have one mistake at a time.
KINDS = [ALERTS, MODELS, RECEIVERS + LOGINS + ROUTES]

# Valid values that resemble invalid ones.
ALLOWED: list[dict[str, Any]] = [
    {"alerts": {"HighCPUUsage": {"for": "10m"}}},
    rule(alert="Down", expr="up == 0"),
    rule(record="targets:up:sum", expr="sum(up)"),
    {"slo": {"models": [{"model": "iris", **OBJECTIVE}, {"model": "iris", "namespace": "a", **OBJECTIVE}]}},
    notifying(webhook=[{"urlSecret": KEY, "bearerTokenSecret": KEY}]),
    notifying(email=[MAIL]),
    notifying(email=[{**MAIL, "username": "a", "passwordSecret": KEY}]),
    {"alertmanager": {"receivers": [{"name": "team", "webhook": WEBHOOK}], "deadMansSwitchReceiver": "team"}},
]
