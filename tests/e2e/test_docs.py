"""The commands of the documentation, run as they are written there: blocks behind `<!-- tested -->`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster import paths
from examples.iris import demo, release

pytestmark = pytest.mark.e2e

BLOCK = re.compile(r"^<!-- tested -->\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 600


def marked_commands(document: Path) -> str:
    """All blocks of a document that are marked as tested, as one script."""
    blocks = BLOCK.findall(document.read_text(encoding="utf-8"))
    assert blocks, f"{document.name} has no block behind `<!-- tested -->`"
    return "\n".join(blocks)


def run(script: str) -> str:
    """Run a script as a reader would, in the repository, and return what it printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=paths.REPOSITORY,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"the commands failed:\n{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def demo_output() -> Iterator[str]:
    """What `make demo` printed. Its namespace goes afterwards, unless it was there before."""
    release_was_there = False
    if paths.KUBECONFIG.exists():
        release_was_there = bool(release.kubectl("get", "namespace", demo.NAMESPACE, "--output", "name", check=False))
    yield run(f"{sys.executable} -m examples.iris.demo")
    if not release_was_there:
        release.kubectl("delete", "namespace", demo.NAMESPACE, "--timeout=120s", seconds=150)


def test_the_demo_prints_predictions_and_held_out_accuracy_of_both_models(demo_output: str) -> None:
    accuracies = re.findall(r"accuracy on 30 held-out rows: ([0-9.]+)", demo_output)
    assert len(accuracies) == 2, demo_output
    assert all(float(accuracy) >= 0.85 for accuracy in accuracies), demo_output
    for model in ("iris-sklearn", "iris-keras"):
        assert f"{model}, version" in demo_output


@pytest.mark.usefixtures("demo_output")
def test_the_tour_of_the_readme_works() -> None:
    output = run(f"rm -rf .build/tour\n{marked_commands(paths.REPOSITORY / 'README.md')}")
    assert '{"prediction":' in output, output
    assert '"sha256"' in output, output
    assert "Rollback was a success" in output, output


def test_the_commands_of_the_cluster_page_work() -> None:
    output = run(marked_commands(paths.REPOSITORY / "docs" / "cluster.md"))
    assert '"ready": true' in output, output
    assert "localhost:5001/library/model-server:0.2.0" in output, output
