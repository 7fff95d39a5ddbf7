"""Security of every pod in the rendering of each values file."""

from __future__ import annotations

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import own_containers, spec_of
from tests.charts.judges import insecure
from tests.harness import Case, Manifests, render
from tests.harness.charts import values_files
from tests.harness.policy.pod_security import violations


def test_every_pod_is_restricted(manifests: Manifests, given: Case) -> None:
    wrong = insecure(spec_of(given), manifests)
    assert not wrong, 'violations of the "restricted" Pod Security Standard:\n' + "\n".join(wrong)


def test_pod_security_exceptions_are_used(chart_spec: ChartSpec) -> None:
    used = {
        (manifest.source, text)
        for file in values_files(chart_spec.chart)
        for manifest, spec in render(file.case()).pod_specs()
        for text in violations(spec)
    }
    for source, allowed in chart_spec.pod_security_exceptions.items():
        for text in allowed:
            assert (source, text) in used, (
                f"no pod of {source} needs this: remove it from CHART_SPEC.pod_security_exceptions: {text}"
            )


def test_own_containers_have_a_read_only_root_filesystem(manifests: Manifests, given: Case) -> None:
    for manifest, container in own_containers(manifests, given):
        read_only = container["securityContext"]["readOnlyRootFilesystem"]
        assert read_only is True, f"{manifest}: {container['name']}: set readOnlyRootFilesystem"


def test_every_empty_dir_has_a_size_limit(manifests: Manifests) -> None:
    for manifest, spec in manifests.pod_specs():
        for volume in spec.get("volumes", []):
            if "emptyDir" in volume:
                assert volume["emptyDir"].get("sizeLimit"), f"{manifest}: {volume['name']}: set emptyDir.sizeLimit"


def test_pods_get_no_unused_api_token_and_no_service_variables(manifests: Manifests, given: Case) -> None:
    with_api_token = spec_of(given).with_api_token
    for manifest, spec in manifests.pod_specs():
        expected = manifest.source in with_api_token
        token = spec["automountServiceAccountToken"]
        assert token is expected, f"{manifest}: automountServiceAccountToken must be {expected}, is {token}"
        assert spec["enableServiceLinks"] is False, f"{manifest}: set enableServiceLinks to false"
    for account in manifests.of_kind("ServiceAccount"):
        token = account.body["automountServiceAccountToken"]
        assert token is False, f"{account}: set automountServiceAccountToken to false"
