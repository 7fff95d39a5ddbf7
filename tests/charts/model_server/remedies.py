"""The remedies of this chart's guards that take knowledge about the chart."""

from __future__ import annotations

import re

from tests.charts.model_server.guard_cases_additions import TWO
from tests.charts.model_server.guard_cases_release import ANYWHERE
from tests.charts.remedies.changes import Change, every, gone, remove_named, to
from tests.charts.remedies.editor import Editor
from tests.charts.remedies.mistakes import Mistake
from tests.charts.remedies.rules import Alternatives, Reading, Remedies, Rule

DIGEST = "b" * 64
CHANGE_TYPE = "Change the type, and admit the clients in networkPolicy.ingressFrom"
METRIC = {
    "type": "Pods",
    "pods": {"metric": {"name": "requests"}, "target": {"type": "AverageValue", "averageValue": "10"}},
}
HEADERS = {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "a", "value": "b"}]}}


def admit(editor: Editor, _: Mistake) -> None:
    editor.set("networkPolicy.ingressFrom", ANYWHERE["networkPolicy"]["ingressFrom"])


def change_type(match: Reading) -> Alternatives:
    """Return an alternative for each type of the Service that the problem names."""
    problem = match.mistake.problem
    (path, types) = re.findall(r'((?:nginx\.)?service\.type) (?:((?:"\w+"(?: or )?)+)|is)', problem)[0]
    return [every(to(path, name), admit) for name in re.findall(r"\w+", types.replace(" or ", " ")) or ["NodePort"]]


def with_scheme(scheme: str, *names: str) -> Change:
    """Change the scheme of the URLs that are set."""

    def do(editor: Editor, mistake: Mistake) -> None:
        for name in names:
            path = f"{mistake.key.rpartition('.')[0]}.{name}"
            url = editor.get(path)
            if url:
                editor.set(path, re.sub(r"^http:" if scheme == "https:" else "^https?:", scheme, url))

    return do


def add_sidecar(editor: Editor, mistake: Mistake) -> None:
    """Add a sidecar that has the port."""
    port = {"name": editor.get(mistake.key), "containerPort": 4180}
    editor.set("sidecars", [{"name": "proxy", "image": "proxy", "ports": [port]}])


def fewer(editor: Editor, mistake: Mistake) -> None:
    """Demand one available pod less than there are."""
    (pods,) = re.findall(r"of (\d+) pods", mistake.problem)
    editor.set(mistake.key, "50%" if pods == "100" else int(pods) - 1)


def scheduled(editor: Editor, mistake: Mistake) -> None:
    """Scale to zero outside the time in which pods run."""
    editor.set("keda.minReplicaCount", 0)
    at = mistake.key.rpartition(".")[0]
    for name, value in (("desiredReplicas", "1"), ("start", "0 8 * * 1"), ("end", "0 8 * * 6")):
        editor.set(f"{at}.{name}", value)


RULES = [
    Rule(CHANGE_TYPE, change_type),
    Rule("[Aa]dd the versions", [to("versions", TWO)]),
    Rule("Set it in the next upgrade, when keepUnversioned is false", [gone(), to("keepUnversioned", False)]),
    Rule("Use one ConfigMap for each version", [to("", "iris-2")]),
    Rule("Set a key, .+", [to("secret.stringData.token", "contents")]),
    Rule("[Ss]et secret.existingSecret to (its name|the name of a Secret)", [to("secret.existingSecret", "login")]),
    Rule("Set the value under server or model instead", [every(remove_named, to("server.drainSeconds", 15))]),
    Rule("list one family", [to(".ipFamilies", ["IPv4"])]),
    Rule("Set it to at most the timeout of the request", [to("", "50s")]),
    Rule("Set both", [to(".requestsPerSecond", 10)], at="nginx.rateLimit.*"),
    Rule("neither", [gone()], at="nginx.rateLimit.*"),
    Rule("Add a name server", [to("", ["192.0.2.53"])]),
    Rule("change dnsPolicy", [to("dnsPolicy", "ClusterFirst")]),
    Rule("Change it", [to("", HEADERS)], at=r"httpRoute\.filters.*"),
    Rule("Remove it, and choose the runner with tests.runner", [every(remove_named, to("tests.runner", "argocd"))]),
    Rule("disable nginx", [to("nginx.enabled", False)]),
    Rule("Set it to the image that contains the model", [to("", "registry.example.org/iris:1")]),
    Rule("Set it to the claim that contains the model", [to("", "iris")]),
    Rule("Set it to the ConfigMap that contains the version's files", [to("", "iris-1")]),
    Rule("Set it to the name in manifest.json", [to("", "iris")]),
    Rule("Set it to the version in manifest.json", [to("", 1)]),
    Rule("Set it to the output of sha256sum for the archive", [to("", DIGEST)]),
    Rule("Use https in url and endpoint", [with_scheme("https:", "url", "endpoint")]),
    Rule("use an s3:// URL", [with_scheme("s3:", "url")]),
    Rule("Lower the minimum or raise the maximum", [to("", 1), to(".maxReplicas", 20)], at="autoscaling.*"),
    Rule("Lower the minimum or raise the maximum", [to("", 1), to(".maxReplicaCount", 20)], at="keda.*"),
    Rule("Set it to the CPU that (a pod|the container) uses under normal load", [to("", "500m")]),
    Rule("Set it to the memory that the container uses under normal load", [to("", "256Mi")]),
    Rule("Lower it", [to("", 0)], at="keda.idleReplicaCount"),
    Rule("Set one of them to 1 or more", [to("", 1), to(".maxUnavailable", 1)], at="strategy.*"),
    Rule("Set it to the end of the time in which pods run", [to("", "0 20 * * *")]),
    Rule("Set it to 1 or more, start and end to the time in which pods run, and .+", [scheduled]),
    Rule("Remove secret.existingSecret", [gone("secret.existingSecret")]),
    Rule(
        "set secret.create to false and remove secret.stringData",
        [every(to("secret.create", False), gone("secret.stringData"))],
    ),
    Rule("Add the port to an entry of sidecars", [add_sidecar]),
    Rule("Set one of them", [to("", [METRIC]), to("autoscaling.targetCPUUtilizationPercentage", 70)], at="auto.*"),
    Rule("Set its name", [to("", {"name": "login"})]),
    Rule("Set it to less than the number of replicas", [fewer]),
    Rule("set neither number", [gone()]),
]

# These choose another mode, of which guards demand the keys; their remedies are followed as well.
FURTHER = {
    "set model.source.type to .+": "each type has keys of its own, which guards demand by their names",
}

REMEDIES = Remedies(RULES, FURTHER)
