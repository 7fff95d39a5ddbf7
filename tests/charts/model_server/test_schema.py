"""values.schema.json: the complete errors that Helm reports, which name the invalid key."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.helm_errors import schema_errors
from tests.charts.model_server.chart import case, setting

SPREAD = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
TIMES = "\N{MULTIPLICATION SIGN}"
LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"


def unknown(where: str, key: str) -> str:
    return f"at '{where}': additional properties '{key}' not allowed"


def version(**entry: Any) -> dict[str, Any]:
    """Return values with one version."""
    return {"versions": [entry]}


UNKNOWN_KEYS = [
    ({"replicas": 3}, unknown("", "replicas")),
    ({"networkPolicies": {}}, unknown("", "networkPolicies")),
    ({"server": {"thread": 3}}, unknown("/server", "thread")),
    ({"tests": {"inputdata": []}}, unknown("/tests", "inputdata")),
    ({"model": {"source": {"image": {"tag": "1"}}}}, unknown("/model/source/image", "tag")),
    ({"model": {"source": {"download": {"headers": ""}}}}, unknown("/model/source/download", "headers")),
    ({"httpRoute": {"parentRefs": [{"name": "a", "nam": "b"}]}}, unknown("/httpRoute/parentRefs/0", "nam")),
    ({"podMonitor": {"relabelings": [{"sourceLabel": []}]}}, unknown("/podMonitor/relabelings/0", "sourceLabel")),
    ({"httpRoute": {"timeouts": {"requests": "10s"}}}, unknown("/httpRoute/timeouts", "requests")),
    # Parts of custom resources, from which the API server would prune the key in silence.
    ({"httpRoute": {"matches": [{"paths": {}}]}}, unknown("/httpRoute/matches/0", "paths")),
    ({"httpRoute": {"matches": [{"path": {"tpye": "Exact"}}]}}, unknown("/httpRoute/matches/0/path", "tpye")),
    (
        {"httpRoute": {"filters": [{"type": "URLRewrite", "urlRewrites": {}}]}},
        unknown("/httpRoute/filters/0", "urlRewrites"),
    ),
    (
        {"keda": {"fallback": {"failureThreshold": 3, "replicas": 3, "replica": 3}}},
        unknown("/keda/fallback", "replica"),
    ),
    # Keys that Kubernetes rejects, in maps with arbitrary keys.
    *(
        (setting(key, {"two words": "a"}), unknown(f"/{key.replace('.', '/')}", "two words"))
        for key in ("commonLabels", "podLabels", "podAnnotations", "nginx.podAnnotations", "secret.stringData")
    ),
]

# Fields of Kubernetes types.
MISTYPED_FIELDS = [
    ({"resources": {"request": {"cpu": 1}}}, unknown("/resources", "request")),
    ({"tolerations": [{"keys": "a"}]}, unknown("/tolerations/0", "keys")),
    ({"affinity": {"nodeAffinit": {}}}, unknown("/affinity", "nodeAffinit")),
    ({"securityContext": {"runAsRoot": True}}, unknown("/securityContext", "runAsRoot")),
    (
        {"topologySpreadConstraints": [{**SPREAD, "maxskew": 1}]},
        unknown("/topologySpreadConstraints/0", "maxskew"),
    ),
    ({"networkPolicy": {"ingressFrom": [{"podSelecto": {}}]}}, unknown("/networkPolicy/ingressFrom/0", "podSelecto")),
    ({"autoscaling": {"behavior": {"scaleUpp": {}}}}, unknown("/autoscaling/behavior", "scaleUpp")),
    ({"hostAliases": [{"ip": "1", "hostname": "a"}]}, unknown("/hostAliases/0", "hostname")),
    *(
        ({section: [{"name": "a", "imagePullPolic": "Always"}]}, unknown(f"/{section}/0", "imagePullPolic"))
        for section in ("sidecars", "initContainers")
    ),
    (
        {"sidecars": [{"name": "a", "resources": {"limit": {}}}]},
        unknown("/sidecars/0/resources", "limit"),
    ),
]

MISSING_KEYS = [
    (version(replicaCount=1), "at '/versions/0': missing property 'name'"),
    ({"extraEnv": [{"value": "a"}]}, "at '/extraEnv/0': missing property 'name'"),
    ({"sidecars": [{"image": "a"}]}, "at '/sidecars/0': missing property 'name'"),
    ({"httpRoute": {"parentRefs": [{}]}}, "at '/httpRoute/parentRefs/0': missing property 'name'"),
    ({"keda": {"triggers": [{"type": "cpu"}]}}, "at '/keda/triggers/0': missing property 'metadata'"),
    ({"keda": {"fallback": {"replicas": 3}}}, "at '/keda/fallback': missing property 'failureThreshold'"),
    ({"httpRoute": {"filters": [{}]}}, "at '/httpRoute/filters/0': missing property 'type'"),
]

VERSIONS = [
    (version(name=1, foo={}), unknown("/versions/0", "foo")),
    # The kubelet's probes reach the pod at no other address than its own.
    *(
        (setting("server.host", host), "at '/server/host': value must be one of '0.0.0.0', '::'")
        for host in ("127.0.0.1", "localhost", "::1", "192.0.2.1")
    ),
    # These sections apply to the whole release.
    *(
        (version(name=1, **{section: {}}), unknown("/versions/0", section))
        for section in ("service", "nginx", "ingress", "networkPolicy", "secret", "serviceAccount", "tests")
    ),
    (version(name=1, model={"paths": "/"}), unknown("/versions/0/model", "paths")),
    (version(name=1, replicaCount="2"), "at '/versions/0/replicaCount': got string, want null or integer"),
    (version(name="A_b"), f"at '/versions/0/name': 'A_b' does not match pattern '{LABEL}'"),
    (version(name="a."), f"at '/versions/0/name': 'a.' does not match pattern '{LABEL}'"),
    (version(name="a" * 41), "at '/versions/0/name': maxLength: got 41, want 40"),
    (version(name=0), "at '/versions/0/name': minimum: got 0, want 1"),
    (version(name=1.5), "at '/versions/0/name': got number, want integer or string"),
]

TYPES = [
    ({"replicaCount": "3"}, "at '/replicaCount': got string, want null or integer"),
    ({"service": {"port": "http"}}, "at '/service/port': got string, want integer"),
    ({"imagePullSecrets": ["login"]}, "at '/imagePullSecrets/0': got string, want object"),
    ({"secret": {"stringData": {"token": 1}}}, "at '/secret/stringData/token': got number, want string"),
    ({"commonLabels": {"a": 1}}, "at '/commonLabels/a': got number, want string"),
    ({"extraObjects": [1]}, "at '/extraObjects/0': got number, want string or object"),
    (
        {"keda": {"triggers": [{"type": "cpu", "metadata": {"value": 70}}]}},
        "at '/keda/triggers/0/metadata/value': got number, want string",
    ),
    (
        {"httpRoute": {"matches": [{"headers": [{"name": "debug", "value": True}]}]}},
        "at '/httpRoute/matches/0/headers/0/value': got boolean, want string",
    ),
    (
        {"keda": {"fallback": {"failureThreshold": "3", "replicas": 3}}},
        "at '/keda/fallback/failureThreshold': got string, want integer",
    ),
]

NUMBERS = [
    ({"replicaCount": -1}, "at '/replicaCount': minimum: got -1, want 0"),
    *(
        (setting(f"{key}", port), f"at '/{key.replace('.', '/')}': {limit}")
        for key in ("service.port", "service.nodePort", "nginx.service.port")
        for port, limit in ((0, "minimum: got 0, want 1"), (70000, "maximum: got 70,000, want 65,535"))
    ),
    ({"gpu": {"count": -1}}, "at '/gpu/count': minimum: got -1, want 0"),
    ({"model": {"version": 0}}, "at '/model/version': minimum: got 0, want 1"),
    (
        {"nginx": {"timeouts": {"connectSeconds": 61}}},
        "at '/nginx/timeouts/connectSeconds': maximum: got 61, want 60",
    ),
    # Helm reads numbers as floats, which cannot distinguish integers above this one.
    *(
        (values, f"at '{where}': maximum: got 9.007199254740992{TIMES}10¹⁵, want 9.007199254740991{TIMES}10¹⁵")
        for values, where in (
            (setting("model.version", 2**53), "/model/version"),
            (setting("service.version", 2**53), "/service/version"),
            (version(name=2**53), "/versions/0/name"),
        )
    ),
    ({"networkPolicy": {"dnsPorts": [0]}}, "at '/networkPolicy/dnsPorts/0': minimum: got 0, want 1"),
    ({"networkPolicy": {"dnsPorts": [53, 53]}}, "at '/networkPolicy/dnsPorts': items at 0 and 1 are equal"),
]

ENUMS = [
    (
        {"model": {"source": {"type": "s3"}}},
        "at '/model/source/type': value must be one of 'image', 'persistentVolumeClaim', 'download', 'configMap', "
        "'baked'",
    ),
    ({"tests": {"runner": "ci"}}, "at '/tests/runner': value must be one of 'helm', 'argocd', 'none'"),
    (
        {"server": {"logLevel": "verbose"}},
        "at '/server/logLevel': value must be one of 'debug', 'info', 'warning', 'error'",
    ),
    ({"service": {"ipFamilies": ["IPv5"]}}, "at '/service/ipFamilies/0': value must be one of 'IPv4', 'IPv6'"),
]

DIGEST = "^$|^(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$"
REGISTRY = (
    "^$|^([A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\\\\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*|\\\\[[0-9a-fA-F:]+\\\\])"
    "(:[0-9]+)?(/[a-z0-9]+((\\\\.|_|__|-+)[a-z0-9]+)*)*$"
)
ADDRESS = "^$|^https?://[^\\\\s/@]+(/[^\\\\s]*)?$|^(s3|gs|az)://[^\\\\s/]+/[^\\\\s]+$"
TEXTS = [
    ("image.digest", "sha256:abc", DIGEST),
    ("nginx.image.digest", "sha256:" + "A" * 64, DIGEST),
    ("image.registry", "localhost:5001/", REGISTRY),
    ("model.path", "models", "^/."),
    ("model.version", "not a label", "^$|^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"),
    *(
        ("model.source.download.url", url, ADDRESS)
        # An unknown scheme, credentials in the URL, buckets without a key.
        for url in ("ftp://a", "https://user:secret@a/b.tar", "https://token@a", "s3://models", "gs://models/")
    ),
    ("nginx.resolver", "fd00::a", "^$|^([A-Za-z0-9.-]+|\\\\[[0-9a-fA-F:]+\\\\])(:[0-9]{1,5})?$"),
    ("httpRoute.timeouts.request", "1d", "^([0-9]{1,5}(h|m|s|ms)){1,4}$"),
    ("commonLabels.team", "two words", "^$|^[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$"),
    ("model.source.download.sha256", "abc", "^$|^[0-9a-f]{64}$"),
    ("podDisruptionBudget.minAvailable", "101%", "^(100|[0-9]{1,2})%$"),
]

REFUSED = [
    *(UNKNOWN_KEYS + MISTYPED_FIELDS + MISSING_KEYS + VERSIONS + TYPES + NUMBERS + ENUMS),
    *(
        (setting(key, text), f"at '/{key.replace('.', '/')}': '{text}' does not match pattern '{pattern}'")
        for key, text, pattern in TEXTS
    ),
]


@pytest.mark.parametrize(("values", "message"), REFUSED, ids=[message.split(":")[0] for _, message in REFUSED])
def test_reports_the_path_and_the_expected_value(values: dict[str, Any], message: str) -> None:
    assert schema_errors(case(values)) == [message]


def test_reports_all_schema_errors_together() -> None:
    wrong = {"replicas": 3, "service": {"port": 70000}, "server": {"thread": 3}}
    assert sorted(schema_errors(case(wrong))) == [
        unknown("", "replicas"),
        unknown("/server", "thread"),
        "at '/service/port': maximum: got 70,000, want 65,535",
    ]
