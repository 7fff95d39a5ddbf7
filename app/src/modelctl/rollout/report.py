"""The result of a command, for people and for programs. Pure."""

import json

from modelctl.rollout.plan import Plan
from modelctl.rollout.state import Phase, State

_SAID = {
    Phase.MOVING: "under way",
    Phase.JUDGING: "under way",
    Phase.RETURNING: "under way back",
    Phase.DONE: "done",
    Phase.ROLLED_BACK: "rolled back",
    Phase.FORGOTTEN: "forgotten, the weights stay",
}


def as_json(state: State, weights: str | None) -> str:
    """The state as one JSON document; `weights` are those of the release, null where they are not known."""
    plan = state.plan
    document = {
        "release": plan.release,
        "namespace": plan.namespace,
        "model": plan.model,
        "from": {"name": plan.source.name, "model_version": plan.source.model_version},
        "to": {"name": plan.target.name, "model_version": plan.target.model_version},
        "phase": str(state.phase),
        "ended": state.ended,
        "exit_code": state.exit_code,
        "steps": list(plan.steps),
        "step": state.step,
        "weight": None if state.phase is Phase.FORGOTTEN else state.weight,
        "release_weights": weights,
        "reason": state.reason,
        "holder": state.holder or None,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_text(state: State, weights: str | None) -> str:
    """The state in a few lines."""
    plan = state.plan
    lines = [f"{plan.namespace}/{plan.release}: {plan.model} from {plan.source} to {plan.target}: {_SAID[state.phase]}"]
    if not state.ended:
        lines.append(f"step {state.step + 1} of {len(plan.steps)} ({plan.steps[state.step]} %), {state.phase}")
        lines.append(f"held by {state.holder}" if state.holder else "held by nobody: 'modelctl rollout resume' goes on")
    if state.reason:
        lines.append(f"reason: {state.reason}")
    if weights is not None:
        lines.append(f"weights: {weights}")
    return "\n".join(lines) + "\n"


def plan_as_json(plan: Plan, weights: str) -> str:
    """What --dry-run answers, for programs."""
    document = {
        "release": plan.release,
        "namespace": plan.namespace,
        "dry_run": True,
        "release_weights": weights,
        "steps": [{plan.source.name: 100 - step, plan.target.name: step} for step in plan.steps],
        "least_seconds": len(plan.steps) * plan.pace.min_step_seconds,
        "longest_seconds": len(plan.steps) * plan.pace.patience_seconds,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def plan_as_text(plan: Plan, weights: str) -> str:
    """What --dry-run answers."""
    limits, pace = plan.limits, plan.pace
    lines = [
        f"{plan.namespace}/{plan.release}: {plan.model} from {plan.source} to {plan.target}; nothing is changed",
        f"weights now: {weights}",
        *(f"{number}. {plan.source}: {100 - step} %, {plan.target}: {step} %" for number, step in _numbered(plan)),
        f"Each step lasts {pace.min_step_seconds:g} to {pace.patience_seconds:g} s, and goes on after "
        f"{limits.min_requests} requests of the canary with at most",
        f"  {100 * limits.max_error_ratio:g} % more errors (5xx) than the stable version",
        f"  {100 * limits.max_refused_ratio:g} % more refused requests (4xx)",
        f"  {limits.max_latency_ratio:g} times its p95 latency, or {limits.latency_floor_seconds:g} s",
        f"  {100 * limits.max_disagreement_ratio:g} % of the compared rows answered otherwise"
        + (f", of at least {limits.min_compared_rows}" if limits.min_compared_rows else ", where a shadow compares"),
        "All requests go back as soon as a limit is passed, or no pod of the canary is ready.",
    ]
    return "\n".join(lines) + "\n"


def _numbered(plan: Plan) -> list[tuple[int, int]]:
    return list(enumerate(plan.steps, start=1))
