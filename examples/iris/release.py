"""Installing the chart for an example model, and asking the pods through their Service."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cluster import tools
from devkit import paths, versions
from devkit.errors import UserError
from devkit.process import run
from examples.iris.models import FOLDER

CHART = paths.REPOSITORY / "charts" / "model-server"
CLIENT = FOLDER / "client.py"
CLIENT_POD = FOLDER / "client-pod.yaml"
SERVER_IMAGE = f"model-server:{versions.get('model-server')}"
WAIT_SECONDS = 300
POD_SECONDS = 90

# The strictest of the Pod Security Standards: what does not meet it is refused by the API server.
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
# What redirects a pod's traffic to a sidecar needs a right that every stricter standard refuses.
PRIVILEGED = {"pod-security.kubernetes.io/enforce": "privileged"}


@dataclass(frozen=True)
class Answer:
    """What the server answered: a prediction for each row, and the version that made it."""

    prediction: list[Any]
    version: str


def kubectl(*arguments: str | Path, stdin: str | None = None, check: bool = True, seconds: float = 120) -> str:
    """Run kubectl on the cluster and return what it printed."""
    command = [tools.ensure("kubectl"), "--kubeconfig", paths.KUBECONFIG, *arguments]
    return run(command, stdin=stdin, check=check, seconds=seconds).stdout


def helm(*arguments: str | Path, check: bool = True, seconds: float = WAIT_SECONDS + 60) -> str:
    """Run helm on the cluster and return what it printed."""
    command = [tools.ensure("helm"), "--kubeconfig", paths.KUBECONFIG, *arguments]
    return run(command, check=check, seconds=seconds).stdout


def json_settings(values: Mapping[str, Any]) -> list[str]:
    """Helm's arguments that set values of any type, by their keys."""
    return [part for key, value in values.items() for part in ("--set-json", f"{key}={json.dumps(value)}")]


def ensure_namespace(name: str, labels: Mapping[str, str] = RESTRICTED) -> None:
    """Have a namespace, which accepts only pods of the restricted standard unless it is told otherwise."""
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}}
    kubectl("apply", "--filename", "-", stdin=json.dumps(manifest))


def install(name: str, namespace: str, values: Path, reference: str, settings: Sequence[str] = ()) -> None:
    """Install or upgrade a release of the chart and wait until its pods are ready.

    Raises :class:`UserError` with the events of the namespace when they do not become ready.
    """
    options = [f"model.source.image.reference={reference}", *settings]
    try:
        helm(
            *("upgrade", name, CHART, "--install", "--namespace", namespace, "--values", values),
            *(part for option in options for part in ("--set", option)),
            *("--wait", "--timeout", f"{WAIT_SECONDS}s"),
        )
    except UserError as error:
        events = kubectl("--namespace", namespace, "get", "events", "--sort-by=.lastTimestamp", check=False)
        tail = "\n    ".join(events.splitlines()[-12:])
        raise UserError(f"{error.cause}\n    {tail}\n ", error.remedy) from error


def predict(service: str, namespace: str, rows: list[list[float]]) -> Answer:
    """Send rows through a Service, from a pod in the cluster, as any other workload would."""
    script = CLIENT.read_text(encoding="utf-8")
    with client_pod(namespace) as pod:
        output = kubectl(
            *("--namespace", namespace, "exec", "--stdin", pod, "--"),
            *("python3", "-", f"http://{service}", json.dumps(rows)),
            stdin=script,
        )
    answer = json.loads(output)
    return Answer(answer["prediction"], answer["version"])


@contextmanager
def client_pod(namespace: str, labels: Mapping[str, str] | None = None) -> Iterator[str]:
    """A pod to call services from, as ``pod/NAME``, ready; it is gone afterwards."""
    pod = create_client_pod(namespace, labels)
    try:
        until_ready(pod, namespace)
        yield pod
    finally:
        kubectl("--namespace", namespace, "delete", pod, "--now", "--wait=false", check=False)


def create_client_pod(namespace: str, labels: Mapping[str, str] | None = None) -> str:
    """The same pod, not yet ready; it stays until it or its namespace is deleted."""
    manifest = yaml.safe_load(CLIENT_POD.read_text(encoding="utf-8"))
    manifest["metadata"]["labels"] |= labels or {}
    create = ("--namespace", namespace, "create", "--filename", "-", "--output", "name")
    return kubectl(*create, stdin=json.dumps(manifest)).strip()


def until_ready(pod: str, namespace: str) -> None:
    """Wait until a pod, named as ``pod/NAME``, is ready."""
    kubectl("--namespace", namespace, "wait", pod, "--for=condition=Ready", f"--timeout={POD_SECONDS}s")
