"""The README of the chart and the list of example values files."""

from __future__ import annotations

import re

from devkit import paths
from tests.charts.model_server.chart import CHART


def test_readme_lists_all_example_values_files() -> None:
    folder = paths.EXAMPLES / "values"
    listed = set(
        re.findall(r"^\| \[([\w-]+\.yaml)\]", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert listed == {path.name for path in folder.glob("*.yaml")}


def test_readme_shows_an_umbrella_with_the_version() -> None:
    readme = (CHART / "README.md").read_text(encoding="utf-8")
    assert re.search(r"- name: model-server\n +alias: \w+\n +version: \S+", readme), "correct this pattern"
