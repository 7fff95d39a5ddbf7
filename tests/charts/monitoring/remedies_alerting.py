"""The remedies for receivers, routes and time intervals."""

from __future__ import annotations

import re
from typing import Any

from tests.charts.monitoring.guard_cases_alerting import KEY, MAIL, WEBHOOK
from tests.charts.remedies.changes import Change, every, gone, to, with_entry
from tests.charts.remedies.editor import Editor
from tests.charts.remedies.mistakes import Mistake
from tests.charts.remedies.rules import Alternatives, Reading, Rule

MATCHERS = ["severity = info"]
INTEGRATIONS: dict[str, Any] = {
    "webhook": WEBHOOK[0],
    "slack": {"channel": "#models", "urlSecret": KEY},
    "msteamsv2": {"urlSecret": KEY},
    "email": {**MAIL},
    "pagerduty": {"routingKeySecret": KEY},
    "opsgenie": {"apiKeySecret": KEY},
    "discord": {"urlSecret": KEY},
    "telegram": {"chatId": 7, "botTokenSecret": KEY},
    "sns": {"topicArn": "arn:aws:sns:eu-west-1:1:alerts"},
}
# Values for the fields of integrations.
FIELDS: dict[str, Any] = {
    "url": WEBHOOK[0]["url"],
    "urlSecret": KEY,
    "username": "a",
    "passwordSecret": KEY,
    "certSecret": KEY,
    "keySecret": KEY,
    "topicArn": "arn:aws:sns:eu-west-1:1:alerts",
    "targetArn": "arn:aws:sns:eu-west-1:1:endpoint/GCM/a/1",
    "phoneNumber": "+15550100",
    "id": "4513b7ea",
    "name": "ml",
}


def fields_in(mistake: Mistake) -> dict[str, bool]:
    """Return the fields that the problem names, and whether each is set."""
    editor = mistake.editor()
    names = [name for name in re.findall(r"\w+", mistake.problem) if name in FIELDS]
    return {name: editor.is_set(f"{mistake.key}.{name}") for name in names}


def exactly_one(match: Reading) -> Alternatives:
    """Set each field that is missing, or remove each of those that are too many."""
    at, fields = match.mistake.key, fields_in(match.mistake)
    if any(fields.values()):
        return [gone(f"{at}.{name}") for name, is_set in fields.items() if is_set]
    return [to(f"{at}.{name}", FIELDS[name]) for name in fields]


def both(match: Reading) -> Alternatives:
    at = match.mistake.key
    return [
        every(*(to(f"{at}.{name}", FIELDS[name]) for name, is_set in fields_in(match.mistake).items() if not is_set))
    ]


def neither(match: Reading) -> Alternatives:
    at = match.mistake.key
    return [gone(f"{at}.{name}") for name, is_set in fields_in(match.mistake).items() if is_set]


def kinds(match: Reading) -> Alternatives:
    names = re.findall(r"\w+", match["names"].replace(" or ", " "))
    return [to(f"{match.mistake.key}.{name}", [INTEGRATIONS[name]]) for name in names]


def rename_receiver(editor: Editor, mistake: Mistake) -> None:
    editor.set(mistake.key, "own")
    if editor.get("alertmanager.route.receiver") in [each["name"] for each in editor.get("alertmanager.receivers")]:
        editor.append("alertmanager.routes", {"receiver": "own", "matchers": MATCHERS})
    else:
        editor.set("alertmanager.route.receiver", "own")


def define_receiver(editor: Editor, mistake: Mistake) -> None:
    editor.append("alertmanager.receivers", {"name": mistake.things[0], "webhook": WEBHOOK})


def define_interval(editor: Editor, mistake: Mistake) -> None:
    editor.append(
        "alertmanager.timeIntervals", {"name": mistake.things[0], "timeIntervals": [{"weekdays": ["monday"]}]}
    )


def existing(path: str, listed: bool = False) -> Change:
    def do(editor: Editor, mistake: Mistake) -> None:
        name = editor.get(path)[0]["name"]
        editor.set(mistake.key, [name] if listed else name)

    return do


def rename_interval(editor: Editor, mistake: Mistake) -> None:
    editor.set(mistake.key, "own")
    editor.append("alertmanager.routes", {"matchers": MATCHERS, "muteTimeIntervals": ["own"]})


def routed(**fields: Any) -> Change:
    return with_entry("alertmanager.routes", {"matchers": MATCHERS, **fields})


def split(editor: Editor, mistake: Mistake) -> None:
    """Replace a range by two."""
    holder = mistake.key.rpartition("[")[0]
    start, _, end = editor.get(mistake.key).rpartition(":")
    editor.set(holder, [start, end])


def split_day(editor: Editor, mistake: Mistake) -> None:
    holder, times = mistake.key.rpartition("[")[0], editor.get(mistake.key)
    ranges = [{**times, "endTime": "24:00"}, {**times, "startTime": "00:00"}]
    editor.set(holder, ranges)


def swap(editor: Editor, mistake: Mistake) -> None:
    start, _, end = editor.get(mistake.key).rpartition(":")
    editor.set(mistake.key, f"{end}:{start}")


def with_basic_auth(editor: Editor, mistake: Mistake) -> None:
    http = mistake.key.removesuffix(".authorization.type")
    editor.remove(f"{http}.authorization")
    editor.set(f"{http}.basicAuth", {"usernameSecret": KEY, "passwordSecret": KEY})


RULES = [
    Rule("Rename the receiver, and name it in alertmanager.route or alertmanager.routes", [rename_receiver]),
    Rule("Rename the time interval, and name it in alertmanager.routes", [rename_interval]),
    Rule("Add (?P<names>webhook, .+)", kinds),
    Rule("Set one of them(, but not both|, and only one)?", exactly_one, at="alertmanager.*"),
    Rule("Set both", both, at="alertmanager.*"),
    Rule("remove (both|it)", neither, at="alertmanager.*(email.0.|tlsConfig)"),
    Rule("Add it to alertmanager.receivers", [define_receiver]),
    Rule("Add it to alertmanager.timeIntervals", [define_interval]),
    Rule("name an existing one", [existing("alertmanager.timeIntervals", listed=True)], at=".*TimeIntervals"),
    Rule("name an existing one", [existing("alertmanager.receivers")]),
    Rule(
        "Name it in alertmanager.route.receiver, alertmanager.routes or alertmanager.deadMansSwitchReceiver",
        [
            to("alertmanager.route.receiver", "team"),
            routed(receiver="team"),
            to("alertmanager.deadMansSwitchReceiver", "team"),
        ],
    ),
    Rule(
        "Name it in muteTimeIntervals or activeTimeIntervals of alertmanager.routes",
        [routed(muteTimeIntervals=["night"]), routed(activeTimeIntervals=["night"])],
    ),
    Rule(r'Write \["..."\]', [to("", ["..."])]),
    Rule("A range must end on the same day: split it at 24:00 into two", [split_day]),
    Rule("The week starts on sunday: split it into two ranges|[Ss]plit it into two ranges", [split]),
    Rule("Correct the order", [swap]),
    Rule(
        "set alerts.AlertmanagerNotificationsFailing.for to less than that",
        [to("alerts.AlertmanagerNotificationsFailing.for", "5m")],
    ),
    Rule(
        "remove alertmanager.receivers and their names in .+",
        [every(gone("alertmanager.receivers"), gone("alertmanager.route.receiver"))],
    ),
    Rule("Set it to the ID of a user, a group or a channel", [to("", 7)]),
    Rule("Remove authorization, and use basicAuth", [with_basic_auth]),
    Rule("Set proxyUrl", [to(".proxyUrl", "https://proxy.example.org")]),
    Rule("Convert the times to UTC, and remove it", [gone()]),
    Rule("Write NAME = VALUE, or .+", [to("", 'name = "a, b"')]),
    Rule("Correct it; .+", [to("", 'a =~ "b\\\\("')], at=".*matchers.*"),
]
