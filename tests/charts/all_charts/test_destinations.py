"""No NetworkPolicy of a chart blocks a destination of its pods in silence: it allows the port, or a guard refuses it.

Every value that holds an address is either in DIALED or, with the reason, in NOT_DIALED.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import CHART_SPECS
from tests.charts.helm_errors import guard_errors
from tests.harness import Case, HelmError, Manifests, render
from tests.harness.case import merged
from tests.harness.field_paths import set_field
from tests.harness.policy.network import Connection, decide
from tests.harness.policy.peers import Address, Pod

OUTSIDE = Address("203.0.113.7")
ADDRESS = re.compile(r"(ur[il]s?|endpoint|address|smarthost|proxy|server|hosts?|hostnames)$", re.IGNORECASE)
SPECS = {chart.name: spec for chart, spec in CHART_SPECS.items()}
KEY = {"name": "login", "key": "token"}

# From host and port to values; and the end of the name of the workload that connects.
Dial = tuple[Callable[[str, int], dict[str, Any]], str]


def receiver(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return values with a receiver."""
    return {"alertmanager": {"receivers": [{"name": "team", kind: [fields]}], "route": {"receiver": "team"}}}


def url(host: str, port: int) -> str:
    """Return a URL, without the default port."""
    return f"https://{host}" if port == 443 else f"http://{host}:{port}"


def by_proxy(kind: str, fields: dict[str, Any]) -> Dial:
    """Return a receiver that connects through a proxy."""
    return lambda host, port: receiver(
        kind, {**fields, "httpConfig": {"proxyUrl": f"http://{host}:{port}"}}
    ), "alertmanager"


def by_url(kind: str, fields: dict[str, Any], key: str = "url") -> Dial:
    """Return a receiver that connects to a URL."""
    return lambda host, port: receiver(kind, {**fields, key: url(host, port)}), "alertmanager"


def prometheus(key: str, entry: Callable[[str, int], dict[str, Any]]) -> Dial:
    """Return an entry of a list of Prometheus."""
    return lambda host, port: {"prometheus": {key: [entry(host, port)]}}, "prometheus"


def oidc(host: str, port: int, key: str) -> dict[str, Any]:
    """Return values with an identity provider."""
    fixed = {"enabled": True, "clientId": "a", "clientSecret": {"name": "b"}, "authUrl": "https://a", "apiUrl": ""}
    both = {"tokenUrl": url(host, port), "apiUrl": url(host, port) if key == "apiUrl" else ""}
    return {"grafana": {"oidc": {**fixed, **both}}}


def download(**fields: str) -> dict[str, Any]:
    """Return values with a model that the pods download."""
    archive = {"sha256": "0" * 64, "allowHttp": True, **fields}
    return {"model": {"source": {"type": "download", "download": archive}}}


WEBHOOK_URL = {"urlSecret": KEY}
PAGER, GENIE, BOT = {"routingKeySecret": KEY}, {"apiKeySecret": KEY}, {"botTokenSecret": KEY, "chatId": 7}
TOPIC = {"topicArn": "arn:aws:sns:eu-west-1:1:alerts"}
JOB = {"job_name": "shop"}
MAIL = {"to": "a@example.org", "from": "b@example.org"}
AT = "alertmanager.receivers[]"
DIALED: dict[str, dict[str, Dial]] = {
    "istio-routing": {},
    "model-server": {
        "model.source.download.url": (lambda host, port: download(url=f"{url(host, port)}/model.tar.gz"), ""),
        "model.source.download.endpoint": (
            lambda host, port: download(url="s3://models/model.tar.gz", endpoint=url(host, port)),
            "",
        ),
        "tracing.endpoint": (lambda host, port: {"tracing": {"endpoint": url(host, port)}}, ""),
    },
    "monitoring": {
        "prometheus.remoteWrite[].url": prometheus("remoteWrite", lambda host, port: {"url": url(host, port)}),
        "prometheus.remoteWrite[].proxy_url": prometheus(
            "remoteWrite",
            lambda host, port: {"url": "https://a.example.org", "proxy_url": f"http://{host}:{port}"},
        ),
        "prometheus.remoteWrite[].oauth2.token_url": prometheus(
            "remoteWrite",
            lambda host, port: {"url": "https://a.example.org:6443", "oauth2": {"token_url": url(host, port)}},
        ),
        "prometheus.extraScrapeConfigs[].static_configs": prometheus(
            "extraScrapeConfigs", lambda host, port: {**JOB, "static_configs": [{"targets": [f"{host}:{port}"]}]}
        ),
        "prometheus.extraScrapeConfigs[].http_sd_configs": prometheus(
            "extraScrapeConfigs", lambda host, port: {**JOB, "http_sd_configs": [{"url": url(host, port)}]}
        ),
        "prometheus.externalAlertmanagers": prometheus(
            "externalAlertmanagers", lambda host, port: {"static_configs": [{"targets": [f"{host}:{port}"]}]}
        ),
        f"{AT}.webhook[].url": by_url("webhook", {}),
        f"{AT}.webhook[].httpConfig.proxyUrl": by_proxy("webhook", {"url": "https://a.example.org"}),
        f"{AT}.slack[].httpConfig": by_proxy("slack", {"channel": "#a", **WEBHOOK_URL}),
        f"{AT}.msteamsv2[].httpConfig": by_proxy("msteamsv2", WEBHOOK_URL),
        f"{AT}.email[].smarthost": (
            lambda host, port: receiver("email", {**MAIL, "smarthost": f"{host}:{port}"}),
            "alertmanager",
        ),
        f"{AT}.pagerduty[].url": by_url("pagerduty", PAGER),
        f"{AT}.pagerduty[].httpConfig": by_proxy("pagerduty", PAGER),
        f"{AT}.opsgenie[].apiUrl": by_url("opsgenie", GENIE, "apiUrl"),
        f"{AT}.opsgenie[].httpConfig": by_proxy("opsgenie", GENIE),
        f"{AT}.discord[].httpConfig": by_proxy("discord", WEBHOOK_URL),
        f"{AT}.telegram[].apiUrl": by_url("telegram", BOT, "apiUrl"),
        f"{AT}.telegram[].httpConfig": by_proxy("telegram", BOT),
        f"{AT}.sns[].apiUrl": by_url("sns", TOPIC, "apiUrl"),
        f"{AT}.sns[].httpConfig": by_proxy("sns", TOPIC),
        "grafana.oidc.tokenUrl": (lambda host, port: oidc(host, port, "tokenUrl"), "grafana"),
        "grafana.oidc.apiUrl": (lambda host, port: oidc(host, port, "apiUrl"), "grafana"),
        "grafana.extraDataSources[].url": (
            lambda host, port: {
                "grafana": {
                    "extraDataSources": [{"name": "Logs", "uid": "logs", "type": "loki", "url": url(host, port)}]
                }
            },
            "grafana",
        ),
        "grafana.config.smtp.host": (
            lambda host, port: {"grafana": {"config": {"smtp": {"enabled": True, "host": f"{host}:{port}"}}}},
            "grafana",
        ),
        "grafana.config.database.host": (
            lambda host, port: {"grafana": {"config": {"database": {"type": "postgres", "host": f"{host}:{port}"}}}},
            "grafana",
        ),
    },
}
LINK = "a link that people open"
NAMES = "names by which clients reach the pods"
NOT_DIALED: dict[str, dict[str, str]] = {
    "istio-routing": {
        "routing.hosts": NAMES,
        "security.jwt.jwksUri": "istiod downloads the keys",
        "sidecar.egressHosts": "the chart has no NetworkPolicies",
        "analysis.prometheusAddress": "the analysis tool connects, outside the release",
    },
    "model-server": {
        "server.host": "the listen address",
        "ingress.hosts[].host": NAMES,
        "httpRoute.hostnames": NAMES,
        "versions[].server": "a section; see server",
    },
    "monitoring": {
        "runbookUrl": LINK,
        **{f"{name}.externalUrl": LINK for name in ("prometheus", "alertmanager", "grafana")},
        **{f"{name}.ingress.hosts": NAMES for name in ("prometheus", "alertmanager", "grafana")},
        **{f"{name}.httpRoute.hostnames": NAMES for name in ("prometheus", "alertmanager", "grafana")},
        f"{AT}.webhook[].httpConfig.noProxy": "excludes hosts from the proxy",
        f"{AT}.slack[].iconUrl": "Slack downloads the picture",
        f"{AT}.discord[].avatarUrl": "Discord downloads the picture",
        "grafana.oidc.authUrl": LINK,
    },
}


# The port of the API server only: 443 is no longer open as one of its ports.
NARROWED: dict[str, Any] = {"networkPolicy": {"apiServerPorts": [6443]}}


def dials() -> Iterator[Any]:
    """Yield each destination with ports that the default policies allow and block."""
    for name, table in DIALED.items():
        for leaf, (values, workload) in table.items():
            for port in (443, 8428):
                for narrowed in ({}, NARROWED) if name == "monitoring" else ({},):
                    label = " narrowed" if narrowed else ""
                    yield pytest.param(SPECS[name], values, workload, port, narrowed, id=f"{leaf} {port}{label}")


@pytest.mark.parametrize(("of", "values", "workload", "port", "more"), list(dials()))
def test_a_destination_is_allowed_or_refused_with_a_remedy(
    of: ChartSpec, values: Callable[[str, int], dict[str, Any]], workload: str, port: int, more: dict[str, Any]
) -> None:
    case = of.case(merged(values("vm.example.org", port), more))
    try:
        manifests = render(case)
    except HelmError:
        case = remedied(of, case)
        manifests = render(case)
    source = Pod.of(connecting(manifests, workload))
    verdict = decide(manifests, Connection(source, OUTSIDE, port))
    assert verdict.allowed, f"blocked in silence: {verdict.reason}; let a guard refuse it"


def remedied(of: ChartSpec, case: Case) -> Case:
    """Return a case with the remedies of the guards applied."""
    defaults = yaml.safe_load((of.chart / "values.yaml").read_text(encoding="utf-8"))
    for message in guard_errors(case):
        found = re.search(r"which (\S+) does not allow\. Add (\{.*?\}) to it", message)
        assert found, f"the message has no rule to add: {message}"
        path, rule = found.groups()
        given, default = dict(case.values), defaults
        for part in path.split("."):
            given, default = given.get(part, {}), default[part]
        case = case.with_values(set_field({}, path, [*(given or default), yaml.safe_load(rule)]))
    return case


def connecting(manifests: Manifests, workload: str) -> Any:
    """Return the workload that connects: that with a name, or that of the servers."""
    found = [each for each, _ in manifests.pod_specs() if each.kind in ("Deployment", "StatefulSet")]
    return next(each for each in found if each.name.endswith(workload))


def test_every_value_with_an_address_is_in_a_table(chart_spec: ChartSpec) -> None:
    known = {*DIALED.get(chart_spec.name, ()), *NOT_DIALED.get(chart_spec.name, ())}
    addresses = {path for path in chart_spec.leaves if ADDRESS.search(path.removesuffix("[]"))}
    missing = addresses - known
    assert not missing, f"add these to DIALED or, with a reason, to NOT_DIALED: {sorted(missing)}"
