"""The steps of the runbooks, tried: every command and every query, with the labels of what runs in their place."""

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
# What curl ends with; it is told to say nothing of its attempts.
CURL_FOUND_NOBODY = 7
# Commands that cannot be tried here, by what is in them, each with why.
NOT_TRIED = {
    "kubectl debug": "brings an image from a registry",
    "AUTOSCALER": "there is no autoscaler at this time; test_custom_metrics.py has one",
    "--previous": "no container has ended before",
}


def blocks(page: Path, language: str) -> list[str]:
    """The commands or queries of a page, one a line."""
    found = [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]
    return [line for text in found for line in text.splitlines() if line.strip() and not line.startswith("#")]


@pytest.fixture(scope="module")
def labels(settled: Stack, models: Models) -> dict[str, str]:
    """What stands for each name in capitals, of models."""
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
    """A line with the labels in it; what is about the monitoring is in its namespace."""
    about_stack = re.search(r"monitoring-(prometheus|alertmanager)|alertmanager|CLAIM|node-exporter", line)
    known = {**labels, "NAMESPACE": stack.namespace} if about_stack else labels
    return re.sub(r"\b[A-Z]{3,}\b", lambda name: known.get(name[0], name[0]), line)


@pytest.fixture(scope="module")
def shell() -> dict[str, str]:
    """The environment of who is on call."""
    ensure_programs()
    return {**os.environ, **environment(Console(quiet=True))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_runbook_work(
    page: Path, settled: Stack, labels: dict[str, str], shell: dict[str, str]
) -> None:
    for line in blocks(page, "sh"):
        if any(part in line for part in NOT_TRIED):
            continue
        command = filled(line, labels, settled)
        # A tunnel is ended with the shell that has opened it.
        script = f"trap 'kill $(jobs -p) 2>/dev/null' EXIT\n{command}"
        done = subprocess.run(
            ["bash", "-u", "-o", "pipefail", "-c", script],
            env=shell,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode != CURL_FOUND_NOBODY, f"{command}\n{done.stdout[-500:]}\n{done.stderr[-500:]}"
        # What looks for something and does not find it ends with 1, and says nothing.
        assert not re.search(r"(?i)error|not found|unknown|invalid|refused|usage:", done.stderr), (
            f"{command}\n{done.stdout[-500:]}\n{done.stderr[-500:]}"
        )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_queries_of_a_runbook_are_answered(page: Path, settled: Stack, labels: dict[str, str]) -> None:
    for line in blocks(page, "promql"):
        settled.prometheus.query(filled(line, labels, settled))


def test_most_commands_are_tried() -> None:
    lines = [line for page in PAGES for line in blocks(page, "sh")]
    tried = [line for line in lines if not any(part in line for part in NOT_TRIED)]
    assert len(tried) > 40
    for part, reason in NOT_TRIED.items():
        assert any(part in line for line in lines), f"nothing needs {part!r} any more ({reason}): take it out"
