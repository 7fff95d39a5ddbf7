"""What the chart refuses of versions: the mistakes of each, with its place, and all of them at once."""

from __future__ import annotations

from tests.charts.helm_errors import guard_errors
from tests.charts.model_server.chart import CHART, case
from tests.charts.model_server.guard_cases import GUARDS
from tests.charts.model_server.guard_cases_version import DOWNLOAD, VERSION
from tests.harness import Case, merged


def in_version(index: int, message: str) -> str:
    """A message as it is said about a version of the list."""
    at = f"versions[{index}]."
    return at + message.replace(f"and {DOWNLOAD}.url names", f"and {at}{DOWNLOAD}.url names")


def test_the_mistakes_of_many_versions_are_said_at_once_each_with_its_place() -> None:
    # A version cannot take a key of Kubernetes' own out of a map: null would be a wrong value of it.
    mistakes = [(values, message) for values, message in VERSION if "resources.requests.cpu" not in message]
    versions = [{"name": f"v{index}", **values} for index, (values, _) in enumerate(mistakes)]
    # The model's image of BASE must not hide that one is missing.
    found = guard_errors(case({"versions": versions}))
    assert found == [in_version(index, message) for index, (_, message) in enumerate(mistakes)]


def test_a_request_that_is_missing_is_told_to_the_version_that_scales_by_it() -> None:
    values = {"resources": {"requests": {"cpu": None}}, "versions": [{"name": 1, "autoscaling": {"enabled": True}}]}
    (found,) = guard_errors(case(values))
    assert found.startswith("versions[0].resources.requests.cpu: it is not set, and autoscaling.enabled is true")


def test_an_old_key_hides_the_mistakes_of_versions_too() -> None:
    values, message = GUARDS.renames[0]
    other = {"ingress": {"enabled": True}, "versions": [{"name": "test"}], "replicaCount": 0}
    assert guard_errors(Case(CHART, merged(values, other))) == [message]


def test_values_that_say_nothing_are_told_what_to_say() -> None:
    assert guard_errors(Case(CHART)) == [VERSION[0][1]]


def test_what_all_versions_inherit_is_told_for_each_and_for_the_unlisted() -> None:
    wrong = {"terminationGracePeriodSeconds": 1, "versions": [{"name": 1}], "keepUnversioned": True}
    keys = [line.split(":")[0] for line in guard_errors(case(wrong))]
    assert keys == ["terminationGracePeriodSeconds", "versions[0].terminationGracePeriodSeconds"]
