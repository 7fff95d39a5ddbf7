"""Fakes of the programs `helm` and `kubectl`, and metrics for a fake Prometheus.

The fakes store a cluster in one file, accept only the arguments that the real programs (Helm 4) accept here, and
record their calls. The end-to-end tests show that the real programs behave the same way.
"""

from __future__ import annotations

import fcntl
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.dashboards.fake_prometheus import Response, vector

_COMMON = """\
#!{python} -IS
# A fake of the program {name} for tests. It stores a cluster in one file.
# It imports little because it is started often.
import fcntl, json, os, sys, time
os.chdir({folder!r})
lock = open("lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
cluster = json.load(open("cluster.json"))
arguments = sys.argv[1:]
given = sys.stdin.read() if "-" in arguments else ""
with open("calls", "a") as calls:
    calls.write(json.dumps([{name!r}, arguments, given]) + "\\n")

def save():
    with open("new.json", "w") as file:
        json.dump(cluster, file)
    os.replace("new.json", "cluster.json")

def fail(text):
    sys.stderr.write(text + "\\n")
    sys.exit(1)

def parse(flags, switches=()):
    words, found, left = [], {{}}, list(arguments)
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if name in flags:
            found[name] = value if equals else left.pop(0)
        elif word in switches:
            found[word] = True
        elif word.startswith("-") and word != "-":
            fail("Error: unknown flag: " + word)
        else:
            words.append(word)
    return words, found

if cluster.get("away"):
    fail("Unable to connect to the server: dial tcp 10.0.0.1:6443: connect: connection refused")
"""

_HELM = """
words, flags = parse(
    ("--namespace", "-o", "--revision", "--version", "--values", "--timeout", "--description",
     "--kubeconfig", "--kube-context"),
    ("--all", "--reset-then-reuse-values"),
)
release = cluster["release"]
if words[:2] == ["show", "chart"]:
    chart = cluster["chart"]
    print("apiVersion: v2\\nname: " + chart["name"] + "\\nversion: " + chart["version"])
    sys.exit(0)
name = words[2] if words[0] == "get" else words[1]
if (name, flags.get("--namespace")) != (release["name"], release["namespace"]):
    fail("Error: release: not found")
if words[:2] == ["get", "metadata"]:
    shown = {"chart": "istio-routing", "version": "0.1.0", "revision": release["revision"], "status": release["status"]}
    print(json.dumps(shown))
elif words[:2] == ["get", "values"]:
    assert flags["--revision"] == str(release["revision"])
    print(json.dumps(release["values"]))
elif words[0] == "history":
    print(json.dumps([{"revision": 1, "status": "superseded"}, {"revision": 2, "status": "pending-upgrade"}]))
elif words[0] == "upgrade":
    if release["status"].startswith("pending"):
        fail("Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress")
    assert flags["--reset-then-reuse-values"] and flags["--values"] == "-" and flags["--timeout"].endswith("s")
    release["values"].update(json.loads(given))
    release["revision"] += 1
    release["status"] = "pending-upgrade"
    save()
    if cluster.get("slow"):
        open("upgrading", "w").close()
        while not os.path.exists("go"):
            time.sleep(0.02)
    if cluster.get("failures", 0):
        cluster["failures"] -= 1
        release["status"] = "failed"
        save()
        fail("Error: UPGRADE FAILED: a webhook says no")
    release["status"] = "deployed"
    cluster["weights"].append([entry.get("weight", 0) for entry in release["values"]["versions"]])
    save()
    print("Release upgraded. Happy Helming!")
else:
    fail("Error: unknown command")
"""

_KUBECTL = """
words, flags = parse(
    ("--namespace", "-o", "-f", "--request-timeout", "--selector", "--kubeconfig", "--context"), ("--ignore-not-found",)
)
objects = cluster["objects"]
if words[:2] == ["get", "configmap"]:
    if words[2] in objects:
        print(json.dumps(objects[words[2]]))
elif words[:2] == ["get", "service"]:
    if words[2] != "iris-model-server":
        fail('Error from server (NotFound): services "' + words[2] + '" not found')
    print(json.dumps({"spec": {"selector": cluster["selector"]}}))
elif words[:2] == ["get", "pods"]:
    wanted = dict(pair.split("=") for pair in flags["--selector"].split(","))
    assert wanted == {**cluster["selector"], "version": wanted["version"]}
    print(json.dumps({"items": cluster["pods"].get(wanted["version"], [])}))
elif words[0] in ("create", "replace"):
    document = json.loads(given)
    name, version = document["metadata"]["name"], document["metadata"].get("resourceVersion")
    if words[0] == "create" and name in objects:
        fail('Error from server (AlreadyExists): error when creating "STDIN": configmaps "' + name + '" already exists')
    if words[0] == "replace" and name not in objects:
        fail('Error from server (NotFound): error when replacing "STDIN": configmaps "' + name + '" not found')
    if words[0] == "replace" and objects[name]["metadata"]["resourceVersion"] != version:
        fail('Error from server (Conflict): error when replacing "STDIN": the object has been modified')
    cluster["writings"] += 1
    document["metadata"]["resourceVersion"] = str(cluster["writings"])
    objects[name] = document
    save()
    print(json.dumps(document))
else:
    fail("error: unknown command")
"""


def pod(name: str, ready: bool = True, restarts: int = 0, ending: bool = False) -> dict[str, Any]:
    """Return the fields of a pod that modelctl reads."""
    metadata = {"name": name} | ({"deletionTimestamp": "2026-11-23T04:00:00Z"} if ending else {})
    status = {
        "conditions": [{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": str(ready)}],
        "containerStatuses": [{"restartCount": restarts}],
    }
    return {"metadata": metadata, "status": status}


class FakePrograms:
    """A directory with both programs and their cluster."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "programs"
        self.programs.mkdir()
        for name, text in (("helm", _HELM), ("kubectl", _KUBECTL)):
            path = self.programs / name
            path.write_text(_COMMON.format(python=sys.executable, name=name, folder=str(folder)) + text)
            path.chmod(0o755)
        self.write(
            {
                "release": {
                    "name": "iris-routing",
                    "namespace": "models",
                    "revision": 1,
                    "status": "deployed",
                    "values": {
                        "trafficManagement": "helm",
                        "service": {"name": "iris-model-server"},
                        "security": {"password": "s3cr3t"},
                        "versions": [{"name": "1", "weight": 100}, {"name": 2, "weight": 0, "mirror": 5}],
                    },
                },
                "chart": {"name": "istio-routing", "version": "0.1.0"},
                "weights": [],
                "objects": {},
                "writings": 0,
                "selector": {"app.kubernetes.io/instance": "iris"},
                "pods": {"1": [pod("old")], "2": [pod("new")]},
            }
        )

    def read(self) -> dict[str, Any]:
        """Read the cluster."""
        cluster: dict[str, Any] = json.loads((self.folder / "cluster.json").read_text())
        return cluster

    def write(self, cluster: Mapping[str, Any]) -> None:
        """Replace the cluster, as another process would."""
        # A program that a killed process has started may still be about to write an older cluster.
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (self.folder / "written.json").write_text(json.dumps(cluster))
            (self.folder / "written.json").replace(self.folder / "cluster.json")

    def calls(self) -> list[tuple[str, list[str], str]]:
        """Return the recorded calls: name, arguments, standard input."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(name, arguments, given) for name, arguments, given in map(json.loads, lines)]

    @property
    def weights(self) -> list[int]:
        """The weights of the release, in the order of its list."""
        return [entry.get("weight", 0) for entry in self.read()["release"]["values"]["versions"]]

    @property
    def state(self) -> dict[str, Any]:
        """The stored state of the rollout."""
        state: dict[str, Any] = json.loads(self.read()["objects"]["iris-routing-rollout"]["data"]["state.json"])
        return state


class FakeMetrics:
    """Metrics of the fake Prometheus by model version."""

    def __init__(self) -> None:
        self.requests = 1000.0
        self.errors: dict[str, float] = {}
        self.unknown: set[str] = set()
        self.asked: list[str] = []

    def answer(self, _: str, parameters: Mapping[str, str]) -> Response:
        """Respond to one query."""
        query = parameters["query"]
        self.asked.append(query)
        version = query.split('version="')[1].split('"')[0]
        if version in self.unknown or "shadow" in query:
            return vector()
        if "histogram_quantile" in query:
            return vector(({}, "0.02"))
        if 'code=~"5.."' in query:
            return vector(({}, str(self.errors.get(version, 0.0)) if self.requests else "NaN"))
        if 'code=~"4.."' in query:
            return vector(({}, "0" if self.requests else "NaN"))
        return vector(({}, str(self.requests)))
