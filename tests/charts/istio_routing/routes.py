"""The rendered routes, in the same form for both APIs, and requests that they would lose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.charts.istio_routing.chart import SERVICE
from tests.harness import Manifests

Rule = Mapping[str, Any]
Shares = dict[str, int]


def rules(manifests: Manifests) -> list[Rule]:
    """The rules of the one VirtualService, in their order."""
    return list(manifests.one("VirtualService").spec["http"])


def names(manifests: Manifests) -> list[str]:
    """The names of these rules."""
    return [rule["name"] for rule in rules(manifests)]


def rule(manifests: Manifests, name: str) -> Rule:
    """The rule of the VirtualService of that name."""
    (found,) = [each for each in rules(manifests) if each["name"] == name]
    return found


def destinations(rule: Rule) -> Iterator[Mapping[str, Any]]:
    """The destinations of a rule and of its mirrored requests."""
    for entry in (*rule.get("route", []), *rule.get("mirrors", [])):
        yield entry["destination"]


def lost(manifests: Manifests) -> Iterator[str]:
    """Subsets that a VirtualService names and no DestinationRule has: requests to them are answered with 503."""
    known = {
        (each.spec["host"], subset["name"])
        for each in manifests.of_kind("DestinationRule")
        for subset in each.spec.get("subsets", [])
    }
    for service in manifests.of_kind("VirtualService"):
        for each in service.spec["http"]:
            for destination in destinations(each):
                if (destination["host"], destination["subset"]) not in known:
                    yield f"{service}: {each['name']}: the subset {destination['subset']} is in no DestinationRule"


def shares(rule: Rule) -> Shares:
    """The share of each version in a VirtualService's rule; a single destination receives everything."""
    return {entry["destination"]["subset"]: entry.get("weight", 100) for entry in rule["route"]}


def backends(rule: Rule) -> Shares:
    """The share of each version in an HTTPRoute's rule; Services are named as charts/model-server names them."""
    entries: Sequence[Mapping[str, Any]] = rule["backendRefs"]
    return {entry["name"].removeprefix(f"{SERVICE}-"): entry["weight"] for entry in entries}


def unrequired_tokens(manifests: Manifests) -> Iterator[str]:
    """Tokens that are validated but not required, so that requests without one are admitted."""
    denied = [each for each in manifests.of_kind("AuthorizationPolicy") if each.spec["action"] == "DENY"]
    for checked in manifests.of_kind("RequestAuthentication"):
        issuers = list(dict.fromkeys(rule["issuer"] for rule in checked.spec["jwtRules"]))
        source = {"notRequestPrincipals": [f"{issuer}/*" for issuer in issuers]}
        asking = [
            each
            for each in denied
            if each.spec["selector"] == checked.spec["selector"]
            and each.body["metadata"]["namespace"] == checked.body["metadata"]["namespace"]
            and each.spec["rules"][0]["from"] == [{"source": source}]
        ]
        if not asking:
            yield f"{checked}: no policy refuses requests without a token of {' or '.join(issuers)}"
