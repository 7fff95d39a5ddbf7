"""The values table of the README."""

from __future__ import annotations

from pathlib import Path

from charttool import reference, schema
from tests.charttool.sample import VALUES, read


def table(folder: Path, values: str) -> str:
    parsed = read(folder, values)
    return reference.table(parsed, schema.build("sample", parsed))


def test_one_table_per_section_and_one_row_per_value(tmp_path: Path) -> None:
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
| `versions` | `[]` | Further versions. |
| `versions[].name` |  | Name of the version. |
| `versions[].…` |  | Overrides of the values of the same name: `image`, `replicas`. |

"""
    )


def test_values_before_the_first_section_have_no_heading(tmp_path: Path) -> None:
    text = table(tmp_path, "# A.\na: 1\n# @section Two\n\n# B.\nb: 2\n")
    assert text.startswith("\n| Key | Default | Meaning |\n|---|---|---|\n| `a` | `1` | A. |\n\n### Two\n")


def test_long_and_compound_defaults_refer_to_the_file(tmp_path: Path) -> None:
    text = table(tmp_path, f"# A.\na: {'x' * 50}\n# B.\n# @schema {{items: {{type: integer}}}}\nb: [1]\n")
    assert "| `a` | see `values.yaml` | A. |" in text
    assert "| `b` | see `values.yaml` | B. |" in text


def test_escapes_pipes(tmp_path: Path) -> None:
    assert '| `a` | `"b\\|c"` | A \\| B. |' in table(tmp_path, "# A | B.\na: b|c\n")


def test_describes_shared_definitions_but_not_kubernetes_types(tmp_path: Path) -> None:
    values = (
        "# A.\n# @schema {$ref: pullSecrets}\na: []\n# B.\n# @schema {items: {kubernetes: core.v1.EnvVar}}\nb: []\n"
    )
    text = table(tmp_path, values)
    assert "| `a[].name` | required | Name of a Secret of type kubernetes.io/dockerconfigjson. |" in text
    assert "`b[]" not in text


def test_shows_the_default_of_an_annotation(tmp_path: Path) -> None:
    annotation = "# @schema {items: {properties: {b: {description: B., type: integer, default: 5}}}}"
    assert "| `a[].b` | `5` | B. |" in table(tmp_path, f"# A.\n{annotation}\na: []\n")
