"""Mistakes in alerts, rules, receivers and routes, each with what the chart says to it."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases

WEBHOOK = [{"url": "https://incidents.example.org"}]
KEY = {"name": "login", "key": "token"}
# What kube-state-metrics has to tell, for alerts to be right.
COLLECTED = ("deployments", "horizontalpodautoscalers", "nodes", "persistentvolumeclaims", "pods", "replicasets")


def telling(name: str = "team", **ways: Any) -> dict[str, Any]:
    """Values with a receiver who is told of everything."""
    return {"alertmanager": {"receivers": [{"name": name, **ways}], "route": {"receiver": name}}}


def rule(**said: Any) -> dict[str, Any]:
    """Values with a rule of the user's."""
    return {"extraRules": {"shop": {"groups": [{"name": "shop", "rules": [said]}]}}}


ALERTS: Cases = [
    (
        {"alerts": {"HighCpuUsage": {"for": "10m"}}},
        "alerts.HighCpuUsage: there is no alert of that name. docs/runbooks/README.md lists them all.",
    ),
    *(
        (
            {"extraRules": {name: {"groups": [{"name": "a", "rules": [{"record": "a", "expr": "1"}]}]}}},
            f"extraRules.{name}: the chart has a rule file of that name. Give it another.",
        )
        for name in ("cluster", "objectives")
    ),
    (
        {"alertLabels": {"severity": "critical"}},
        "alertLabels.severity: each alert has a severity of its own. Take it out; alerts.<Alert>.severity changes one.",
    ),
    *(
        (
            {"kubeStateMetrics": {"collect": [kind for kind in COLLECTED if kind != missing]}},
            f"kubeStateMetrics.collect: {missing} are missing, which alerts rest on. Add them.",
        )
        for missing in COLLECTED
    ),
    *(
        (
            rule(expr="up", **said),
            "extraRules.shop.groups[0].rules[0]: a rule has either alert or record. Keep one of the two.",
        )
        for said in ({}, {"alert": "Down", "record": "down"})
    ),
]

OBJECTIVE = {"availability": {"objective": 99.5}}
MODELS: Cases = [
    (
        {"slo": {"models": [{"model": "iris", **OBJECTIVE}, {"model": "iris", **OBJECTIVE}]}},
        'slo.models[1]: "iris" is there twice. Keep one of the two.',
    ),
    (
        {"slo": {"models": [{"model": "iris", "namespace": "a", **OBJECTIVE} for _ in range(2)]}},
        'slo.models[1]: "iris" in "a" is there twice. Keep one of the two.',
    ),
    (
        {"slo": {"models": [{"model": "iris"}]}},
        "slo.models[0]: it promises nothing of its own. Set availability.objective or latency.objective, or take it "
        "out.",
    ),
]

AT = "alertmanager.receivers[0]"
RECEIVERS: Cases = [
    (
        {"alertmanager": {"receivers": [{"name": "a", "webhook": WEBHOOK}] * 2, "route": {"receiver": "a"}}},
        'alertmanager.receivers[1].name: there is another receiver named "a". Give it another name.',
    ),
    (
        telling("nobody", webhook=WEBHOOK),
        f'{AT}.name: "nobody" is the chart\'s own receiver. Give it another name.',
    ),
    (telling(), f'{AT}: "team" has no way to tell anybody. Add webhook, slack, email or pagerduty.'),
    (
        telling(webhook=[{"url": "https://a.example.org", "urlSecret": KEY}]),
        f"{AT}.webhook[0]: url and urlSecret are both set. Set one of the two.",
    ),
    (telling(webhook=[{}]), f"{AT}.webhook[0]: neither url nor urlSecret is set. Set one of the two."),
    (
        telling(slack=[{"channel": "#models"}]),
        f"{AT}.slack[0].urlSecret: it is missing. Put the incoming webhook into a Secret and name it: "
        "{name: SECRET, key: KEY}.",
    ),
    (
        telling(pagerduty=[{}]),
        f"{AT}.pagerduty[0].routingKeySecret: it is missing. Put the integration key into a Secret and name it: "
        "{name: SECRET, key: KEY}.",
    ),
]

MAIL = {"to": "a@example.org", "from": "b@example.org", "smarthost": "mail.example.org:587"}
LOGINS: Cases = [
    (
        telling(email=[{**MAIL, "username": "a"}]),
        f"{AT}.email[0]: username is set, and passwordSecret is not. A login needs both.",
    ),
    (
        telling(email=[{**MAIL, "passwordSecret": KEY}]),
        f"{AT}.email[0]: passwordSecret is set, and username is not. A login needs both.",
    ),
]


def nowhere(key: str) -> str:
    return (
        f'alertmanager.{key}: there is no receiver named "who". Add it to alertmanager.receivers, or name one of them.'
    )


ROUTES: Cases = [
    ({"alertmanager": {"route": {"receiver": "who"}}}, nowhere("route.receiver")),
    ({"alertmanager": {"deadMansSwitchReceiver": "who"}}, nowhere("deadMansSwitchReceiver")),
    (
        {"alertmanager": {"routes": [{"receiver": "who", "matchers": ["severity = info"]}]}},
        nowhere("routes[0].receiver"),
    ),
    (
        {"alertmanager": {"receivers": [{"name": "team", "webhook": WEBHOOK}]}},
        'alertmanager.receivers[0].name: no route leads to "team": it would never be told. Name it in '
        "alertmanager.route.receiver, alertmanager.routes or alertmanager.deadMansSwitchReceiver.",
    ),
]

CALLED: list[tuple[str, int, dict[str, Any]]] = [
    ("webhook[0].url", 8080, {"webhook": [{"url": "http://bot.chat.svc:8080/alerts"}]}),
    ("webhook[0].url", 80, {"webhook": [{"url": "http://bot.chat.svc"}]}),
    (
        "email[0].smarthost",
        25,
        {"email": [{"to": "a@example.org", "from": "b@example.org", "smarthost": "mail.example.org:25"}]},
    ),
]
REACHED: Cases = [
    (
        telling(**ways),
        f"alertmanager.receivers[0].{key}: it is at port {port}, which alertmanager.egress does not let through. Add "
        f"{{ports: [{{port: {port}, protocol: TCP}}]}} there; of a Service, the port of its pods.",
    )
    for key, port, ways in CALLED
]

KINDS = [ALERTS, MODELS, RECEIVERS + LOGINS + REACHED, ROUTES]

# What looks like a mistake and is none.
ALLOWED: list[dict[str, Any]] = [
    {"alerts": {"HighCPUUsage": {"for": "10m"}}},
    rule(alert="Down", expr="up == 0"),
    rule(record="targets:up:sum", expr="sum(up)"),
    {"slo": {"models": [{"model": "iris", **OBJECTIVE}, {"model": "iris", "namespace": "a", **OBJECTIVE}]}},
    telling(webhook=[{"urlSecret": KEY, "bearerTokenSecret": KEY}]),
    telling(email=[MAIL]),
    telling(email=[{**MAIL, "username": "a", "passwordSecret": KEY}]),
    {"alertmanager": {"receivers": [{"name": "team", "webhook": WEBHOOK}], "deadMansSwitchReceiver": "team"}},
]
