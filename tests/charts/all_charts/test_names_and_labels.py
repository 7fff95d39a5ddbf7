"""Names, namespaces and labels of every object in the rendering of each values file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import spec_of
from tests.harness import Case, Manifest, Manifests, render
from tests.harness.charts import values_files
from tests.harness.objects import PERMANENT_WORKLOADS, own, texts

NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
LABEL_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
RECOMMENDED = {
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/version",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/part-of",
    "helm.sh/chart",
}


def _pod_labels(manifest: Manifest) -> Mapping[str, str]:
    template = manifest.pod_template()
    labels: Mapping[str, str] = {} if template is None else template["metadata"].get("labels", {})
    return labels


def _named_by_the_chart(manifests: Manifests, given: Case) -> list[Manifest]:
    """Return the chart's own objects, without those whose names an API prescribes."""
    return [manifest for manifest in own(manifests) if manifest.source not in spec_of(given).fixed_names]


def test_every_name_is_a_dns_label(manifests: Manifests, given: Case) -> None:
    for manifest in _named_by_the_chart(manifests, given):
        assert NAME.fullmatch(manifest.name), f"{manifest}: the name must be a DNS label"
        assert len(manifest.name) <= 63, f"{manifest}: truncate the name with {given.chart.name}.truncate63"


def test_every_name_starts_with_the_full_name(given: Case) -> None:
    long = "m" * 40
    # Users may name an existing ServiceAccount.
    accounts = set(texts(given.values))
    for manifest in _named_by_the_chart(render(given.with_values({"fullnameOverride": long})), given):
        is_users = manifest.kind == "ServiceAccount" and manifest.name in accounts
        # Outside the release's namespace, the name starts with it, because other releases have objects there.
        wanted = long if is_at_home(manifest, given) else f"serving-{long}"
        assert manifest.name.startswith(wanted) or is_users, f"{manifest}: build the name with a helper of _names.tpl"


def is_at_home(manifest: Manifest, given: Case) -> bool:
    """Return whether an object belongs in the namespace of the release."""
    may_be_elsewhere = manifest.source in spec_of(given).other_namespaces
    is_here = manifest.body["metadata"].get("namespace") == given.namespace
    return manifest.is_namespaced and (is_here or not may_be_elsewhere)


def test_long_names_with_the_same_prefix_differ(chart_spec: ChartSpec) -> None:
    one, other = (chart_spec.case({"fullnameOverride": "m" * 70 + end}) for end in "ab")
    keys = [{(each.kind, each.name) for each in _named_by_the_chart(render(case), case)} for case in (one, other)]
    assert keys[0]
    assert not keys[0] & keys[1], "end a truncated name with a digest of the whole name"


def test_every_object_is_in_the_release_namespace_or_cluster_scoped(manifests: Manifests, given: Case) -> None:
    for manifest in own(manifests):
        namespace = manifest.body["metadata"].get("namespace")
        if is_at_home(manifest, given):
            assert namespace == "serving", f"{manifest}: set metadata.namespace"
        else:
            assert bool(namespace) is manifest.is_namespaced, f"{manifest}: it has the namespace {namespace}"


def test_exceptions_for_other_namespaces_are_used(chart_spec: ChartSpec) -> None:
    cases = [file.case() for file in values_files(chart_spec.chart)]
    found = {each.source for case in cases for each in render(case) if not is_at_home(each, case)}
    never = set(chart_spec.other_namespaces) - found
    assert not never, (
        f"no values file renders these into another namespace; add one, or correct CHART_SPEC: {sorted(never)}"
    )


def test_namespace_override_applies_everywhere(given: Case) -> None:
    elsewhere = replace(given.with_values({"namespaceOverride": "other"}), namespace="home-of-the-release")
    for manifest in own(render(elsewhere)):
        if is_at_home(manifest, given):
            where = manifest.body["metadata"]["namespace"]
            assert where == "other", f"{manifest}: include {given.chart.name}.namespace"
        # Triggers are written by the user.
        if manifest.kind != "ScaledObject":
            assert "home-of-the-release" not in str(manifest.body), f"{manifest}: contains the namespace of the release"


def test_cluster_scoped_names_differ_between_namespaces(given: Case) -> None:
    def of_cluster(case: Case) -> set[tuple[str, str]]:
        found = _named_by_the_chart(render(case), given)
        return {(manifest.kind, manifest.name) for manifest in found if not is_at_home(manifest, case)}

    shared = of_cluster(given) & of_cluster(replace(given, namespace="elsewhere"))
    assert not shared, (
        f"include the namespace in these names, which another namespace's release would share: {sorted(shared)}"
    )


def test_every_object_has_the_recommended_labels(manifests: Manifests, given: Case) -> None:
    for manifest in own(manifests):
        missing = RECOMMENDED - set(manifest.labels)
        assert not missing, f"{manifest}: lacks the labels {sorted(missing)}; include {given.chart.name}.labels"


def test_common_labels_are_on_every_object_and_pod(given: Case) -> None:
    for manifest in own(render(given.with_values({"commonLabels": {"owner": "fraud"}}))):
        assert manifest.labels.get("owner") == "fraud", f"{manifest} lacks the common label"
        if manifest.kind in PERMANENT_WORKLOADS:
            assert _pod_labels(manifest).get("owner") == "fraud", f"{manifest}: its pods lack the common label"


def test_common_annotations_are_on_every_object_and_on_no_pod(given: Case) -> None:
    for manifest in own(render(given.with_values({"commonAnnotations": {"example.org/common": "fraud"}}))):
        annotations = manifest.body["metadata"].get("annotations", {})
        assert annotations.get("example.org/common") == "fraud", f"{manifest} lacks the common annotation"
        template = manifest.pod_template() if manifest.kind in PERMANENT_WORKLOADS else None
        of_pods = (template or {}).get("metadata", {}).get("annotations", {})
        assert "example.org/common" not in of_pods, f"{manifest}: a new common annotation would restart its pods"


def test_every_label_is_valid(manifests: Manifests) -> None:
    def labels() -> Iterator[tuple[Manifest, str, str]]:
        for manifest in manifests:
            for key, value in {**manifest.labels, **_pod_labels(manifest)}.items():
                yield manifest, key, value

    for manifest, key, value in labels():
        assert LABEL_NAME.fullmatch(key.rpartition("/")[2]), f"{manifest}: {key!r} is not a valid label name"
        assert LABEL_VALUE.fullmatch(value), f"{manifest}: {key}={value!r} is not a valid label"
        assert len(value) <= 63, f"{manifest}: {key}={value!r} is longer than 63 characters"
