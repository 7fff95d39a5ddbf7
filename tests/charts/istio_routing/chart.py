"""The chart under test, and cases of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devkit import paths
from tests.charts.chart_spec import ChartSpec
from tests.harness import Case, Manifests, render

CHART = paths.REPOSITORY / "charts" / "istio-routing"
FULLNAME = "demo-istio-routing"
SERVICE = "iris-model-server"
HOST = f"{SERVICE}.serving.svc.cluster.local"
# Headers that servers send to each other, and that callers must not set.
RESERVED_HEADERS = ["x-model-shadow", "x-model-compared-by"]
# A gateway, in each of the two APIs.
ISTIO: dict[str, Any] = {
    "gateway": {"create": True, "selector": {"istio": "ingress"}},
    "routing": {"hosts": ["iris.example.org"]},
}
GATEWAY_API: dict[str, Any] = {
    "api": "gateway-api",
    "gateway": {"create": True},
    "routing": {"hosts": ["iris.example.org"]},
}
# Controllers that change the weights query metrics.
ANALYSIS_VALUES: dict[str, Any] = {"prometheusAddress": "http://prometheus.monitoring:9090", "model": "iris"}
FLAGGER: dict[str, Any] = {"trafficManagement": "flagger", "versions": [], "analysis": ANALYSIS_VALUES}
ROLLOUTS: dict[str, Any] = {"trafficManagement": "rollouts", "analysis": ANALYSIS_VALUES}


def case(values: Mapping[str, Any] | None = None) -> Case:
    """A case with `values` merged into a Service and two versions."""
    return CHART_SPEC.case(values)


def rendered(values: Mapping[str, Any] | None = None) -> Manifests:
    """All objects that `values` render to."""
    return render(case(values))


def spec(kind: str, values: Mapping[str, Any] | None = None, suffix: str = "") -> Any:
    """The spec of the object of a kind; a suffix selects one of several."""
    return rendered(values).one(kind, f"{FULLNAME}-{suffix}" if suffix else FULLNAME).spec


_AT_THE_GATEWAY = "policies count in the namespace of the proxies, which security.gatewayNamespace names"
CHART_SPEC = ChartSpec(
    repeatable={
        "gateway.existing": "equal names of Gateways add nothing",
        **dict.fromkeys(
            ("routing.cors.allowOrigins", "routing.cors.allowHeaders"), "equal origins and headers add nothing"
        ),
        "security.jwt.audiences": "a token must have any of the audiences",
        # Istiod's webhook accepts them.
        "security.jwt.issuers": "an issuer may have several rules, with different keys or audiences",
        **dict.fromkeys(
            (f"security.authorization.callers[].claims{key}" for key in ("", "[].claim")),
            "all claims must match, and equal ones add nothing; the names of a claim are a path",
        ),
        "security.authorization.callers[].claims[].values": "any of the values admits a request",
        "security.authorization.callers": "each caller is a rule, and any rule admits a request",
        **dict.fromkeys(
            (
                f"security.authorization.callers[].{key}"
                for key in ("principals", "namespaces", "requestPrincipals", "models")
            ),
            "any of the entries admits a request",
        ),
        "sidecar.egressHosts": "equal hosts add nothing",
    },
    chart=CHART,
    minimal_values={"service": {"name": SERVICE}, "versions": [{"name": 1, "weight": 90}, {"name": 2, "weight": 10}]},
    modes={
        "api": {api: {"api": api} for api in ("istio", "gateway-api")},
        "trafficManagement": {manager: {"trafficManagement": manager} for manager in ("helm", "rollouts", "flagger")},
    },
    shared_by_modes={"analysis.model": "without a controller, the notes name it in the command for a rollout"},
    values_without_effect={
        "global": "it is for other charts, and this one reads none of it",
        "service.portName": "only a guard reads it; its cases show both of its values",
        "service.keepaliveSeconds": "only a guard reads it; its cases show both of its values",
    },
    other_namespaces={
        f"security/{name}.yaml": _AT_THE_GATEWAY
        for name in ("authorizationpolicy", "authorizationpolicy-token", "requestauthentication")
    },
    external_backends={
        f"routes/{name}.yaml": "the versions' Services are those of charts/model-server"
        for name in ("httproute", "httproute-mesh", "httproute-redirect")
    },
    selector_values={
        **dict.fromkeys(("service.name", "service.podLabels"), "it names the model server's pods"),
        **dict.fromkeys(("gateway.selector", "gateway.create", "gateway.parentRefs"), "it names the gateway's pods"),
        **dict.fromkeys(("security.enforceAt", "api"), "it says whose proxies check requests"),
    },
)
