"""Strategies for values of istio-routing: both APIs, and each kind of traffic management."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.charts.istio_routing.chart import ANALYSIS_VALUES, CHART_SPEC, GATEWAY_API, ISTIO, SERVICE
from tests.charts.istio_routing.guard_cases_security import PUBLIC_KEY, key_set
from tests.charts.istio_routing.routes import lost, unrequired_tokens
from tests.charts.strategies import ChartStrategies
from tests.harness import Manifests

# The keys that validate tokens.
_KEYS = key_set(PUBLIC_KEY)
# Values whose schema does not define valid ones, because they are passed on unchanged or depend on each other.
EXAMPLES: Mapping[str, Sequence[Any]] = {
    "global": ({}, {"imageRegistry": "mirror.example.org"}),
    "versions": (
        [{"name": 1}],
        [{"name": "1e3", "weight": 100}, {"name": "yes"}],
        [{"name": 1000000, "weight": 99}, {"name": "007", "weight": 1}, {"name": "on", "drain": True}],
        [{"name": "null", "weight": 100}, {"name": "1", "mirror": 100}, {"name": 2, "mirror": 1, "drain": False}],
        [{"name": 1, "weight": 50}, {"name": 2, "weight": 51}],
        [{"name": 1, "drain": True}],
        [{"name": 1, "weight": 100}, {"name": 2, "mirror": 0.00001}],
    ),
    "gateway.existing": ([], ["edge/public"], ["edge/public", "1e3/yes"]),
    "gateway.parentRefs": ([], [{"name": "public"}], [{"name": "1e3", "namespace": "yes", "sectionName": "on"}]),
    "gateway.tls.credentialName": ("tls", "1e3", ""),
    "security.jwt.jwks": (
        "",
        _KEYS,
        '{"keys": []}',
        '{"keys": [{"kty": "RSA", "kid": "a: b # {}", "e": "AQAB", "n": "u1"}]}',
    ),
    "security.jwt.issuers": (
        [],
        [{"issuer": "https://b.example.org", "audiences": ["1e3"], "jwks": _KEYS, "fromCookies": ["yes"]}],
        [
            {"issuer": "no", "audiences": ["a: b"], "jwksUri": "https://b.example.org/keys", "fromParams": ["null"]},
            {"issuer": "1e3", "audiences": ["a"], "jwks": _KEYS, "fromHeaders": [{"name": "x-a", "prefix": "a: "}]},
        ],
        [{"issuer": "https://b.example.org", "audiences": []}],
    ),
    "security.authorization.callers[].claims": (
        [],
        [{"claim": "groups", "values": ["1e3", "ml-*"]}],
        [{"claim": ["realm_access", "yes"], "values": ["a: b"]}, {"claim": "null", "values": ["*"]}],
    ),
    # Istio reads it as an expression.
    "telemetry.accessLog.filter": ("", "response.code >= 400", "request.url_path == '/a: b #'"),
    # Browsers count whole seconds.
    "routing.cors.maxAge": ("24h", "1s", "2000ms", "99999h", "500ms", "0s"),
    # Most that the schema takes would be longer than the server keeps its connections.
    "destination.connectionPool.idleTimeout": ("1s", "74s", "1m14s", "500ms", "75s"),
    "service.keepaliveSeconds": (75, 1000000, 1),
    "service.portName": ("http", "http2", "grpc-web", "web"),
    "extraObjects": (
        [],
        [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "more"}, "data": {"a": "1e3"}}],
        ["apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: text\n"],
    ),
}
_MODEL: dict[str, Any] = {"service": {"name": SERVICE}}
_TWO = {**_MODEL, "versions": [{"name": 1, "weight": 90}, {"name": 2, "weight": 10}]}
_SHADOWED = [{"name": 1, "weight": 100}, {"name": "next", "mirror": 50}, {"name": "old", "drain": True}]
_JWT = {"enabled": True, "issuer": "https://a.example.org", "audiences": ["iris"], "jwks": _KEYS}
_CALLERS = [{"namespaces": ["shop"], "methods": ["POST"]}, {"principals": ["*/sa/checkout"]}]

BASE_VALUES: Sequence[dict[str, Any]] = (
    {**_TWO, "api": "istio", **ISTIO},
    {**_MODEL, "versions": _SHADOWED},
    {**_TWO, **GATEWAY_API},
    {**_TWO, "trafficManagement": "rollouts", "analysis": ANALYSIS_VALUES},
    {**_MODEL, "trafficManagement": "flagger", "analysis": ANALYSIS_VALUES, "versions": []},
)
FEATURES: Sequence[dict[str, Any]] = (
    {"gateway": {"tls": {"enabled": True, "credentialName": "tls"}}, **ISTIO, "api": "istio"},
    {"gateway": {"tls": {"enabled": True, "credentialName": "tls"}, "create": True}, **GATEWAY_API},
    {"routing": {"prefix": "/iris", "protocols": ["predict", "v1", "v2"]}},
    {"api": "istio", "routing": {"sticky": {"enabled": True}}},
    {"api": "istio", "routing": {"cors": {"enabled": True, "allowOrigins": ["https://shop.example.org"]}}},
    {"api": "istio", "routing": {"faults": {"delay": {"percentage": 1}, "abort": {"percentage": 1}}}},
    {"security": {"jwt": _JWT}},
    {"security": {"authorization": {"enabled": True, "callers": _CALLERS}}},
    {**GATEWAY_API, "security": {"enforceAt": "gateway", "jwt": _JWT}},
    {"api": "istio", **ISTIO, "security": {"enforceAt": "gateway", "gatewayNamespace": "edge", "jwt": _JWT}},
    {"telemetry": {"enabled": True, "accessLog": {"enabled": True}}},
    {"sidecar": {"enabled": True}},
    {"destination": {"locality": {"enabled": True}, "warmup": "30s"}},
)


def _wrong_at_the_proxies(manifests: Manifests, _folder: Path) -> Iterator[str]:
    """Faults that Istio accepts silently: requests answered with 503, or admitted without a token."""
    yield from lost(manifests)
    yield from unrequired_tokens(manifests)


STRATEGIES = ChartStrategies(
    CHART_SPEC,
    base_values=BASE_VALUES,
    features=FEATURES,
    examples=EXAMPLES,
    words=("istio-system", "istio-ingress", "http", "https", "mesh", "weighted", "1", "2"),
    program_errors=_wrong_at_the_proxies,
)
