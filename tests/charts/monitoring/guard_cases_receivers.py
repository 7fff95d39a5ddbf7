"""Invalid integrations, routes and time intervals, each with the validation error of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases
from tests.charts.monitoring.guard_cases_alerting import AT, KEY, MAIL, WEBHOOK, notifying


def integrated(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return values with a receiver that has one integration."""
    integrations: dict[str, Any] = {kind: [fields]}
    return notifying(**integrations)


TOPIC = {"topicArn": "arn:aws:sns:eu-west-1:1:alerts"}
REQUIRED: list[tuple[str, dict[str, Any], str, str]] = [
    ("msteamsv2", {}, "urlSecret", "the URL of the workflow"),
    ("opsgenie", {}, "apiKeySecret", "the API key"),
    ("discord", {}, "urlSecret", "the URL of the webhook"),
    ("telegram", {"chatId": 7}, "botTokenSecret", "the token of the bot"),
]
INTEGRATIONS: Cases = [
    *(
        (
            integrated(kind, values),
            f"{AT}.{kind}[0].{key}: is required. Put {content} into a Secret and refer to it: "
            "{name: SECRET, key: KEY}.",
        )
        for kind, values, key, content in REQUIRED
    ),
    (
        notifying(telegram=[{"chatId": 0, "botTokenSecret": KEY}]),
        f"{AT}.telegram[0].chatId: must be the ID of a chat, got 0. Set it to the ID of a user, a group or a channel.",
    ),
    (
        notifying(sns=[{}]),
        f"{AT}.sns[0]: neither topicArn, targetArn nor phoneNumber is set. Set one of them, and only one.",
    ),
    (
        notifying(sns=[{**TOPIC, "phoneNumber": "+15550100"}]),
        f"{AT}.sns[0]: more than one of topicArn, targetArn and phoneNumber is set. Set one of them, and only one.",
    ),
    (
        notifying(opsgenie=[{"apiKeySecret": KEY, "responders": [{"type": "team"}]}]),
        f"{AT}.opsgenie[0].responders[0]: none of id, name and username is set. Set one of them.",
    ),
]


def client(**http: Any) -> dict[str, Any]:
    """Return values with a webhook that has an HTTP client."""
    return notifying(webhook=[{**WEBHOOK[0], "httpConfig": http}])


BASIC = {"usernameSecret": KEY, "passwordSecret": KEY}
BEARER = {"credentialsSecret": KEY}
CLIENTS: Cases = [
    (
        client(authorization=BEARER, basicAuth=BASIC),
        f"{AT}.webhook[0].httpConfig: more than one of bearerTokenSecret, authorization and basicAuth is set. Set only "
        "one of them.",
    ),
    (
        notifying(
            slack=[{"channel": "#a", "urlSecret": KEY, "httpConfig": {"authorization": BEARER, "basicAuth": BASIC}}]
        ),
        f"{AT}.slack[0].httpConfig: more than one of authorization and basicAuth is set. Set only one of them.",
    ),
    (
        client(authorization={**BEARER, "type": "basic"}),
        f"{AT}.webhook[0].httpConfig.authorization.type: must not be Basic, which Alertmanager rejects. "
        "Remove authorization, and use basicAuth.",
    ),
    (
        client(noProxy="a.example.org"),
        f"{AT}.webhook[0].httpConfig.noProxy: is set, but proxyUrl is not. Set proxyUrl, or remove noProxy.",
    ),
    (
        client(tlsConfig={"certSecret": KEY}),
        f"{AT}.webhook[0].httpConfig.tlsConfig: certSecret is set, but keySecret is not. Set both, or remove it.",
    ),
    (
        notifying(email=[{**MAIL, "tlsConfig": {"keySecret": KEY}}]),
        f"{AT}.email[0].tlsConfig: keySecret is set, but certSecret is not. Set both, or remove it.",
    ),
]


def routed(*routes: dict[str, Any], intervals: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """Return values with a receiver, routes and time intervals."""
    alerting = notifying(webhook=WEBHOOK)["alertmanager"]
    return {"alertmanager": {**alerting, "routes": [*routes], "timeIntervals": intervals or []}, **more}


MATCHERS = {"matchers": ["severity = info"]}
NIGHT = {"name": "night", "timeIntervals": [{"times": [{"startTime": "00:00", "endTime": "08:00"}]}]}
DAY = {**NIGHT, "name": "day"}
MUTED = {**MATCHERS, "muteTimeIntervals": ["night"]}
OPERATOR = {"mode": "operator", "operator": {"alertmanagerConfig": {"enabled": True}}}


def interval(**fields: Any) -> dict[str, Any]:
    """Return values with a time interval."""
    return routed(MUTED, intervals=[{"name": "night", "timeIntervals": [fields]}])


FIELDS = "alertmanager.timeIntervals[0].timeIntervals[0]"
BACKWARDS = "Correct the order, or split it into two ranges."
# A field, a range that Alertmanager rejects, and the remedy.
RANGES = [
    ("weekdays", "saturday:sunday", "The week starts on sunday: split it into two ranges."),
    ("daysOfMonth", "5:1", BACKWARDS),
    ("daysOfMonth", "-1:-3", BACKWARDS),
    ("daysOfMonth", "-3:3", "Split it into two ranges."),
    ("daysOfMonth", "28:-1", "Split it into two ranges."),
    ("months", "november:february", BACKWARDS),
    ("months", "11:february", BACKWARDS),
    ("years", "2028:2026", BACKWARDS),
]
ROUTES: Cases = [
    (
        routed({**MATCHERS, "routes": [{**MATCHERS, "receiver": "who"}]}),
        'alertmanager.routes[0].routes[0].receiver: the receiver "who" is not defined. Add it to '
        "alertmanager.receivers, or name an existing one.",
    ),
    *(
        (
            values,
            f'{at}.groupBy: contains "..." next to other labels, but "..." stands for all labels. Write ["..."], or '
            "remove it.",
        )
        for at, values in (
            ("alertmanager.route", {"alertmanager": {"route": {"groupBy": ["...", "model"]}}}),
            ("alertmanager.routes[0]", routed({**MATCHERS, "groupBy": ["model", "..."]})),
        )
    ),
    *(
        (
            routed({**MATCHERS, key: ["night"]}, {**MATCHERS, "muteTimeIntervals": ["day"]}, intervals=[DAY]),
            f'alertmanager.routes[0].{key}: the time interval "night" is not defined. Add it to '
            "alertmanager.timeIntervals, or name an existing one.",
        )
        for key in ("muteTimeIntervals", "activeTimeIntervals")
    ),
    (
        routed(MUTED, intervals=[NIGHT, NIGHT]),
        'alertmanager.timeIntervals[1].name: the name "night" is already in use. Rename the time interval, and name it '
        "in alertmanager.routes.",
    ),
    (
        routed(intervals=[NIGHT]),
        'alertmanager.timeIntervals[0].name: no route uses the time interval "night". Name it in muteTimeIntervals or '
        "activeTimeIntervals of alertmanager.routes, or remove the entry.",
    ),
    (
        interval(times=[{"startTime": "22:00", "endTime": "06:00"}]),
        f"{FIELDS}.times[0]: 22:00 is not before 06:00. A range must end on the same day: split it at 24:00 into two.",
    ),
    *(
        (interval(**{key: [text]}), f'{FIELDS}.{key}[0]: the range "{text}" ends before it starts. {remedy}')
        for key, text, remedy in RANGES
    ),
]
KINDS = [ROUTES]

# A receiver has one of these mistakes; and validation errors of a single mode.
OTHERS: Cases = [
    (
        {"alertmanager": {"enabled": False, "templates": {"team": "a"}}},
        "alertmanager.templates: is set, but alertmanager.enabled is false. Remove it, or set alertmanager.enabled to "
        "true.",
    ),
    *INTEGRATIONS,
    *CLIENTS,
    (
        {**interval(location="Europe/Paris"), **OPERATOR},
        f'{FIELDS}.location: is "Europe/Paris", but an AlertmanagerConfig has no time zones and uses UTC. Convert the '
        "times to UTC, and remove it.",
    ),
]

# Valid values that resemble invalid ones.
ALLOWED: list[dict[str, Any]] = [
    routed({**MATCHERS, "groupBy": ["..."], "routes": [{**MATCHERS, "receiver": "team"}]}),
    {**interval(location="UTC", years=["2026"]), **OPERATOR},
    interval(times=[{"startTime": "22:00", "endTime": "24:00"}, {"startTime": "00:00", "endTime": "06:00"}]),
    interval(weekdays=["saturday", "sunday", "sunday:saturday"], months=["1:december", "may"]),
    interval(daysOfMonth=["1:5", "-3:-1", "27:-1", "31"], location="Europe/Paris"),
    client(noProxy="a.example.org", proxyUrl="http://proxy.example.org:443"),
    notifying(webhook=[{**WEBHOOK[0], "bearerTokenSecret": KEY, "httpConfig": {"followRedirects": False}}]),
]
