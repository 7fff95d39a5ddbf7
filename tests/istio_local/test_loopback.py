"""The behaviour of Istio and Envoy that charts/istio-routing relies on, each with minimal objects."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from tests.istio_local import gateway, http_client, waiting
from tests.istio_local.api import RejectedError
from tests.istio_local.backends import Backend, Received, Reply
from tests.istio_local.manifests import MODEL, destination, routes, subsets, without_retries
from tests.istio_local.mesh_case import (
    INSTANCE_LABEL,
    NAME_LABEL,
    VERSION_LABEL,
    MeshCase,
    gateway_api_entry,
    gateway_for,
)

MANY = 1000
PIN = "x-model-version"
ROUTED = "x-model-routed-version"


def wait_for_all(case: MeshCase, servers: Mapping[str, Backend]) -> None:
    """Wait until each version has responded, then reset the recorded requests."""
    seen: set[str] = set()

    def probe() -> bool:
        seen.add(case.send().version)
        return seen >= servers.keys()

    waiting.until(f"each of the versions {sorted(servers)} answers", probe)
    forget(case, servers)


def forget(case: MeshCase, servers: Mapping[str, Backend]) -> None:
    """Reset the recorded requests."""
    case.wait_for_mirrors()
    for server in servers.values():
        server.forget()


def with_routed_header(version: str) -> dict[str, Any]:
    """Return the part of a destination that adds the version to the requests it receives."""
    return {"headers": {"request": {"set": {ROUTED: version}}}}


def test_weights_split_the_requests(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1", "2"])
    rule = {"route": [destination(case, "1", 90), destination(case, "2", 10)]}
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, without_retries(rule))])
    wait_for_all(case, servers)
    counted = http_client.versions(case.send_many(MANY))
    http_client.assert_share(counted["2"], MANY, 0.1, "responses of version 2")
    assert counted["1"] + counted["2"] == MANY, f"other responses: {counted}"
    assert len(servers["2"].received) == counted["2"], "a request was repeated, or a response was lost"


def test_zero_weight_gets_no_requests(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1", "2"])
    rule = {"route": [destination(case, "1", 100), destination(case, "2", 0)]}
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, without_retries(rule))])
    case.send_until("version 1 responds", lambda answer: answer.status == 200)
    assert set(http_client.versions(case.send_many(200))) == {"1"}
    assert servers["2"].received == []


def test_header_pins_a_version_and_unknown_ones_are_404(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1", "2"])
    unknown = json.dumps({"error": {"code": "unknown_version", "versions": ["1", "2"]}})
    pinned = [
        {"match": [{"headers": {PIN: {"exact": version}}}], "route": [destination(case, version)]} for version in "12"
    ]
    rejected = {
        # Envoy rejects an empty regular expression; this one matches any value of the header.
        "match": [{"headers": {PIN: {"regex": ".*"}}}],
        "directResponse": {"status": 404, "body": {"string": unknown}},
        "headers": {"response": {"set": {"content-type": "application/json"}}},
    }
    rest = {"route": [destination(case, "1", 100), destination(case, "2", 0)]}
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, *pinned, rejected, rest)])
    case.send_until("version 1 responds", lambda answer: answer.status == 200)
    for version in servers:
        counted = http_client.versions(case.send_many(50, headers={PIN: version}))
        assert set(counted) == {version}, f"{PIN}: {version} was served by {counted}"
    for wrong in ("3", "", "1, 2", "v1"):
        answer = case.send(headers={PIN: wrong})
        assert answer.status == 404, f"{PIN}: {wrong!r} returned {answer.status}"
        assert answer.json == json.loads(unknown)
        assert answer.headers["content-type"] == "application/json"


def test_mirrors_a_share_of_the_requests(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1", "2"])
    mirrors = [{**destination(case, "2"), "percentage": {"value": 25}}]
    rule = without_retries({"route": [destination(case, "1", 100)], "mirrors": mirrors})
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, rule)])
    case.send_until("version 1 responds", lambda answer: answer.status == 200)
    forget(case, servers)
    sent = json.dumps({"instances": [[1.0]]}).encode()
    assert set(http_client.versions(case.send_many(MANY, body=sent, headers={"x-request-id": "one"}))) == {"1"}
    mirrored = servers["2"]
    case.wait_for_mirrors()
    assert len(servers["1"].received) == MANY
    http_client.assert_share(len(mirrored.received), MANY, 0.25, "mirrored requests")
    assert {each.host for each in mirrored.received} == {case.host}, (
        "Istio changes the host of mirrored requests again: update the documentation"
    )
    assert {each.body for each in mirrored.received} == {sent}, "mirrored requests must have the same body"


def test_mirrored_request_has_the_version_of_the_original(case: MeshCase) -> None:
    """A server can identify mirrored requests only by this header: since 1.28 Istio does not change their host."""
    servers = case.serve(MODEL, ["1", "2", "3"])
    weighted = [{**destination(case, version, 50), **with_routed_header(version)} for version in "12"]
    rule = without_retries({"route": weighted, "mirrors": [destination(case, "3")]})
    case.apply([gateway_for(case.host), subsets(case, list(servers)), routes(case, rule)])
    case.send_until("a version responds", lambda answer: answer.status == 200)
    forget(case, servers)
    # The value that a client sends is overwritten.
    case.send_many(100, headers={ROUTED: "3"})
    case.wait_for_mirrors()
    assert len(servers["3"].received) == 100
    for version in "12":
        assert {each.headers[ROUTED] for each in servers[version].received} == {version}
    assert {each.headers[ROUTED] for each in servers["3"].received} == {"1", "2"}


def test_failing_mirror_does_not_affect_the_response(case: MeshCase) -> None:
    def fail(_: Received) -> Reply:
        return Reply(status=500, body=b"")

    servers = case.serve(MODEL, ["1", "2"])
    servers["2"].respond = fail
    mirrors = [{**destination(case, "2"), "percentage": {"value": 100}}]
    rule = without_retries({"route": [destination(case, "1", 100)], "mirrors": mirrors})
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, rule)])
    case.send_until("version 1 responds", lambda answer: answer.status == 200)
    forget(case, servers)
    assert set(http_client.versions(case.send_many(50))) == {"1"}
    case.wait_for_mirrors()
    assert len(servers["2"].received) == 50


def test_requests_are_not_repeated_without_retries(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1"], lambda _: Reply(status=503))
    rule = without_retries({"route": [destination(case, "1")]})
    case.apply([gateway_for(case.host), subsets(case, ["1"]), routes(case, rule)])
    waiting.until("version 1 receives a request", lambda: case.send().status == 503 and servers["1"].received)
    servers["1"].forget()
    case.send_many(10)
    assert len(servers["1"].received) == 10


def test_cookie_of_a_weighted_response_pins_its_version(case: MeshCase) -> None:
    case.serve(MODEL, ["1", "2"])
    cookie = "model-version"

    def weighted(version: str, weight: int) -> dict[str, Any]:
        set_cookie = {"response": {"add": {"set-cookie": f"{cookie}={version}; Max-Age=60; HttpOnly"}}}
        return {**destination(case, version, weight), "headers": set_cookie}

    sticky = [
        {
            "match": [{"headers": {"cookie": {"regex": f"^(.*;\\s*)?{cookie}={version}(;.*)?$"}}}],
            "route": [destination(case, version)],
        }
        for version in "12"
    ]
    rest = {"route": [weighted("1", 50), weighted("2", 50)]}
    case.apply([gateway_for(case.host), subsets(case, ["1", "2"]), routes(case, *sticky, rest)])
    first = case.send_until("a version responds", lambda answer: answer.status == 200)
    assert first.headers["set-cookie"] == f"{cookie}={first.version}; Max-Age=60; HttpOnly"
    for version in "12":
        sent = {"cookie": f"other=1; {cookie}={version}; more={cookie}=0"}
        answers = case.send_many(30, headers=sent)
        assert set(http_client.versions(answers)) == {version}
        assert "set-cookie" not in answers[0].headers, "a client with the cookie must not get another one"


def test_refused_connection_is_retried_at_another_pod(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1"])
    gone = case.workload("1", {NAME_LABEL: "model-server", INSTANCE_LABEL: MODEL, VERSION_LABEL: "1"})
    gone.stop()
    retries = {"attempts": 3, "retryOn": "connect-failure,refused-stream", "perTryTimeout": "2s"}
    rule = {"route": [destination(case, "1")], "retries": retries}
    case.apply([gateway_for(case.host), subsets(case, ["1"]), routes(case, rule)])
    case.send_until("version 1 responds", lambda answer: answer.status == 200)
    servers["1"].forget()
    assert set(http_client.versions(case.send_many(40))) == {"1"}
    assert len(servers["1"].received) == 40


def test_timeout_is_a_504_of_the_proxy(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1"])
    rule = {**without_retries({"route": [destination(case, "1")]}), "timeout": "0.2s"}
    case.apply([gateway_for(case.host), subsets(case, ["1"]), routes(case, rule)])
    case.send_until("version 1 responds", lambda answer: answer.status == 200)
    given_up = threading.Event()

    def late(_: Received) -> Reply:
        given_up.wait(timeout=http_client.TIMEOUT_SECONDS)
        return Reply()

    servers["1"].respond = late
    try:
        answer = case.send()
    finally:
        given_up.set()
    assert answer.status == 504, f"{answer.status} {answer.body!r}"


def test_gateway_api_routes_split_and_mirror(case: MeshCase) -> None:
    servers = case.serve(MODEL, ["1", "2", "3"])

    def weighted(version: str, weight: int) -> dict[str, Any]:
        mark = {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": ROUTED, "value": version}]}}
        return {"name": f"{MODEL}-{version}", "port": 80, "weight": weight, "filters": [mark]}

    copy = {"backendRef": {"name": f"{MODEL}-3", "port": 80}, "percent": 25}
    route = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "models"},
        "spec": {
            "parentRefs": [{"name": case.namespace, "namespace": gateway.NAMESPACE}],
            "hostnames": [case.host],
            "rules": [
                {
                    "backendRefs": [weighted("1", 90), weighted("2", 10)],
                    "filters": [{"type": "RequestMirror", "requestMirror": copy}],
                }
            ],
        },
    }
    case.apply([gateway_api_entry(case), route])
    case.send_until("a version responds", lambda answer: answer.status == 200)
    forget(case, servers)
    counted = http_client.versions(case.send_many(MANY))
    http_client.assert_share(counted["2"], MANY, 0.1, "responses of version 2")
    assert counted["1"] + counted["2"] == MANY, f"other responses: {counted}"
    case.wait_for_mirrors()
    http_client.assert_share(len(servers["3"].received), MANY, 0.25, "mirrored requests")
    assert {each.headers[ROUTED] for each in servers["3"].received} == {"1", "2"}, (
        "mirrored requests must carry the version of the original"
    )


def test_istio_rejects_an_invalid_object_with_a_reason(case: MeshCase) -> None:
    rule = {"route": [{"destination": {"host": "a"}, "weight": -1}]}
    with pytest.raises(RejectedError, match="weight"):
        case.apply([routes(case, rule)])
