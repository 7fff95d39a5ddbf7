"""Invalid values, each with the complete message of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guard_cases_lists import parents
from tests.charts.guards import Cases, Guards
from tests.charts.istio_routing.chart import (
    ANALYSIS_VALUES,
    FLAGGER,
    GATEWAY_API,
    HOST,
    ISTIO,
    RESERVED_HEADERS,
    ROLLOUTS,
)
from tests.charts.istio_routing.guard_cases_security import ALLOWED as ALLOWED_CALLERS
from tests.charts.istio_routing.guard_cases_security import ANNOTATIONS, CALLERS, ENFORCED, ISSUERS, TOKENS
from tests.harness import merged
from tests.harness.field_paths import set_field

ONE = {"name": 1, "weight": 100}
ROUTING = ISTIO["routing"]
CANNOT_SAY = 'which api "gateway-api" does not support. Set api to "istio", or'


def versions(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Values with these versions."""
    return {"versions": list(entries), **more}


def gateway_api(**more: Any) -> dict[str, Any]:
    """Values in Gateway API, for callers in the mesh."""
    return {"api": "gateway-api", **more}


MODEL: Cases = [
    *(
        (
            {"commonLabels": {label: "a"}},
            f'commonLabels: the label "{label}" is reserved by the chart. Remove it, or rename it.',
        )
        for label in ("app.kubernetes.io/name", "app.kubernetes.io/component", "helm.sh/chart")
    ),
    (
        {"service": {"name": ""}},
        "service.name: required. Name the Service that charts/model-server created, for example iris-model-server; "
        "kubectl get services --selector app.kubernetes.io/part-of=model-serving lists them.",
    ),
    *(
        (
            {"service": {"portName": name}},
            f'service.portName: "{name}" does not begin with a protocol that Istio knows, so requests would be '
            f"treated as opaque TCP. Name the "
            'Service\'s port http, http2 or grpc, optionally followed by "-" and a suffix.',
        )
        for name in ("web", "httpx", "tcp-http")
    ),
]

VERSIONS: Cases = [
    (
        {**FLAGGER, **versions(ONE)},
        'versions: must be empty if trafficManagement is "flagger", which creates the versions and the routes '
        'itself. Remove it, or set trafficManagement to "helm".',
    ),
    (
        versions(),
        "versions: required. Name the versions as in charts/model-server, for example [{name: 1, weight: 100}].",
    ),
    *(
        (versions(ONE, {"name": again}), 'versions[1].name: there are two versions "1". Remove one.')
        for again in (1, "1")
    ),
    (
        versions(ONE, {"name": 2, "weight": 10, "drain": True}),
        "versions[1].weight: it is 10, and versions[1].drain is true: a version that is being removed receives no "
        "requests. "
        "Set it to 0, or set drain to false and let the weights add up to 100.",
    ),
    (
        versions(ONE, {"name": 2, "mirror": 10, "drain": True}),
        "versions[1].mirror: it is 10, and versions[1].drain is true: a version that is being removed receives no "
        "requests. "
        "Remove it, or set drain to false.",
    ),
    (
        versions({**ONE, "mirror": 0.5}),
        "versions[0].mirror: it is 0.5, and versions[0].weight is 100: the version would receive both live and "
        "mirrored requests. Set one of the two to 0.",
    ),
    (
        versions(ONE, {"name": 2, "service": "canary"}),
        'versions[1].service: has no effect with api "istio", which selects versions by their label. Remove it, or '
        'set api to "gateway-api".',
    ),
    (
        versions({"name": 1, "drain": True}),
        "versions: all have drain: true, so no version would receive requests. Set drain to false for one.",
    ),
    *(
        (
            versions(*({"name": name, "weight": weight} for name, weight in weights.items())),
            f"versions: the weights of {', '.join(weights)} are {sum(weights.values())} in total. They must add up "
            f"to 100.",
        )
        for weights in ({"1": 90, "2": 20}, {"1": 33, "2": 33, "next": 33}, {"1": 0, "2": 0}, {"1": 99})
    ),
    *(
        (
            {**ROLLOUTS, **versions(*entries)},
            f'versions: there are {count} that are not drained, but trafficManagement is "rollouts", and Argo '
            f"Rollouts shifts traffic between exactly two. Name the stable one with weight 100 and the canary with 0.",
        )
        for count, entries in (
            (1, (ONE, {"name": 2, "drain": True})),
            (3, (ONE, {"name": 2}, {"name": 3})),
        )
    ),
]

HOSTS: Cases = [
    (
        merged(ISTIO, {"routing": {"hosts": ["a.example.org", "a.example.org"]}}),
        'routing.hosts: "a.example.org" is listed twice. Remove one.',
    ),
    (
        merged(ISTIO, {"routing": {"hosts": ["a.example.org", HOST]}}),
        f'routing.hosts: it holds "{HOST}", the Service\'s own name, which routing.mesh adds as well. Remove it, or '
        f"set routing.mesh to false.",
    ),
    (
        {"routing": ROUTING},
        "routing.hosts: there is no gateway for these hosts. Set gateway.create to true, with "
        "gateway.selector and routing.hosts, or name one "
        "in gateway.existing (api gateway-api: gateway.parentRefs).",
    ),
    *(
        (
            merged(way_in, {"routing": {"hosts": []}}),
            "routing.hosts: required if there is a gateway: without a host, external clients cannot address the "
            "model. Name a host, for "
            "example [iris.example.org].",
        )
        for way_in in (ISTIO, GATEWAY_API, {"gateway": {"existing": ["edge/public"]}})
    ),
    (
        {"routing": {"mesh": False}},
        "routing.mesh: must be true if there is no gateway, because the routes would apply to no client. Set it to "
        "true, or set gateway.create to true, with gateway.selector and routing.hosts.",
    ),
]

GATEWAY: Cases = [
    *parents("gateway.parentRefs", gateway_api(routing=ROUTING)),
    (
        merged(ISTIO, {"gateway": {"existing": ["edge/public"]}}),
        "gateway.existing: must not be set together with gateway.create: one host would have two owners. Set only "
        "one of the two.",
    ),
    (
        merged(GATEWAY_API, {"gateway": {"parentRefs": [{"name": "public"}]}}),
        "gateway.parentRefs: must not be set together with gateway.create: one host would have two owners. Set only "
        "one of the two.",
    ),
    (
        gateway_api(gateway={"existing": ["edge/public"]}, routing=ROUTING),
        'gateway.existing: has no effect with api "gateway-api". Name the Gateways in gateway.parentRefs.',
    ),
    (
        {"gateway": {"parentRefs": [{"name": "public"}]}, "routing": ROUTING},
        'gateway.parentRefs: has no effect with api "istio". Name the Gateways in gateway.existing, as NAMESPACE/NAME.',
    ),
    (
        {"gateway": {"create": True}, "routing": ROUTING},
        "gateway.selector: required if gateway.create is true, because no proxy would open the ports. Set it to the "
        "labels of "
        "the gateway's pods, for example {istio: ingress}; kubectl get pods --all-namespaces --show-labels --selector "
        "istio lists them.",
    ),
    (
        merged(ISTIO, {"gateway": {"http": {"enabled": False}}}),
        "gateway.http.enabled: the gateway has no port, because gateway.tls.enabled is false as well. Set one of the "
        "two to true.",
    ),
    (
        merged(ISTIO, {"gateway": {"tls": {"enabled": True, "credentialName": "tls", "port": 80}}}),
        "gateway.tls.port: it is 80, the same as gateway.http.port. Choose another port.",
    ),
    (
        {"gateway": {"tls": {"enabled": True, "credentialName": "tls"}}},
        "gateway.tls.enabled: must be false if gateway.create is false, because the existing Gateway has the "
        "certificate. Set it to false, or set gateway.create to true, with gateway.selector and "
        "routing.hosts.",
    ),
    (
        merged(ISTIO, {"gateway": {"tls": {"enabled": True}}}),
        "gateway.tls.credentialName: required if gateway.tls.enabled is true. Name a Secret of type "
        "kubernetes.io/tls in the namespace of the gateway's proxy.",
    ),
    (
        merged(
            GATEWAY_API,
            {"gateway": {"tls": {"enabled": True, "credentialName": "tls", "minProtocolVersion": "TLSV1_3"}}},
        ),
        f'gateway.tls.minProtocolVersion: it is "TLSV1_3", {CANNOT_SAY} leave it at "TLSV1_2".',
    ),
]

API: Cases = [
    (
        gateway_api(routing={"sticky": {"enabled": True}}),
        f"routing.sticky.enabled: it is true, {CANNOT_SAY} remove it.",
    ),
    (
        gateway_api(routing={"cors": {"enabled": True, "allowOrigins": ["*"]}}),
        f"routing.cors.enabled: it is true, {CANNOT_SAY} remove it.",
    ),
    *(
        (
            gateway_api(routing={"faults": {fault: {"percentage": 0.5}}}),
            f"routing.faults.{fault}.percentage: it is 0.5, {CANNOT_SAY} remove it.",
        )
        for fault in ("delay", "abort")
    ),
    (
        gateway_api(**versions(ONE, {"name": 2, "mirror": 12.5})),
        'versions[1].mirror: it is 12.5, but api "gateway-api" supports whole numbers only. Round it, or set api to '
        '"istio".',
    ),
    (
        gateway_api(
            **versions(ONE, *({"name": name} for name in range(2, 18))), routing={"pinning": {"enabled": False}}
        ),
        "versions: there are 17 that are not drained, but a rule of an HTTPRoute has at most 16 backends. Drain "
        "those without "
        'requests, or set api to "istio".',
    ),
    *(
        (
            gateway_api(**versions(ONE, *({"name": name} for name in range(2, 2 + more))), routing=routing),
            f"versions: together with routing.protocols they result in {rules} rules, but an HTTPRoute has at most "
            f'16. Remove versions or routing.prefix, set routing.pinning.enabled to false, or set api to "istio".',
        )
        for more, routing, rules in (
            (15, {}, 17),
            (4, {"prefix": "/iris", "protocols": ["predict", "v2"]}, 24),
        )
    ),
]

TIMES: Cases = [
    *(
        (
            {"routing": {"timeout": whole, "retries": {"perTryTimeout": each}}},
            f'routing.retries.perTryTimeout: it is "{each}", and routing.timeout, which includes all attempts, is '
            f'"{whole}". Make it shorter, or the timeout longer.',
        )
        for whole, each in (("10s", "11s"), ("1s", "1001ms"), ("1h", "61m"), ("1m30s", "91s"))
    ),
    (
        {"routing": {"retries": {"attempts": 0, "perTryTimeout": "1s"}}},
        'routing.retries.perTryTimeout: it is "1s", and routing.retries.attempts is 0. Remove it, or set attempts to '
        "1 or more.",
    ),
    (
        {"routing": {"cors": {"maxAge": "1h500ms"}}},
        'routing.cors.maxAge: it is "1h500ms", but browsers support whole seconds only. Round it.',
    ),
    *(
        (
            set_field({}, key, "0s"),
            f'{key}: it is "0s", but Istio\'s minimum is 1ms. Make it longer.',
        )
        for key in (
            *("routing.retries.perTryTimeout", "routing.faults.delay.fixedDelay", "routing.cors.maxAge"),
            *("destination.warmup", "destination.connectionPool.connectTimeout"),
            *("destination.outlierDetection.interval", "destination.outlierDetection.baseEjectionTime"),
        )
    ),
    *(
        (
            {
                "destination": {"connectionPool": {"idleTimeout": idle}},
                "service": {"keepaliveSeconds": kept},
            },
            f'destination.connectionPool.idleTimeout: it is "{idle}", and the server closes an idle connection after '
            f"{kept} s (service.keepaliveSeconds): requests in flight at that moment would fail. Make it shorter.",
        )
        for idle, kept in (("75s", 75), ("0s", 75), ("1h", 1000), ("60s", 5))
    ),
]

TREATED: Cases = [
    (
        {"routing": {"headers": {"x-model-version": "1"}}},
        'routing.headers: it holds "x-model-version", which selects the version (routing.pinning.header). Remove it, '
        "or choose another header for pinning.",
    ),
    (
        {"routing": {"sticky": {"enabled": True}, "headers": {"cookie": "a=b"}}},
        'routing.sticky.enabled: must be false if routing.headers contains "cookie": a rule cannot match that header '
        'twice. Set it to false, or remove "cookie" from routing.headers.',
    ),
    *(
        (
            {"routing": {"pinning": {"header": header}}},
            f'routing.pinning.header: it is "{header}", which requests use for another purpose: its contents would '
            f"be read as a version. Choose a dedicated header, for example x-model-version.",
        )
        for header in (
            *("accept", "authorization", "connection", "content-length"),
            *("content-type", "cookie", "host", "user-agent"),
        )
    ),
    *(
        (
            {"routing": {"pinning": {"header": mark}}},
            f'routing.pinning.header: it is "{mark}", by which routes and servers recognise mirrored requests. '
            f"Choose another header, for example x-model-version.",
        )
        for mark in ("x-model-routed-version", *RESERVED_HEADERS)
    ),
    (
        {"routing": {"cors": {"enabled": True}}},
        "routing.cors.allowOrigins: required if routing.cors.enabled is true: without an origin, no web page can "
        "call. Name one, "
        "for example [https://shop.example.org].",
    ),
    (
        {"routing": {"cors": {"enabled": True, "allowOrigins": ["*"], "allowCredentials": True}}},
        'routing.cors.allowOrigins: it holds "*", and routing.cors.allowCredentials is true: every web page could '
        "send requests with its visitor's credentials. Name the origins, or set allowCredentials to false.",
    ),
    *(
        (
            {"destination": {"warmup": "30s", **chosen}},
            f'destination.warmup: it is "30s", but pods are chosen {how}, which does not support a warm-up. Remove '
            f"it, or {instead}.",
        )
        for chosen, how, instead in (
            (
                {"loadBalancer": "RANDOM"},
                *("at random", "choose another destination.loadBalancer, for example LEAST_REQUEST"),
            ),
            ({"hashHeader": "x-user"}, "by destination.hashHeader", "remove destination.hashHeader"),
        )
    ),
    (
        {"destination": {"locality": {"enabled": True}, "outlierDetection": {"enabled": False}}},
        "destination.locality.enabled: requires destination.outlierDetection.enabled: without it, requests stay with "
        "nearby pods that fail. Set both to true.",
    ),
    (
        {"destination": {"locality": {"enabled": True}, "hashHeader": "x-user"}},
        "destination.locality.enabled: conflicts with destination.hashHeader: callers in different zones would send "
        "equal values to different pods. Set destination.locality.enabled to false, or remove destination.hashHeader.",
    ),
]

ANALYSIS: Cases = [
    *(
        (
            {"trafficManagement": who, "analysis": {**ANALYSIS_VALUES, "prometheusAddress": ""}, **more},
            f'analysis.prometheusAddress: required if trafficManagement is "{who}", which queries Prometheus. Set '
            f"its URL, for example http://monitoring-prometheus.monitoring:9090.",
        )
        for who, more in (("rollouts", {}), ("flagger", versions()))
    ),
    *(
        (
            {"trafficManagement": who, "analysis": {**ANALYSIS_VALUES, "model": ""}, **more},
            f'analysis.model: required if trafficManagement is "{who}", which queries the model\'s metrics. Name '
            "the model, for example iris.",
        )
        for who, more in (("rollouts", {}), ("flagger", versions()))
    ),
]

# Values that a mode ignores.
IGNORED: Cases = [
    (
        {"analysis": {"interval": "5m"}},
        "analysis.interval: has no effect if trafficManagement is helm. Remove it, or set trafficManagement to "
        "rollouts or flagger.",
    ),
    (
        {"api": "gateway-api", "routing": {"retries": {"attempts": 5}}},
        "routing.retries.attempts: has no effect if api is gateway-api. Remove it, or set api to istio.",
    ),
]

# Valid values that resemble mistakes.
ALLOWED: list[dict[str, Any]] = [
    {"commonLabels": {"example.org/app": "a"}},
    {"service": {"portName": "http2"}},
    {"service": {"portName": "grpc-predict"}},
    versions({"name": 1}),
    versions({"name": 1}, {"name": 2, "weight": 100}),
    versions(ONE, {"name": 2, "drain": True}),
    versions({"name": 1, "weight": 100, "mirror": 0}),
    # Not the same as 1.
    versions(ONE, {"name": "01"}),
    gateway_api(**versions(ONE, *({"name": name} for name in range(2, 16)))),
    gateway_api(**versions(ONE, *({"name": name} for name in range(2, 17))), routing={"pinning": {"enabled": False}}),
    {"gateway": {"selector": {"istio": "ingress"}}},
    merged(ISTIO, {"gateway": {"tls": {"enabled": True, "credentialName": "tls", "port": 80}, "http": {"port": 81}}}),
    merged(
        ISTIO,
        {
            "gateway": {
                "tls": {"enabled": True, "credentialName": "tls", "port": 80},
                "http": {"enabled": False},
            }
        },
    ),
    {"routing": {"retries": {"perTryTimeout": "30s"}}},
    {"routing": {"timeout": "0s", "retries": {"perTryTimeout": "1h"}}},
    {"routing": {"retries": {"attempts": 0}}},
    {"routing": {"headers": {"x-model-version": "1"}, "pinning": {"enabled": False}}},
    {"routing": {"headers": {"cookie": "a=b"}}},
    {"routing": {"pinning": {"enabled": False, "header": "cookie"}, "sticky": {"enabled": True}}},
    merged(ISTIO, {"routing": {"hosts": [HOST], "mesh": False}}),
    # There, callers inside the mesh have a route of their own.
    merged(GATEWAY_API, {"routing": {"hosts": [HOST]}}),
    {"destination": {"connectionPool": {"idleTimeout": "74999ms"}, "warmup": "1ms"}},
    {"routing": {"timeout": "0ms", "cors": {"maxAge": "2000ms"}}},
    {"routing": {"cors": {"allowOrigins": ["*"], "allowCredentials": True}}},
    {"destination": {"warmup": "30s", "loadBalancer": "ROUND_ROBIN"}},
    {"destination": {"loadBalancer": "RANDOM", "hashHeader": "x-user"}},
    {"analysis": {"model": "iris"}},
    *ALLOWED_CALLERS,
]

GUARDS = Guards(
    # In this order, most messages appear together with others.
    kinds=[MODEL, ANALYSIS, VERSIONS, ENFORCED, GATEWAY, HOSTS, TIMES, TREATED, TOKENS + ISSUERS, CALLERS, ANNOTATIONS],
    # Those of api gateway-api exclude values that other mistakes set.
    others=[*API, *IGNORED],
    allowed=ALLOWED,
    place=r"(versions\[\d+\]\.|security\.authorization\.callers\[\d+\]|security\.jwt(\.issuers\[\d+\])?|commonAnnotations)",
)
