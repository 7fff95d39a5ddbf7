"""Values that an upgrade alone cannot change: their descriptions, and the table of UPGRADING.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from charttool import cli
from tests.charttool.sample import README, chart

VALUES = """\
# Size of the volume.
# @schema {$ref: quantity, immutable: Enlarge a volume}
size: 1Gi
# Class of the volume.
# @schema {immutable: Move data (slowly)}
class: fast
# Number of pods.
replicas: 3
"""
TEMPLATE = "{{ .Values.size }}{{ .Values.class }}{{ .Values.replicas }}"
UPGRADING = """\
# Upgrading
<!-- immutable values: begin -->
<!-- immutable values: end -->
### Enlarge a volume
### Move data (slowly)
"""


def generate(folder: Path, upgrading: str) -> int:
    files = {"templates__a_yaml": TEMPLATE, "README_md": README, "UPGRADING_md": upgrading}
    return cli.main(["generate", str(chart(folder, VALUES, **files))])


def test_descriptions_refer_to_the_way_to_change_the_value(tmp_path: Path) -> None:
    assert generate(tmp_path, UPGRADING) == 0
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    link = "[Move data (slowly)](UPGRADING.md#move-data-slowly)"
    assert f"Class of the volume. An upgrade alone cannot change it: see {link}. |" in readme
    assert "| Number of pods. |" in readme
    schema = (tmp_path / "values.schema.json").read_text(encoding="utf-8")
    assert r"An upgrade alone cannot change it: see \"Enlarge a volume\" in UPGRADING.md." in schema
    assert '"immutable"' not in schema


def test_upgrading_lists_them(tmp_path: Path) -> None:
    assert generate(tmp_path, UPGRADING) == 0
    table = """
| Value | How to change it |
|---|---|
| `size` | [Enlarge a volume](#enlarge-a-volume) |
| `class` | [Move data (slowly)](#move-data-slowly) |
"""
    assert table in (tmp_path / "UPGRADING.md").read_text(encoding="utf-8")


def test_a_missing_section_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(tmp_path, UPGRADING.replace("### Enlarge a volume\n", "")) == 1
    assert (
        'values.yaml:3: size: UPGRADING.md has no section "Enlarge a volume".\n'
        "  remedy: Describe there how to change the value in a release."
    ) in capsys.readouterr().err


def test_only_keys_are_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = "# A.\n# @schema {immutable: Enlarge a volume}\na:\n  # B.\n  b: 1\n"
    assert cli.main(["generate", str(chart(tmp_path, values, UPGRADING_md=UPGRADING))]) == 1
    assert "a: unknown keyword immutable" in capsys.readouterr().err
