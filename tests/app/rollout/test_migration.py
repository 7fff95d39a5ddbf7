"""The migration of stored states: a rollout that an older modelctl has left can be read, resumed and aborted."""

import json
from typing import Any

import pytest

from modelctl.errors import ModelctlError
from modelctl.rollout.analysis import VersionMetrics
from modelctl.rollout.machine import Phase, RolloutState
from modelctl.rollout.plan import Limits, Plan, Timing, Version
from modelctl.rollout.serialization import from_json, to_json
from tests.app.rollout.calls import exit_code, on
from tests.app.rollout.fake_programs import FakePrograms

# A state as modelctl of schema 1 has stored it.
SCHEMA_1 = """\
{
  "plan": {
    "release": "iris-routing",
    "namespace": "models",
    "chart": "charts/istio-routing",
    "model": "iris",
    "source": {"name": "1", "model_version": "1"},
    "target": {"name": "2", "model_version": "2"},
    "prometheus": "https://prometheus.example.org",
    "allow_http": false,
    "steps": [20, 100],
    "limits": {
      "min_requests": 100,
      "max_error_ratio": 0.01,
      "max_refused_ratio": 0.07,
      "max_latency_ratio": 1.5,
      "latency_floor_seconds": 0.05,
      "max_disagreement_ratio": 0.05,
      "min_compared_rows": 0,
      "max_restarts": 0
    },
    "pace": {"interval_seconds": 15.0, "min_step_seconds": 60.0, "patience_seconds": 600.0}
  },
  "phase": "judging",
  "step": 0,
  "reason": "fine",
  "exit_code": 0,
  "reference": {"requests": 900.0, "error_ratio": 0.0, "refused_ratio": 0.02, "latency_seconds": 0.01},
  "holder": "machine/7/ab",
  "hold_seconds": 45.0,
  "renewed_at": 12.5,
  "abort_asked": false,
  "schema_version": 1
}
"""
MIGRATED = RolloutState(
    plan=Plan(
        release="iris-routing",
        namespace="models",
        chart="charts/istio-routing",
        model="iris",
        stable=Version("1", "1"),
        canary=Version("2", "2"),
        prometheus="https://prometheus.example.org",
        steps=(20, 100),
        limits=Limits(max_client_error_ratio=0.07),
        timing=Timing(progress_deadline_seconds=600.0),
    ),
    phase=Phase.ANALYZING,
    reason="fine",
    baseline=VersionMetrics(900.0, 0.0, 0.02, 0.01),
    holder_identity="machine/7/ab",
    lease_duration_seconds=45.0,
    renew_time=12.5,
)


def test_reads_schema_1_and_writes_the_current_schema() -> None:
    state = from_json(SCHEMA_1, "here")
    assert state == MIGRATED
    assert json.loads(to_json(state))["schema_version"] == 2
    assert from_json(to_json(state), "here") == state


@pytest.mark.parametrize(
    ("former", "phase"),
    [
        ("moving", Phase.SHIFTING),
        ("judging", Phase.ANALYZING),
        ("returning", Phase.ROLLING_BACK),
        ("done", Phase.DONE),
        ("rolled-back", Phase.ROLLED_BACK),
        ("forgotten", Phase.ABANDONED),
    ],
)
def test_translates_every_phase_of_schema_1(former: str, phase: Phase) -> None:
    assert from_json(SCHEMA_1.replace('"judging"', f'"{former}"'), "here").phase is phase


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("phase",), "analyzing", "phase must be one of moving, judging"),
        (("phase",), None, "phase must be one of moving, judging"),
        (("holder_identity",), "x", "schema version 1 has no field holder_identity"),
        (("more",), 1, "has unknown or missing fields: more"),
        (("plan",), None, "plan must be an object"),
        (("plan", "pace"), [], "timing must be an object"),
        (("plan", "canary"), {}, "schema version 1 has no field canary"),
        (("plan", "limits", "max_client_error_ratio"), 1, "schema version 1 has no field max_client_error_ratio"),
        (("reference", "requests"), "many", "requests must be of type float"),
    ],
)
def test_rejects_edited_states_of_schema_1(path: tuple[str, ...], value: object, message: str) -> None:
    document: dict[str, Any] = json.loads(SCHEMA_1)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(ModelctlError, match=message):
        from_json(json.dumps(document), "the ConfigMap")


@pytest.mark.usefixtures("fast")
def test_aborts_a_rollout_that_schema_1_has_left(programs: FakePrograms, capsys: pytest.CaptureFixture[str]) -> None:
    cluster = programs.read()
    cluster["release"]["values"]["versions"] = [{"name": "1", "weight": 80}, {"name": "2", "weight": 20}]
    metadata = {"name": "iris-routing-rollout", "resourceVersion": "1"}
    cluster["objects"]["iris-routing-rollout"] = {"metadata": metadata, "data": {"state.json": SCHEMA_1}}
    programs.write(cluster | {"writings": 1})
    assert exit_code(on("abort", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["phase"] == "rolled-back"
    assert programs.weights == [100, 0]
    assert (programs.state["schema_version"], programs.state["holder_identity"]) == (2, "")
