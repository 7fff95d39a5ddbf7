"""The examples of values files."""

from __future__ import annotations

import re

from tests.charts.model_server.chart import ROOT


def test_the_examples_of_values_files_are_all_listed() -> None:
    folder = ROOT / "examples" / "values"
    listed = set(
        re.findall(r"^\| \[([\w-]+\.yaml)\]", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert listed == {path.name for path in folder.glob("*.yaml")}
