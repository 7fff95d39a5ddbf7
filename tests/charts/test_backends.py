"""The library renders the same objects, and fails with the same errors, as `helm` 3 and 4."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.charts.sample_charts import config_map, write_chart
from tests.harness import HELM3, HELM4, SDK, Case, HelmError, Manifests, notes, render
from tests.harness.backends import Backend, HelmCli, library
from tests.harness.backends.schema_errors import sort_schema_errors
from tests.harness.chart_fixtures import umbrella
from tests.harness.charts import all_values_files, charts
from tests.harness.field_paths import set_field
from tests.harness.render import render_uncached
from tests.harness.schema_leaves import leaves

PROGRAMS = pytest.mark.parametrize("program", [HELM4, HELM3], ids=lambda program: program.name)
BACKENDS = pytest.mark.parametrize("backend", [SDK, HELM4, HELM3], ids=lambda backend: backend.name)


@pytest.fixture(params=all_values_files(), ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    case: Case = request.param.case()
    return case


def objects(manifests: Manifests) -> dict[tuple[str, str], tuple[str, Any]]:
    return {(manifest.kind, manifest.name): (manifest.template, manifest.body) for manifest in manifests}


def refusal(case: Case, backend: Backend) -> str:
    with pytest.raises(HelmError) as caught:
        render(case, backend)
    return str(caught.value)


@PROGRAMS
def test_library_and_program_render_the_same(case: Case, program: HelmCli) -> None:
    assert objects(render(case)) == objects(render(case, program))


def test_library_and_program_render_the_same_notes(case: Case) -> None:
    assert notes(case) == notes(case, HELM4)


@PROGRAMS
@pytest.mark.parametrize(
    "values",
    [{"unknownValue": 1}, {"replicaCount": "three", "service": {"port": -1}}, {"model": {"source": {"type": "image"}}}],
    ids=["unknown value", "two of the wrong type", "guard"],
)
def test_library_and_program_report_the_same_errors(program: HelmCli, values: dict[str, Any]) -> None:
    chart = all_values_files()[0].chart
    assert refusal(Case(chart, values), SDK) == refusal(Case(chart, values), program)


@PROGRAMS
def test_library_and_program_report_the_same_errors_of_a_subchart(program: HelmCli, tmp_path: Path) -> None:
    parent = umbrella(all_values_files()[0].chart, tmp_path, ("iris", "wine"))
    case = Case(parent, {"iris": {"unknownValue": 1}, "wine": {"enabled": False}})
    assert refusal(case, SDK) == refusal(case, program)


FAILING = {"templates/a.yaml": '{{ fail "this cannot work" }}'}
SCHEMA = {"properties": {"count": {"type": "integer", "maximum": 3}}, "additionalProperties": False}


@BACKENDS
@pytest.mark.parametrize(
    ("settings", "changes", "message"),
    [
        ({"files": FAILING}, {}, r"execution error at \(sample/templates/a\.yaml:1:3\): this cannot work"),
        (
            {"files": FAILING, "kubeVersion": ">=1.30.0-0"},
            {"kube_version": "1.29.9"},
            r"chart requires kubeVersion: >=1\.30\.0-0 which is incompatible with Kubernetes v1\.29\.9",
        ),
        (
            {"files": FAILING, "schema": SCHEMA, "kubeVersion": ">=1.30.0-0"},
            {"kube_version": "1.29.9", "values": {"count": 4}},
            r"values don't meet the specifications .*\nsample:\n- at '/count': maximum: got 4, want 3",
        ),
        ({"files": FAILING, "type": "library"}, {}, "library charts are not installable"),
        (
            {"files": {"templates/a.yaml": "kind: A\n b: ["}},
            {},
            r"YAML parse error on sample/templates/a\.yaml: error converting YAML to JSON: yaml: line 2: .*",
        ),
    ],
    ids=["fail", "version", "schema before version", "library", "invalid YAML"],
)
def test_every_backend_reports_the_same_error(
    backend: Backend, settings: dict[str, Any], changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    chart = write_chart(tmp_path / "sample", **settings)
    with pytest.raises(HelmError, match=rf"(?s)\A{message}\Z"):
        render(replace(Case(chart), **changes), backend)


# Helm 3 words these errors differently.
@pytest.mark.parametrize("backend", [SDK, HELM4], ids=lambda backend: backend.name)
@pytest.mark.parametrize(
    ("settings", "changes", "message"),
    [
        (
            {"files": FAILING, "dependencies": [{"name": "gone", "version": "1.0.0"}]},
            {},
            r"an error occurred while checking for chart dependencies.* missing in charts/ directory: gone",
        ),
        (
            {"files": FAILING},
            {"release": "r" * 54},
            r'release name check failed: release name "r{54}": invalid release name, must match regex .* than 53',
        ),
    ],
    ids=["dependency", "release name"],
)
def test_errors_before_rendering_equal_those_of_helm_4(
    backend: Backend, settings: dict[str, Any], changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    chart = write_chart(tmp_path / "sample", **settings)
    with pytest.raises(HelmError, match=rf"(?s)\A{message}\Z"):
        render(replace(Case(chart), **changes), backend)


@BACKENDS
def test_values_reach_templates_unchanged(backend: Backend, tmp_path: Path) -> None:
    values = {"large": 1000700000, "half": 0.5, "whole": 3.0, "text": "1e3", "no": False, "gone": None, "list": [None]}
    chart = write_chart(tmp_path / "sample", {"templates/a.yaml": config_map(".Values")}, {"gone": {"a": 1}})
    value = render(Case(chart, values), backend).one("ConfigMap").body["data"]["value"]
    assert value == '{"half":0.5,"large":1000700000,"list":[null],"no":false,"text":"1e3","whole":3}'


@BACKENDS
def test_release_and_kubernetes_reach_templates_unchanged(backend: Backend, tmp_path: Path) -> None:
    context = "list .Release.Name .Release.Namespace .Capabilities.KubeVersion.Version"
    served = '(.Capabilities.APIVersions.Has "a.example.org/v1") (.Capabilities.APIVersions.Has "b.example.org/v1")'
    chart = write_chart(tmp_path / "sample", {"templates/a.yaml": config_map(f"{context} {served}")})
    case = Case(chart, {}, "iris", "flowers", "1.36.2", api_versions=("a.example.org/v1",))
    value = render(case, backend).one("ConfigMap").body["data"]["value"]
    assert value == '["iris","flowers","v1.36.2",true,false]'


@BACKENDS
def test_renderings_are_parsed_as_kubernetes_does(backend: Backend, tmp_path: Path) -> None:
    text = """
---apiVersion: v1
kind: ConfigMap
metadata: {name: first}
data: {number: 1e3, whole: 3.0, time: 12:30, day: 2026-01-01, yes: yes, octal: 017}
---
# Only a comment.
---
apiVersion: v1
kind: ConfigMap
metadata: {name: second, annotations: {helm.sh/hook: test}}
"""
    chart = write_chart(
        tmp_path / "sample", {"templates/a.yaml": text, "templates/empty.yaml": "\n", "templates/_b": "b"}
    )
    manifests = render(Case(chart), backend)
    assert manifests.keys == {("ConfigMap", "first"), ("ConfigMap", "second")}
    data = {"number": 1000, "whole": 3, "time": "12:30", "day": "2026-01-01", "true": True, "octal": 15}
    assert manifests.one("ConfigMap", "first").body["data"] == data


def test_a_disabled_subchart_can_be_enabled_again(tmp_path: Path) -> None:
    sample = write_chart(tmp_path / "sample", {"templates/a.yaml": config_map(".Values")})
    parent = umbrella(sample, tmp_path)
    for enabled in (True, False, True):
        case = Case(parent, {"sample": {"enabled": enabled}})
        assert len(render_uncached(case).keys) == enabled, "a rendering must not change the loaded chart"


def test_a_changed_chart_is_loaded_again(tmp_path: Path) -> None:
    for text in ("one", "two"):
        chart = write_chart(tmp_path / "sample", {"templates/a.yaml": config_map(f'"{text}"')})
        assert render(Case(chart)).one("ConfigMap").body["data"]["value"] == f'"{text}"'


# Values on which validators disagree: whole numbers, patterns, multi-byte characters, formats.
TEXTS = ("", "a", "é" * 40, "a\n", "1e3", "10.0.0.256", "a_b/C", "https://é", "٣")
ODD: tuple[Any, ...] = (*TEXTS, -1, 0, 3.0, 0.5, 1e20, 2**40, True, [], {}, [1.0])


def with_odd(chart: Path, odd: Any) -> dict[str, Any]:
    """Return values of a chart with `odd` wherever the compiled schema accepts it."""
    schema = json.loads((chart / "values.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    values = library.merged_values(library.load(chart), "{}")
    for path in leaves(schema):
        more = set_field(values, path, odd)
        if validator.is_valid(more):
            values = more
    return values


@pytest.mark.parametrize("odd", ODD, ids=ascii)
@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.name)
def test_helm_accepts_what_the_compiled_schema_accepts(chart: Path, odd: Any) -> None:
    library.load(chart).validate_schema(with_odd(chart, odd))


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_each_odd_value_is_accepted_somewhere(odd: Any) -> None:
    def is_accepted(chart: Path) -> bool:
        return with_odd(chart, odd) != library.merged_values(library.load(chart), "{}")

    assert any(map(is_accepted, charts())), "no chart accepts this value, so it tests nothing: replace it"


def test_values_that_only_the_compiled_schema_refuses_are_rendered(tmp_path: Path) -> None:
    # Helm does not enforce formats.
    schema = {"properties": {"when": {"type": "string", "format": "date"}}}
    chart = write_chart(tmp_path / "sample", {"templates/a.yaml": config_map(".Values")}, schema=schema)
    case = Case(chart, {"when": "tomorrow"})
    assert objects(render(case)) == objects(render(case, HELM4))


@PROGRAMS
def test_a_variable_with_an_unknown_program_is_refused(program: HelmCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(program.variable, "no-such-program")
    with pytest.raises(FileNotFoundError, match=f"{program.variable} is 'no-such-program': program not found"):
        program.binary()


def test_schema_errors_are_sorted_with_their_causes() -> None:
    reason = """values don't meet the specifications of the schema(s) in the following chart(s):
sample:
- at '/b': oneOf failed
  - at '/b/2': got string, want null
  - at '/b/1': got string, want integer
- at '/a': got string, want integer

other:
- at '/c': got string, want integer"""
    lines = sort_schema_errors(reason).split("\n")
    assert [line.strip()[5:10].strip("':") for line in lines if "- at" in line] == ["/a", "/b", "/b/1", "/b/2", "/c"]
    assert sorted(lines) == sorted(reason.split("\n"))
