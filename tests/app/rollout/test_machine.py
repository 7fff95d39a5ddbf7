"""The state machine: every edge of its table, every pair that it lacks, and the diagram in the documentation."""

import dataclasses
import itertools

import pytest

from devkit import paths
from modelctl.rollout.machine import (
    FINAL_PHASES,
    INITIAL_PHASE,
    TRANSITIONS,
    Event,
    Phase,
    RolloutState,
    TransitionError,
    to_mermaid,
    transition,
)
from tests.app.rollout.simulation import PLAN

PAGE = paths.REPOSITORY / "docs/guides/rollout.md"
LAST_STEP = len(PLAN.steps) - 1
EXIT_CODES = {
    Event.UPGRADE_FAILED: 3,
    Event.ANALYSIS_FAILED: 3,
    Event.CANARY_UNHEALTHY: 3,
    Event.ABORT: 3,
    Event.DEADLINE_EXCEEDED: 4,
}


def _state(phase: Phase, event: Event) -> RolloutState:
    """Return a state of `phase` at a step that accepts `event`."""
    step = LAST_STEP if event is Event.COMPLETE else 1
    exit_code = 3 if phase in (Phase.ROLLING_BACK, Phase.ROLLED_BACK) else 0
    return RolloutState(
        PLAN, phase, step, reason="before", exit_code=exit_code, holder_identity="holder", abort_requested=True
    )


@pytest.mark.parametrize(("phase", "event"), TRANSITIONS)
def test_every_edge_leads_to_its_phase(phase: Phase, event: Event) -> None:
    before = _state(phase, event)
    after = transition(before, event, "reason")
    target = TRANSITIONS[phase, event]
    assert after == dataclasses.replace(
        before,
        phase=target,
        step=before.step + 1 if event is Event.PROMOTE else before.step,
        reason="" if event is Event.ABANDON else "reason",
        exit_code=0 if event is Event.ABANDON else EXIT_CODES.get(event, before.exit_code),
        abort_requested=target not in FINAL_PHASES,
    )


@pytest.mark.parametrize(("phase", "event"), sorted(set(itertools.product(Phase, Event)) - set(TRANSITIONS)))
def test_every_other_pair_is_refused(phase: Phase, event: Event) -> None:
    with pytest.raises(TransitionError, match=f"phase '{phase}' does not accept the event '{event}'"):
        transition(_state(phase, event), event)


@pytest.mark.parametrize(("event", "step"), [(Event.PROMOTE, LAST_STEP), (Event.COMPLETE, 0)])
def test_only_the_last_step_completes(event: Event, step: int) -> None:
    with pytest.raises(TransitionError, match=f"step {step + 1} of 3 does not accept the event '{event}'"):
        transition(RolloutState(PLAN, Phase.ANALYZING, step), event)


def test_an_event_without_a_reason_keeps_the_last_one() -> None:
    state = RolloutState(PLAN, Phase.ROLLING_BACK, reason="too slow")
    assert transition(state, Event.STABLE_RESTORED).reason == "too slow"


def test_final_phases_accept_no_event_and_all_phases_are_reachable() -> None:
    assert not {phase for phase, _ in TRANSITIONS} & set(FINAL_PHASES)
    assert {INITIAL_PHASE, *TRANSITIONS.values()} == set(Phase)
    assert {event for _, event in TRANSITIONS} == set(Event)


def test_each_phase_has_its_weights() -> None:
    shifting = RolloutState(PLAN, Phase.SHIFTING, 1)
    assert (shifting.weight, shifting.expected_weights) == (50, (10, 50))
    analyzing = transition(shifting, Event.WEIGHTS_SET)
    assert (analyzing.weight, analyzing.expected_weights) == (50, (50,))
    rolling_back = transition(analyzing, Event.ABORT)
    assert (rolling_back.weight, rolling_back.expected_weights) == (0, (0, 10, 50))


def test_the_documentation_has_the_diagram_of_the_table() -> None:
    expected = f"```mermaid\n{to_mermaid()}```\n"
    assert expected in PAGE.read_text(encoding="utf-8"), f"write this diagram into {PAGE.name}:\n{expected}"


@pytest.mark.parametrize("phase", Phase)
def test_the_documentation_describes_every_phase(phase: Phase) -> None:
    assert f"| `{phase}` |" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("event", Event)
def test_the_documentation_describes_every_event(event: Event) -> None:
    assert f"| {event} |" in PAGE.read_text(encoding="utf-8")
