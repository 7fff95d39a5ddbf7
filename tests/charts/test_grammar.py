"""The shared definitions accept what the programs accept, and refuse what they refuse, as generated texts show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import jsonschema_rs
import pytest

from charttool.annotations import Translator, shared_definitions
from tests.charts.grammars import GRAMMARS, OTHERS
from tests.charts.helm_errors import guard_errors
from tests.charts.monitoring.chart import case
from tests.charts.monitoring.guard_cases_expressions import matching
from tests.harness.strategies import for_all

TEXTS = 150
_AS_KEYS = ("alertLabels", "externalLabels")


def accepted(name: str, texts: Sequence[str]) -> list[bool]:
    """Return which texts a definition accepts; for maps, as a key."""
    translator = Translator(set())
    schema = {**translator.value({"$ref": name}), "definitions": translator.used}
    validator = jsonschema_rs.Draft7Validator(schema, pattern_options=jsonschema_rs.RegexOptions())
    valid = [validator.is_valid({text: "a"} if name in _AS_KEYS else text) for text in texts]
    if name != "alertMatcher":
        return valid
    # A guard knows the rest of the grammar.
    given = [text for text, right in zip(texts, valid, strict=True) if right]
    refused = {int(error.split("matchers[")[1].split("]")[0]) for error in guard_errors(case(matching(*given)))}
    right = {text for number, text in enumerate(given) if number not in refused}
    return [text in right for text in texts]


def generated(name: str) -> list[str]:
    grammar = GRAMMARS[name]
    texts: dict[str, None] = dict.fromkeys(grammar.known)
    for_all(grammar.texts, lambda text: texts.update({text: None}), TEXTS)
    return list(texts)


@pytest.mark.depends_on_files(
    *("tests/charts/grammars.py", "charttool", "charts/monitoring", "cluster/catalog.yaml"),
    *("cluster/go/monitoring", "cluster/go/alertmanager", "cluster/go/mesh"),
)
@pytest.mark.parametrize("name", GRAMMARS)
def test_a_definition_accepts_exactly_what_its_program_accepts(name: str, tmp_path: Path) -> None:
    grammar = GRAMMARS[name]
    texts = [text for text in generated(name) if text not in grammar.narrower]
    by_program, by_us = grammar.judge(texts, tmp_path), accepted(name, texts)
    found = list(zip(texts, by_program, by_us, strict=True))
    narrower = [text for text, program, us in found if program and not us]
    wider = [text for text, program, us in found if us and not program]
    assert not narrower, f"{name} refuses what the program accepts: {narrower}"
    assert not wider, f"{name} accepts what the program refuses: {wider}"
    assert 0.1 < sum(by_program) / len(texts) < 1, f"{name}: generate texts of both kinds"


@pytest.mark.parametrize("name", [name for name, grammar in GRAMMARS.items() if grammar.narrower])
def test_exceptions_still_apply(name: str) -> None:
    exceptions = GRAMMARS[name].narrower
    assert not any(accepted(name, list(exceptions))), f"{name}: remove what is accepted from {dict(exceptions)}"


def test_every_pattern_names_its_program() -> None:
    with_patterns = {name for name, body in shared_definitions().items() if {"pattern", "propertyNames"} & set(body)}
    with_patterns |= {name for name, body in shared_definitions().items() if "patternProperties" in body}
    missing = with_patterns - set(GRAMMARS) - set(OTHERS)
    assert not missing, f"add {sorted(missing)} to GRAMMARS or OTHERS in tests/charts/grammars.py"
    unknown = (set(GRAMMARS) | set(OTHERS)) - set(shared_definitions())
    assert not unknown, f"no such definitions: {sorted(unknown)}"
