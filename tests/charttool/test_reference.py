"""The table of the README."""

from __future__ import annotations

from pathlib import Path

from charttool import reference, schema
from tests.charttool.sample import VALUES, read


def table(folder: Path, values: str) -> str:
    parsed = read(folder, values)
    return reference.table(parsed, schema.build("sample", parsed))


def test_there_is_a_table_for_each_section_and_a_row_for_each_value(tmp_path: Path) -> None:
    assert (
        table(tmp_path, VALUES)
        == """
### Image

| Key | Default | Meaning |
|---|---|---|
| `image.tag` | `""` | Tag; empty means the chart's appVersion. |

### Pods

| Key | Default | Meaning |
|---|---|---|
| `replicas` | `3` | Number of pods. |
| `resources` | see `values.yaml` | CPU and memory. |
| `hosts` | `[]` | Hosts. |
| `hosts[].host` | required | Name of the host. |
| `versions` | `[]` | Versions beside the first. |
| `versions[].name` |  | Name of the version. |
| `versions[].…` |  | In place of the values of the same name: `image`, `replicas`. |

"""
    )


def test_values_before_the_first_section_come_first_without_a_heading(tmp_path: Path) -> None:
    text = table(tmp_path, "# A.\na: 1\n# @section Two\n\n# B.\nb: 2\n")
    assert text.startswith("\n| Key | Default | Meaning |\n|---|---|---|\n| `a` | `1` | A. |\n\n### Two\n")


def test_long_and_compound_defaults_are_left_to_the_file(tmp_path: Path) -> None:
    text = table(tmp_path, f"# A.\na: {'x' * 50}\n# B.\n# @schema {{items: {{type: integer}}}}\nb: [1]\n")
    assert "| `a` | see `values.yaml` | A. |" in text
    assert "| `b` | see `values.yaml` | B. |" in text


def test_pipes_do_not_end_a_cell(tmp_path: Path) -> None:
    assert '| `a` | `"b\\|c"` | A \\| B. |' in table(tmp_path, "# A | B.\na: b|c\n")


def test_entries_of_shared_definitions_are_described_those_of_kubernetes_are_not(tmp_path: Path) -> None:
    values = (
        "# A.\n# @schema {$ref: pullSecrets}\na: []\n# B.\n# @schema {items: {kubernetes: core.v1.EnvVar}}\nb: []\n"
    )
    text = table(tmp_path, values)
    assert "| `a[].name` | required | Name of a Secret of type kubernetes.io/dockerconfigjson. |" in text
    assert "`b[]" not in text


def test_a_default_that_a_mark_says_is_shown(tmp_path: Path) -> None:
    mark = "# @schema {items: {properties: {b: {description: B., type: integer, default: 5}}}}"
    assert "| `a[].b` | `5` | B. |" in table(tmp_path, f"# A.\n{mark}\na: []\n")
