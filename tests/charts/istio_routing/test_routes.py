"""The rules of the VirtualService: their order, matches and destinations."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import yaml

from model_server.protocols.registry import PROTOCOLS
from tests.charts.istio_routing.chart import CHART, HOST, ISTIO, RESERVED_HEADERS, ROLLOUTS, case, rendered
from tests.charts.istio_routing.routes import destinations, lost, names, rule, rules, shares
from tests.harness import merged, render

LIST: list[dict[str, Any]] = [
    {"name": 1, "weight": 90},
    {"name": 2, "weight": 10},
    {"name": "next", "mirror": 25},
    {"name": "old", "drain": True},
]
STICKY: dict[str, Any] = {"routing": {"sticky": {"enabled": True}}}
ALL: dict[str, Any] = merged(STICKY, {"versions": LIST})


def sending(values: dict[str, Any]) -> list[Any]:
    """The rules with destinations, without those that answer requests."""
    return [each for each in rules(rendered(values)) if "route" in each]


ORDERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["pinned-1", "pinned-2", "unknown", "weighted"]),
    ({"routing": {"pinning": {"enabled": False}}}, ["weighted"]),
    (merged(STICKY, {"routing": {"pinning": {"enabled": False}}}), ["sticky-1", "sticky-2", "weighted"]),
    (
        ALL,
        ["pinned-1", "pinned-2", "pinned-next", "drained-old", "unknown", "sticky-1", "sticky-2", "weighted"],
    ),
]


@pytest.mark.parametrize(("values", "order"), ORDERS, ids=lambda part: str(part)[:40])
def test_a_pinned_version_comes_before_an_unknown_one_a_sticky_one_and_the_weights(
    values: dict[str, Any], order: list[str]
) -> None:
    assert names(rendered(values)) == order


def test_every_version_is_a_subset_regardless_of_its_weight() -> None:
    manifests = rendered(ALL)
    found = [subset["name"] for subset in manifests.one("DestinationRule").spec["subsets"]]
    assert found == [str(each["name"]) for each in LIST]
    assert not list(lost(manifests))


def test_a_drained_version_receives_no_requests() -> None:
    found = {destination["subset"] for each in rules(rendered(ALL)) for destination in destinations(each)}
    assert found == {"1", "2", "next"}


def test_no_rule_refers_to_a_subset_that_the_next_release_removes() -> None:
    before, drained, after = (
        rendered({"versions": [{"name": 1, "weight": 100}, *more]})
        for more in ([{"name": 2}], [{"name": 2, "drain": True}], [])
    )

    def subsets(manifests: Any) -> set[str]:
        return {each["name"] for each in manifests.one("DestinationRule").spec["subsets"]}

    def used(manifests: Any) -> set[str]:
        return {each["subset"] for found in rules(manifests) for each in destinations(found)}

    # Whichever object of a release comes first, the routes that are there name subsets that are there.
    for one, other in ((before, drained), (drained, after)):
        assert used(one) <= subsets(other), "the DestinationRule takes a subset away that a route still names"
        assert used(other) <= subsets(one), "the VirtualService names a subset that is not there yet"


def test_the_destinationrule_comes_before_the_virtualservice() -> None:
    manifests = rendered()
    # Helm sorts kinds that it does not know by their names, and Argo CD by the waves.
    assert manifests.one("DestinationRule").kind < manifests.one("VirtualService").kind
    wave = "argocd.argoproj.io/sync-wave"
    assert int(manifests.one("DestinationRule").annotations[wave]) < 0
    assert wave not in manifests.one("VirtualService").annotations


def test_the_weights_of_the_list_add_up_to_everything() -> None:
    assert shares(rule(rendered(ALL), "weighted")) == {"1": 90, "2": 10, "next": 0}


@pytest.mark.parametrize(("name", "status"), [("drained-old", 410), ("unknown", 404)])
def test_a_request_for_an_unavailable_version_is_answered_with_the_available_ones(name: str, status: int) -> None:
    answer = rule(rendered(ALL), name)
    assert answer["directResponse"]["status"] == status
    body = json.loads(answer["directResponse"]["body"]["string"])
    assert "1, 2, next" in body["error"], f"the answer names not all versions that answer, or others: {body}"
    assert answer["headers"]["response"]["set"] == {"content-type": "application/json"}
    assert "route" not in answer


def test_every_rule_with_destinations_has_retries_and_a_timeout() -> None:
    for each in sending(ALL):
        assert each["timeout"] == "30s", f"{each['name']}: Istio has no timeout by itself"
        retries = {"attempts": 2, "retryOn": "connect-failure,refused-stream,reset-before-request"}
        assert each["retries"] == retries, (
            f"{each['name']}: Istio tries again by itself, also what a model may have got"
        )


def test_a_zero_timeout_disables_it() -> None:
    # Istio refuses a 0, and has no limit where none is written.
    assert all("timeout" not in each for each in sending(merged(ALL, {"routing": {"timeout": "0s"}})))


def test_clients_cannot_mark_requests_as_mirrored() -> None:
    for each in sending(ALL):
        assert each["headers"]["request"]["remove"] == RESERVED_HEADERS, f"{each['name']}: lets it through"


def test_only_requests_without_a_selected_version_are_mirrored() -> None:
    copied = {each["name"]: each.get("mirrors", []) for each in sending(ALL)}
    shadow = {"host": HOST, "port": {"number": 80}, "subset": "next"}
    for name, mirrors in copied.items():
        wanted = [] if name.startswith("pinned-") else [{"destination": shadow, "percentage": {"value": 25}}]
        assert mirrors == wanted, f"{name}: wrong copies"


PATHS: dict[str, list[tuple[str, str, set[str]]]] = {
    "predict": [("exact", "/predict", {"POST"})],
    "v1": [("prefix", "/v1/models/", {"GET", "POST"})],
    "v2": [("exact", "/v2", {"GET"}), ("prefix", "/v2/", {"GET", "POST"})],
}


def taken(match: Any) -> tuple[str, str, set[str]]:
    """A match of a rule: the kind of path comparison, the path, and the methods."""
    ((how, path),) = match["uri"].items()
    ((way, method),) = match["method"].items()
    return how, path, set(method.split("|")) if way == "regex" else {method}


@pytest.mark.parametrize("protocols", [["predict"], ["v1"], ["v2"], ["predict", "v1", "v2"]], ids=",".join)
def test_every_rule_matches_only_the_protocols(protocols: list[str]) -> None:
    wanted = [operation for protocol in protocols for operation in PATHS[protocol]]
    for each in rules(rendered(merged(ALL, {"routing": {"protocols": protocols}}))):
        assert [taken(match) for match in each["match"]] == wanted, each["name"]


def test_the_default_protocols_are_those_of_the_server() -> None:
    spoken = [protocol.name for protocol in PROTOCOLS]
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    assert values["routing"]["protocols"] == spoken, "name the server's protocols in routing.protocols, and no others"


def test_preflight_requests_are_routed() -> None:
    cors = {"routing": {"cors": {"enabled": True, "allowOrigins": ["https://shop.example.org"]}}}
    for each in sending(merged(ALL, cors)):
        assert all("OPTIONS" in taken(match)[2] for match in each["match"]), f"{each['name']}: refuses OPTIONS"


def test_a_prefix_is_matched_and_removed() -> None:
    for each in sending(merged(ALL, {"routing": {"prefix": "/models/iris.v1"}})):
        assert all(taken(match)[1].startswith("/models/iris.v1/") for match in each["match"])
        how = each["rewrite"]["uriRegexRewrite"]
        assert re.sub(how["match"], how["rewrite"], "/models/iris.v1/predict") == "/predict"
        assert re.sub(how["match"], how["rewrite"], "/models/iris_v1/predict") == "/models/iris_v1/predict"


def test_required_headers_are_required_by_every_rule() -> None:
    for each in rules(rendered(merged(ALL, {"routing": {"headers": {"x-tenant": "fraud"}}}))):
        assert all(match["headers"]["x-tenant"] == {"exact": "fraud"} for match in each["match"]), each["name"]


COOKIES = [
    ("model-version=1", "1"),
    ("a=b; model-version=1", "1"),
    ("a=b;model-version=1; c=d", "1"),
    ("model-version=2; c=model-version", "2"),
    ("model-version=12", ""),
    ("my-model-version=1", ""),
    ("a=model-version=1", ""),
    ("model-version=", ""),
    ("model-version=old", ""),
]


@pytest.mark.parametrize(("cookie", "version"), COOKIES)
def test_a_cookie_names_the_version_that_answered_first(cookie: str, version: str) -> None:
    sticky = [each for each in rules(rendered(ALL)) if each["name"].startswith("sticky-")]
    # The proxies match the whole of a header.
    found = [each for each in sticky if re.fullmatch(each["match"][0]["headers"]["cookie"]["regex"], cookie)]
    assert [each["name"] for each in found] == ([f"sticky-{version}"] if version else [])


def test_the_cookie_that_is_set_is_the_one_that_is_matched() -> None:
    manifests = rendered(ALL)
    for route in rule(manifests, "weighted")["route"]:
        given = route["headers"]["response"]["add"]["set-cookie"].partition(";")[0]
        version = route["destination"]["subset"]
        if version != "next":
            wanted = rule(manifests, f"sticky-{version}")["match"][0]["headers"]["cookie"]["regex"]
            assert re.fullmatch(wanted, given), f"version {version} sets {given!r}, and {wanted!r} is looked for"


def test_clients_leave_a_version_that_was_rolled_back() -> None:
    back = merged(STICKY, {"versions": [{"name": 1, "weight": 100}, {"name": 2, "weight": 0}]})
    assert "sticky-2" not in names(rendered(back))
    # These weights are where Argo Rollouts begins, not where it is.
    assert "sticky-2" in names(rendered(merged(back, ROLLOUTS)))


def test_a_release_may_have_dots_in_its_name_and_a_gateway_not() -> None:
    given = replace(case(ISTIO), release="iris.v1")
    assert render(given).one("Gateway").name == "iris-v1-istio-routing"
    assert render(given).one("VirtualService").spec["gateways"] == ["serving/iris-v1-istio-routing", "mesh"]


def test_the_routes_attach_to_the_gateway_and_the_mesh() -> None:
    assert rendered(ISTIO).one("VirtualService").spec["gateways"] == ["serving/demo-istio-routing", "mesh"]
    assert rendered(ISTIO).one("VirtualService").spec["hosts"] == ["iris.example.org", HOST]
