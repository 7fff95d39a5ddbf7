"""The guards for versions: every error names the entry, and all errors are reported together."""

from __future__ import annotations

from tests.charts.helm_errors import guard_errors
from tests.charts.model_server.chart import CHART, case
from tests.charts.model_server.guard_cases import GUARDS
from tests.charts.model_server.guard_cases_version import DOWNLOAD, VERSION
from tests.harness import Case, merged


def in_version(index: int, message: str) -> str:
    """Return the message for an entry of versions."""
    at = f"versions[{index}]."
    return at + message.replace(f"but {DOWNLOAD}.url is", f"but {at}{DOWNLOAD}.url is")


def test_reports_the_errors_of_all_versions_with_their_paths() -> None:
    # An entry cannot remove a key from a map with a Kubernetes type: the schema rejects null there.
    mistakes = [(values, message) for values, message in VERSION if "resources.requests.cpu" not in message]
    versions = [{"name": f"v{index}", **values} for index, (values, _) in enumerate(mistakes)]
    # The model's image in BASE must not hide that an entry has none.
    found = guard_errors(case({"versions": versions}))
    assert found == [in_version(index, message) for index, (_, message) in enumerate(mistakes)]


def test_reports_a_missing_cpu_request_for_the_version_that_scales() -> None:
    values = {"resources": {"requests": {"cpu": None}}, "versions": [{"name": 1, "autoscaling": {"enabled": True}}]}
    (found,) = guard_errors(case(values))
    assert found.startswith("versions[0].resources.requests.cpu: is required if autoscaling.enabled is true")


def test_a_renamed_key_hides_the_errors_of_versions() -> None:
    values, message = GUARDS.renames[0]
    other = {"ingress": {"enabled": True}, "versions": [{"name": "test"}], "replicaCount": 0}
    assert guard_errors(Case(CHART, merged(values, other))) == [message]


def test_empty_values_report_the_required_key() -> None:
    assert guard_errors(Case(CHART)) == [VERSION[0][1]]


def test_reports_inherited_values_for_every_version_and_the_unversioned_pods() -> None:
    wrong = {"terminationGracePeriodSeconds": 1, "versions": [{"name": 1}], "keepUnversioned": True}
    keys = [line.split(":")[0] for line in guard_errors(case(wrong))]
    assert keys == ["terminationGracePeriodSeconds", "versions[0].terminationGracePeriodSeconds"]
