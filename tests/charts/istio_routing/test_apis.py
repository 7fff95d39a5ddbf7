"""Both APIs route the same requests to the same versions, with the same weights and mirrors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.istio_routing.chart import FULLNAME, GATEWAY_API, HOST, ISTIO, RESERVED_HEADERS, SERVICE, rendered
from tests.charts.istio_routing.routes import backends, rule, shares
from tests.harness import Manifests, merged

LISTS: list[list[dict[str, Any]]] = [
    [{"name": 1}],
    [{"name": 1, "weight": 90}, {"name": 2, "weight": 10}],
    [{"name": 1, "weight": 0}, {"name": "next", "weight": 100}, {"name": 3, "weight": 0}],
    [{"name": 1, "weight": 100}, {"name": 2, "mirror": 100}, {"name": 3, "mirror": 5}],
    [{"name": 1, "weight": 60}, {"name": 2, "weight": 40}, {"name": "old", "drain": True}],
]


def both(values: dict[str, Any]) -> tuple[Manifests, Manifests]:
    """The same values rendered in Istio's own API and in Gateway API."""
    return rendered(merged(ISTIO, values)), rendered(merged(GATEWAY_API, values))


def route_rules(manifests: Manifests, name: str = FULLNAME) -> list[Any]:
    """The rules of an HTTPRoute."""
    return list(manifests.one("HTTPRoute", name).spec["rules"])


def headers(rule: Any) -> dict[str, str]:
    """The headers that a rule of an HTTPRoute requires."""
    return {each["name"]: each["value"] for each in rule["matches"][0].get("headers", [])}


def copies(rule: Any) -> dict[str, float]:
    """The versions that receive mirrored requests, each with its percentage."""
    if "backendRefs" not in rule:
        return {each["destination"]["subset"]: each["percentage"]["value"] for each in rule.get("mirrors", [])}
    mirrors = [each["requestMirror"] for each in rule["filters"] if each["type"] == "RequestMirror"]
    return {each["backendRef"]["name"].removeprefix(f"{SERVICE}-"): each.get("percent", 100) for each in mirrors}


@pytest.mark.parametrize("versions", LISTS, ids=lambda versions: ",".join(str(each["name"]) for each in versions))
def test_both_apis_have_the_same_weights_and_mirrors(versions: list[dict[str, Any]]) -> None:
    istio, other = both({"versions": versions})
    *pinned, weighted = route_rules(other)
    assert backends(weighted) == shares(rule(istio, "weighted"))
    assert copies(weighted) == copies(rule(istio, "weighted"))
    for each in pinned:
        ((version, share),) = backends(each).items()
        assert share > 0, "a backend with weight 0 gets nothing, also where it is alone"
        assert list(shares(rule(istio, f"pinned-{version}"))) == [version]
        assert headers(each) == {"x-model-version": version}
        assert copies(each) == copies(rule(istio, f"pinned-{version}")) == {}
    live = [str(each["name"]) for each in versions if not each.get("drain")]
    assert [next(iter(backends(each))) for each in pinned] == live


def operations(rule: Any) -> set[tuple[str, str]]:
    """Path and method of each match of a rule, in the notation of Gateway API."""
    found = set()
    for match in rule["matches"] if "matches" in rule else rule["match"]:
        if "uri" in match:
            (path,) = match["uri"].values()
            (methods,) = match["method"].values()
        else:
            path, methods = match["path"]["value"], match["method"]
        found |= {(path.rstrip("/"), method) for method in methods.split("|")}
    return found


@pytest.mark.parametrize("prefix", ["", "/iris"])
def test_both_apis_match_the_same_paths_and_methods(prefix: str) -> None:
    unpinned = {"pinning": {"enabled": False}}
    istio, other = both({"routing": {"protocols": ["predict", "v1", "v2"], "prefix": prefix, **unpinned}})
    assert set().union(*map(operations, route_rules(other))) == operations(rule(istio, "weighted"))


def test_a_prefix_is_removed_by_a_rule_for_each_path_and_method() -> None:
    _, other = both({"routing": {"protocols": ["predict", "v2"], "prefix": "/iris"}})
    for each in route_rules(other):
        rewrites = [part["urlRewrite"]["path"] for part in each["filters"] if part["type"] == "URLRewrite"]
        paths = {match["path"]["value"] for match in each["matches"]}
        assert paths == {f"/iris{rewrite['replacePrefixMatch']}" for rewrite in rewrites}
        # Gateway API takes no other match, and no second one, where a prefix is replaced.
        assert [match["path"]["type"] for match in each["matches"]] == ["PathPrefix"]


def test_the_mesh_has_the_same_rules_as_the_gateway() -> None:
    _, other = both({"versions": LISTS[3]})
    assert route_rules(other, f"{FULLNAME}-mesh") == route_rules(other)


def test_both_apis_have_the_same_timeouts() -> None:
    istio, other = both({"routing": {"timeout": "10s", "retries": {"perTryTimeout": "4s"}}})
    for each in route_rules(other):
        assert each["timeouts"] == {"request": "10s", "backendRequest": "4s"}
    assert rule(istio, "weighted")["timeout"] == "10s"
    assert rule(istio, "weighted")["retries"]["perTryTimeout"] == "4s"


def test_a_mirrored_request_names_the_version_that_answers() -> None:
    istio, other = both({"versions": LISTS[3]})
    for each in istio.one("VirtualService").spec["http"]:
        for branch in each.get("route", []):
            written = branch["headers"]["request"]["set"]
            assert written == {"x-model-routed-version": branch["destination"]["subset"]}, each["name"]
    for each in route_rules(other):
        for backend in each["backendRefs"]:
            (modifier,) = [part["requestHeaderModifier"] for part in backend["filters"]]
            version = backend["name"].removeprefix(f"{SERVICE}-")
            assert modifier == {"set": [{"name": "x-model-routed-version", "value": version}]}


def test_clients_cannot_mark_requests_as_mirrored() -> None:
    _, other = both({"versions": LISTS[3]})
    for each in route_rules(other):
        removed = [part["requestHeaderModifier"]["remove"] for part in each["filters"][:1]]
        assert removed == [RESERVED_HEADERS], "take the header off before anything else"


def test_both_apis_have_the_same_traffic_policy() -> None:
    istio, other = both({"destination": {"warmup": "30s"}})
    wanted = istio.one("DestinationRule").spec["trafficPolicy"]
    found = {each.spec["host"]: each.spec["trafficPolicy"] for each in other.of_kind("DestinationRule")}
    services = [HOST.replace(SERVICE, f"{SERVICE}-{version}") for version in ("1", "2")]
    assert found == dict.fromkeys(services, wanted)


def test_plain_http_is_only_redirected_to_https() -> None:
    _, other = both({"gateway": {"tls": {"enabled": True, "credentialName": "tls", "port": 8443}}})
    redirect = other.one("HTTPRoute", f"{FULLNAME}-http").spec
    assert [each["sectionName"] for each in redirect["parentRefs"]] == ["http"]
    (only,) = redirect["rules"]
    assert "backendRefs" not in only
    assert only["filters"] == [
        {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "port": 8443, "statusCode": 301}}
    ]
    assert [each["sectionName"] for each in other.one("HTTPRoute", FULLNAME).spec["parentRefs"]] == ["https"]


def test_without_the_redirect_plain_http_has_the_same_routes() -> None:
    tls = {"enabled": True, "credentialName": "tls", "httpsRedirect": False}
    _, other = both({"gateway": {"tls": tls}})
    assert route_rules(other, f"{FULLNAME}-http") == route_rules(other)
