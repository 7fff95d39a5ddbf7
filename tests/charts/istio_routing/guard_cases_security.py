"""Mistakes in who may call and in what proxies do, each with what the chart says to it."""

from __future__ import annotations

import json
from typing import Any

from tests.charts.guards import Cases
from tests.charts.istio_routing.chart import GATEWAY_API, ISTIO
from tests.harness import merged

ISSUER = "https://login.example.org"
JWT: dict[str, Any] = {"enabled": True, "issuer": ISSUER, "audiences": ["iris"], "jwksUri": f"{ISSUER}/keys"}
# A Web Key Set as issuers publish it; the key is that of RFC 7515, appendix A.3.
PUBLIC_KEY: dict[str, Any] = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
CORS: dict[str, Any] = {"enabled": True, "allowOrigins": ["https://shop.example.org"]}
AT = "security.authorization.callers[0]"


def jwt(**said: Any) -> dict[str, Any]:
    """Values that ask for a token."""
    return {"security": {"jwt": {**JWT, **said}}}


def key_set(*keys: object) -> str:
    """A Web Key Set of these."""
    return json.dumps({"keys": keys})


def allowing(**caller: Any) -> dict[str, Any]:
    """Values with one caller."""
    return {"security": {"authorization": {"enabled": True, "callers": [caller]}}}


def at_the_gateway(way_in: dict[str, Any], **said: Any) -> dict[str, Any]:
    """Values that ask for a token at a gateway."""
    return merged(way_in, {"security": {"enforceAt": "gateway", "jwt": JWT, **said}})


def public(*references: dict[str, Any]) -> dict[str, Any]:
    """Values for Gateways that are there already."""
    return {"api": "gateway-api", "gateway": {"parentRefs": list(references)}, "routing": ISTIO["routing"]}


TOKENS: Cases = [
    (
        jwt(issuer=""),
        "security.jwt.issuer: it is empty, and security.jwt.enabled is true. Say who issues the tokens, as in their "
        "claim iss.",
    ),
    (
        jwt(audiences=[]),
        "security.jwt.audiences: it is empty: a token that was made out for another service would do. Name this one, "
        "as in the claim aud.",
    ),
    (
        jwt(jwksUri=""),
        "security.jwt.jwks: it is empty, and security.jwt.jwksUri too: no token could be checked. Give one of the two.",
    ),
    (
        jwt(jwks=key_set(PUBLIC_KEY)),
        "security.jwt.jwksUri: it is set, and security.jwt.jwks too. Keep one of the two.",
    ),
    *(
        (
            jwt(jwksUri="", jwks=text),
            "security.jwt.jwks: it is no JSON Web Key Set, which is a JSON map with the list keys, of one at least. "
            "Give it by --set-file security.jwt.jwks=FILE.",
        )
        for text in ("keys", "[]", '{"keys": {}}', '{"keys": "a"}', '{"keys": null}', '{"kty": "RSA"}', key_set())
    ),
    (
        jwt(jwksUri="", jwks=key_set(PUBLIC_KEY, "a")),
        "security.jwt.jwks: keys[1] is no JSON map. Give public keys as the issuer publishes them, by --set-file "
        "security.jwt.jwks=FILE.",
    ),
    *(
        (
            jwt(jwksUri="", jwks=key_set(PUBLIC_KEY, {**key, **dict.fromkeys(parts, "c2VjcmV0")})),
            f"security.jwt.jwks: keys[1] holds private parts ({', '.join(parts)}): whoever may read the "
            "RequestAuthentication could make tokens. Give public keys alone, and replace this one, which has been "
            "given away.",
        )
        for key, parts in (
            (PUBLIC_KEY, ["d"]),
            ({"kty": "oct"}, ["k"]),
            ({"kty": "AKP", "alg": "ML-DSA-44", "pub": "YQ"}, ["priv"]),
            ({"kty": "RSA", "e": "AQAB", "n": "u1"}, ["d", "p", "q", "dp", "dq", "qi", "oth"]),
        )
    ),
    (
        jwt(jwksUri="http://login.example.org/keys"),
        "security.jwt.jwksUri: it begins with http://: whoever is on the way could put in keys, and make tokens by "
        "them. Give an address with https://, or the keys themselves in security.jwt.jwks.",
    ),
]

# Callers who are not told from others.
NOBODY: list[dict[str, Any]] = [{}, {"methods": ["GET"]}, {"principals": [], "namespaces": []}]
CALLERS: Cases = [
    (
        {"security": {"authorization": {"enabled": True}}},
        "security.authorization.callers: it is empty, and security.authorization.enabled is true: everybody would be "
        "refused. Name who may call, for example [{namespaces: [shop]}].",
    ),
    *(
        (
            allowing(**caller),
            f"{AT}: it names nobody, and would be everybody. Give it principals, namespaces or requestPrincipals.",
        )
        for caller in NOBODY
    ),
    (
        allowing(requestPrincipals=[f"{ISSUER}/shop"]),
        f"{AT}.requestPrincipals: they are known by their tokens, and security.jwt.enabled is false. Set it to true, "
        "or take them out.",
    ),
    (
        allowing(namespaces=["shop"], models=["iris"]),
        f"{AT}.models: the paths of routing.protocols name no model. Add v1 or v2 to them, or take it out.",
    ),
    (
        {"security": {"mtls": {"plaintextPorts": [8081, 8080]}}},
        "security.mtls.plaintextPorts: it holds 8080, where models answer: whoever is outside the mesh could ask "
        'them, past security.authorization. Take it out; security.mtls.mode "PERMISSIVE" takes plain text there.',
    ),
]

ENFORCED: Cases = [
    *(
        (
            merged(
                at_the_gateway(ISTIO, gatewayNamespace="edge"),
                {"security": {"authorization": {"enabled": True, "callers": [{key: ["shop"]}]}}},
            ),
            f'{AT}: it names principals or namespaces, and security.enforceAt is "gateway", where callers from outside '
            'have none. Name requestPrincipals, or set enforceAt to "workload".',
        )
        for key in ("principals", "namespaces")
    ),
    (
        at_the_gateway({"gateway": {"selector": {"istio": "ingress"}}}, gatewayNamespace="edge"),
        'security.enforceAt: it is "gateway", and there is no gateway. Set it to "workload", or gateway.create to '
        "true.",
    ),
    (
        at_the_gateway(ISTIO),
        'security.gatewayNamespace: it is empty, and security.enforceAt is "gateway": a policy counts in the namespace '
        "of the proxy alone. Name it, for example istio-ingress.",
    ),
    (
        at_the_gateway(
            {"gateway": {"existing": ["edge/public"]}, "routing": ISTIO["routing"]}, gatewayNamespace="edge"
        ),
        'gateway.selector: it is empty, and security.enforceAt is "gateway": the policies would be for no proxy. Give '
        "the labels of the gateway's pods, for example {istio: ingress}.",
    ),
    (
        at_the_gateway(GATEWAY_API, gatewayNamespace="edge"),
        'security.gatewayNamespace: it is "edge", and the proxies of the Gateway that gateway.create makes are in '
        '"serving": the policies would be for none. Take it out.',
    ),
    (
        at_the_gateway(public({"name": "public"}, {"name": "private"})),
        'gateway.parentRefs: there are 2, and security.enforceAt is "gateway": the policies are for the proxies of '
        'one, and the others would check nothing. Name one, or set enforceAt to "workload".',
    ),
    (
        at_the_gateway(public({"name": "public", "kind": "ListenerSet"})),
        'gateway.parentRefs[0].kind: it is "ListenerSet", and security.enforceAt is "gateway", whose proxies are known '
        'by the name of a Gateway. Name that, or set enforceAt to "workload".',
    ),
    (
        merged(at_the_gateway(ISTIO, gatewayNamespace="edge"), {"routing": {"cors": CORS}}),
        'security.enforceAt: it is "gateway", and routing.cors.enabled is true: browsers ask first whether they may '
        'call (OPTIONS, without a token), and that would be refused there. Set it to "workload", or '
        "routing.cors.enabled to false.",
    ),
]

# What looks like a mistake and is none.
ALLOWED: list[dict[str, Any]] = [
    jwt(jwksUri="", jwks=key_set(PUBLIC_KEY)),
    # Where nobody is asked for a token, and where the gateway answers browsers before the pods ask for one.
    merged(ISTIO, {"security": {"enforceAt": "gateway"}, "routing": {"cors": CORS}}),
    merged(merged(ISTIO, jwt()), {"routing": {"cors": CORS}}),
    {"security": {"jwt": {"issuer": ISSUER}}},
    {"security": {"authorization": {"callers": [{"namespaces": ["shop"]}]}}},
    merged(allowing(namespaces=["shop"], models=["iris"]), {"routing": {"protocols": ["predict", "v2"]}}),
    merged(jwt(), allowing(requestPrincipals=[f"{ISSUER}/shop"])),
    # Where nothing is checked at all.
    {"security": {"enforceAt": "gateway"}},
    at_the_gateway(GATEWAY_API),
    at_the_gateway(GATEWAY_API, gatewayNamespace="serving"),
    at_the_gateway(public({"name": "public", "namespace": "edge", "kind": "Gateway"})),
    merged(public({"name": "public"}, {"name": "private"}), jwt()),
]
