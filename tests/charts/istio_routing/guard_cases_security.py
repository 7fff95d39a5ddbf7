"""Invalid values of security and enforcement, each with the complete message of the chart."""

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
TOKENS_OFF = "security.jwt.enabled is false. Set security.jwt.enabled to true, or use principals or namespaces instead."


def jwt(**said: Any) -> dict[str, Any]:
    """Values that require a token."""
    return {"security": {"jwt": {**JWT, **said}}}


def key_set(*keys: object) -> str:
    """A JSON Web Key Set of these keys."""
    return json.dumps({"keys": keys})


def allowing(**caller: Any) -> dict[str, Any]:
    """Values with one caller."""
    return {"security": {"authorization": {"enabled": True, "callers": [caller]}}}


def at_the_gateway(way_in: dict[str, Any], **said: Any) -> dict[str, Any]:
    """Values that require a token at a gateway."""
    return merged(way_in, {"security": {"enforceAt": "gateway", "jwt": JWT, **said}})


def public(*references: dict[str, Any]) -> dict[str, Any]:
    """Values for existing Gateways."""
    return {"api": "gateway-api", "gateway": {"parentRefs": list(references)}, "routing": ISTIO["routing"]}


TOKENS: Cases = [
    (
        jwt(issuer=""),
        "security.jwt.issuer: required if security.jwt.enabled is true. Set it to the claim iss of the tokens.",
    ),
    (
        jwt(audiences=[]),
        "security.jwt.audiences: required, because tokens issued for other services would be accepted. Name this "
        "service, "
        "as in the claim aud.",
    ),
    (
        jwt(jwksUri=""),
        "security.jwt.jwks: required unless security.jwt.jwksUri is set: without keys, no token can be validated. "
        "Set one of the two.",
    ),
    (
        jwt(jwks=key_set(PUBLIC_KEY)),
        "security.jwt.jwksUri: must not be set together with security.jwt.jwks. Set only one of the two.",
    ),
    *(
        (
            jwt(jwksUri="", jwks=text),
            "security.jwt.jwks: must be a JSON Web Key Set: a JSON object with a non-empty list keys. Pass it with "
            "--set-file security.jwt.jwks=FILE.",
        )
        for text in ("keys", "[]", '{"keys": {}}', '{"keys": "a"}', '{"keys": null}', '{"kty": "RSA"}', key_set())
    ),
    (
        jwt(jwksUri="", jwks=key_set(PUBLIC_KEY, "a")),
        "security.jwt.jwks: keys[1] is not a JSON object. Pass public keys as the issuer publishes them, with "
        "--set-file "
        "security.jwt.jwks=FILE.",
    ),
    *(
        (
            jwt(jwksUri="", jwks=key_set(PUBLIC_KEY, {**key, **dict.fromkeys(parts, "c2VjcmV0")})),
            f"security.jwt.jwks: keys[1] contains private parts ({', '.join(parts)}): everyone who can read the "
            f"RequestAuthentication could sign tokens. Pass public keys only, and replace this key, which has been "
            f"disclosed.",
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
        "security.jwt.jwksUri: must begin with https://, because an attacker on the network could inject keys and "
        "sign tokens with them. Use an https:// URL, or set the keys themselves in security.jwt.jwks.",
    ),
]

OTHER: dict[str, Any] = {"issuer": "https://ci.example.org", "audiences": ["iris"], "jwksUri": f"{ISSUER}/keys"}
SECOND = "security.jwt.issuers[1]"
ISSUERS: Cases = [
    *(
        (
            {"security": {"jwt": {"enabled": True, key: value, "issuers": [OTHER]}}},
            f"security.jwt.{key}: has no effect without security.jwt.issuer. Set the issuer, or move the value to an "
            "entry of security.jwt.issuers.",
        )
        for key, value in (
            ("audiences", ["iris"]),
            ("jwks", key_set(PUBLIC_KEY)),
            ("jwksUri", f"{ISSUER}/keys"),
            ("forwardOriginalToken", True),
        )
    ),
    (
        jwt(issuers=[OTHER, {key: value for key, value in OTHER.items() if key != "issuer"}]),
        f"{SECOND}.issuer: required if security.jwt.enabled is true. Set it to the claim iss of the tokens.",
    ),
    (
        jwt(issuers=[OTHER, {**OTHER, "audiences": []}]),
        f"{SECOND}.audiences: required, because tokens issued for other services would be accepted. Name this service, "
        "as in the claim aud.",
    ),
    (
        jwt(issuers=[OTHER, {**OTHER, "jwks": key_set(PUBLIC_KEY)}]),
        f"{SECOND}.jwksUri: must not be set together with {SECOND}.jwks. Set only one of the two.",
    ),
    (
        jwt(issuers=[OTHER, {**OTHER, "jwks_uri": f"{ISSUER}/keys"}]),
        f"{SECOND}.jwks_uri: is a deprecated name, which the other rules of this chart do not check. Use jwksUri "
        "instead.",
    ),
]

ANNOTATIONS: Cases = [
    (
        {"commonAnnotations": {"helm.sh/hook": "test"}},
        'commonAnnotations: the annotation "helm.sh/hook" is reserved for hooks and for Helm. Remove it.',
    ),
]

# Callers without a source.
WITHOUT_SOURCE: list[dict[str, Any]] = [{}, {"methods": ["GET"]}, {"principals": [], "namespaces": []}]
CALLERS: Cases = [
    (
        {"security": {"authorization": {"enabled": True}}},
        "security.authorization.callers: required if security.authorization.enabled is true: without callers, every "
        "request is refused. Name the callers, for example [{namespaces: [shop]}].",
    ),
    *(
        (
            allowing(**caller),
            f"{AT}: has no source, so it would match every caller. Set principals, namespaces, requestPrincipals "
            "or claims.",
        )
        for caller in WITHOUT_SOURCE
    ),
    (
        allowing(requestPrincipals=[f"{ISSUER}/shop"]),
        f"{AT}.requestPrincipals: require tokens, but {TOKENS_OFF}",
    ),
    (
        allowing(claims=[{"claim": "groups", "values": ["ml"]}]),
        f"{AT}.claims: require tokens, but {TOKENS_OFF}",
    ),
    (
        allowing(namespaces=["shop"], models=["iris"]),
        f"{AT}.models: the paths of routing.protocols do not contain the model. Add v1 or v2 to them, or remove it.",
    ),
    (
        {"security": {"mtls": {"plaintextPorts": [8081, 8080]}}},
        "security.mtls.plaintextPorts: must not contain 8080, the port for predictions: clients outside the mesh "
        'could bypass security.authorization. Remove it; security.mtls.mode "PERMISSIVE" accepts plaintext there.',
    ),
]

ENFORCED: Cases = [
    *(
        (
            merged(
                at_the_gateway(ISTIO, gatewayNamespace="edge"),
                {"security": {"authorization": {"enabled": True, "callers": [{key: ["shop"]}]}}},
            ),
            f'{AT}: has principals or namespaces, which external callers at security.enforceAt "gateway" do not '
            f'have. Use requestPrincipals, or set enforceAt to "workload".',
        )
        for key in ("principals", "namespaces")
    ),
    (
        at_the_gateway({"gateway": {"selector": {"istio": "ingress"}}}, gatewayNamespace="edge"),
        'security.enforceAt: it is "gateway", but there is no gateway. Set it to "workload", or set gateway.create '
        "to true, with gateway.selector and routing.hosts.",
    ),
    (
        at_the_gateway(ISTIO),
        'security.gatewayNamespace: required if security.enforceAt is "gateway", because a policy applies only in '
        "the namespace of the proxy. Name it, for example istio-ingress.",
    ),
    (
        at_the_gateway(
            {"gateway": {"existing": ["edge/public"]}, "routing": ISTIO["routing"]}, gatewayNamespace="edge"
        ),
        'gateway.selector: required if security.enforceAt is "gateway", because the policies would select no proxy. '
        "Set it to the labels of the gateway's pods, for example {istio: ingress}.",
    ),
    (
        at_the_gateway(GATEWAY_API, gatewayNamespace="edge"),
        'security.gatewayNamespace: it is "edge", but the proxies of the Gateway that gateway.create creates are in '
        '"serving": the policies would select none. Remove it.',
    ),
    (
        at_the_gateway(public({"name": "public"}, {"name": "private"})),
        'gateway.parentRefs: there are 2, but with security.enforceAt "gateway" the policies apply to the proxies of '
        'one Gateway only. Name one, or set security.enforceAt to "workload".',
    ),
    (
        at_the_gateway(public({"name": "public", "kind": "ListenerSet"})),
        'gateway.parentRefs[0].kind: it is "ListenerSet", but security.enforceAt "gateway" selects proxies by the '
        'name of a Gateway. Name a Gateway, or set security.enforceAt to "workload".',
    ),
    (
        merged(at_the_gateway(ISTIO, gatewayNamespace="edge"), {"routing": {"cors": CORS}}),
        'security.enforceAt: it is "gateway", but routing.cors.enabled is true: browsers send a preflight request '
        '(OPTIONS) without a token, which the gateway would refuse. Set it to "workload", or '
        "routing.cors.enabled to false.",
    ),
]

# Valid values that resemble mistakes.
ALLOWED: list[dict[str, Any]] = [
    jwt(jwksUri="", jwks=key_set(PUBLIC_KEY)),
    # No token is required here, or the gateway answers browsers before the pods require one.
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
