"""Receivers, routes and time intervals in both modes: amtool and the schema of AlertmanagerConfig validate them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.charts.monitoring.chart import NULL_RECEIVER, rendered
from tests.charts.monitoring.guard_cases_alerting import KEY, MAIL, notifying
from tests.charts.monitoring.guard_cases_receivers import MUTED, NIGHT, RANGES, integrated, routed
from tests.charts.monitoring.programs import written
from tests.charts.programs import run
from tests.harness.manifests import parse
from tests.harness.schemas import newest_version, problems

OPERATOR: dict[str, Any] = {"mode": "operator", "operator": {"alertmanagerConfig": {"enabled": True}}}
TEXT = '{{ template "monitoring.title" . }} at work: #1'
TLS = {
    **{name: {"name": "certificates", "key": name} for name in ("caSecret", "certSecret", "keySecret")},
    **{"serverName": "internal.example.org", "insecureSkipVerify": True, "minVersion": "TLS13"},
}
CLIENT = {
    "authorization": {"type": "Token", "credentialsSecret": KEY},
    "tlsConfig": TLS,
    "proxyUrl": "http://proxy.example.org:443",
    "noProxy": "one.example.org,two.example.org",
    "followRedirects": False,
}
LOGIN = {"basicAuth": {"usernameSecret": KEY, "passwordSecret": {"name": "login", "key": "password"}}}
# Each integration with all fields, and with those that exclude others.
INTEGRATIONS: list[tuple[str, dict[str, Any]]] = [
    ("webhook", {"url": "https://a.example.org/x", "maxAlerts": 7, "timeout": "11s", "httpConfig": CLIENT}),
    ("webhook", {"urlSecret": {"name": "hook", "key": "url"}, "httpConfig": LOGIN, "sendResolved": False}),
    ("webhook", {"url": "https://a.example.org", "bearerTokenSecret": KEY, "httpConfig": {"followRedirects": False}}),
    (
        "slack",
        {
            **{"channel": "#models", "urlSecret": {"name": "slack", "key": "url"}, "httpConfig": CLIENT},
            **{name: f"{name} {TEXT}" for name in ("title", "titleLink", "text", "color", "username")},
            **{"iconEmoji": ":fire:", "iconUrl": "https://a.example.org/a.png", "sendResolved": False},
        },
    ),
    (
        "msteamsv2",
        {
            **{"urlSecret": {"name": "teams", "key": "url"}, "title": f"title {TEXT}", "text": f"text {TEXT}"},
            **{"httpConfig": CLIENT, "sendResolved": False},
        },
    ),
    (
        "email",
        {
            **{**MAIL, "username": "alerts", "passwordSecret": {"name": "mail", "key": "password"}},
            **{"requireTLS": False, "tlsConfig": TLS, "sendResolved": True},
            **{name: f"{name} {TEXT}" for name in ("subject", "text", "html")},
        },
    ),
    (
        "pagerduty",
        {
            **{"routingKeySecret": {"name": "pager", "key": "key"}, "url": "https://a.example.org/v2"},
            **{name: f"{name} {TEXT}" for name in ("description", "severity", "class", "component", "group")},
            **{"details": {"camelCase": f"details {TEXT}"}, "httpConfig": CLIENT, "sendResolved": False},
        },
    ),
    (
        "opsgenie",
        {
            **{"apiKeySecret": {"name": "opsgenie", "key": "key"}, "apiUrl": "https://api.eu.opsgenie.com/"},
            **{name: f"{name} {TEXT}" for name in ("message", "description", "source", "tags", "note", "entity")},
            **{"priority": "P2", "details": {"camelCase": "a"}, "updateAlerts": True, "httpConfig": CLIENT},
            **{"responders": [{"type": "team", "name": "models"}, {"type": "user", "username": "a@example.org"}]},
            **{"sendResolved": False},
        },
    ),
    (
        "discord",
        {
            **{"urlSecret": {"name": "discord", "key": "url"}, "avatarUrl": "https://a.example.org/a.png"},
            **{name: f"{name} {TEXT}" for name in ("title", "message", "content", "username")},
            **{"httpConfig": CLIENT, "sendResolved": False},
        },
    ),
    (
        "telegram",
        {
            **{"botTokenSecret": {"name": "bot", "key": "token"}, "chatId": -1001234567890, "messageThreadId": 4},
            **{"apiUrl": "https://a.example.org", "message": f"message {TEXT}", "parseMode": "MarkdownV2"},
            **{"disableNotifications": True, "httpConfig": CLIENT, "sendResolved": False},
        },
    ),
    (
        "sns",
        {
            **{"topicArn": "arn:aws:sns:eu-west-1:1:alerts", "apiUrl": "https://a.example.org"},
            **{"sigv4": {"region": "eu-west-1", "profile": "alerts", "roleArn": "arn:aws:iam::1:role/alerts"}},
            **{"subject": f"subject {TEXT}", "message": f"message {TEXT}", "attributes": {"camelCase": "a"}},
            **{"httpConfig": CLIENT, "sendResolved": False},
        },
    ),
    ("sns", {"targetArn": "arn:aws:sns:eu-west-1:1:endpoint"}),
    ("sns", {"phoneNumber": "+15550100"}),
]
each_integration = pytest.mark.parametrize(
    ("kind", "fields"), INTEGRATIONS, ids=[f"{kind}-{len(fields)}" for kind, fields in INTEGRATIONS]
)


def check(values: dict[str, Any], folder: Path) -> None:
    """Check alertmanager.yml with amtool."""
    file = written(rendered(values), "alertmanager", folder) / "alertmanager.yml"
    done = run("amtool", "check-config", file)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{file.read_text(encoding='utf-8')}"


def resource(values: dict[str, Any]) -> Any:
    """Return the AlertmanagerConfig, which matches its schema. The schema admits anything for nested routes."""
    (manifest,) = rendered({**values, **OPERATOR}).of_kind("AlertmanagerConfig")
    for route in routes(manifest.spec["route"]):
        body = {**manifest.body, "spec": {**manifest.spec, "route": route}}
        assert not problems(body, newest_version())
    return manifest.spec


def routes(route: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a route and all routes below it."""
    yield route
    for below in route.get("routes", []):
        yield from routes(below)


def scalars(part: Any) -> Iterator[Any]:
    """Yield the values of a structure."""
    if isinstance(part, Mapping):
        part = list(part.values())
    if isinstance(part, (list, tuple)):
        for item in part:
            yield from scalars(item)
    else:
        yield part


@each_integration
def test_amtool_accepts_an_integration_with_all_fields(kind: str, fields: dict[str, Any], tmp_path: Path) -> None:
    check(integrated(kind, fields), tmp_path)


@each_integration
def test_an_alertmanagerconfig_has_all_fields(kind: str, fields: dict[str, Any]) -> None:
    receiver = resource(integrated(kind, fields))["receivers"][1]
    ((integration,),) = [value for key, value in receiver.items() if key != "name"]
    found = [str(value) for value in scalars(integration)]
    for value in scalars(fields):
        # A text is preceded by the templates that it uses.
        assert any(text.endswith(str(value)) for text in found), f"{value} is lost: {found}"


def test_texts_of_an_alertmanagerconfig_begin_with_the_title() -> None:
    sns = {"topicArn": "arn:aws:sns:eu-west-1:1:alerts"}
    subject = resource(notifying(sns=[sns]))["receivers"][1]["snsConfigs"][0]["subject"]
    # White space between the templates would be part of the subject, and SNS rejects line breaks in it.
    assert subject.startswith('{{ define "monitoring.title" }}[')
    assert 'end }}{{ define "monitoring.text" }}' in subject
    assert subject.endswith('{{ end }}{{ template "monitoring.title" . }}')


def test_own_templates_can_be_used_in_both_modes(tmp_path: Path) -> None:
    values = notifying(slack=[{"channel": "#a", "urlSecret": KEY, "title": '{{ template "team.title" . }}'}])
    values["alertmanager"]["templates"] = {"team": '{{ define "team.title" }}{{ .CommonLabels.alertname }}{{ end }}'}
    check(values, tmp_path)
    assert (tmp_path / "team.tmpl").read_text(encoding="utf-8").strip() == values["alertmanager"]["templates"]["team"]
    title = resource(values)["receivers"][1]["slackConfigs"][0]["title"]
    assert values["alertmanager"]["templates"]["team"] in title


WORK = {
    "name": "work",
    "timeIntervals": [
        {
            **{"weekdays": ["monday:friday"], "times": [{"startTime": "08:00", "endTime": "18:30"}]},
            **{"daysOfMonth": ["1:20", "-5:-1", "31"], "months": ["1:march", "december"], "years": ["2026:2030"]},
        }
    ],
}
NESTED = routed(
    {
        "matchers": ['team =~ "models|data"'],
        "groupBy": ["..."],
        "routes": [
            {
                **{"matchers": ["severity = critical"], "receiver": "team", "continue": True, "groupWait": "10s"},
                "routes": [{**MUTED, "activeTimeIntervals": ["work"], "repeatInterval": "1d"}],
            }
        ],
    },
    intervals=[NIGHT, WORK],
)


def test_nested_routes_and_time_intervals_are_valid_in_both_modes(tmp_path: Path) -> None:
    check(NESTED, tmp_path)
    spec = resource(NESTED)
    ((_, outer),) = [spec["route"]["routes"]]
    assert outer["groupBy"] == ["..."]
    (inner,) = outer["routes"]
    assert (inner["receiver"], inner["continue"], inner["groupWait"]) == ("team", True, "10s")
    (muted,) = inner["routes"]
    assert muted["matchers"] == [{"name": "severity", "matchType": "=", "value": "info"}]
    assert (muted["muteTimeIntervals"], muted["activeTimeIntervals"]) == (["night"], ["work"])
    assert spec["muteTimeIntervals"][1]["timeIntervals"][0]["daysOfMonth"] == [
        {"start": 1, "end": 20},
        {"start": -5, "end": -1},
        {"start": 31, "end": 31},
    ]


@pytest.mark.parametrize(("labels", "receiver"), [("team=models", "team"), ("team=shop", NULL_RECEIVER)])
def test_alerts_reach_nested_routes(labels: str, receiver: str, tmp_path: Path) -> None:
    values = {"alertmanager": {**NESTED["alertmanager"], "route": {}}}
    file = written(rendered(values), "alertmanager", tmp_path) / "alertmanager.yml"
    done = run(
        *("amtool", "config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receiver}"),
        *(labels, "severity=critical"),
    )
    assert done.returncode == 0, f"{labels} reaches {done.stdout.strip()}, not {receiver}: {done.stderr}"


@pytest.mark.parametrize(("field", "text", "_"), RANGES, ids=str)
def test_amtool_rejects_ranges_that_the_chart_refuses(field: str, text: str, _: str, tmp_path: Path) -> None:
    values = routed(MUTED, intervals=[NIGHT])
    file = written(rendered(values), "alertmanager", tmp_path) / "alertmanager.yml"
    config = parse(file.read_text(encoding="utf-8"))
    name = "days_of_month" if field == "daysOfMonth" else field
    config["time_intervals"][0]["time_intervals"] = [{name: [text]}]
    file.write_text(json.dumps(config), encoding="utf-8")
    done = run("amtool", "check-config", file)
    assert done.returncode != 0, "Alertmanager accepts this range, so the guard must not refuse it"
    assert "before" in done.stdout + done.stderr or "must be negative" in done.stdout + done.stderr, done.stdout
