"""Invalid matchers and regular expressions, each with the validation error of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases

RECEIVER = {"name": "team", "webhook": [{"url": "https://incidents.example.org/alerts"}]}
WRITE = {"url": "https://metrics.example.org"}


def matching(*matchers: str) -> dict[str, Any]:
    """Return values with a route that has these matchers."""
    routes = [{"receiver": "team", "matchers": list(matchers)}]
    return {"alertmanager": {"receivers": [RECEIVER], "routes": routes}}


def no_regex(key: str, regex: str, rejected: str) -> str:
    return (
        f'{key}: "{regex}" is not a regular expression in RE2 syntax, so {rejected}. Correct it; special characters '
        'such as "(" are literal only after a backslash.'
    )


def no_matcher(number: int, quoted: str) -> str:
    return (
        f'alertmanager.routes[0].matchers[{number}]: "{quoted}" is not a matcher. Write NAME = VALUE, or !=, =~ or !~ '
        "instead of =, and put a value with a comma, a brace or a quotation mark into quotation marks."
    )


_CONFIGURATION = "Alertmanager would reject its configuration"
_RULE = "Prometheus would reject it"

MATCHERS: Cases = [
    (matching("severity == critical", "a b = c"), no_matcher(1, "a b = c")),
    *((matching(text), no_matcher(0, quoted)) for text, quoted in (("=a", "=a"), ('a = "b', 'a = \\"b'))),
    *(
        (matching(text), no_regex("alertmanager.routes[0].matchers[0]", regex, _CONFIGURATION))
        for text, regex in (("a =~ b(", "b("), ('a !~ "b["', "b["), ('c = d, a =~ "(?=b)"', "(?=b)"))
    ),
]
KEEP = {"action": "keep", "source_labels": ["a"]}
RELABELINGS: Cases = [
    (
        {"prometheus": {"extraScrapeConfigs": [{"job_name": "a", key: [KEEP, KEEP | {"regex": "a("}]}]}},
        no_regex(f"prometheus.extraScrapeConfigs[0].{key}[1].regex", "a(", _RULE),
    )
    for key in ("relabel_configs", "metric_relabel_configs")
]
RELABELINGS.append(
    (
        {"prometheus": {"remoteWrite": [{**WRITE, "write_relabel_configs": [KEEP | {"regex": "*"}]}]}},
        no_regex("prometheus.remoteWrite[0].write_relabel_configs[0].regex", "*", _RULE),
    )
)

# Valid values that resemble invalid ones.
ALLOWED: list[dict[str, Any]] = [
    matching('a =~ "b\\\\("', "a =~ b|c", "a=", 'a!="b,c"', 'a="b", c!~"d{2}"', '"a b"="c"', "ä=b"),
    {"prometheus": {"extraScrapeConfigs": [{"job_name": "a", "relabel_configs": [{"regex": "{{ .Release.Name }}("}]}]}},
]
