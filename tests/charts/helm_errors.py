"""The errors with which a chart refuses values: those of its guards, and those of its schema."""

from __future__ import annotations

import pytest

from tests.harness import Case, HelmError, render

GUARDS = "\n\nThe values of {chart} are invalid:\n\n"
SCHEMA = "values don't meet the specifications of the schema(s) in the following chart(s):\n{chart}:\n"


def guard_errors(wrong: Case, chart: str = "") -> list[str]:
    """Return the errors of the guards of a case's chart, or of its subchart of that name."""
    return _listed(wrong, GUARDS.format(chart=chart or wrong.chart.name))


def schema_errors(wrong: Case, chart: str = "") -> list[str]:
    """Return the errors of the schema of a case's chart, or of its subchart of that name."""
    return _listed(wrong, SCHEMA.format(chart=chart or wrong.chart.name))


def _listed(wrong: Case, heading: str) -> list[str]:
    with pytest.raises(HelmError) as caught:
        render(wrong)
    _, found, listed = str(caught.value).partition(heading)
    assert found, f"refused, but not with {heading.strip()!r}: {caught.value}"
    lines = listed.partition("\n\nUse --debug")[0].strip("\n").splitlines()
    assert all(line.startswith("- ") for line in lines), f"the list must have one line for each error: {lines}"
    return [line.removeprefix("- ") for line in lines]


def refusals(wrong: Case) -> list[tuple[str, str]]:
    """Return the keys and texts of the errors of a case, whether they are those of the guards or of the schema."""
    with pytest.raises(HelmError) as caught:
        render(wrong)
    by_guards = GUARDS.format(chart=wrong.chart.name) in str(caught.value)
    if by_guards:
        return [(key, text) for key, _, text in (error.partition(": ") for error in guard_errors(wrong))]
    return [_of_schema(error) for error in schema_errors(wrong)]


def _of_schema(error: str) -> tuple[str, str]:
    """Return the key, written as the guards write it, and the text of an error such as at '/a/0': got null."""
    pointer, _, text = error.removeprefix("at '").partition("': ")
    key = ""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        key += f"[{name}]" if name.isdigit() else f".{name}"
    return key.removeprefix("."), text
