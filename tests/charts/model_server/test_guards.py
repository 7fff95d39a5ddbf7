"""What the chart refuses because two values do not fit: each message whole, and all of them at once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.charts.model_server import guard_cases_release, guard_cases_version
from tests.charts.model_server.chart import CHART, case
from tests.charts.model_server.guard_cases_release import RELEASE, RENAMES
from tests.charts.model_server.guard_cases_version import DOWNLOAD, VERSION
from tests.charts.model_server.refusals import refusals
from tests.harness import Case, merged, render

GUARDS = CHART / "templates" / "guards"
ACTION = re.compile(r"\{\{.*?\}\}")
# What the place of a mistake can be, where a guard is told it.
PLACE = r"(versions\[[0-9]+\]\.(name)?|(nginx\.)?service\.|model\.source\.download\.)?"


def ids(cases: list[tuple[dict[str, Any], str]]) -> list[str]:
    return [message.split(":")[0] for _, message in cases]


@pytest.mark.parametrize(("values", "message"), RELEASE + VERSION, ids=ids(RELEASE + VERSION))
def test_a_mistake_is_refused_with_key_problem_and_remedy(values: dict[str, Any], message: str) -> None:
    assert refusals(case(values)) == [message]


def in_version(index: int, message: str) -> str:
    """A message as it is said about a version of the list."""
    at = f"versions[{index}]."
    return at + message.replace(f"and {DOWNLOAD}.url names", f"and {at}{DOWNLOAD}.url names")


def test_the_mistakes_of_many_versions_are_said_at_once_each_with_its_place() -> None:
    # A version cannot take a key of Kubernetes' own out of a map: null would be a wrong value of it.
    mistakes = [(values, message) for values, message in VERSION if "resources.requests.cpu" not in message]
    versions = [{"name": f"v{index}", **values} for index, (values, _) in enumerate(mistakes)]
    # The model's image of BASE must not hide that one is missing.
    found = refusals(case({"versions": versions}))
    assert found == [in_version(index, message) for index, (_, message) in enumerate(mistakes)]


def test_a_request_that_is_missing_is_told_to_the_version_that_scales_by_it() -> None:
    values = {"resources": {"requests": {"cpu": None}}, "versions": [{"name": 1, "autoscaling": {"enabled": True}}]}
    (found,) = refusals(case(values))
    assert found.startswith("versions[0].resources.requests.cpu: it is not set, and autoscaling.enabled is true")


def test_the_mistakes_of_a_release_are_said_at_once() -> None:
    together: dict[str, Any] = {}
    messages: list[str] = []
    # Those that take another one back are left out.
    for mistake, message in RELEASE:
        values = merged(together, mistake)
        found = refusals(case(values))
        if set(found) == {*messages, message}:
            together, messages = values, found
    assert len(messages) >= 15
    for kind in guard_cases_release.KINDS:
        assert any(message in messages for _, message in kind), f"none of these is said beside others: {ids(kind)}"


@pytest.mark.parametrize(("values", "message"), RENAMES, ids=lambda part: str(part)[:40])
def test_an_old_key_is_refused_with_its_new_name(values: dict[str, Any], message: str) -> None:
    assert refusals(case(values)) == [message]


def test_an_old_key_hides_all_other_mistakes() -> None:
    values, message = RENAMES[0]
    other = {"ingress": {"enabled": True}, "versions": [{"name": "test"}], "replicaCount": 0}
    assert refusals(Case(CHART, merged(values, other))) == [message]


def test_values_that_say_nothing_are_told_what_to_say() -> None:
    assert refusals(Case(CHART)) == [VERSION[0][1]]


def test_what_all_versions_inherit_is_told_for_each_and_for_the_unlisted() -> None:
    wrong = {"terminationGracePeriodSeconds": 1, "versions": [{"name": 1}], "keepUnlisted": True}
    keys = [line.split(":")[0] for line in refusals(case(wrong))]
    assert keys == ["terminationGracePeriodSeconds", "versions[0].terminationGracePeriodSeconds"]


@pytest.mark.parametrize("values", guard_cases_release.ALLOWED + guard_cases_version.ALLOWED, ids=str)
def test_what_only_looks_like_a_mistake_is_taken(values: dict[str, Any]) -> None:
    assert render(case(values)).of_kind("Deployment")


def lines() -> list[str]:
    """Every line of the guards' templates that tells of a problem."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(GUARDS.glob("*.tpl"))]
    return [line.strip() for text in texts for line in text.splitlines() if line.strip().startswith("- ")]


def pattern(line: str) -> re.Pattern[str]:
    """What a line of a template can become."""
    return re.compile("".join(_becomes(part) for part in _split(line)))


def _becomes(part: str) -> str:
    if part in ("{{ .at }}", "{{ $at }}"):
        return PLACE
    return ".*" if ACTION.fullmatch(part) else re.escape(part)


def _split(line: str) -> list[str]:
    return re.split(r"(\{\{.*?\}\})", line.removeprefix("- "))


def test_every_guard_is_tested_by_its_whole_message() -> None:
    messages = [message for _, message in [*RELEASE, *VERSION, *RENAMES]]
    assert len(lines()) > 40, "the guards are elsewhere now: correct GUARDS"
    for line in lines():
        matching = [message for message in messages if pattern(line).fullmatch(message)]
        assert matching, f"no test expects this guard's message; add a case to guard_cases_*.py:\n{line}"
    for message in messages:
        from_lines = [line for line in lines() if pattern(line).fullmatch(message)]
        assert len(from_lines) == 1, f"{message!r} should be the message of one guard, but is that of {from_lines}"
