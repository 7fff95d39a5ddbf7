"""The output of the rollout commands, as text and as JSON. Pure."""

import json

from modelctl.rollout.machine import Phase, RolloutState
from modelctl.rollout.plan import Plan

_TEXTS = {
    Phase.SHIFTING: "in progress",
    Phase.ANALYZING: "in progress",
    Phase.ROLLING_BACK: "rolling back",
    Phase.DONE: "done",
    Phase.ROLLED_BACK: "rolled back",
    Phase.ABANDONED: "abandoned, the weights stay",
}


def as_json(state: RolloutState, weights: str | None) -> str:
    """Return the state as a JSON document; `weights` are the release's, null if they could not be read."""
    plan = state.plan
    document = {
        "release": plan.release,
        "namespace": plan.namespace,
        "model": plan.model,
        "from": {"name": plan.stable.name, "model_version": plan.stable.model_version},
        "to": {"name": plan.canary.name, "model_version": plan.canary.model_version},
        "phase": str(state.phase),
        "ended": state.ended,
        "exit_code": state.exit_code,
        "steps": list(plan.steps),
        "step": state.step,
        "weight": None if state.phase is Phase.ABANDONED else state.weight,
        "release_weights": weights,
        "reason": state.reason,
        "holder": state.holder_identity or None,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_text(state: RolloutState, weights: str | None) -> str:
    """Return the state in a few lines."""
    plan = state.plan
    lines = [
        f"{plan.namespace}/{plan.release}: {plan.model} from {plan.stable} to {plan.canary}: {_TEXTS[state.phase]}"
    ]
    if not state.ended:
        lines.append(f"step {state.step + 1} of {len(plan.steps)} ({plan.steps[state.step]} %), {state.phase}")
        lines.append(
            f"lease: held by {state.holder_identity}"
            if state.holder_identity
            else "lease: not held; continue with 'modelctl rollout resume'"
        )
    if state.reason:
        lines.append(f"reason: {state.reason}")
    if weights is not None:
        lines.append(f"weights: {weights}")
    return "\n".join(lines) + "\n"


def plan_as_json(plan: Plan, weights: str) -> str:
    """Return the plan as a JSON document, for --dry-run."""
    document = {
        "release": plan.release,
        "namespace": plan.namespace,
        "dry_run": True,
        "release_weights": weights,
        "steps": [{plan.stable.name: 100 - step, plan.canary.name: step} for step in plan.steps],
        "least_seconds": len(plan.steps) * plan.timing.min_step_seconds,
        "longest_seconds": len(plan.steps) * plan.timing.progress_deadline_seconds,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def plan_as_text(plan: Plan, weights: str) -> str:
    """Return the plan in a few lines, for --dry-run."""
    limits, timing = plan.limits, plan.timing
    lines = [
        f"{plan.namespace}/{plan.release}: {plan.model} from {plan.stable} to {plan.canary}; dry run, nothing changes",
        f"current weights: {weights}",
        *(f"{number}. {plan.stable}: {100 - step} %, {plan.canary}: {step} %" for number, step in _numbered(plan)),
        f"Each step takes {timing.min_step_seconds:g} to {timing.progress_deadline_seconds:g} s. It is promoted after "
        f"{limits.min_requests} requests to the canary with",
        f"  at most {100 * limits.max_error_ratio:g} % more server errors (5xx) than the stable version",
        f"  at most {100 * limits.max_client_error_ratio:g} % more client errors (4xx)",
        f"  at most {limits.max_latency_ratio:g} times its p95 latency, or {limits.latency_floor_seconds:g} s",
        f"  at most {100 * limits.max_disagreement_ratio:g} % of the compared rows in disagreement"
        + (f", of at least {limits.min_compared_rows}" if limits.min_compared_rows else ", if a shadow compares"),
        "It is rolled back as soon as a limit is exceeded or the canary has no ready pod.",
    ]
    return "\n".join(lines) + "\n"


def _numbered(plan: Plan) -> list[tuple[int, int]]:
    return list(enumerate(plan.steps, start=1))
