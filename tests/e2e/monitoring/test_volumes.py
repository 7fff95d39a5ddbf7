"""Values of claims, which Kubernetes refuses to change, are changed by the commands of the chart's UPGRADING.md.

The cluster's volumes are directories of a node without a limit, and no controller enlarges them. The test reports the
capacity of an enlarged claim in its place, so the growth of a file system is not tested.
"""

from __future__ import annotations

import json
import re
import shlex
import textwrap
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from cluster import engine
from cluster.helm import helm
from cluster.kubectl import kubectl
from devkit import paths
from devkit.errors import UserError
from devkit.workloads import monitoring
from tests.e2e.lib.waiting import until
from tests.e2e.monitoring.conftest import WORKER
from tests.e2e.monitoring.stack import FULLNAME, Stack
from tests.harness import markdown

UPGRADING = monitoring.CHART / "UPGRADING.md"
SET = f"{FULLNAME}-prometheus"
POD, CLAIM = f"{SET}-0", f"data-{SET}-0"
ALERTMANAGER_CLAIM = f"data-{FULLNAME}-alertmanager-0"
VOLUME, DIRECTORY = "e2e-alertmanager", "/var/e2e-alertmanager"
SIZE = {"prometheus.persistence.size": "50Gi"}
REFUSED = r"spec\.volumeClaimTemplates: Invalid value"
EXAMPLE = paths.EXAMPLES / "monitoring" / "existing-volumes.yaml"
COPY = re.compile(r"```yaml\n *# copy.yaml\n(.*?)```", re.DOTALL)


def commands(stack: Stack, heading: str) -> list[list[list[str]]]:
    """Return the kubectl commands of each block of a section, for the namespace of the stack."""
    return [
        [
            shlex.split(command.replace("--namespace monitoring", f"--namespace {stack.namespace}"))[1:]
            for command in block.commands("kubectl")
        ]
        for block in markdown.blocks(UPGRADING, heading)
    ]


def uid(stack: Stack, kind: str, name: str) -> str:
    """Return the UID of an object, which a new object of the same name does not have."""
    return kubectl("--namespace", stack.namespace, "get", kind, name, "--output=jsonpath={.metadata.uid}")


def patch(kind: str, name: str, content: dict[str, Any], *more: str) -> None:
    """Merge a patch into an object."""
    kubectl("patch", kind, name, "--type=merge", "--patch", json.dumps(content), *more)


@pytest.fixture
def original(settled: Stack) -> Iterator[Stack]:
    """The stack, which gets back its StatefulSet of Prometheus; an adopted pod restarts only if it differs."""
    yield settled
    kubectl("--namespace", settled.namespace, "delete", "statefulset", SET, "--cascade=orphan", "--ignore-not-found")
    settled.upgrade()


@pytest.fixture
def expandable() -> Iterator[None]:
    """A default StorageClass whose claims may be enlarged."""
    (name,) = kubectl("get", "storageclass", "--output=jsonpath={.items[*].metadata.name}").split()
    patch("storageclass", name, {"allowVolumeExpansion": True})
    yield
    patch("storageclass", name, {"allowVolumeExpansion": None})


def report_capacity(stack: Stack, size: str) -> None:
    """Report that the volume of Prometheus has been enlarged, as its driver does."""
    volume = kubectl("--namespace", stack.namespace, "get", "pvc", CLAIM, "--output=jsonpath={.spec.volumeName}")
    patch("persistentvolume", volume, {"spec": {"capacity": {"storage": size}}})
    status = {"status": {"capacity": {"storage": size}}}
    patch("persistentvolumeclaim", CLAIM, status, "--namespace", stack.namespace, "--subresource=status")


@pytest.mark.usefixtures("expandable")
def test_a_volume_of_prometheus_is_enlarged_without_a_lost_sample(original: Stack) -> None:
    began = time.monotonic()
    pod, claim = uid(original, "pod", POD), uid(original, "pvc", CLAIM)
    with pytest.raises(UserError, match=REFUSED):
        original.upgrade(SIZE)
    with pytest.raises(UserError, match=REFUSED):
        original.upgrade({**SIZE, "prometheus.externalLabels": {"cluster": "other"}})
    history = json.loads(helm("history", monitoring.RELEASE, "--namespace", original.namespace, "--output", "json"))
    assert history[-1]["status"] == "failed"

    look, enlarge, replace = commands(original, "Enlarge a volume")
    for command in look:
        kubectl(*command)
    resize, wait = enlarge
    kubectl(*resize)
    report_capacity(original, SIZE["prometheus.persistence.size"])
    kubectl(*wait)
    for command in replace:
        kubectl(*command)
    original.upgrade(SIZE)

    assert (uid(original, "pod", POD), uid(original, "pvc", CLAIM)) == (pod, claim)
    template = "{.spec.volumeClaimTemplates[0].spec.resources.requests.storage}"
    size = kubectl("--namespace", original.namespace, "get", "statefulset", SET, f"--output=jsonpath={template}")
    assert size == SIZE["prometheus.persistence.size"]
    owner = "{.metadata.ownerReferences[0].uid}"
    adopted = kubectl("--namespace", original.namespace, "get", "pod", POD, f"--output=jsonpath={owner}")
    assert adopted == uid(original, "statefulset", SET)
    # The interval is five seconds; a missed scrape makes it ten.
    assert original.longest_gap(int(time.monotonic() - began)) < 9


@pytest.fixture
def created_volume(original: Stack) -> Iterator[None]:
    """A volume without a class, as an administrator creates it: a directory of a node."""
    running = engine.find()
    assert running
    running.run("exec", WORKER, "mkdir", "--parents", DIRECTORY)
    on_worker = {"key": "kubernetes.io/hostname", "operator": "In", "values": [WORKER]}
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": VOLUME, "labels": {"volume": "alertmanager"}},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "local": {"path": DIRECTORY},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [on_worker]}]}},
        },
    }
    kubectl("apply", "--filename", "-", stdin=json.dumps(volume))
    yield
    forget_alertmanager(original)
    # A StatefulSet never replaces an adopted pod that uses another claim.
    kubectl("--namespace", original.namespace, "delete", "statefulset", SET)
    kubectl("delete", "persistentvolume", VOLUME)


def forget_alertmanager(stack: Stack) -> None:
    """Delete the StatefulSet of Alertmanager and its claim."""
    kubectl("--namespace", stack.namespace, "delete", "statefulset", f"{FULLNAME}-alertmanager")
    kubectl("--namespace", stack.namespace, "delete", "pvc", ALERTMANAGER_CLAIM)


@pytest.mark.usefixtures("created_volume")
def test_data_moves_to_the_volumes_of_the_example(original: Stack, server_digest: str) -> None:
    old = time.time() - 30
    at = f"sum(model_server_requests_total @ {old:.3f})"
    before = original.prometheus.value(at)
    assert before
    example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    name = example["prometheus"]["persistence"]["existingClaim"]
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}},
    }
    kubectl("--namespace", original.namespace, "apply", "--filename", "-", stdin=json.dumps(claim))

    copy, replace = commands(original, "Move data to another volume")
    for command in copy:
        parts = ["-" if part == "copy.yaml" else part for part in command]
        # kubectl would wait for an hour.
        parts = ["--timeout=2m" if part.startswith("--timeout") else part for part in parts]
        kubectl(*parts, stdin=copy_pod(server_digest), seconds=150)
    for command in replace:
        kubectl(*command)
    forget_alertmanager(original)
    original.upgrade({f"{key}.persistence": example[key]["persistence"] for key in ("prometheus", "alertmanager")})

    (data,) = [volume for volume in original.pod("prometheus").spec.volumes if volume.name == "data"]
    assert data.persistent_volume_claim.claim_name == name
    assert until("the samples are loaded", lambda: original.prometheus.value(at), 60) == before
    fields = r"{.status.phase} {.spec.volumeName} {.metadata.annotations.example\.org/backup}"
    bound = kubectl("--namespace", original.namespace, "get", "pvc", ALERTMANAGER_CLAIM, f"--output=jsonpath={fields}")
    assert bound == f"Bound {VOLUME} daily"


def copy_pod(server_digest: str) -> str:
    """Return the pod that copies data, with an image of this cluster, which has the command as well."""
    found = COPY.search(markdown.section(UPGRADING, "Move data to another volume"))
    assert found
    return re.sub(r"image: .*", f"image: model-server@{server_digest}", textwrap.dedent(found[1]))
