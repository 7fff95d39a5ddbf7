"""Schema validation reports invalid objects. A schema that accepts everything proves nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from charttool.structural import json_schema
from cluster import catalog
from tests.harness import schemas
from tests.harness.frozen import freeze
from tests.harness.manifests import parse
from tests.harness.schemas import builtin, custom, newest_version, problems
from tests.harness.schemas.validators import CustomValidator, Validator, validator

Change = Callable[[Any], object]

GOOD = {
    "HTTPRoute": """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: good, labels: {app: good}}
        spec:
          parentRefs: [{name: gateway, sectionName: http}]
          hostnames: [models.example.com]
          rules:
            - matches: [{path: {type: PathPrefix, value: /}}]
              timeouts: {request: 30s}
              backendRefs: [{name: good, port: 80, weight: 90}, {name: new, port: 80, weight: 10}]
        """,
    "ServiceMonitor": """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: good}
        spec:
          selector: {matchLabels: {app: good}}
          endpoints:
            - {port: http, path: /metrics, interval: 30s, relabelings: [{action: labeldrop, regex: pod}]}
        """,
    "PodMonitor": """
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: good}
        spec: {selector: {matchLabels: {app: good}}, podMetricsEndpoints: [{port: http, interval: 30s}]}
        """,
    "PrometheusRule": """
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: good}
        spec:
          groups:
            - name: server
              rules: [{alert: Down, expr: up == 0, for: 5m, labels: {severity: page}}, {record: a, expr: 1}]
        """,
    "AlertmanagerConfig": """
        apiVersion: monitoring.coreos.com/v1alpha1
        kind: AlertmanagerConfig
        metadata: {name: good}
        spec:
          route: {receiver: mail, groupBy: [job], routes: [{receiver: mail}]}
          receivers: [{name: mail, emailConfigs: [{to: someone@example.com}]}]
          inhibitRules: [{sourceMatch: [{name: severity, matchType: "=", value: page}]}]
        """,
    "ScaledObject": """
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: good}
        spec:
          scaleTargetRef: {name: good}
          minReplicaCount: 0
          triggers: [{type: prometheus, metadata: {query: up, threshold: "1"}}]
        """,
    "TriggerAuthentication": """
        apiVersion: keda.sh/v1alpha1
        kind: TriggerAuthentication
        metadata: {name: good}
        spec: {secretTargetRef: [{parameter: password, name: secret, key: password}]}
        """,
    "Deployment": """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: good}
        spec:
          selector: {matchLabels: {app: good}}
          template:
            metadata: {labels: {app: good}}
            spec:
              containers:
                - name: server
                  env: [{name: A, value: "1"}, {name: B, value: "2"}]
                  ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53, protocol: TCP}]
        """,
}


def good(kind: str) -> Any:
    return parse(textwrap.dedent(GOOD[kind]))


@pytest.mark.parametrize("version", ["1.35", newest_version()])
@pytest.mark.parametrize("kind", GOOD)
def test_a_valid_object_has_no_problems(kind: str, version: str) -> None:
    assert problems(good(kind), version) == []


def _misspell(body: Any, *path: Any) -> None:
    *parents, name = path
    for part in parents:
        body = body[part]
    body[f"{name}x"] = body.pop(name)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("HTTPRoute", ("spec", "rules", 0, "backendRefs", 1, "weight")),
        ("HTTPRoute", ("spec", "rules", 0, "timeouts", "request")),
        ("HTTPRoute", ("metadata", "labels")),
        ("ServiceMonitor", ("spec", "endpoints", 0, "relabelings", 0, "regex")),
        ("PodMonitor", ("spec", "podMetricsEndpoints", 0, "interval")),
        ("PrometheusRule", ("spec", "groups", 0, "rules", 0, "for")),
        ("AlertmanagerConfig", ("spec", "inhibitRules", 0, "sourceMatch", 0, "matchType")),
        ("ScaledObject", ("spec", "minReplicaCount")),
        ("Deployment", ("spec", "template", "spec", "containers", 0, "ports", 0, "protocol")),
    ],
    ids=lambda value: value if isinstance(value, str) else ".".join(map(str, value)),
)
def test_a_misspelled_field_is_reported_with_its_path(kind: str, path: tuple[Any, ...]) -> None:
    body = good(kind)
    _misspell(body, *path)
    (found,) = problems(body, "1.35")
    assert found.startswith(".".join(map(str, path[:-1])) + ": ")
    assert f"{path[-1]}x" in found


WRONG: dict[str, tuple[str, Change, str, str]] = {
    "a string for a number": (
        "HTTPRoute",
        lambda body: body["spec"]["rules"][0]["backendRefs"][0].update(port="http"),
        "spec.rules.0.backendRefs.0.port",
        "integer",
    ),
    "a number for a string": (
        "ScaledObject",
        lambda body: body["spec"]["triggers"][0]["metadata"].update(threshold=1),
        "spec.triggers.0.metadata.threshold",
        "string",
    ),
    "a number that is too large": (
        "HTTPRoute",
        lambda body: body["spec"]["rules"][0]["backendRefs"][0].update(port=70000),
        "spec.rules.0.backendRefs.0.port",
        "65535",
    ),
    "a string that does not match its pattern": (
        "ServiceMonitor",
        lambda body: body["spec"]["endpoints"][0].update(interval="30 seconds"),
        "spec.endpoints.0.interval",
        "does not match",
    ),
    "a string outside the enum": (
        "HTTPRoute",
        lambda body: body["spec"]["rules"][0]["matches"][0]["path"].update(type="Prefix"),
        "spec.rules.0.matches.0.path.type",
        "PathPrefix",
    ),
    "a missing required field": (
        "ScaledObject",
        lambda body: body["spec"].pop("triggers"),
        "spec",
        '"triggers" is a required',
    ),
    "a required field that is null": (
        "ScaledObject",
        lambda body: body["spec"].update(triggers=None),
        "spec",
        '"triggers" is a required',
    ),
    "missing metadata": (
        "PrometheusRule",
        lambda body: body.pop("metadata"),
        "the object",
        '"metadata" is a required',
    ),
    "a label that is not a string": (
        "PrometheusRule",
        lambda body: body["metadata"].update(labels={"a": 1}),
        "metadata.labels.a",
        "string",
    ),
    "two items with the same key": (
        "PrometheusRule",
        lambda body: body["spec"]["groups"].append({"name": "server", "rules": []}),
        "spec.groups",
        "name='server' is a duplicate",
    ),
    "a duplicate variable": (
        "Deployment",
        lambda body: body["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "A"}),
        "spec.template.spec.containers.0.env",
        "name='A' is a duplicate",
    ),
}


@pytest.mark.parametrize(("kind", "change", "where", "what"), WRONG.values(), ids=WRONG)
def test_a_value_that_the_api_server_refuses_is_reported(kind: str, change: Change, where: str, what: str) -> None:
    body = good(kind)
    change(body)
    (found,) = problems(body, "1.35")
    assert found.startswith(f"{where}: ")
    assert what in found


def test_an_unserved_version_is_refused_with_the_served_ones() -> None:
    with pytest.raises(LookupError, match=r"no HTTPRoute in .*/v1alpha2\. Remedy: .* serves: .*/v1, .*/v1beta1\."):
        problems({**good("HTTPRoute"), "apiVersion": "gateway.networking.k8s.io/v1alpha2"}, "1.35")


def test_a_kind_of_another_group_is_not_a_built_in_one() -> None:
    with pytest.raises(LookupError, match=r"no Deployment in apps\.example\.com/v1\. Remedy: .* serves: apps/v1\."):
        problems({**good("Deployment"), "apiVersion": "apps.example.com/v1"}, "1.35")


@pytest.mark.parametrize(("api_version", "kind"), [("example.com/v1", "Thing"), ("v1", "Affinity"), ("v1", "service")])
def test_an_unknown_kind_is_an_error(api_version: str, kind: str) -> None:
    with pytest.raises(LookupError, match=rf"no {kind} in {api_version}\. Remedy: .*`crds` in cluster/catalog\.yaml"):
        problems({"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}}, "1.35")


def test_every_definition_of_the_catalog_refuses_unknown_fields() -> None:
    kinds = {(file.parent.parent.name + "/" + file.parent.name, file.stem) for file in custom_files()}
    assert {"HTTPRoute", "ServiceMonitor", "ScaledObject"} <= {kind for _, kind in kinds}
    for api_version, kind in kinds:
        body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, "noSuchField": {}}
        assert any("noSuchField" in text for text in problems(body, "1.35")), f"{kind} accepts unknown fields"


def custom_files() -> list[Path]:
    return [file for name in catalog.load().crds for file in custom.folder(name).glob("*/*/*.json")]


def test_equal_objects_are_validated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    body = good("HTTPRoute")
    body["spec"]["unknown"] = 1
    before = problems(body, "1.35")
    monkeypatch.setattr(schemas, "validator", lambda *_: pytest.fail("it was validated again"))
    assert problems(freeze(body), "1.35") == before
    before.clear()
    assert problems(body, "1.35"), "a caller must not be able to change the cached result"


def test_another_kubernetes_version_is_validated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    body = good("ScaledObject")
    problems(body, "1.35")
    calls = []

    def record(*key: str) -> Validator:
        calls.append(key)
        return validator(*key)

    monkeypatch.setattr(schemas, "validator", record)
    problems(body, "1.36")
    assert calls == [("1.36", "keda.sh/v1alpha1", "ScaledObject")]


# Tests of the translation, with definitions of a few lines.


def refused(spec: str, value: Any) -> list[str]:
    """Return the problems of a value, for a definition whose `spec` has the given schema."""
    openapi = {"type": "object", "properties": {"spec": yaml.safe_load(spec), "metadata": {"type": "object"}}}
    body = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": value}
    schema = json_schema(openapi, "example.com/v1", "Thing")
    return CustomValidator(schema, builtin.definitions("1.35")).problems(body)


OBJECT = "type: object, properties: {a: {type: integer}}"


@pytest.mark.parametrize(
    ("spec", "value", "accepted"),
    [
        (f"{{{OBJECT}}}", {"a": 1}, True),
        (f"{{{OBJECT}}}", {"a": 1, "b": 1}, False),
        (f"{{type: array, items: {{{OBJECT}}}}}", [{"b": 1}], False),
        ("{type: object}", {"a": 1}, False),
        (f"{{{OBJECT}, x-kubernetes-preserve-unknown-fields: true}}", {"a": 1, "b": 1}, True),
        (f"{{{OBJECT}, x-kubernetes-preserve-unknown-fields: true}}", {"a": "1"}, False),
        ("{x-kubernetes-preserve-unknown-fields: true}", [{"a": 1}], True),
        (f"{{type: object, additionalProperties: {{{OBJECT}}}}}", {"any": {"a": 1}}, True),
        (f"{{type: object, additionalProperties: {{{OBJECT}}}}}", {"any": {"b": 1}}, False),
        ("{type: object, additionalProperties: true}", {"any": [1]}, True),
        # Conditions apply to the same object and do not close it.
        (f"{{{OBJECT}, anyOf: [{{required: [a]}}, {{properties: {{b: {{}}}}}}]}}", {"a": 1}, True),
        (f"{{{OBJECT}, oneOf: [{{required: [a]}}]}}", {}, False),
        (f"{{{OBJECT}, not: {{required: [a]}}}}", {"a": 1}, False),
        (f"{{{OBJECT}, allOf: [{{properties: {{a: {{minimum: 2}}}}}}]}}", {"a": 1}, False),
        ("{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}", "50%", True),
        ("{x-kubernetes-int-or-string: true}", 50, True),
        ("{x-kubernetes-int-or-string: true}", [], False),
        ("{type: number, minimum: 0, exclusiveMinimum: true}", 0, False),
        ("{type: number, minimum: 0, exclusiveMinimum: false}", 0, True),
        ("{type: integer, format: int32}", 2**31 - 1, True),
        ("{type: integer, format: int32}", 2**31, False),
        ("{type: integer, format: int32, maximum: 9}", 10, False),
        ("{type: integer, format: int64}", -(2**63) - 1, False),
        ("{type: array, items: {type: string}, x-kubernetes-list-type: set}", ["a", "a"], False),
        ("{type: array, items: {type: string}, x-kubernetes-list-type: atomic}", ["a", "a"], True),
        ("{type: string, format: ipv4}", "1.2.3", False),
        ("{type: string, format: ipv4}", "1.2.3.4", True),
        ("{type: string, format: of-our-own}", "1.2.3", True),
        ("{type: object, x-kubernetes-embedded-resource: true}", {"apiVersion": "v1", "kind": "A"}, True),
        ("{type: object, x-kubernetes-embedded-resource: true}", {"kind": "A"}, False),
    ],
    ids=str,
)
def test_a_definition_validates_as_in_the_api_server(spec: str, value: Any, accepted: bool) -> None:
    assert (refused(spec, value) == []) is accepted


@pytest.mark.parametrize(
    ("of", "accepted"),
    [
        ("{type: string, nullable: true}", True),
        ("{type: string, enum: [x], nullable: true}", True),
        ("{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}], nullable: true}", True),
        ("{type: string}", False),
        ("{type: string, default: x}", True),
    ],
)
def test_null_is_accepted_only_if_nullable(of: str, accepted: bool) -> None:
    spec = f"{{type: object, required: [a], properties: {{a: {of}}}}}"
    assert (refused(spec, {"a": None}) == []) is accepted


def test_null_in_a_map_is_dropped() -> None:
    assert (
        refused("{type: object, additionalProperties: {type: string}, minProperties: 1}", {"a": None, "b": "x"}) == []
    )
    assert refused("{type: object, additionalProperties: {type: string}, minProperties: 1}", {"a": None}) != []


def test_defaults_are_filled_in_before_conditions() -> None:
    inner = "{type: object, default: {}, properties: {b: {type: integer, default: 1}}}"
    condition = "{properties: {a: {required: [b]}}}"
    spec = f"{{type: object, required: [a], properties: {{a: {inner}}}, oneOf: [{condition}]}}"
    assert refused(spec, {}) == []


def test_defaults_are_filled_in_for_each_list_item() -> None:
    spec = "{type: array, items: {type: object, required: [a], properties: {a: {type: string, default: x}}}}"
    assert refused(spec, [{}, {"a": "y"}]) == []


DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: example.com
  names: {kind: Thing}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {enum: [=]}}}}
    - {name: v1alpha1, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}
---
apiVersion: v1
kind: ConfigMap
---
"""


def test_definitions_are_extracted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "things.yaml"
    file.write_text(DEFINITION, encoding="utf-8")
    folder = custom.extract([file], tmp_path / "schemas")
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.json"))
    assert found == ["example.com/v1/Thing.json"], "only served versions, and only definitions"
    with monkeypatch.context() as patch:
        patch.setattr(yaml, "load_all", lambda *_, **__: pytest.fail("the file was parsed again"))
        assert custom.extract([file], tmp_path / "schemas") == folder
    file.write_text(DEFINITION.replace("v1alpha1", "v1beta1"), encoding="utf-8")
    assert custom.extract([file], tmp_path / "schemas") != folder
    assert len(list((tmp_path / "schemas").iterdir())) == 2, "no temporary files may be left"
