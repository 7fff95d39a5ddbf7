"""The remedies of this chart's guards that take knowledge about the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.istio_routing.guard_cases_security import ISSUER, PUBLIC_KEY, key_set
from tests.charts.remedies.changes import every, gone, remove_entry, remove_named, to
from tests.charts.remedies.editor import Editor
from tests.charts.remedies.mistakes import Mistake
from tests.charts.remedies.rules import Alternatives, Reading, Remedies, Rule

HOSTS = ["iris.example.org"]
KEYS = key_set(PUBLIC_KEY)
GATEWAY = every(to("gateway.create", True), to("gateway.selector", {"istio": "ingress"}), to("routing.hosts", HOSTS))


def add_up(editor: Editor, _: Mistake) -> None:
    """Send all requests to the first version."""
    for number, version in enumerate(editor.get("versions")):
        if not version.get("drain"):
            editor.set(f"versions[{number}].weight", 0 if number else 100)


def stable_and_canary(editor: Editor, _: Mistake) -> None:
    editor.set("versions", [{"name": 1, "weight": 100}, {"name": 2, "weight": 0}])


def whole(editor: Editor, mistake: Mistake) -> None:
    value = editor.get(mistake.key)
    editor.set(mistake.key, round(value) if isinstance(value, float) else "1h")


def drain_idle(editor: Editor, _: Mistake) -> None:
    """Drain the versions without requests that are too many."""
    for number in range(16, len(editor.get("versions"))):
        editor.set(f"versions[{number}].drain", True)


def fewer_versions(editor: Editor, _: Mistake) -> None:
    editor.set("versions", editor.get("versions")[:2])


def move_to_entry(editor: Editor, mistake: Mistake) -> None:
    name = mistake.key.rpartition(".")[2]
    value = editor.get(mistake.key)
    editor.remove(mistake.key)
    entry = {key: old for key, old in editor.get("security.jwt.issuers[0]").items() if not key.startswith("jwks")}
    keys: dict[str, Any] = {} if name.startswith("jwks") else {"jwksUri": f"{ISSUER}/keys"}
    editor.set("security.jwt.issuers[0]", {**entry, **keys, name: value})


def with_issuer(editor: Editor, _: Mistake) -> None:
    """Complete the first issuer, whose other keys guards demand."""
    editor.set("security.jwt.issuer", "https://login.example.org")


def sources(match: Reading) -> Alternatives:
    at = match.mistake.key
    return [to(f"{at}.{name}", ["shop"]) for name in ("principals", "namespaces")]


def other_source(match: Reading) -> Alternatives:
    at = match.mistake.key.rpartition(".")[0]
    return [every(gone(), to(f"{at}.{name}", ["shop"])) for name in ("principals", "namespaces")]


def by_tokens(editor: Editor, mistake: Mistake) -> None:
    editor.set(mistake.key, {"requestPrincipals": [f"{ISSUER}/shop"]})


RULES = [
    Rule("Name the Service's port http, http2 or grpc, .+", [to("", name) for name in ("http", "http2-v1", "grpc")]),
    Rule("[Ss]et gateway.create to true, with gateway.selector and routing.hosts", [GATEWAY]),
    Rule("Remove one", [remove_entry], at="versions.*"),
    Rule("Remove one", [remove_named], at="routing.hosts"),
    Rule("Set one of the two to 0", [to("", 0), every(add_up, to("", 0))], at="versions.*"),
    Rule("set drain to false and let the weights add up to 100", [every(to(".drain", False), add_up)]),
    Rule("Set drain to false for one", [to("versions[0]", {"name": 1, "weight": 100})]),
    Rule("They must add up to 100", [add_up]),
    Rule("Name the stable one with weight 100 and the canary with 0", [stable_and_canary]),
    Rule("Use requestPrincipals", [by_tokens]),
    Rule("Name one", [to("", [{"name": "public"}])], at="gateway.parentRefs"),
    Rule("Name a Gateway", [to("", "Gateway")], at="gateway.parentRefs.*kind"),
    Rule("Name the Gateways in gateway.parentRefs", [every(gone(), to("gateway.parentRefs", [{"name": "public"}]))]),
    Rule("Name the Gateways in gateway.existing, as .+", [every(gone(), to("gateway.existing", ["edge/public"]))]),
    Rule("Set one of the two to true", [to("", True)]),
    Rule("Name a Secret of type kubernetes.io/tls in .+", [to("", "tls")]),
    Rule('leave it at "TLSV1_2"', [to("", "TLSV1_2")]),
    Rule("name one in gateway.existing .+", [to("gateway.existing", ["edge/public"])]),
    Rule("Make it shorter", [to("", "1s")]),
    Rule("the timeout longer", [to("routing.timeout", "2h")]),
    Rule("Round it", [whole]),
    Rule("Make it longer", [to("", "1s")]),
    Rule('remove "cookie" from routing.headers', [gone("routing.headers.cookie")]),
    Rule("choose another header for pinning", [to("routing.pinning.header", "x-other")]),
    Rule("Name the origins", [to("", ["https://shop.example.org"])]),
    Rule("Set both to true", [every(to("", True), to("destination.outlierDetection.enabled", True))]),
    Rule("Set it to the claim iss of the tokens", [to("", "https://own.example.org")]),
    Rule("Name this service, as in the claim aud", [to("", ["iris"])]),
    Rule("Set one of the two", [to("", KEYS), to("security.jwt.jwksUri", f"{ISSUER}/keys")]),
    Rule("Pass .+", [to("", KEYS)], at="security.jwt.jwks"),
    Rule("Use an https:// URL", [to("", f"{ISSUER}/keys")]),
    Rule("set the keys themselves in security.jwt.jwks", [every(gone(), to("security.jwt.jwks", KEYS))]),
    Rule("Set the issuer", [with_issuer]),
    Rule("move the value to an entry of security.jwt.issuers", [move_to_entry]),
    Rule("Use jwksUri instead", [every(gone(), to(".jwksUri", f"{ISSUER}/keys"))]),
    Rule("Set principals, namespaces, requestPrincipals or claims", sources),
    Rule("use principals or namespaces instead", other_source),
    Rule("Add v1 or v2 to them", [to("routing.protocols", ["predict", name]) for name in ("v1", "v2")]),
    Rule('Remove it; security.mtls.mode "PERMISSIVE" accepts plaintext there', [remove_named]),
    Rule("Drain those without requests", [drain_idle]),
    Rule(
        "Remove versions or routing.prefix, set routing.pinning.enabled to false",
        [fewer_versions, to("routing.pinning.enabled", False)],
    ),
    Rule("choose another destination.loadBalancer, .+", [to("destination.loadBalancer", "LEAST_REQUEST")]),
]

# These choose another mode, of which guards demand the keys; their remedies are followed as well.
FURTHER = {
    "set trafficManagement to .+": "each way of managing traffic has keys of its own, or excludes some",
    "[Ss]et api to .+": "each API has keys of its own for gateways",
    "Set security.jwt.enabled to true": "guards demand the issuer and the audiences",
    "Set the issuer": "guards demand the audiences and the keys",
}

REMEDIES = Remedies(RULES, FURTHER)
