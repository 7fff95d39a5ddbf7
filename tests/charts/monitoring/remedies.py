"""The remedies of this chart's guards that take knowledge about the chart."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.charts.monitoring import remedies_alerting, remedies_secrets
from tests.charts.remedies.changes import Change, every, gone, remove_entry, remove_named, to, with_entry
from tests.charts.remedies.editor import Editor
from tests.charts.remedies.mistakes import Mistake
from tests.charts.remedies.rules import Alternatives, Reading, Remedies, Rule

OUTSIDE = [{"ipBlock": {"cidr": "203.0.113.0/24"}}]
DASHBOARD = '{"uid": "own", "title": "Own"}'
UNITS = {"": 1e6 / 1e6, "Mi": 1.048e6, "Gi": 1.073e9, "Ti": 1.099e12}
# By the value that replaces a flag or a field: what users could set.
INSTEAD: dict[str, Any] = {
    "prometheus.serviceAccount.name": "own",
    "prometheus.retention.time": "30d",
    "alertmanager.externalUrl": "https://alerts.example.org",
    "adapter.relistInterval": "2m",
    "grafana.admin.existingSecret": "login",
}
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
PROJECTED = {"sources": [{"serviceAccountToken": {"path": "token"}}]}


def most_of_the_volume(editor: Editor, mistake: Mistake) -> None:
    """Limit the size to four fifths of the volume."""
    size = re.fullmatch(r"([\d.]+)(\w*)", str(editor.get("prometheus.persistence.size")))
    assert size, mistake.message
    editor.set(mistake.key, f"{int(float(size[1]) * UNITS[size[2]] * 0.8 / 1e6)}MB")


def component(mistake: Mistake) -> str:
    return mistake.key.partition(".")[0]


def without_path(editor: Editor, mistake: Mistake) -> None:
    editor.set(mistake.key, editor.get(mistake.key).removesuffix("/watch"))


def with_own_route(editor: Editor, mistake: Mistake) -> None:
    for kind in ("ingress", "httpRoute"):
        editor.set(f"{component(mistake)}.{kind}.enabled", False)


def in_dashboard(field: str) -> Change:
    """Change a field of a dashboard, which is JSON in a text."""

    def do(editor: Editor, mistake: Mistake) -> None:
        dashboard = {"uid": "own", "title": "Own", **json.loads(editor.get(mistake.key)), field: "other"}
        editor.set(mistake.key, json.dumps(dashboard))

    return do


def renamed(editor: Editor, mistake: Mistake) -> None:
    editor.rename(mistake.key, "HighCPUUsage" if mistake.key.startswith("alerts.") else "own")


def instead(match: Reading) -> Alternatives:
    """Remove a flag, an entry or a field, and set the value that does the same."""
    path = match["path"]
    value = match.mistake.editor().get(path) if path == "kubeStateMetrics.collect" else INSTEAD[path]
    remove = remove_named if match.mistake.key.endswith("extraEnv") else gone()
    return [every(remove, to(path, value))]


def collect(editor: Editor, mistake: Mistake) -> None:
    """Add the resource that must be collected."""
    (resource,) = re.findall(r"must contain (\w+)|: (\w+) is not in", mistake.message)
    editor.append("kubeStateMetrics.collect", resource[0] or resource[1])


def alert_or_record(match: Reading) -> Alternatives:
    at = f"{match.mistake.key}."
    if match.mistake.editor().is_set(f"{at}alert"):
        return [gone(f"{at}alert"), gone(f"{at}record")]
    return [to(f"{at}alert", "Down"), to(f"{at}record", "down")]


def change_type(match: Reading) -> Alternatives:
    types = re.findall(r'"(\w+)"', match.mistake.problem)[:2]
    path = f"{component(match.mistake)}.service.type"
    return [every(to(path, name), to("networkPolicy.ingressFrom", OUTSIDE)) for name in types]


def add_sidecar(editor: Editor, mistake: Mistake) -> None:
    port = {"name": editor.get(mistake.key), "containerPort": 4180}
    editor.set(f"{component(mistake)}.sidecars", [{"name": "own", "image": "own", "ports": [port]}])


def mount_token(editor: Editor, mistake: Mistake) -> None:
    at = component(mistake)
    editor.set(f"{at}.extraVolumes", [{"name": "token", "projected": PROJECTED}])
    editor.set(f"{at}.extraVolumeMounts", [{"name": "token", "mountPath": ACCOUNT}])


def both_of_tls(editor: Editor, _: Mistake) -> None:
    for name, value in (("caBundle", "a"), ("existingSecret", "login")):
        editor.set(f"adapter.tls.{name}", editor.get(f"adapter.tls.{name}") or value)


RULES = [
    *remedies_secrets.RULES,
    *remedies_alerting.RULES,
    Rule("Change the type, and admit the clients in networkPolicy.ingressFrom", change_type),
    Rule("Add the port to an entry of sidecars", [add_sidecar]),
    Rule("Set it to at most the interval", [to("", "10s")]),
    Rule("Set it to about 80 % of .+", [most_of_the_volume, to("prometheus.persistence.size", "4Ti")]),
    Rule("Set it to a Secret with credentials", [to("", "login")]),
    Rule("Remove the path", [without_path]),
    Rule("disable .+ and use your own that strip the path", [with_own_route]),
    Rule("Set it to the value from the identity provider", [to("", "own")], at=".*clientId"),
    Rule("Set it to the value from the identity provider", [to("", "https://login.example.org/token")]),
    Rule("Put the client secret into a Secret and name it here", [to("", "login")]),
    Rule("remove the extra dashboards|put the dashboards into separate ConfigMaps .+", [gone("dashboards.extra")]),
    Rule("Remove panels", [to("", {"own": DASHBOARD})], at="dashboards.extra"),
    Rule("Export .+|replace the inputs with .+", [to("", DASHBOARD)], at="dashboards.extra.*"),
    Rule("Change the uid", [in_dashboard("uid")], at="dashboards.*"),
    Rule("Change the title", [in_dashboard("title")], at="dashboards.*"),
    Rule("Rename it|Use a name that docs/runbooks/README.md lists", [renamed], at="(dashboards|extraRules|alerts).*"),
    Rule("Authenticate in a proxy in front of Prometheus instead", [gone("prometheus.auth.existingSecret")]),
    Rule("scale with KEDA, which can authenticate|Set it to false, and scale with KEDA instead", [to("", False)]),
    Rule("Set both", [both_of_tls], at="adapter.tls"),
    Rule("neither", [gone()], at="adapter.tls"),
    Rule("Remove it; alerts.<Alert>.severity overrides the severity of an alert", [gone()]),
    Rule("Add it( there, if the chart can collect it)?", [collect], at="kubeStateMetrics.*"),
    Rule("correct the name", [to("", "deployments=[a]")], at="kubeStateMetrics.*1."),
    Rule("Merge the two", [to("kubeStateMetrics.metricLabelsAllowlist", ["pods=[a,b]"])]),
    Rule("Set exactly one of them", alert_or_record),
    Rule("Remove one of them", [remove_entry], at="slo.*"),
    Rule("Remove one of them", [gone(), gone("grafana.plugins")], at="grafana.*"),
    Rule(
        "Set availability.objective or latency.objective",
        [
            to("slo.models[0].availability.objective", 99.5),
            to("slo.models[0].latency.objective", 99),
        ],
    ),
    Rule("scrape more often", [to("prometheus.scrape.interval", "30s")]),
    Rule("set prometheus.serviceAccount.create to false to share it", [to("prometheus.serviceAccount.create", False)]),
    Rule("Set it to the name of an existing ServiceAccount", [to("", "own")]),
    Rule("Remove .+ and set them on the existing ServiceAccount", [gone(".annotations")]),
    Rule(r"Remove it, and set (?P<path>\S+) instead", instead),
    Rule("mount a token at .+ with extraVolumes and extraVolumeMounts", [mount_token]),
    Rule("Change the name", [to("grafana.sidecars[0].ports[0].name", "own")], at="grafana.sidecars"),
    Rule(
        "Add it to alertmanager.service.extraPorts",
        [with_entry("alertmanager.service.extraPorts", {"name": "proxy", "port": 4180})],
    ),
    Rule("Set different hosts", [to("", ["other.example.org"])]),
    Rule("give it a name", [to("prometheus.remoteWrite[2].name", "own")]),
    Rule("Set it to false in all but one of them", [to("", False)]),
]


REMEDIES = Remedies(RULES)
