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
# What servers tell each other by, and no caller may say.
MARKS = ["x-model-shadow", "x-model-compared-by"]
# A way in, in each of the two APIs.
ISTIO: dict[str, Any] = {
    "gateway": {"create": True, "selector": {"istio": "ingress"}},
    "routing": {"hosts": ["iris.example.org"]},
}
GATEWAY_API: dict[str, Any] = {
    "api": "gateway-api",
    "gateway": {"create": True},
    "routing": {"hosts": ["iris.example.org"]},
}
# Whoever moves the weights by himself asks for figures.
ASKED: dict[str, Any] = {"prometheusAddress": "http://prometheus.monitoring:9090", "model": "iris"}
FLAGGER: dict[str, Any] = {"trafficManagement": "flagger", "versions": [], "analysis": ASKED}
ROLLOUTS: dict[str, Any] = {"trafficManagement": "rollouts", "analysis": ASKED}


def case(values: Mapping[str, Any] | None = None) -> Case:
    """A case with `values` beside the Service and two versions."""
    return CHART_SPEC.case(values)


def rendered(values: Mapping[str, Any] | None = None) -> Manifests:
    """All objects that `values` render to."""
    return render(case(values))


def spec(kind: str, values: Mapping[str, Any] | None = None, suffix: str = "") -> Any:
    """The spec of the object of a kind; what there is more than one of has a suffix."""
    return rendered(values).one(kind, f"{FULLNAME}-{suffix}" if suffix else FULLNAME).spec


_AT_THE_GATEWAY = "policies count in the namespace of the proxies, which security.gatewayNamespace names"
CHART_SPEC = ChartSpec(
    chart=CHART,
    minimal_values={"service": {"name": SERVICE}, "versions": [{"name": 1, "weight": 90}, {"name": 2, "weight": 10}]},
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
