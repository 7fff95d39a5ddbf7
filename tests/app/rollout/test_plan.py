"""Plans, lists of versions, and the state that is kept: what is taken and what is refused."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelctl.errors import ModelctlError
from modelctl.rollout.plan import (
    Limits,
    Pace,
    Plan,
    Version,
    check_plan,
    named_version,
    parse_model_versions,
    parse_steps,
)
from modelctl.rollout.release import ReleaseState, check_release, check_weight
from modelctl.rollout.state import Phase, State, from_json, to_json
from modelctl.rollout.weights import canary_weight, check_pair, describe, moved, weights_of
from tests.app.rollout.world import GOOD, PLAN


def _changed(**fields: Any) -> Plan:
    return dataclasses.replace(PLAN, **fields)


def _limits(**fields: Any) -> Plan:
    return _changed(limits=dataclasses.replace(Limits(), **fields))


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (_changed(release="-x"), "'-x' is no name of a Helm release"),
        (_changed(namespace="A"), "'A' is no name of a namespace"),
        (_changed(model='x"} or vector(1) #'), "is no name of a model"),
        (_changed(target=Version("2 ", "2")), "'2 ' is no name of a version"),
        (_changed(target=Version("2", '2"')), "is no name of a version"),
        (_changed(target=Version("1", "2")), "--from and --to name the same version"),
        (_changed(target=Version("canary", "1")), "are both version 1 of the model"),
        (_changed(chart="--post-renderer=x"), "is no chart"),
        (_changed(steps=()), "do not lead from 0 to 100"),
        (_changed(steps=(10, 10, 100)), "--steps 10,10,100 do not lead from 0 to 100"),
        (_changed(steps=(0, 100)), "do not lead from 0 to 100"),
        (_changed(steps=(10, 50)), "do not lead from 0 to 100"),
        (_changed(steps=(10, 110)), "do not lead from 0 to 100"),
        (_limits(min_requests=0), "--min-requests 0 cannot be used"),
        (_limits(max_error_ratio=float("nan")), "--max-error-ratio nan cannot be used"),
        (_limits(max_error_ratio=-0.1), "--max-error-ratio -0.1 cannot be used"),
        (_limits(max_refused_ratio=5), "--max-refused-ratio 5 is more than all"),
        (_limits(max_latency_ratio=0), "--max-latency-ratio 0 cannot be used"),
        (_changed(pace=Pace(interval_seconds=0)), "--interval 0 cannot be used"),
        (_changed(pace=Pace(patience_seconds=float("inf"))), "--patience inf cannot be used"),
        (_changed(pace=Pace(10, 60, 60)), "--patience 60 ends before a step could be judged"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(plan: Plan, message: str) -> None:
    with pytest.raises(ModelctlError) as refusal:
        check_plan(plan)
    assert message in refusal.value.cause
    assert refusal.value.remedy, "an error says what to do"


def test_steps_are_read() -> None:
    assert parse_steps("5, 25,100") == (5, 25, 100)
    with pytest.raises(ModelctlError, match="is no list of whole numbers"):
        parse_steps("5%,100")


def test_a_versions_name_is_the_models_version_or_is_told() -> None:
    numbers = parse_model_versions(["canary=7", "2=3"])
    assert named_version("canary", numbers) == Version("canary", "7")
    assert named_version("2", numbers) == Version("2", "3")
    assert named_version("12", numbers) == Version("12", "12")
    with pytest.raises(ModelctlError, match="add --model-version stable=NUMBER"):
        named_version("stable", numbers)


@pytest.mark.parametrize("pairs", [["canary"], ["canary=x"], ["canary=0"], ["a=1", "a=2"]])
def test_odd_pairs_are_refused(pairs: list[str]) -> None:
    with pytest.raises(ModelctlError, match="is not NAME=NUMBER, each name once"):
        parse_model_versions(pairs)


VERSIONS: list[dict[str, Any]] = [
    {"name": 1, "weight": 100, "service": "own"},
    {"name": "2", "mirror": 10},
    {"name": "0", "drain": True},
]


def test_other_weights_leave_all_else_as_it_is() -> None:
    assert moved(VERSIONS, "1", "2", 25) == [
        {"name": 1, "weight": 75, "service": "own"},
        {"name": "2", "mirror": 10, "weight": 25},
        {"name": "0", "drain": True},
    ]
    assert VERSIONS[0]["weight"] == 100, "the list that is there is not written to"


@given(st.permutations(["1", "2", "3", "canary"]), st.integers(0, 100), st.integers(0, 100))
def test_weights_always_sum_to_100(names: list[str], before: int, after: int) -> None:
    versions = [{"name": name, "weight": {"1": 100 - before, "2": before}.get(name, 0)} for name in names]
    found = weights_of(moved(versions, "1", "2", after))
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
def test_weights_that_are_no_stage_of_a_rollout_are_seen(versions: list[dict[str, Any]]) -> None:
    assert canary_weight(versions, "1", "2") is None
    with pytest.raises(ModelctlError):
        moved(versions, "1", "2", 50)


def test_a_name_may_be_a_number_in_any_writing_of_json() -> None:
    assert weights_of([{"name": 1.0, "weight": 100.0}, {"name": 2}]) == {"1": 100, "2": 0}
    assert weights_of([{"name": "only"}]) == {"only": 100}
    assert describe({"1": 90, "2": 10}) == "1: 90 %, 2: 10 %"


@pytest.mark.parametrize(
    "versions",
    [[{"weight": 1}], ["1"], [{"name": None}], [{"name": "1", "weight": "x"}], [{"name": "1"}, {"name": 1}]],
)
def test_a_list_that_is_none_is_refused(versions: list[Any]) -> None:
    with pytest.raises(ModelctlError, match="correct 'versions' in the release"):
        weights_of(versions)


def test_names_that_are_not_listed_are_refused_with_those_that_are() -> None:
    with pytest.raises(ModelctlError, match="lists no version '7'; there are: 1, 2, 0"):
        check_pair(VERSIONS, "1", "7")
    with pytest.raises(ModelctlError, match="version '0' is marked drain: true"):
        check_pair(VERSIONS, "1", "0")


def _release(**fields: Any) -> ReleaseState:
    state = ReleaseState(4, "deployed", "istio-routing", "0.1.0", "models", "iris", "helm", tuple(VERSIONS))
    return dataclasses.replace(state, **fields)


@pytest.mark.parametrize("owner", ["rollouts", "flagger", "None"])
def test_weights_that_a_controller_owns_are_refused(owner: str) -> None:
    with pytest.raises(ModelctlError, match=f"trafficManagement of the release is '{owner}'"):
        check_release(_release(traffic_management=owner), "1", "2")


def test_a_release_without_a_service_is_refused() -> None:
    with pytest.raises(ModelctlError, match=r"set service\.name"):
        check_release(_release(service=""), "1", "2")


def test_unexpected_weights_are_told_with_the_expected_ones() -> None:
    assert check_weight(_release(), "1", "2", (0,)) == 0
    with pytest.raises(ModelctlError) as refusal:
        check_weight(_release(), "1", "2", (10, 50, 10))
    assert refusal.value.cause == (
        "the weights of revision 4 are 1: 100 %, 2: 0 %, 0: 0 %. They have to be 1: 90 %, 2: 10 % or "
        "1: 50 %, 2: 50 %, and 0 for all others; they stay as they are."
    )


def test_weights_of_an_upgrade_that_has_not_ended_are_told_as_such() -> None:
    assert _release(status="pending-upgrade").shown_weights == (
        "1: 100 %, 2: 0 %, 0: 0 % (the release is pending-upgrade)"
    )


STATE = State(PLAN, Phase.JUDGING, 1, "fine", 0, GOOD, "host/1/ab", 30.0, 12.5)


@pytest.mark.parametrize("phase", list(Phase))
def test_a_state_survives_being_kept(phase: Phase) -> None:
    state = dataclasses.replace(STATE, phase=phase)
    assert from_json(to_json(state), "here") == state


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("schema_version",), 2, "it is of version 2, this modelctl knows 1"),
        (("phase",), "finished", "phase is none of moving, judging"),
        (("step",), "1", "step is no int"),
        (("step",), True, "step is no int"),
        (("step",), 3, "it names a step that its plan does not have"),
        (("step",), -1, "it names a step that its plan does not have"),
        (("more",), 1, "State has too many or too few fields: more"),
        (("plan",), None, "Plan is no object"),
        (("plan", "steps"), "10,100", "steps is no list"),
        (("plan", "steps"), [10], "do not lead from 0 to 100"),
        (("plan", "chart"), "--kubeconfig=x", "is no chart"),
        (("plan", "model"), 'a"}', "is no name of a model"),
        (("reference", "requests"), "many", "requests is no float"),
    ],
)
def test_a_state_that_was_tampered_with_is_refused(path: tuple[str, ...], value: object, message: str) -> None:
    document = json.loads(to_json(STATE))
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(ModelctlError) as refusal:
        from_json(json.dumps(document), "the ConfigMap")
    assert message in refusal.value.cause
    assert "delete it if it is none" in refusal.value.remedy


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000])
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(ModelctlError, match="the ConfigMap holds no state of a rollout"):
        from_json(text, "the ConfigMap")
