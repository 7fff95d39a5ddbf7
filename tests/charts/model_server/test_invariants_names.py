"""Names, namespaces and labels of every object that a values file renders to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.charts.model_server.chart import VALUES_FILES, case, own
from tests.harness import Case, Manifest, Manifests, render

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


def test_there_are_values_files_to_test_with() -> None:
    folders = [path.parent.name for path in VALUES_FILES]
    assert folders.count("ci") >= 4
    assert folders.count("values") >= 10, "examples/values has moved: correct VALUES_FILES in chart.py"


def test_every_name_is_a_dns_label(manifests: Manifests) -> None:
    for manifest in own(manifests):
        assert NAME.fullmatch(manifest.name), f"{manifest}: the name is no DNS label"
        assert len(manifest.name) <= 63, f"{manifest}: cut the name to 63 characters by model-server.shorten"


def test_every_name_begins_with_the_releases_full_name(given: Case) -> None:
    long = {"fullnameOverride": "m" * 40}
    for manifest in own(render(given.with_values(long))):
        wanted = given.values.get("serviceAccount", {}).get("name", "m" * 40)
        assert manifest.name.startswith(("m" * 40, wanted)), f"{manifest}: name it by a helper of _names.tpl"


def test_two_long_names_that_begin_alike_stay_two() -> None:
    long = [render(case({"fullnameOverride": "m" * 70 + end})) for end in "ab"]
    for kind in ("Service", "Pod", "ConfigMap"):
        assert len({manifests.one(kind).name for manifests in long}) == 2, "a cut name ends in a digest of the whole"


def test_every_object_is_in_the_releases_namespace(manifests: Manifests) -> None:
    for manifest in own(manifests):
        assert manifest.body["metadata"].get("namespace") == "serving", f"{manifest}: set metadata.namespace"


def test_the_namespace_can_be_replaced_everywhere(given: Case) -> None:
    elsewhere = replace(given.with_values({"namespaceOverride": "other"}), namespace="home-of-the-release")
    for manifest in own(render(elsewhere)):
        assert manifest.body["metadata"]["namespace"] == "other", f"{manifest}: include model-server.namespace"
        # What triggers ask for is the user's own text.
        if manifest.kind != "ScaledObject":
            assert "home-of-the-release" not in str(manifest.body), f"{manifest}: names the release's namespace"


def test_every_object_carries_the_recommended_labels(manifests: Manifests) -> None:
    for manifest in own(manifests):
        missing = RECOMMENDED - set(manifest.labels)
        assert not missing, f"{manifest}: lacks the labels {sorted(missing)}; include model-server.labels"


def test_common_labels_are_on_every_object_and_every_pod(given: Case) -> None:
    for manifest in own(render(given.with_values({"commonLabels": {"owner": "fraud"}}))):
        assert manifest.labels.get("owner") == "fraud", f"{manifest} lacks the common label"
        if manifest.kind == "Deployment":
            assert _pod_labels(manifest).get("owner") == "fraud", f"{manifest}: its pods lack the common label"


def test_every_label_is_legal(manifests: Manifests) -> None:
    def labels() -> Iterator[tuple[Manifest, str, str]]:
        for manifest in manifests:
            for key, value in {**manifest.labels, **_pod_labels(manifest)}.items():
                yield manifest, key, value

    for manifest, key, value in labels():
        assert LABEL_NAME.fullmatch(key.rpartition("/")[2]), f"{manifest}: {key!r} is no legal name of a label"
        assert LABEL_VALUE.fullmatch(value), f"{manifest}: {key}={value!r} is no legal label"
        assert len(value) <= 63, f"{manifest}: {key}={value!r} is longer than 63 characters"
