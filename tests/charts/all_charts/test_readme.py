"""The README of each chart names existing values, and its examples render."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import CHART_SPECS
from tests.charts.helm_errors import schema_errors
from tests.harness import merged, render
from tests.harness.backends.library import read_yaml


def readme(chart_spec: ChartSpec) -> str:
    """Return the text before the generated tables of values."""
    text = (chart_spec.chart / "README.md").read_text(encoding="utf-8")
    return text.partition("<!-- values: begin -->")[0]


def test_every_key_in_the_readme_exists(chart_spec: ChartSpec) -> None:
    leaf_paths = {path.replace("[]", "") for path in chart_spec.leaves}
    # A README may refer to values of another chart.
    everywhere = {path.replace("[]", "") for other in CHART_SPECS.values() for path in other.leaves}
    known = {".".join(path.split(".")[:depth]) for path in everywhere for depth in range(1, 8)}
    text = re.sub(r"^```.*?^```", "", readme(chart_spec), flags=re.MULTILINE | re.DOTALL)
    named = {
        key
        for key in re.findall(r"`([a-zA-Z]\w*(?:\.[a-zA-Z]\w*)+)(?![\w/])", text)
        if key.split(".")[0] in chart_spec.schema["properties"]
    }
    assert len(named) > 5, "no keys found: correct the pattern"
    # Keys inside Kubernetes types are not in the schema.
    unknown = {key for key in named - known if not key.startswith(tuple(f"{path}." for path in leaf_paths))}
    assert not unknown, f"README.md names values that do not exist: {sorted(unknown)}"


def examples(chart_spec: ChartSpec) -> list[dict[str, Any]]:
    """Return the examples of values in the README."""
    found = []
    for text in re.findall(r"^```yaml\n(.*?)^```", readme(chart_spec), flags=re.MULTILINE | re.DOTALL):
        values = yaml.safe_load(text)
        if isinstance(values, dict) and set(values) <= set(chart_spec.schema["properties"]):
            found.append(values)
    return found


EXAMPLES = [(chart_spec, values) for chart_spec in CHART_SPECS.values() for values in examples(chart_spec)]


@pytest.mark.parametrize(("of", "values"), EXAMPLES, ids=[f"{of}-{', '.join(values)}" for of, values in EXAMPLES])
def test_every_example_of_values_renders(of: ChartSpec, values: dict[str, Any]) -> None:
    assert list(render(of.case(merged(of.readme_values, values))))


def test_the_readme_has_examples(chart_spec: ChartSpec) -> None:
    assert examples(chart_spec), "no examples found: correct the pattern"


def test_the_subchart_example_has_the_current_version(chart_spec: ChartSpec) -> None:
    shown = re.findall(rf"- name: {chart_spec.name}\n(?: +\w+: .*\n)*? +version: (\S+)", readme(chart_spec))
    assert set(shown) <= {chart_spec.metadata["version"]}, "correct the version in README.md, As a subchart"


def rows_of_validation_errors(chart_spec: ChartSpec) -> list[tuple[dict[str, Any], str, dict[str, Any]]]:
    """Return the table of Helm's messages: wrong values, the message, correct values."""
    section = readme(chart_spec).partition("## Validation errors")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)`", section, flags=re.MULTILINE)
    return [(read_yaml(wrong), message, read_yaml(correct)) for wrong, message, correct in rows]


def test_every_message_of_helm_in_the_readme_is_real(chart_spec: ChartSpec) -> None:
    rows = rows_of_validation_errors(chart_spec)
    assert len(rows) >= 4, 'the section "Validation errors" has no table of messages'
    for wrong, message, correct in rows:
        assert any(message in error for error in schema_errors(chart_spec.case(wrong)))
        assert list(render(chart_spec.case(correct)))
