"""Examples for strategies: valid values of Kubernetes types and of parts of custom resources, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_SELECTOR = {"matchLabels": {"app": "1e3"}, "matchExpressions": [{"key": "tier", "operator": "In", "values": ["yes"]}]}
_RESOURCES: tuple[Any, ...] = (
    None,
    {},
    {"requests": {"cpu": 1, "memory": "1Gi"}},
    {"limits": {"memory": 2000000000, "example.org/fpga": 1}},
    {"requests": {"cpu": 0.5}, "limits": {}},
    {"limits": None},
)
_CONTAINERS = (
    {"name": "sidecar", "image": "registry.example.org/sidecar:1"},
    {
        "name": "1e3",
        "image": "busybox",
        "command": ["sh", "-c", 'echo "a: b" # {}\n'],
        "env": [{"name": "A", "value": "yes"}],
        "ports": [{"containerPort": 9000, "name": "more"}],
        "resources": {"limits": {"cpu": 1}},
    },
)

EXAMPLES: Mapping[str, Sequence[Any]] = {
    "core.v1.ResourceRequirements": _RESOURCES,
    "core.v1.Affinity": (
        None,
        {},
        {"nodeAffinity": None},
        {
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    {"topologyKey": "kubernetes.io/hostname", "labelSelector": _SELECTOR}
                ]
            }
        },
        {
            "nodeAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [
                    {"weight": 1, "preference": {"matchExpressions": [{"key": "disk", "operator": "Exists"}]}}
                ]
            }
        },
    ),
    "meta.v1.LabelSelector": (None, {}, _SELECTOR),
    "core.v1.Toleration": (
        {"operator": "Exists"},
        {"key": "a", "operator": "Equal", "value": "true", "effect": "NoExecute", "tolerationSeconds": 1000000},
    ),
    "core.v1.TopologySpreadConstraint": (
        {"maxSkew": 1000000, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"},
        {"maxSkew": 1, "topologyKey": "host", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": _SELECTOR},
        {"maxSkew": 1, "topologyKey": "rack", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": None},
    ),
    "core.v1.PodDNSConfig": (
        None,
        {},
        {"nameservers": ["192.0.2.1"], "searches": ["example.org"], "options": [{"name": "ndots", "value": "2"}]},
    ),
    "core.v1.HostAlias": (
        {"ip": "192.0.2.1", "hostnames": ["a.example.org", "no"]},
        {"ip": "2001:db8::1"},
    ),
    "core.v1.EnvVar": (
        {"name": "A"},
        {"name": "B", "value": "1e3"},
        {"name": "C", "value": "a: b\n# 'c' \"d\""},
        {"name": "D", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "E", "valueFrom": {"secretKeyRef": {"name": "login", "key": "yes", "optional": True}}},
    ),
    "core.v1.EnvFromSource": (
        {"configMapRef": {"name": "proxy"}},
        {"secretRef": {"name": "login", "optional": True}, "prefix": "A_"},
    ),
    "core.v1.Volume": (
        {"name": "cache", "emptyDir": {}},
        {"name": "1e3", "emptyDir": {"medium": "Memory", "sizeLimit": 1000000}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "data", "readOnly": True}},
    ),
    "core.v1.VolumeMount": (
        {"name": "cache", "mountPath": "/cache"},
        {"name": "cache", "mountPath": "/tmp"},  # noqa: S108  (a path in a pod)
        {"name": "1e3", "mountPath": "/a: b", "readOnly": True, "subPath": "no"},
    ),
    "core.v1.Container": _CONTAINERS,
    "core.v1.Lifecycle": (
        None,
        {},
        {"preStop": {"sleep": {"seconds": 1000000}}},
        {"postStart": {"exec": {"command": ["sh", "-c", "echo 'a: b'"]}}, "stopSignal": "SIGINT"},
    ),
    "core.v1.PodSpecPatch": (
        None,
        {},
        {"shareProcessNamespace": True, "hostname": "yes", "activeDeadlineSeconds": None},
        {"securityContext": {"runAsUser": 1000000, "runAsGroup": None, "sysctls": [{"name": "a", "value": "1e3"}]}},
        {"serviceAccountName": "1e3", "automountServiceAccountToken": True, "imagePullSecrets": [{"name": "no"}]},
        {"tolerations": [], "affinity": {"nodeAffinity": {}}, "dnsConfig": {"options": [{"name": "ndots"}]}},
        {"containers": [], "volumes": None},
    ),
    "core.v1.PodSecurityContext": (
        None,
        {},
        {"runAsUser": 1000000, "fsGroup": 0, "supplementalGroups": [1000000], "runAsNonRoot": True},
    ),
    "core.v1.SecurityContext": (
        None,
        {},
        {"runAsUser": 1000000, "capabilities": {"drop": ["ALL"], "add": []}, "readOnlyRootFilesystem": True},
    ),
    "networking.v1.NetworkPolicyPeer": (
        {"podSelector": {}},
        {"namespaceSelector": {}, "podSelector": _SELECTOR},
        {"namespaceSelector": _SELECTOR},
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}},
    ),
    "networking.v1.NetworkPolicyIngressRule": (
        {},
        {"from": [{"podSelector": _SELECTOR}], "ports": [{"port": "http-envoy", "protocol": "TCP"}]},
    ),
    "networking.v1.NetworkPolicyEgressRule": (
        {},
        {"ports": [{"port": 443, "protocol": "TCP"}, {"port": 1000, "endPort": 2000}]},
        {"to": [{"ipBlock": {"cidr": "2001:db8::/32"}}], "ports": [{"port": "https"}]},
    ),
    "networking.v1.IngressTLS": (
        {"secretName": "tls"},
        {"secretName": "on", "hosts": ["*.example.org"]},
    ),
    "autoscaling.v2.MetricSpec": (
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}},
        {
            "type": "External",
            "external": {
                "metric": {"name": "queue", "selector": _SELECTOR},
                "target": {"type": "AverageValue", "averageValue": 1000000},
            },
        },
    ),
    "autoscaling.v2.HorizontalPodAutoscalerBehavior": (
        None,
        {},
        {"scaleUp": None, "scaleDown": {"selectPolicy": "Disabled"}},
        {"scaleDown": {"policies": [{"type": "Pods", "value": 1000000, "periodSeconds": 60}], "tolerance": "0.05"}},
    ),
    "HTTPRoute.spec.rules.matches": (
        {"path": {"type": "Exact", "value": "/"}},
        {"method": "POST"},
        {"headers": [{"name": "x-a", "value": "1e3"}], "queryParams": [{"name": "yes", "value": "no"}]},
    ),
    "HTTPRoute.spec.rules.filters": (
        {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "x-a", "value": "yes"}]}},
        {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"remove": ["server"]}},
        {
            "type": "RequestMirror",
            "requestMirror": {"backendRef": {"name": "copy", "port": 80}, "fraction": {"numerator": 1}},
        },
        {"type": "CORS", "cors": {"allowOrigins": ["https://example.org"]}},
    ),
    "ScaledObject.spec.fallback": (
        {},
        {"failureThreshold": 1000000, "replicas": 1000000},
        {"failureThreshold": 0, "replicas": 0, "behavior": "currentReplicas"},
    ),
}
