"""The chart's README: what it says of values is about values that there are."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from tests.charts.model_server.chart import BASE, CHART, METADATA, ROOT
from tests.charts.model_server.guard_cases_release import ANYWHERE
from tests.harness import Case, merged, render
from tests.harness.schema_leaves import leaves

README = (CHART / "README.md").read_text(encoding="utf-8").partition("<!-- values: begin -->")[0]
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))


def test_every_key_in_the_text_of_the_readme_exists() -> None:
    leaf_paths = {path.replace("[]", "") for path in leaves(SCHEMA)}
    known = {".".join(path.split(".")[:depth]) for path in leaf_paths for depth in range(1, 8)}
    text = re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)
    named = {
        key
        for key in re.findall(r"`([a-zA-Z]\w*(?:\.[a-zA-Z]\w*)+)", text)
        if key.split(".")[0] in SCHEMA["properties"]
    }
    assert len(named) > 10, "the pattern finds no keys any more"
    # Inside of what Kubernetes defines, there are no keys of the chart.
    unknown = {key for key in named - known if not key.startswith(tuple(f"{path}." for path in leaf_paths))}
    assert not unknown, f"README.md names what is no value: {sorted(unknown)}"


def examples() -> list[dict[str, Any]]:
    """The README's examples of values."""
    found = []
    for text in re.findall(r"^```yaml\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL):
        values = yaml.safe_load(text)
        if isinstance(values, dict) and set(values) <= set(SCHEMA["properties"]):
            found.append(values)
    return found


@pytest.mark.parametrize("values", examples(), ids=lambda values: ", ".join(values))
def test_every_example_of_values_renders(values: dict[str, Any]) -> None:
    # An example shows its own point; who calls from outside may be shown by another.
    assert render(Case(CHART, merged(merged(BASE, ANYWHERE), values))).of_kind("Deployment")


def test_the_readme_has_examples() -> None:
    assert examples(), "the pattern finds none any more"


def test_the_readmes_umbrella_names_this_version() -> None:
    assert f"version: {METADATA['version']}" in README, "correct the version in README.md, As a subchart"


def test_the_examples_of_values_files_are_all_listed() -> None:
    folder = ROOT / "examples" / "values"
    listed = set(
        re.findall(r"^\| \[([\w-]+\.yaml)\]", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert listed == {path.name for path in folder.glob("*.yaml")}
