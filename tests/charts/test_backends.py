"""The library in this process against the program, of both majors: the same objects, the same refusals."""

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
def test_the_library_renders_what_the_program_renders(case: Case, program: HelmCli) -> None:
    assert objects(render(case)) == objects(render(case, program))


def test_the_library_shows_the_notes_that_the_program_shows(case: Case) -> None:
    assert notes(case) == notes(case, HELM4)


@PROGRAMS
@pytest.mark.parametrize(
    "values",
    [{"nobodysValue": 1}, {"replicaCount": "three", "service": {"port": -1}}, {"model": {"source": {"type": "image"}}}],
    ids=["unknown value", "two of the wrong type", "guard"],
)
def test_the_library_refuses_values_with_the_programs_words(program: HelmCli, values: dict[str, Any]) -> None:
    chart = all_values_files()[0].chart
    assert refusal(Case(chart, values), SDK) == refusal(Case(chart, values), program)


@PROGRAMS
def test_the_library_names_the_subchart_with_the_programs_words(program: HelmCli, tmp_path: Path) -> None:
    above = umbrella(all_values_files()[0].chart, tmp_path, ("iris", "wine"))
    case = Case(above, {"iris": {"nobodysValue": 1}, "wine": {"enabled": False}})
    assert refusal(case, SDK) == refusal(case, program)


FAILING = {"templates/a.yaml": '{{ fail "this cannot work" }}'}
SCHEMA = {"properties": {"count": {"type": "integer", "maximum": 3}}, "additionalProperties": False}


@BACKENDS
@pytest.mark.parametrize(
    ("settings", "changes", "words"),
    [
        ({"files": FAILING}, {}, r"execution error at \(toy/templates/a\.yaml:1:3\): this cannot work"),
        (
            {"files": FAILING, "kubeVersion": ">=1.30.0-0"},
            {"kube_version": "1.29.9"},
            r"chart requires kubeVersion: >=1\.30\.0-0 which is incompatible with Kubernetes v1\.29\.9",
        ),
        (
            {"files": FAILING, "schema": SCHEMA, "kubeVersion": ">=1.30.0-0"},
            {"kube_version": "1.29.9", "values": {"count": 4}},
            r"values don't meet the specifications .*\ntoy:\n- at '/count': maximum: got 4, want 3",
        ),
        ({"files": FAILING, "type": "library"}, {}, "library charts are not installable"),
        (
            {"files": {"templates/a.yaml": "kind: A\n b: ["}},
            {},
            r"YAML parse error on toy/templates/a\.yaml: error converting YAML to JSON: yaml: line 2: .*",
        ),
    ],
    ids=["fail", "version", "schema before version", "library", "no YAML"],
)
def test_a_refusal_has_the_same_words_whoever_renders(
    backend: Backend, settings: dict[str, Any], changes: dict[str, Any], words: str, tmp_path: Path
) -> None:
    chart = write_chart(tmp_path / "toy", **settings)
    with pytest.raises(HelmError, match=rf"(?s)\A{words}\Z"):
        render(replace(Case(chart), **changes), backend)


# Helm 3 has other words for these.
@pytest.mark.parametrize("backend", [SDK, HELM4], ids=lambda backend: backend.name)
@pytest.mark.parametrize(
    ("settings", "changes", "words"),
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
def test_what_is_refused_before_rendering_has_the_words_of_helm_4(
    backend: Backend, settings: dict[str, Any], changes: dict[str, Any], words: str, tmp_path: Path
) -> None:
    chart = write_chart(tmp_path / "toy", **settings)
    with pytest.raises(HelmError, match=rf"(?s)\A{words}\Z"):
        render(replace(Case(chart), **changes), backend)


@BACKENDS
def test_values_arrive_as_they_were_given(backend: Backend, tmp_path: Path) -> None:
    values = {"large": 1000700000, "half": 0.5, "whole": 3.0, "text": "1e3", "no": False, "gone": None, "list": [None]}
    chart = write_chart(tmp_path / "toy", {"templates/a.yaml": config_map(".Values")}, {"gone": {"a": 1}})
    said = render(Case(chart, values), backend).one("ConfigMap").body["data"]["said"]
    assert said == '{"half":0.5,"large":1000700000,"list":[null],"no":false,"text":"1e3","whole":3}'


@BACKENDS
def test_a_release_and_its_kubernetes_arrive_as_they_were_given(backend: Backend, tmp_path: Path) -> None:
    asked = "list .Release.Name .Release.Namespace .Capabilities.KubeVersion.Version"
    served = '(.Capabilities.APIVersions.Has "a.example.org/v1") (.Capabilities.APIVersions.Has "b.example.org/v1")'
    chart = write_chart(tmp_path / "toy", {"templates/a.yaml": config_map(f"{asked} {served}")})
    case = Case(chart, {}, "iris", "flowers", "1.36.2", api_versions=("a.example.org/v1",))
    said = render(case, backend).one("ConfigMap").body["data"]["said"]
    assert said == '["iris","flowers","v1.36.2",true,false]'


@BACKENDS
def test_a_rendering_is_read_as_kubernetes_reads_it(backend: Backend, tmp_path: Path) -> None:
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
    chart = write_chart(tmp_path / "toy", {"templates/a.yaml": text, "templates/empty.yaml": "\n", "templates/_b": "b"})
    manifests = render(Case(chart), backend)
    assert manifests.keys == {("ConfigMap", "first"), ("ConfigMap", "second")}
    data = {"number": 1000, "whole": 3, "time": "12:30", "day": "2026-01-01", "true": True, "octal": 15}
    assert manifests.one("ConfigMap", "first").body["data"] == data


def test_a_subchart_that_was_switched_off_comes_back(tmp_path: Path) -> None:
    toy = write_chart(tmp_path / "toy", {"templates/a.yaml": config_map(".Values")})
    above = umbrella(toy, tmp_path)
    for enabled in (True, False, True):
        case = Case(above, {"toy": {"enabled": enabled}})
        assert len(render_uncached(case).keys) == enabled, "the library keeps what a rendering has done to the chart"


def test_a_chart_that_is_changed_between_renderings_is_loaded_again(tmp_path: Path) -> None:
    for said in ("one", "two"):
        chart = write_chart(tmp_path / "toy", {"templates/a.yaml": config_map(f'"{said}"')})
        assert render(Case(chart)).one("ConfigMap").body["data"]["said"] == f'"{said}"'


# What validators differ in: numbers that are whole or not, patterns, characters of several bytes, formats.
TEXTS = ("", "a", "é" * 40, "a\n", "1e3", "10.0.0.256", "a_b/C", "https://é", "٣")
ODD: tuple[Any, ...] = (*TEXTS, -1, 0, 3.0, 0.5, 1e20, 2**40, True, [], {}, [1.0])


def with_odd(chart: Path, odd: Any) -> dict[str, Any]:
    """Values of a chart that are odd wherever the fast validator takes it."""
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
def test_helm_takes_whatever_the_fast_validator_takes(chart: Path, odd: Any) -> None:
    library.load(chart).validate_schema(with_odd(chart, odd))


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_what_is_odd_is_taken_by_some_chart(odd: Any) -> None:
    def is_taken(chart: Path) -> bool:
        return with_odd(chart, odd) != library.merged_values(library.load(chart), "{}")

    assert any(map(is_taken, charts())), "this value is taken nowhere, and so shows nothing: replace it"


def test_what_only_the_fast_validator_refuses_is_rendered(tmp_path: Path) -> None:
    # Helm knows formats and does not insist on them.
    schema = {"properties": {"when": {"type": "string", "format": "date"}}}
    chart = write_chart(tmp_path / "toy", {"templates/a.yaml": config_map(".Values")}, schema=schema)
    case = Case(chart, {"when": "tomorrow"})
    assert objects(render(case)) == objects(render(case, HELM4))


@PROGRAMS
def test_a_variable_that_names_no_program_is_refused(program: HelmCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(program.variable, "no-such-program")
    with pytest.raises(FileNotFoundError, match=f"{program.variable} is 'no-such-program', which is no program"):
        program.binary()


def test_the_complaints_of_a_schema_are_sorted_with_what_they_consist_of() -> None:
    reason = """values don't meet the specifications of the schema(s) in the following chart(s):
toy:
- at '/b': oneOf failed
  - at '/b/2': got string, want null
  - at '/b/1': got string, want integer
- at '/a': got string, want integer

other:
- at '/c': got string, want integer"""
    lines = sort_schema_errors(reason).split("\n")
    assert [line.strip()[5:10].strip("':") for line in lines if "- at" in line] == ["/a", "/b", "/b/1", "/b/2", "/c"]
    assert sorted(lines) == sorted(reason.split("\n"))
