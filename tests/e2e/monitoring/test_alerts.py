"""Real alerts, and their notifications at a webhook."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cluster import engine, kubectl
from model_server.shadow.detection import HEADER
from tests.e2e.lib.client import Client
from tests.e2e.lib.waiting import until
from tests.e2e.monitoring.conftest import Models
from tests.e2e.monitoring.failing_model import BAD, ODD, ODD_SPECIES
from tests.e2e.monitoring.stack import MODELS, Stack

# Keeps all cores of the pod's node busy until standard input closes. Standard library only.
BURN = """
import multiprocessing, os, sys
def work():
    while True:
        pass
for _ in range(os.cpu_count()):
    multiprocessing.Process(target=work, daemon=True).start()
print("burning", flush=True)
sys.stdin.read()
"""
# Enough rows to outweigh 15 minutes of mirrored requests, two a second, on which the versions agree.
MANY = 1000


@pytest.fixture(scope="module")
def burning(settled: Stack, models: Models) -> Iterator[str]:
    """The node whose CPU is exhausted while the other tests of the module run."""
    assert settled
    node = models.objects.core.read_namespaced_pod(models.client.pod, MODELS).spec.node_name
    with _script(models.client, BURN):
        yield str(node)


# Runs before the CPU is exhausted: comparisons are dropped if the stable version does not respond in time.
def test_shadow_disagreement_fires(settled: Stack, models: Models) -> None:
    stable, shadow = (f"{models.release.url}-{version}" for version in ("1", "2"))
    assert models.client.predict(stable, [ODD]).prediction != [ODD_SPECIES], (
        "the versions must disagree on this row: choose another one"
    )
    disagreeing = f'model_server_shadow_disagreeing_rows_total{{namespace="{MODELS}"}} > 0'
    predicted: set[str] = set()

    def is_compared() -> bool:
        predicted.update(models.client.predict(shadow, [ODD] * MANY, {HEADER: "true"}).prediction)
        return bool(settled.prometheus.query(disagreeing))

    # Repeat: on a busy machine, late comparisons are dropped.
    until("the rows are compared", is_compared, 60)
    assert predicted == {ODD_SPECIES}

    message = settled.wait_for_notification(
        "ModelShadowDisagreement", 120, namespace=MODELS, model="iris-sklearn", version="2"
    )
    assert message["labels"]["severity"] == "warning"
    assert message["annotations"]["runbook_url"] == "docs/runbooks/ModelShadowDisagreement.md"
    assert "stable version" in message["annotations"]["summary"]


def test_error_budget_burn_fires(burning: str, settled: Stack, models: Models) -> None:
    assert burning
    # One of the two versions fails for these rows.
    with models.client.traffic(models.release.service, row=BAD, threads=4, pause=0.02) as traffic:
        message = until(
            "ModelErrorBudgetBurn arrives", lambda: next(iter(settled.notifications("ModelErrorBudgetBurn")), None), 250
        )
    others = [error for error in traffic.errors if ": 500 " not in error]
    assert not others, others
    assert message["labels"]["namespace"] == MODELS
    assert message["labels"]["model"] == "iris-sklearn"
    assert message["labels"]["window"]
    assert message["annotations"]["runbook_url"] == "docs/runbooks/ModelErrorBudgetBurn.md"


def test_target_down_fires(burning: str, settled: Stack) -> None:
    assert burning
    # The process is paused, not killed: its container stays, and does not respond.
    with _paused(settled, "kube-state-metrics"):
        settled.wait_for_notification("TargetDown", 120, job="kube-state-metrics")
    settled.wait_for_notification("TargetDown", 120, "resolved", job="kube-state-metrics")


def test_model_not_loaded_fires(burning: str, settled: Stack, models: Models) -> None:
    assert burning
    namespace = ("--namespace", MODELS)
    broken = {"metadata": {"name": "broken"}, **_pod_without_a_model(models)}
    kubectl.kubectl(*namespace, "create", "--filename", "-", stdin=json.dumps(broken))
    try:
        message = settled.wait_for_notification("ModelNotLoaded", 120, namespace=MODELS, pod="broken")
        assert message["labels"]["severity"] == "critical"
    finally:
        kubectl.kubectl(*namespace, "delete", "pod", "broken", "--now")
    settled.wait_for_notification("ModelNotLoaded", 120, "resolved", pod="broken")


def test_high_cpu_usage_fires(burning: str, settled: Stack) -> None:
    message = settled.wait_for_notification("HighCPUUsage", 300, node=burning)
    assert message["labels"]["severity"] == "warning"
    assert burning in message["annotations"]["summary"]


def _pod_without_a_model(models: Models) -> dict[str, Any]:
    """Return a pod like those of the release, but with an empty model repository."""
    (like, *_) = models.objects.pods(models.release.name)
    image = next(one.image for one in like.spec.containers if one.name == "model-server")
    settings = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    container = {
        "name": "model-server",
        "image": image,
        "ports": [{"name": "http-admin", "containerPort": 8081}],
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": "http-admin"}, "periodSeconds": 2},
        "securityContext": settings,
        "volumeMounts": [{"name": "models", "mountPath": "/models"}, {"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108
    }
    spec = {
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "models", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "spec": spec}


@contextmanager
def _script(client: Client, script: str) -> Iterator[None]:
    """Run a script in the client pod while the body runs."""
    command = kubectl.command(
        *("--namespace", client.namespace, "exec", "--stdin", client.pod, "--", "python3", "-c", script)
    )
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "burning\n"
            yield
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


@contextmanager
def _paused(stack: Stack, component: str) -> Iterator[None]:
    """Pause the process of a component, as if it hung."""
    running = engine.find()
    assert running
    pod = stack.pod(component)
    container = pod.status.container_statuses[0].container_id.removeprefix("containerd://")
    pause = ("exec", pod.spec.node_name, "ctr", "--namespace", "k8s.io", "tasks")
    running.run(*pause, "pause", container)
    try:
        yield
    finally:
        running.run(*pause, "resume", container)
