"""The commands of the documentation, run exactly as they are written: blocks after `<!-- tested -->`."""

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
        "docs/guides/cluster.md",
        "charts/model-server/README.md",
        "charts/monitoring/README.md",
    )
)
# Where the README says that charts and the server's image are published.
CHART_REGISTRY = "oci://registry.example.org/charts/"
IMAGE_REGISTRY = "--set image.registry=registry.example.org"
SECONDS = 600


def run(script: str, **environment: str) -> str:
    """Run a script in the repository, as a reader does, and return its output."""
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
    """The programs that the commands call, in addition to the cluster's tools."""
    ensure_programs()


def test_cluster_page_commands_work() -> None:
    output = run(markdown.script(CLUSTER_PAGE))
    assert '"ready": true' in output, output
    assert f"localhost:5001/library/{serving.SERVER_IMAGE}" in output, output


@pytest.fixture
def reader(namespace: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a reader whose kubectl context names the namespace."""
    kubeconfig = tmp_path / "config"
    shutil.copy(paths.KUBECONFIG, kubeconfig)
    kubectl("--kubeconfig", kubeconfig, "config", "set-context", "--current", f"--namespace={namespace}")
    return environment(Console(quiet=True)) | {"KUBECONFIG": str(kubeconfig)}


def test_readme_commands_lead_to_a_prediction(
    connection: Connection, sklearn_model: Published, reader: dict[str, str]
) -> None:
    models.publish(connection, sklearn_model.model, "models")
    install = next(block for block in markdown.blocks(README) if block.mark == markdown.RENDERED)
    [command] = install.commands("helm")
    # Neither is published yet, so the chart comes from the clone, and the image from the cluster's registry.
    command = command.replace(CHART_REGISTRY, "charts/").replace(IMAGE_REGISTRY, "")
    try:
        output = run(f"{command} --wait\n{markdown.script(README)}", **reader)
    finally:
        # The next page installs a release of the same name.
        run("helm uninstall iris --wait --ignore-not-found", **reader)
    assert '{"prediction":' in output, output


def test_chart_readme_commands_work(connection: Connection, sklearn_model: Published, reader: dict[str, str]) -> None:
    models.publish(connection, sklearn_model.model, "models")
    output = run(markdown.script(CHART_README), **reader)
    assert output.count("Phase:          Succeeded") == 2, output
    assert 'release "iris" uninstalled' in output, output


@pytest.mark.usefixtures("connection")
def test_monitoring_readme_commands_work(reader: dict[str, str]) -> None:
    monitoring.load(Console(quiet=True))
    output = run(markdown.script(MONITORING_README), **reader)
    assert output.count("Phase:          Succeeded") == 1, output
    assert 'release "monitoring" uninstalled' in output, output


# The demo comes last: the other tests need the resources of what it leaves for the tutorial.


@pytest.fixture(scope="module")
def demo_output(istio: None, api: ApiClient) -> Iterator[str]:  # noqa: ARG001 # the demo does not remove Istio
    """The output of `make demo`. Its objects are deleted afterwards, unless they existed before."""
    existed = paths.KUBECONFIG.exists() and kubectl("get", "namespace", predictions.NAMESPACE, check=False)
    try:
        yield run(f"{sys.executable} -m examples.iris.demo")
    finally:
        if not existed:
            delete_demo(api)


def delete_demo(api: ApiClient) -> None:
    """Delete the objects of the demo, even of an incomplete one."""
    # The monitoring also has cluster-scoped objects.
    helm("uninstall", monitoring.RELEASE, "--namespace", monitoring.NAMESPACE, "--ignore-not-found")
    used = (predictions.NAMESPACE, canary.NAMESPACE, monitoring.NAMESPACE)
    for name in used:
        namespaces.delete(api, name)
    for name in used:
        namespaces.wait_until_gone(api, name)


def test_demo_prints_accuracy_of_both_models(demo_output: str) -> None:
    accuracies = re.findall(r"accuracy on 30 held-out rows: ([0-9.]+)", demo_output)
    assert len(accuracies) == 2, demo_output
    assert all(float(accuracy) >= 0.85 for accuracy in accuracies), demo_output
    for model in ("iris-sklearn", "iris-keras"):
        assert f"{model}, version" in demo_output


def test_demo_shows_a_canary_and_a_rollback(
    demo_output: str,
) -> None:
    assert re.search(r"^Version 1 to 2: [1-9]\d* requests, 0 failed\.$", demo_output, re.MULTILINE), demo_output
    rolled_back = re.search(r"^Version 2 to 3: rolled back automatically; (\d+) of (\d+) ", demo_output, re.MULTILINE)
    assert rolled_back, demo_output
    failed, sent = map(int, rolled_back.groups())
    assert 0 < failed < sent / 2, demo_output
    # The live view: at first, all requests go to the stable version, in the end, all to the canary.
    shares = re.findall(r"version 1 \S+ +(\d+)%  version 2 \S+ +(\d+)%  failed", demo_output)
    assert (shares[0], shares[-1]) == (("100", "0"), ("0", "100")), demo_output


@pytest.mark.usefixtures("demo_output")
def test_tutorial_commands_work() -> None:
    output = run(f"rm -rf .build/tour\n{markdown.script(TUTORIAL)}")
    assert '{"prediction":' in output, output
    assert '"sha256"' in output, output
    assert "Rollback was a success" in output, output
