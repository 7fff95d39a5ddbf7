"""The state machine of a rollout. Everything that decides its phase is in this file.

`TRANSITIONS` has every edge; a pair of phase and event that it lacks is an error. Transitions are pure: they return
the next state and touch nothing. `executor` observes the cluster, raises the events, and stores each state before it
acts on it, so a process may be killed at any point and another one continues from the stored state.

docs/guides/rollout.md explains the theory of operation; its diagram is `to_mermaid()`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from modelctl.rollout.analysis import VersionMetrics
from modelctl.rollout.plan import Plan

EXIT_ROLLED_BACK = 3
EXIT_INCONCLUSIVE = 4
SCHEMA_VERSION = 2


class Phase(StrEnum):
    """The phase of a rollout. The first three are active, the others final."""

    SHIFTING = "shifting"
    """The weights of the step are about to be set, or have just been set."""
    ANALYZING = "analyzing"
    """The weights of the step are set, and its requests are analyzed."""
    ROLLING_BACK = "rolling-back"
    """All requests are about to return to the stable version."""
    DONE = "done"
    """The canary receives all requests."""
    ROLLED_BACK = "rolled-back"
    """The stable version receives all requests again."""
    ABANDONED = "abandoned"
    """The plan was dropped, and the weights were left as they were."""


class Event(StrEnum):
    """The reasons for a transition."""

    WEIGHTS_SET = "weights set"
    UPGRADE_FAILED = "upgrade failed"
    PROMOTE = "promote"
    COMPLETE = "complete"
    ANALYSIS_FAILED = "analysis failed"
    CANARY_UNHEALTHY = "canary unhealthy"
    DEADLINE_EXCEEDED = "progress deadline exceeded"
    ABORT = "abort"
    STABLE_RESTORED = "stable restored"
    ABANDON = "abandon"


TRANSITIONS: Mapping[tuple[Phase, Event], Phase] = {
    (Phase.SHIFTING, Event.WEIGHTS_SET): Phase.ANALYZING,
    (Phase.SHIFTING, Event.UPGRADE_FAILED): Phase.ROLLING_BACK,
    (Phase.SHIFTING, Event.CANARY_UNHEALTHY): Phase.ROLLING_BACK,
    (Phase.SHIFTING, Event.DEADLINE_EXCEEDED): Phase.ROLLING_BACK,
    (Phase.SHIFTING, Event.ABORT): Phase.ROLLING_BACK,
    (Phase.SHIFTING, Event.ABANDON): Phase.ABANDONED,
    (Phase.ANALYZING, Event.PROMOTE): Phase.SHIFTING,
    (Phase.ANALYZING, Event.COMPLETE): Phase.DONE,
    (Phase.ANALYZING, Event.ANALYSIS_FAILED): Phase.ROLLING_BACK,
    (Phase.ANALYZING, Event.CANARY_UNHEALTHY): Phase.ROLLING_BACK,
    (Phase.ANALYZING, Event.DEADLINE_EXCEEDED): Phase.ROLLING_BACK,
    (Phase.ANALYZING, Event.ABORT): Phase.ROLLING_BACK,
    (Phase.ANALYZING, Event.ABANDON): Phase.ABANDONED,
    (Phase.ROLLING_BACK, Event.STABLE_RESTORED): Phase.ROLLED_BACK,
    (Phase.ROLLING_BACK, Event.ABANDON): Phase.ABANDONED,
}

INITIAL_PHASE = Phase.SHIFTING
FINAL_PHASES = (Phase.DONE, Phase.ROLLED_BACK, Phase.ABANDONED)

# Events that are absent here keep the exit code.
_EXIT_CODES: Mapping[Event, int] = {
    Event.UPGRADE_FAILED: EXIT_ROLLED_BACK,
    Event.ANALYSIS_FAILED: EXIT_ROLLED_BACK,
    Event.CANARY_UNHEALTHY: EXIT_ROLLED_BACK,
    Event.ABORT: EXIT_ROLLED_BACK,
    Event.DEADLINE_EXCEEDED: EXIT_INCONCLUSIVE,
    Event.ABANDON: 0,
}


class TransitionError(Exception):
    """An event that the current phase does not accept: a defect of the caller."""


@dataclass(frozen=True)
class RolloutState:
    """A plan and its progress, as stored in the cluster. Weights change only after a state that announces it."""

    plan: Plan
    phase: Phase = INITIAL_PHASE
    # Index into the plan's steps.
    step: int = 0
    reason: str = ""
    exit_code: int = 0
    # The stable version's metrics from the last time that it had enough requests.
    baseline: VersionMetrics = field(default_factory=VersionMetrics)
    # The lease, with the meaning of the fields of a coordination.k8s.io Lease. An empty identity: nothing holds it.
    holder_identity: str = ""
    lease_duration_seconds: float = 0.0
    renew_time: float = 0.0  # seconds since 1970
    abort_requested: bool = False
    schema_version: int = SCHEMA_VERSION

    @property
    def ended(self) -> bool:
        """True if the phase is final."""
        return self.phase in FINAL_PHASES

    @property
    def weight(self) -> int:
        """The canary's weight in per cent that the current phase sets or has set."""
        if self.phase in (Phase.ROLLING_BACK, Phase.ROLLED_BACK):
            return 0
        return self.plan.steps[self.step]

    @property
    def expected_weights(self) -> tuple[int, ...]:
        """The canary's weights that this rollout itself can have left in the release."""
        before, after = self.plan.weight_before(self.step), self.plan.steps[self.step]
        match self.phase:
            case Phase.SHIFTING:
                return (before, after)
            case Phase.ROLLING_BACK:
                return (0, before, after)
            case _:
                return (self.weight,)


def transition(state: RolloutState, event: Event, reason: str = "") -> RolloutState:
    """Return the state after `event`. Raises TransitionError if the phase does not accept it.

    A `reason` replaces the one of the state; an abandoned rollout has none.
    """
    phase = TRANSITIONS.get((state.phase, event))
    if phase is None:
        raise TransitionError(f"phase '{state.phase}' does not accept the event '{event}'")
    is_last = state.plan.is_last(state.step)
    if (event is Event.PROMOTE and is_last) or (event is Event.COMPLETE and not is_last):
        raise TransitionError(f"step {state.step + 1} of {len(state.plan.steps)} does not accept the event '{event}'")
    return dataclasses.replace(
        state,
        phase=phase,
        step=state.step + 1 if event is Event.PROMOTE else state.step,
        reason="" if event is Event.ABANDON else reason or state.reason,
        exit_code=_EXIT_CODES.get(event, state.exit_code),
        # A request that arrives while the weights return is already being carried out.
        abort_requested=state.abort_requested and phase not in FINAL_PHASES,
    )


def to_mermaid() -> str:
    """Return the table as a Mermaid state diagram."""
    edges = [f"    {_name(before)} --> {_name(after)}: {event}" for (before, event), after in TRANSITIONS.items()]
    ends = [f"    {_name(phase)} --> [*]" for phase in FINAL_PHASES]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {_name(INITIAL_PHASE)}: start", *edges, *ends]) + "\n"


def _name(phase: Phase) -> str:
    # Mermaid does not accept hyphens in the names of states.
    return phase.replace("-", "_")
