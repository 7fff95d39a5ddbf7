"""`istioctl analyze` accepts every values file.

Without a cluster it validates every object as istiod's webhook does, and follows the references between Istio's
objects. It skips those to Pods, Services and Secrets, also if it is given their manifests; tests/istio_local and
tests/e2e/istio cover them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.charts.all_charts.test_properties import VALID
from tests.charts.istio_routing.chart import CHART, CHART_SPEC
from tests.charts.istio_routing.judges import REFUSED, Body, apart, findings, known, refusals
from tests.charts.istio_routing.strategies import STRATEGIES
from tests.charts.properties import rendered
from tests.charts.strategies import GeneratedCase
from tests.harness import Case, render
from tests.harness.charts import ValuesFile, values_files
from tests.harness.strategies import for_all

FILES = values_files(CHART)
# The Gateway that values files name as one that is there already.
PUBLIC: Body = {
    "apiVersion": "networking.istio.io/v1",
    "kind": "Gateway",
    "metadata": {"name": "public", "namespace": "istio-ingress"},
    "spec": {
        "selector": {"istio": "ingress"},
        "servers": [{"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["shadow.example.org"]}],
    },
}
EXPECTED = {
    # A gateway that asks for tokens is for HTTP alone, and which ports its pods have, the chart cannot know.
    "IST0133": "a DENY rule without ports would deny TCP as well",
}
# A run of it takes half a second.
pytestmark = pytest.mark.depends_on_files(
    *("tests/charts/istio_routing", "charts/istio-routing", "examples/istio"),
    *(
        f"tests/charts/{name}.py"
        for name in ("chart_spec", "chart_specs", "judges", "programs", "properties", "strategies")
    ),
    *("cluster/catalog.yaml", "cluster/go/mesh"),
)


def released(file: ValuesFile) -> Case:
    """A values file with a namespace, host and certificate of its own, so that all can be in one mesh."""
    name = file.path.stem
    given = replace(file.case(), namespace=name)
    if "hosts" in given.values.get("routing", {}):
        given = given.with_values({"routing": {"hosts": [f"{name}.example.org"]}})
    if "tls" in given.values.get("gateway", {}):
        given = given.with_values({"gateway": {"tls": {"credentialName": name}}})
    return given


def of_istio(given: Case) -> list[Body]:
    """The objects of a release that istioctl knows."""
    return known(render(given))


def test_istioctl_accepts_every_values_file(tmp_path: Path) -> None:
    objects = [PUBLIC, *(body for file in FILES for body in of_istio(released(file)))]
    wrong = [message for message in findings(objects, tmp_path) if message.split()[0] not in EXPECTED]
    assert not wrong, "\n".join(wrong)


def test_istiod_accepts_the_effect_of_every_value(tmp_path: Path) -> None:
    objects: list[Body] = []
    for index, effect in enumerate(CHART_SPEC.value_effects):
        given = CHART_SPEC.case(effect.given)
        objects += apart(of_istio(replace(given, values=effect.values(given.values))), index)
    refused = refusals(objects, tmp_path)
    assert not refused, "\n".join(refused)


def test_istiod_accepts_generated_values(tmp_path: Path) -> None:
    objects: list[Body] = []

    def collect(drawn: GeneratedCase) -> None:
        manifests = rendered(CHART_SPEC, drawn.case)
        objects.extend(apart([] if manifests is None else known(manifests), len(objects)))

    # The cases of tests/charts/all_charts/test_properties.py, which are already rendered.
    for index, unit in enumerate(STRATEGIES.schema_strategies.units):
        for_all(STRATEGIES.cases(unit), collect, VALID, index)
    assert objects, "no generated case could be rendered"
    refused = refusals(objects, tmp_path)
    assert not refused, "\n".join(refused)


def test_istioctl_reports_missing_and_invalid_objects(tmp_path: Path) -> None:
    (shadow,) = [released(file) for file in FILES if file.path.stem == "shadow"]
    objects = [body for body in of_istio(shadow) if body["kind"] != "DestinationRule"]
    refused = {**PUBLIC, "metadata": {"name": "refused", "namespace": "shadow"}, "spec": {"servers": []}}
    found = findings([*objects, refused], tmp_path)
    for code, what in (
        ("IST0101", '"istio-ingress/public"'),
        ("IST0101", '"iris-model-server.shadow.svc.cluster.local+2"'),
        (REFUSED, "shadow/refused"),
    ):
        assert any(message.startswith(code) and what in message for message in found), (
            f"{code}: it does not report {what} any more, but {found}"
        )
