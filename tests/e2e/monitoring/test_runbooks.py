"""The commands and queries of the runbooks, run with the labels of the running models."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from cluster.console import Console
from cluster.lifecycle import environment
from devkit import paths
from tests.e2e.lib.command_line_tools import ensure_programs
from tests.e2e.monitoring.conftest import WORKER, Models
from tests.e2e.monitoring.stack import MODELS, Stack

FOLDER = paths.REPOSITORY / "docs" / "runbooks"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.stem != "README")
BLOCK = re.compile(r"^```(sh|promql)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 40
# curl's exit code for a failed connection; the commands silence its messages.
CURL_FAILED_TO_CONNECT = 7
# Commands that cannot run here, by a part of them, with the reason.
SKIPPED = {
    "kubectl debug": "pulls an image from a registry",
    "AUTOSCALER": "there is no autoscaler; test_custom_metrics.py has one",
    "--previous": "no container has restarted",
}


def blocks(page: Path, language: str) -> list[str]:
    """Return the commands or queries of a page, one a line."""
    found = [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]
    return [line for text in found for line in text.splitlines() if line.strip() and not line.startswith("#")]


@pytest.fixture(scope="module")
def labels(settled: Stack, models: Models) -> dict[str, str]:
    """The values of the placeholders in capitals, for the models."""
    assert settled
    (pod, *_) = models.objects.pods(models.release.name)
    return {
        "NAMESPACE": MODELS,
        "POD": str(pod.metadata.name),
        "CONTAINER": "model-server",
        "DEPLOYMENT": f"{models.release.service}-1",
        "RELEASE": models.release.name,
        "MODEL": "iris-sklearn",
        "VERSION": "1",
        "NODE": WORKER,
        "FEATURE": "sepal_width",
        "MOUNTPOINT": "/var",
        "INSTANCE": "10.244.0.1:9100",
        "CLAIM": "data-monitoring-prometheus-0",
    }


def filled(line: str, labels: dict[str, str], stack: Stack) -> str:
    """Return a line with its placeholders replaced; lines about the monitoring use its namespace."""
    about_stack = re.search(r"monitoring-(prometheus|alertmanager)|alertmanager|CLAIM|node-exporter", line)
    known = {**labels, "NAMESPACE": stack.namespace} if about_stack else labels
    return re.sub(r"\b[A-Z]{3,}\b", lambda name: known.get(name[0], name[0]), line)


@pytest.fixture(scope="module")
def shell() -> dict[str, str]:
    """The environment of the person on call."""
    ensure_programs()
    return {**os.environ, **environment(Console(quiet=True))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_runbook_commands_work(page: Path, settled: Stack, labels: dict[str, str], shell: dict[str, str]) -> None:
    for line in blocks(page, "sh"):
        if any(part in line for part in SKIPPED):
            continue
        command = filled(line, labels, settled)
        # A port-forward ends with the shell that started it.
        script = f"trap 'kill $(jobs -p) 2>/dev/null' EXIT\n{command}"
        done = subprocess.run(
            ["bash", "-u", "-o", "pipefail", "-c", script],
            env=shell,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode != CURL_FAILED_TO_CONNECT, f"{command}\n{done.stdout[-500:]}\n{done.stderr[-500:]}"
        # Commands such as grep exit with 1 and no message if they find nothing.
        assert not re.search(r"(?i)error|not found|unknown|invalid|refused|usage:", done.stderr), (
            f"{command}\n{done.stdout[-500:]}\n{done.stderr[-500:]}"
        )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_runbook_queries_succeed(page: Path, settled: Stack, labels: dict[str, str]) -> None:
    for line in blocks(page, "promql"):
        settled.prometheus.query(filled(line, labels, settled))


def test_most_commands_are_run() -> None:
    lines = [line for page in PAGES for line in blocks(page, "sh")]
    run = [line for line in lines if not any(part in line for part in SKIPPED)]
    assert len(run) > 40
    for part, reason in SKIPPED.items():
        assert any(part in line for line in lines), f"no command contains {part!r} any more ({reason}): remove it"
