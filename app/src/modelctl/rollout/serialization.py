"""The stored form of a rollout's state: JSON of the current schema, and the migration of older ones. Pure."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from modelctl.errors import ModelctlError
from modelctl.rollout.machine import SCHEMA_VERSION, RolloutState
from modelctl.rollout.plan import check_plan
from modelctl.rollout.records import decode

_REMEDY = "inspect it with 'kubectl get configmap' and delete it if modelctl did not write it; the weights stay"

# Schema 1 named these fields and phases differently. A rollout that an older modelctl has left is read, and stored in
# the current schema with the next write.
_STATE_FIELDS = {
    "reference": "baseline",
    "holder": "holder_identity",
    "hold_seconds": "lease_duration_seconds",
    "renewed_at": "renew_time",
    "abort_asked": "abort_requested",
}
_PLAN_FIELDS = {"source": "stable", "target": "canary", "pace": "timing"}
_LIMIT_FIELDS = {"max_refused_ratio": "max_client_error_ratio"}
_TIMING_FIELDS = {"patience_seconds": "progress_deadline_seconds"}
_METRIC_FIELDS = {"refused_ratio": "client_error_ratio"}
_PHASES = {
    "moving": "shifting",
    "judging": "analyzing",
    "returning": "rolling-back",
    "done": "done",
    "rolled-back": "rolled-back",
    "forgotten": "abandoned",
}


def to_json(state: RolloutState) -> str:
    """Return the state as it is stored."""
    return json.dumps(dataclasses.asdict(state), indent=2, ensure_ascii=False)


def from_json(text: str, where: str) -> RolloutState:
    """Read a stored state of any schema up to the current one. Raises ModelctlError, which names `where`."""
    try:
        document = json.loads(text)
        version = document.get("schema_version") if isinstance(document, dict) else None
        if version == 1:
            document = _from_schema_1(document)
        elif version != SCHEMA_VERSION:
            raise ValueError(f"its schema version is {version}, this modelctl supports 1 to {SCHEMA_VERSION}")
        state = decode(RolloutState, document)
        check_plan(state.plan)
        if not 0 <= state.step < len(state.plan.steps):
            raise ValueError("the plan has no such step")
    except (ValueError, RecursionError) as error:
        raise ModelctlError(f"{where} does not hold the state of a rollout: {error}.", _REMEDY) from error
    except ModelctlError as error:
        raise ModelctlError(f"{where} holds an invalid plan: {error.cause}", _REMEDY) from error
    return state


def _from_schema_1(document: Mapping[str, Any]) -> dict[str, Any]:
    state = _renamed(document, _STATE_FIELDS)
    if not isinstance(state.get("phase"), str) or state["phase"] not in _PHASES:
        raise ValueError(f"phase must be one of {', '.join(_PHASES)}")
    plan = _renamed(_nested(state, "plan"), _PLAN_FIELDS)
    plan["limits"] = _renamed(_nested(plan, "limits"), _LIMIT_FIELDS)
    plan["timing"] = _renamed(_nested(plan, "timing"), _TIMING_FIELDS)
    baseline = _renamed(_nested(state, "baseline"), _METRIC_FIELDS)
    return state | {
        "schema_version": SCHEMA_VERSION,
        "phase": _PHASES[state["phase"]],
        "plan": plan,
        "baseline": baseline,
    }


def _renamed(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    unknown = sorted(set(names.values()) & set(document))
    if unknown:
        raise ValueError(f"schema version 1 has no field {unknown[0]}")
    return {names.get(key, key): value for key, value in document.items()}


def _nested(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be an object")
    return value
