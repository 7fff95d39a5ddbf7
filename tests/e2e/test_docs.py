"""The commands of the documentation, run as they are written there: blocks behind `<!-- tested -->`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes.client import ApiClient

from cluster.console import Console
from cluster.helm import helm
from cluster.kubectl import kubectl
from cluster.lifecycle import Connection, environment
from devkit import paths
from devkit.workloads import models, monitoring, serving
from examples.iris import canary, predictions
from tests.e2e.lib import namespaces
from tests.e2e.lib.command_line_tools import ensure_programs
from tests.e2e.lib.published import Published
from tests.harness import markdown

pytestmark = pytest.mark.e2e

README, TUTORIAL, CLUSTER_PAGE, CHART_README, MONITORING_README = (
    paths.REPOSITORY / name
    for name in (
        "README.md",
        "docs/tutorials/demo.md",
        "docs/cluster.md",
        "charts/model-server/README.md",
        "charts/monitoring/README.md",
    )
)
# Where the README says that charts and the server's image are published.
CHART_REGISTRY = "oci://registry.example.org/charts/"
IMAGE_REGISTRY = "--set image.registry=registry.example.org"
SECONDS = 600


def run(script: str, **environment: str) -> str:
    """Run a script as a reader would, in the repository, and return what it printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=paths.REPOSITORY,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"the commands failed:\n{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    """The programs that the commands call, beside the cluster's."""
    ensure_programs()


def test_the_commands_of_the_cluster_page_work() -> None:
    output = run(markdown.script(CLUSTER_PAGE))
    assert '"ready": true' in output, output
    assert f"localhost:5001/library/{serving.SERVER_IMAGE}" in output, output


@pytest.fixture
def reader(namespace: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a reader, whose context has the namespace that they work in."""
    kubeconfig = tmp_path / "config"
    shutil.copy(paths.KUBECONFIG, kubeconfig)
    kubectl("--kubeconfig", kubeconfig, "config", "set-context", "--current", f"--namespace={namespace}")
    return environment(Console(quiet=True)) | {"KUBECONFIG": str(kubeconfig)}


def test_the_first_commands_of_the_readme_lead_to_a_prediction(
    connection: Connection, sklearn_model: Published, reader: dict[str, str]
) -> None:
    models.publish(connection, sklearn_model.model, "models")
    install = next(block for block in markdown.blocks(README) if block.mark == markdown.RENDERED)
    [command] = install.commands("helm")
    # Neither is published yet: the chart comes from the clone, the image from the cluster's own registry.
    command = command.replace(CHART_REGISTRY, "charts/").replace(IMAGE_REGISTRY, "")
    output = run(f"{command} --wait\n{markdown.script(README)}", **reader)
    assert '{"prediction":' in output, output


def test_the_commands_of_the_charts_readme_work(
    connection: Connection, sklearn_model: Published, reader: dict[str, str]
) -> None:
    models.publish(connection, sklearn_model.model, "models")
    output = run(markdown.script(CHART_README), **reader)
    assert output.count("Phase:          Succeeded") == 2, output
    assert 'release "iris" uninstalled' in output, output


@pytest.mark.usefixtures("connection")
def test_the_commands_of_the_monitoring_charts_readme_work(reader: dict[str, str]) -> None:
    monitoring.load(Console(quiet=True))
    output = run(markdown.script(MONITORING_README), **reader)
    assert output.count("Phase:          Succeeded") == 1, output
    assert 'release "monitoring" uninstalled' in output, output


# The demo comes last: what it leaves for the tour takes room that the others need on two cores.


@pytest.fixture(scope="module")
def demo_output(istio: None, api: ApiClient) -> Iterator[str]:  # noqa: ARG001 # the demo leaves Istio there
    """What `make demo` printed. What it has made goes afterwards, unless it was there before."""
    was_there = paths.KUBECONFIG.exists() and kubectl("get", "namespace", predictions.NAMESPACE, check=False)
    try:
        yield run(f"{sys.executable} -m examples.iris.demo")
    finally:
        if not was_there:
            forget_demo(api)


def forget_demo(api: ApiClient) -> None:
    """Remove what the demo has made, however far it came."""
    # Not all of it is in the namespace.
    helm("uninstall", monitoring.RELEASE, "--namespace", monitoring.NAMESPACE, "--ignore-not-found")
    made = (predictions.NAMESPACE, canary.NAMESPACE, monitoring.NAMESPACE)
    for name in made:
        namespaces.delete(api, name)
    for name in made:
        namespaces.wait_until_gone(api, name)


def test_the_demo_prints_predictions_and_held_out_accuracy_of_both_models(demo_output: str) -> None:
    accuracies = re.findall(r"accuracy on 30 held-out rows: ([0-9.]+)", demo_output)
    assert len(accuracies) == 2, demo_output
    assert all(float(accuracy) >= 0.85 for accuracy in accuracies), demo_output
    for model in ("iris-sklearn", "iris-keras"):
        assert f"{model}, version" in demo_output


def test_the_demo_shows_a_canary_without_a_failed_request_and_a_rollback_that_ends_the_failures(
    demo_output: str,
) -> None:
    assert re.search(r"^Version 1 to 2: [1-9]\d* requests, 0 failed\.$", demo_output, re.MULTILINE), demo_output
    rolled_back = re.search(r"^Version 2 to 3: rolled back automatically; (\d+) of (\d+) ", demo_output, re.MULTILINE)
    assert rolled_back, demo_output
    refused, sent = map(int, rolled_back.groups())
    assert 0 < refused < sent / 2, demo_output
    # The live figures: the first line has all requests at the old version, the last one all at the new one.
    shares = re.findall(r"version 1 \S+ +(\d+)%  version 2 \S+ +(\d+)%  failed", demo_output)
    assert (shares[0], shares[-1]) == (("100", "0"), ("0", "100")), demo_output


@pytest.mark.usefixtures("demo_output")
def test_the_commands_of_the_tutorial_work() -> None:
    output = run(f"rm -rf .build/tour\n{markdown.script(TUTORIAL)}")
    assert '{"prediction":' in output, output
    assert '"sha256"' in output, output
    assert "Rollback was a success" in output, output
