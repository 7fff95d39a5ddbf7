"""Validation of plans, lists of versions, and the stored state."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelctl.errors import ModelctlError
from modelctl.rollout.machine import Phase, RolloutState
from modelctl.rollout.plan import (
    Limits,
    Plan,
    Timing,
    Version,
    check_plan,
    named_version,
    parse_model_versions,
    parse_steps,
)
from modelctl.rollout.release import ReleaseState, check_release, check_weight
from modelctl.rollout.serialization import from_json, to_json
from modelctl.rollout.weights import canary_weight, check_pair, format_weights, weights_of, with_weight
from tests.app.rollout.simulation import GOOD, PLAN


def _changed(**fields: Any) -> Plan:
    return dataclasses.replace(PLAN, **fields)


def _limits(**fields: Any) -> Plan:
    return _changed(limits=dataclasses.replace(Limits(), **fields))


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (_changed(release="-x"), "not a Helm release name: '-x'"),
        (_changed(namespace="A"), "not a namespace name: 'A'"),
        (_changed(model='x"} or vector(1) #'), "not a model name: "),
        (_changed(canary=Version("2 ", "2")), "not a version name: '2 '"),
        (_changed(canary=Version("2", '2"')), "not a version name: "),
        (_changed(canary=Version("1", "2")), "--from and --to name the same version"),
        (_changed(canary=Version("canary", "1")), "are both model version 1"),
        (_changed(chart="--post-renderer=x"), "not a Helm chart: '--"),
        (_changed(steps=()), "--steps must be ascending weights from 1 to 100"),
        (_changed(steps=(10, 10, 100)), "got '10,10,100'"),
        (_changed(steps=(0, 100)), "--steps must be ascending weights from 1 to 100"),
        (_changed(steps=(10, 50)), "--steps must be ascending weights from 1 to 100"),
        (_changed(steps=(10, 110)), "--steps must be ascending weights from 1 to 100"),
        (_limits(min_requests=0), "--min-requests must be at least 1, got 0"),
        (_limits(max_error_ratio=float("nan")), "--max-error-ratio must be at least 0, got nan"),
        (_limits(max_error_ratio=-0.1), "--max-error-ratio must be at least 0, got -0.1"),
        (_limits(max_client_error_ratio=5), "--max-client-error-ratio must be at most 1, got 5"),
        (_limits(max_latency_ratio=0), "--max-latency-ratio must be at least 0.01, got 0"),
        (_changed(timing=Timing(interval_seconds=0)), "--interval must be at least 1, got 0"),
        (
            _changed(timing=Timing(progress_deadline_seconds=float("inf"))),
            "--progress-deadline must be at least 1, got inf",
        ),
        (_changed(timing=Timing(10, 60, 60)), "--progress-deadline 60 ends before a step can be analyzed"),
    ],
)
def test_rejects_invalid_plans(plan: Plan, message: str) -> None:
    with pytest.raises(ModelctlError) as refusal:
        check_plan(plan)
    assert message in refusal.value.cause
    assert refusal.value.remedy, "an error must have a remedy"


def test_parses_steps() -> None:
    assert parse_steps("5, 25,100") == (5, 25, 100)
    with pytest.raises(ModelctlError, match="must be a list of integers, got '5%,100'"):
        parse_steps("5%,100")


def test_a_version_name_is_the_model_version_or_needs_a_mapping() -> None:
    numbers = parse_model_versions(["canary=7", "2=3"])
    assert named_version("canary", numbers) == Version("canary", "7")
    assert named_version("2", numbers) == Version("2", "3")
    assert named_version("12", numbers) == Version("12", "12")
    with pytest.raises(ModelctlError, match="add --model-version stable=NUMBER"):
        named_version("stable", numbers)


@pytest.mark.parametrize("pairs", [["canary"], ["canary=x"], ["canary=0"], ["a=1", "a=2"]])
def test_rejects_malformed_model_versions(pairs: list[str]) -> None:
    with pytest.raises(ModelctlError, match="must be NAME=NUMBER, each name once"):
        parse_model_versions(pairs)


VERSIONS: list[dict[str, Any]] = [
    {"name": 1, "weight": 100, "service": "own"},
    {"name": "2", "mirror": 10},
    {"name": "0", "drain": True},
]


def test_changing_weights_keeps_all_other_fields() -> None:
    assert with_weight(VERSIONS, "1", "2", 25) == [
        {"name": 1, "weight": 75, "service": "own"},
        {"name": "2", "mirror": 10, "weight": 25},
        {"name": "0", "drain": True},
    ]
    assert VERSIONS[0]["weight"] == 100, "the given list must not change"


@given(st.permutations(["1", "2", "3", "canary"]), st.integers(0, 100), st.integers(0, 100))
def test_weights_always_sum_to_100(names: list[str], before: int, after: int) -> None:
    versions = [{"name": name, "weight": {"1": 100 - before, "2": before}.get(name, 0)} for name in names]
    found = weights_of(with_weight(versions, "1", "2", after))
    assert sum(found.values()) == 100
    assert (found["1"], found["2"]) == (100 - after, after)


@pytest.mark.parametrize(
    "versions",
    [
        [{"name": "1", "weight": 90}, {"name": "2", "weight": 0}],
        [{"name": "1", "weight": 80}, {"name": "2", "weight": 10}, {"name": "3", "weight": 10}],
        [{"name": "1", "weight": 110}, {"name": "2", "weight": -10}],
        [{"name": "1", "weight": 100}],
    ],
)
def test_rejects_weights_that_a_rollout_cannot_have_set(versions: list[dict[str, Any]]) -> None:
    assert canary_weight(versions, "1", "2") is None
    with pytest.raises(ModelctlError):
        with_weight(versions, "1", "2", 50)


def test_version_names_may_be_numbers() -> None:
    assert weights_of([{"name": 1.0, "weight": 100.0}, {"name": 2}]) == {"1": 100, "2": 0}
    assert weights_of([{"name": "only"}]) == {"only": 100}
    assert format_weights({"1": 90, "2": 10}) == "1: 90 %, 2: 10 %"


@pytest.mark.parametrize(
    "versions",
    [[{"weight": 1}], ["1"], [{"name": None}], [{"name": "1", "weight": "x"}], [{"name": "1"}, {"name": 1}]],
)
def test_rejects_malformed_versions(versions: list[Any]) -> None:
    with pytest.raises(ModelctlError, match="correct 'versions' in the release"):
        weights_of(versions)


def test_rejects_versions_that_are_not_listed_or_drained() -> None:
    with pytest.raises(ModelctlError, match="version '7' not found in the release, which lists: 1, 2, 0"):
        check_pair(VERSIONS, "1", "7")
    with pytest.raises(ModelctlError, match="version '0' has drain: true"):
        check_pair(VERSIONS, "1", "0")


def _release(**fields: Any) -> ReleaseState:
    state = ReleaseState(4, "deployed", "istio-routing", "0.1.0", "models", "iris", "helm", tuple(VERSIONS))
    return dataclasses.replace(state, **fields)


@pytest.mark.parametrize("owner", ["rollouts", "flagger", "None"])
def test_rejects_releases_whose_weights_a_controller_manages(owner: str) -> None:
    with pytest.raises(ModelctlError, match=f"trafficManagement of the release is '{owner}'"):
        check_release(_release(traffic_management=owner), "1", "2")


def test_rejects_releases_without_a_service() -> None:
    with pytest.raises(ModelctlError, match=r"set service\.name"):
        check_release(_release(service=""), "1", "2")


def test_reports_unexpected_and_expected_weights() -> None:
    assert check_weight(_release(), "1", "2", (0,)) == 0
    with pytest.raises(ModelctlError) as refusal:
        check_weight(_release(), "1", "2", (10, 50, 10))
    assert refusal.value.cause == (
        "the weights of revision 4 are 1: 100 %, 2: 0 %, 0: 0 %. They must be 1: 90 %, 2: 10 % or "
        "1: 50 %, 2: 50 %, and 0 for all others; they were not changed."
    )


def test_shows_the_release_status_with_weights_that_are_not_deployed() -> None:
    assert _release(status="pending-upgrade").shown_weights == (
        "1: 100 %, 2: 0 %, 0: 0 % (release status: pending-upgrade)"
    )


STATE = RolloutState(PLAN, Phase.ANALYZING, 1, "fine", 0, GOOD, "host/1/ab", 30.0, 12.5)


@pytest.mark.parametrize("phase", list(Phase))
def test_a_state_survives_a_round_trip(phase: Phase) -> None:
    state = dataclasses.replace(STATE, phase=phase)
    assert from_json(to_json(state), "here") == state


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("schema_version",), 3, "its schema version is 3, this modelctl supports 1 to 2"),
        (("phase",), "finished", "phase must be one of shifting, analyzing"),
        (("step",), "1", "step must be of type int"),
        (("step",), True, "step must be of type int"),
        (("step",), 3, "the plan has no such step"),
        (("step",), -1, "the plan has no such step"),
        (("more",), 1, "RolloutState has unknown or missing fields: more"),
        (("plan",), None, "Plan must be an object"),
        (("plan", "steps"), "10,100", "steps must be a list"),
        (("plan", "steps"), [10], "--steps must be ascending weights from 1 to 100"),
        (("plan", "chart"), "--kubeconfig=x", "not a Helm chart: '--"),
        (("plan", "model"), 'a"}', "not a model name: "),
        (("baseline", "requests"), "many", "requests must be of type float"),
    ],
)
def test_rejects_edited_states(path: tuple[str, ...], value: object, message: str) -> None:
    document = json.loads(to_json(STATE))
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(ModelctlError) as refusal:
        from_json(json.dumps(document), "the ConfigMap")
    assert message in refusal.value.cause
    assert "delete it if modelctl did not write it" in refusal.value.remedy


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000])
def test_rejects_text_that_is_not_a_state(text: str) -> None:
    with pytest.raises(ModelctlError, match="the ConfigMap does not hold the state of a rollout"):
        from_json(text, "the ConfigMap")
