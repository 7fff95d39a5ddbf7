"""How far a rollout is: what is kept in the cluster, so that a run that was killed can be gone on with. Pure."""

import dataclasses
import json
from dataclasses import dataclass, field
from enum import StrEnum

from modelctl.errors import ModelctlError
from modelctl.rollout.analysis import VersionFigures
from modelctl.rollout.plan import Plan, check_plan
from modelctl.rollout.records import decode

SCHEMA_VERSION = 1
EXIT_ROLLED_BACK = 3
EXIT_NO_TRAFFIC = 4

_REMEDY = "see it with 'kubectl get configmap', and delete it if it is none; weights stay as they are"


class Phase(StrEnum):
    """Where a rollout is. The first three go on, the others are ends."""

    MOVING = "moving"
    JUDGING = "judging"
    RETURNING = "returning"
    DONE = "done"
    ROLLED_BACK = "rolled-back"
    FORGOTTEN = "forgotten"


_ENDS = (Phase.DONE, Phase.ROLLED_BACK, Phase.FORGOTTEN)


@dataclass(frozen=True)
class State:
    """A plan, and how far it is. Weights are changed only after a state was written that says so."""

    plan: Plan
    phase: Phase = Phase.MOVING
    # Index in the plan's steps. In the phase MOVING its weight may or may not have been set yet.
    step: int = 0
    reason: str = ""
    exit_code: int = 0
    reference: VersionFigures = field(default_factory=VersionFigures)
    # Who carries it out; empty if nobody does. Whoever writes nothing for so many seconds is taken for dead.
    holder: str = ""
    hold_seconds: float = 0.0
    renewed_at: float = 0.0
    abort_asked: bool = False
    schema_version: int = SCHEMA_VERSION

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        return self.phase in _ENDS

    @property
    def weight(self) -> int:
        """Weight of the canary that the current phase is about."""
        if self.phase in (Phase.RETURNING, Phase.ROLLED_BACK):
            return 0
        return self.plan.steps[self.step]

    @property
    def expected_weights(self) -> tuple[int, ...]:
        """Weights of the canary that this run itself can have left in the release."""
        before, target = self.plan.weight_before(self.step), self.plan.steps[self.step]
        match self.phase:
            case Phase.MOVING:
                return (before, target)
            case Phase.RETURNING:
                return (0, before, target)
            case _:
                return (self.weight,)

    def moving(self, step: int) -> "State":
        """About to set the weights of `step`."""
        return dataclasses.replace(self, phase=Phase.MOVING, step=step)

    def judging(self) -> "State":
        """The weights of the step are set."""
        return dataclasses.replace(self, phase=Phase.JUDGING)

    def returning(self, reason: str, exit_code: int) -> "State":
        """About to give all requests back to the stable version."""
        return dataclasses.replace(self, phase=Phase.RETURNING, reason=reason, exit_code=exit_code)

    def forgotten(self) -> "State":
        """Given up, with whatever weights there are."""
        return dataclasses.replace(self, phase=Phase.FORGOTTEN, reason="", exit_code=0, abort_asked=False)

    def end(self, phase: Phase) -> "State":
        """Nothing is left to do."""
        return dataclasses.replace(self, phase=phase, abort_asked=False)


def to_json(state: State) -> str:
    """The state as it is kept."""
    return json.dumps(dataclasses.asdict(state), indent=2, ensure_ascii=False)


def from_json(text: str, where: str) -> State:
    """Read what was kept. Raises ModelctlError if it is no state of this release of modelctl."""
    try:
        document = json.loads(text)
        version = document.get("schema_version") if isinstance(document, dict) else None
        if version != SCHEMA_VERSION:
            raise ValueError(f"it is of version {version}, this modelctl knows {SCHEMA_VERSION}")
        state = decode(State, document)
        check_plan(state.plan)
        if not 0 <= state.step < len(state.plan.steps):
            raise ValueError("it names a step that its plan does not have")
    except (ValueError, RecursionError) as error:
        raise ModelctlError(f"{where} holds no state of a rollout: {error}.", _REMEDY) from error
    except ModelctlError as error:
        raise ModelctlError(f"{where} holds a plan that cannot be carried out: {error.cause}", _REMEDY) from error
    return state
