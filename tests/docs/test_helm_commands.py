"""Every `helm` command in the documentation is executed: on the cluster by tests/e2e/test_docs.py, or rendered here."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from devkit import paths
from tests.charts.chart_specs import CHART_SPECS
from tests.harness import helm_binary
from tests.harness.markdown import RENDERED, TESTED, Block, blocks, documents

BLOCKS = [block for document in documents(paths.REPOSITORY) for block in blocks(document)]
RENDERED_COMMANDS = [
    (block, command) for block in BLOCKS if block.mark == RENDERED for command in block.commands("helm")
]
# Files and options that only a reader's machine or a release in a cluster has.
OWN_VALUES = "my-values.yaml"
OF_RELEASES = {"--install", "--wait", "--dry-run=server"}
# Where the documentation says that charts are published; they are rendered from the clone.
CHART_REGISTRY = "oci://registry.example.org/charts/"


def where(block: Block) -> str:
    """The document of a block, for messages."""
    return str(block.document.relative_to(paths.REPOSITORY))


def test_there_are_helm_commands_to_execute() -> None:
    assert sum(1 for block in BLOCKS for _ in block.commands("helm")) > 10


def test_every_helm_command_is_run_or_rendered() -> None:
    forgotten = [
        f"{where(block)}: {command}"
        for block in BLOCKS
        if block.mark not in (TESTED, RENDERED)
        for command in block.commands("helm")
    ]
    assert not forgotten, f"put <!-- {TESTED} --> or <!-- {RENDERED} --> above the block of: {forgotten}"


def test_marked_documents_are_run_on_the_cluster() -> None:
    source = (paths.REPOSITORY / "tests" / "e2e" / "test_docs.py").read_text(encoding="utf-8")
    marked = {where(block) for block in BLOCKS if block.mark == TESTED}
    missing = [name for name in marked if f'"{name}"' not in source]
    assert not missing, f"tests/e2e/test_docs.py runs none of the blocks of {missing}"


@pytest.mark.parametrize(
    ("block", "command"), RENDERED_COMMANDS, ids=[f"{where(block)}: {command}" for block, command in RENDERED_COMMANDS]
)
def test_a_helm_command_of_the_documentation_renders(block: Block, command: str, tmp_path: Path) -> None:  # noqa: ARG001
    # The command after a pipe needs a cluster.
    _, verb, *arguments = shlex.split(command.partition(" | ")[0])
    assert verb in ("install", "upgrade", "template"), f"`helm {verb}` needs a cluster: mark its block as {TESTED}"
    given = [part.replace(CHART_REGISTRY, "charts/") for part in arguments if part not in OF_RELEASES]
    values = tmp_path / OWN_VALUES
    minimal = next((spec.minimal_values for spec in CHART_SPECS.values() if f"charts/{spec.name}" in given), {})
    values.write_text(json.dumps(minimal), encoding="utf-8")
    given = [str(values) if part == OWN_VALUES else part for part in given]
    done = subprocess.run(
        [str(helm_binary()), "template", *given], cwd=paths.REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    assert "\nkind: " in done.stdout
