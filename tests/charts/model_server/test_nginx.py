"""nginx: its configuration, its pods, and the routes that lead to it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, NGINX, names, one, pod, rendered, setting, template
from tests.charts.model_server.guard_cases_release import ANYWHERE, HOST
from tests.harness import merged
from tests.harness.objects import named

PODS = f"{FULLNAME}-pods"
ON: dict[str, Any] = {"nginx": {"enabled": True}}
OUTSIDE = merged(ON, ANYWHERE)


def nginx(values: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return values that enable nginx."""
    return merged(ON, values or {})


def text(values: dict[str, Any] | None = None) -> str:
    """Return the nginx configuration."""
    data = one("ConfigMap", nginx(values), NGINX).body["data"]
    return str(data["nginx.conf"])


def directives(values: dict[str, Any] | None = None) -> list[str]:
    """Return every directive of the configuration on one line, without comments."""
    without_comments = re.sub(r"^ *#.*$", "", text(values), flags=re.MULTILINE)
    return [" ".join(part.split()) for part in re.split(r"(?<=[;{}])\n", without_comments) if part.strip()]


def container(values: dict[str, Any] | None = None) -> Any:
    return named(pod(nginx(values), NGINX)["containers"], "nginx")


@pytest.mark.parametrize("kind", ["ConfigMap", "Deployment", "PodDisruptionBudget", "NetworkPolicy", "Service"])
def test_nginx_adds_objects_and_changes_no_other(kind: str) -> None:
    added = {NGINX, PODS} if kind == "Service" else {NGINX}
    assert names(kind, ON) - names(kind) == added
    for manifest in rendered().of_kind(kind):
        if kind != "NetworkPolicy":
            assert one(kind, ON, manifest.name).body == manifest.body


@pytest.mark.parametrize(
    ("section", "kind"), [("podDisruptionBudget", "PodDisruptionBudget"), ("networkPolicy", "NetworkPolicy")]
)
def test_switches_also_apply_to_nginx(section: str, kind: str) -> None:
    assert names(kind, nginx({section: {"enabled": False}})) == set()


def test_upstream_is_the_headless_service() -> None:
    assert one("Service", ON, PODS).spec["clusterIP"] == "None"
    upstream = f"server {PODS}.serving.svc.cluster.local:8080 resolve max_fails=1 fail_timeout=2s;"
    assert upstream in directives()
    assert {"upstream servers {", "zone servers 256k;", "least_conn;", "keepalive 32;"} <= set(directives())


@pytest.mark.parametrize(
    ("values", "upstream"),
    [
        ({"namespaceOverride": "other"}, f"{PODS}.other.svc.cluster.local:8080"),
        ({"clusterDomain": "example.org"}, f"{PODS}.serving.svc.example.org:8080"),
        ({"fullnameOverride": "iris"}, "iris-pods.serving.svc.cluster.local:8080"),
    ],
)
def test_upstream_follows_names_and_cluster_domain(values: dict[str, Any], upstream: str) -> None:
    (manifest,) = [each for each in rendered(nginx(values)).of_kind("ConfigMap") if "nginx.conf" in each.body["data"]]
    assert f"server {upstream} resolve" in manifest.body["data"]["nginx.conf"]


# Values and the directives that they render.
CONFIGURED: list[tuple[dict[str, Any], list[str]]] = [
    (setting("nginx.keepaliveConnections", 7), ["keepalive 7;"]),
    (setting("nginx.timeouts.connectSeconds", 7), ["proxy_connect_timeout 7s;"]),
    (setting("nginx.timeouts.clientBodySeconds", 7), ["client_body_timeout 7s;", "proxy_send_timeout 7s;"]),
    (setting("nginx.timeouts.readSeconds", 7), ["proxy_read_timeout 7s;", "worker_shutdown_timeout 7s;"]),
    (setting("nginx.retries.attempts", 7), ["proxy_next_upstream_tries 7;"]),
    (setting("nginx.retries.timeoutSeconds", 7), ["proxy_next_upstream_timeout 7s;"]),
    (
        setting("nginx.trustedProxies", ["10.0.0.0/8", "fd00::/8"]),
        ["set_real_ip_from 10.0.0.0/8;", "set_real_ip_from fd00::/8;", "real_ip_header X-Forwarded-For;"],
    ),
    (
        setting("nginx.rateLimit.requestsPerSecond", 7),
        ["limit_req_zone $binary_remote_addr zone=clients:10m rate=7r/s;", "limit_req_status 429;"],
    ),
    (
        setting("nginx.rateLimit", {"requestsPerSecond": 1_000_000, "burst": 1_000_000}),
        [
            "limit_req_zone $binary_remote_addr zone=clients:10m rate=1000000r/s;",
            "limit_req zone=clients burst=1000000 nodelay;",
        ],
    ),
    ({}, ["client_max_body_size 16777216;"]),
    (setting("server.maxBodyBytes", 10_000_000), ["client_max_body_size 10000000;"]),
    (setting("server.host", "::"), ["listen [::]:8080;", "listen [::]:8081;"]),
    ({}, ["listen 8080;", "listen 8081;", "proxy_next_upstream error timeout http_502 http_503 non_idempotent;"]),
]


@pytest.mark.parametrize(("values", "expected"), CONFIGURED, ids=lambda part: str(part)[:60])
def test_directives_follow_the_values(values: dict[str, Any], expected: list[str]) -> None:
    missing = [directive for directive in expected if directive not in directives(values)]
    assert not missing, f"not in nginx.conf: {missing}"


@pytest.mark.parametrize("word", ["limit_req", "real_ip", "[::]"])
def test_disabled_features_are_not_configured(word: str) -> None:
    assert not [directive for directive in directives() if word in directive]


@pytest.mark.parametrize(
    ("values", "pattern"),
    [
        ({}, r"resolver kube-dns\.kube-system\.svc\.cluster\.local valid=\ds ipv6=off;"),
        (setting("nginx.resolver", "10.0.0.10"), r"resolver 10\.0\.0\.10 valid=\ds ipv6=off;"),
        (setting("nginx.resolver", "[fd00::a]:5353"), r"resolver \[fd00::a\]:5353 valid=\ds ipv6=off;"),
        ({"clusterDomain": "example.org"}, r"resolver kube-dns\.kube-system\.svc\.example\.org valid=\ds ipv6=off;"),
        # nginx resolves IPv6 addresses only if the pods listen on IPv6.
        (setting("server.host", "::"), r"resolver kube-dns\.kube-system\.svc\.cluster\.local valid=\ds;"),
    ],
)
def test_resolver_is_queried_every_second(values: dict[str, Any], pattern: str) -> None:
    (resolver,) = [each for each in directives(values) if each.startswith("resolver ")]
    assert re.fullmatch(pattern, resolver), resolver


def test_error_for_a_large_body_contains_the_limit() -> None:
    assert "the body is larger than 123456 bytes" in text(setting("server.maxBodyBytes", 123456))


def test_configuration_has_balanced_braces() -> None:
    everything = {
        "server": {"host": "::"},
        "nginx": {"trustedProxies": ["10.0.0.0/8"], "rateLimit": {"requestsPerSecond": 1, "burst": 1}},
    }
    for values in ({}, everything):
        opened, closed = (sum(each.endswith(end) for each in directives(values)) for end in ("{", "}"))
        assert opened == closed > 5


def test_writes_only_below_tmp() -> None:
    paths = [each.split()[1] for each in directives() if each.split()[0].endswith("_temp_path") or "pid " in each]
    assert len(paths) == 6
    assert all(path.startswith("/tmp/") for path in paths), paths  # noqa: S108


def test_configuration_change_restarts_nginx_but_not_the_servers() -> None:
    def checksums(values: dict[str, Any]) -> list[str]:
        return [
            template(nginx(values), name)["metadata"]["annotations"]["checksum/config"] for name in (NGINX, FULLNAME)
        ]

    before, after = checksums({}), checksums(setting("nginx.retries.attempts", 7))
    assert before[0] != after[0]
    assert before[1] == after[1]
    assert checksums({"replicaCount": 7}) == before, "a value that nginx does not read must not restart it"


@pytest.mark.parametrize(("drain", "answer"), [(10, 60), (1, 1), (3600, 3600), (10, 3600)])
def test_grace_period_covers_the_drain_and_the_read_timeout(drain: int, answer: int) -> None:
    values = {"nginx": {"drainSeconds": drain, "timeouts": {"readSeconds": answer}}}
    assert container(values)["lifecycle"] == {"preStop": {"sleep": {"seconds": drain}}}
    assert pod(nginx(values), NGINX)["terminationGracePeriodSeconds"] > drain + answer
    assert f"worker_shutdown_timeout {answer}s;" in directives(values)


def test_container_ports_match_the_listeners() -> None:
    ports = {port["name"]: port["containerPort"] for port in container()["ports"]}
    listens = {int(each.split()[1].rstrip(";")) for each in directives() if each.startswith("listen ")}
    assert set(ports.values()) == listens
    assert one("Service", ON, NGINX).spec["ports"][0]["targetPort"] == "http"
    probed = {container()[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness", "readiness")}
    for path in probed:
        assert f"location = {path} {{" in directives(), f"nginx has no location for the probe path {path}"
    assert ports["http-health"] == 8081


def test_nginx_reads_the_mounted_file() -> None:
    mount = named(container()["volumeMounts"], "config")
    assert mount == {
        "name": "config",
        "mountPath": "/etc/nginx/nginx.conf",
        "subPath": "nginx.conf",
        "readOnly": True,
    }
    assert named(pod(ON, NGINX)["volumes"], "config")["configMap"]["name"] == NGINX


@pytest.mark.parametrize(
    ("values", "image"),
    [
        ({}, "docker.io/nginxinc/nginx-unprivileged:1.30"),
        ({"nginx": {"image": {"registry": "", "tag": "2"}}}, "nginxinc/nginx-unprivileged:2"),
        (
            {"nginx": {"image": {"repository": "a/b", "digest": "sha256:" + "a" * 64}}},
            "docker.io/a/b@sha256:" + "a" * 64,
        ),
        ({"global": {"imageRegistry": "mirror"}}, "mirror/nginxinc/nginx-unprivileged:1.30"),
        ({"image": {"registry": "other", "tag": "9"}}, "docker.io/nginxinc/nginx-unprivileged:1.30"),
    ],
)
def test_nginx_has_its_own_image(values: dict[str, Any], image: str) -> None:
    assert container(values)["image"] == image


@pytest.mark.parametrize(("values", "replicas"), [({}, 2), ({"replicaCount": 0}, 0), ({"replicaCount": None}, None)])
def test_replicas_of_nginx_are_omitted_if_null(values: dict[str, Any], replicas: int | None) -> None:
    assert one("Deployment", nginx({"nginx": values}), NGINX).spec.get("replicas") == replicas


def test_nginx_shares_only_the_identity_of_the_servers() -> None:
    values = nginx(
        {
            "gpu": {"count": 1},
            "runtimeClassName": "nvidia",
            "secret": {"existingSecret": "login", "envFrom": True},
            "extraEnv": [{"name": "A", "value": "b"}],
            "sidecars": [{"name": "proxy", "image": "i"}],
            "podLabels": {"a": "b"},
            "podAnnotations": {"a": "b"},
            "nodeSelector": {"disk": "ssd"},
            "tolerations": [{"operator": "Exists"}],
            "priorityClassName": "high",
            "tmpSizeLimit": "7Gi",
            "serviceAccount": {"name": "other"},
        }
    )
    spec = pod(values, NGINX)
    assert [item["name"] for item in spec["containers"]] == ["nginx"]
    assert [volume["name"] for volume in spec["volumes"]] == ["config", "tmp"]
    assert not {"env", "envFrom"} & set(spec["containers"][0])
    assert not {"runtimeClassName", "nodeSelector", "tolerations", "priorityClassName"} & set(spec)
    assert named(spec["volumes"], "tmp")["emptyDir"] == {"sizeLimit": "1Gi"}
    assert spec["serviceAccountName"] == "other"
    assert "a" not in template(values, NGINX)["metadata"]["labels"]
    assert set(template(values, NGINX)["metadata"]["annotations"]) == {"checksum/config"}


def test_nginx_has_its_own_scheduling_volume_and_annotations() -> None:
    place = {
        "nodeSelector": {"pool": "edge"},
        "tolerations": [{"key": "edge", "operator": "Exists"}],
        "priorityClassName": "high",
    }
    values = nginx(
        {"nginx": {**place, "tmpSizeLimit": "2Gi", "podAnnotations": {"a": "b"}}, "schedulerName": "packing"}
    )
    spec = pod(values, NGINX)
    assert {key: spec[key] for key in place} == place
    assert spec["schedulerName"] == "packing", "all pods have the same scheduler"
    assert named(spec["volumes"], "tmp")["emptyDir"] == {"sizeLimit": "2Gi"}
    annotations = template(values, NGINX)["metadata"]["annotations"]
    assert annotations == {"checksum/config": annotations["checksum/config"], "a": "b"}
    assert not {*place} & set(pod(values)), "the scheduling of nginx must not apply to the servers"
    assert "a" not in template(values)["metadata"]["annotations"]


def test_ingress_route_and_test_use_nginx() -> None:
    port = {"nginx": {"service": {"port": 8888}}}
    ingress = one("Ingress", merged(OUTSIDE, {"ingress": {"enabled": True, "hosts": [HOST]}}))
    backend = ingress.spec["rules"][0]["http"]["paths"][0]["backend"]
    assert backend == {"service": {"name": NGINX, "port": {"name": "http"}}}
    route = {"httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]}}
    (rule,) = one("HTTPRoute", merged(merged(OUTSIDE, route), port)).spec["rules"]
    assert rule["backendRefs"] == [{"group": "", "kind": "Service", "weight": 1, "name": NGINX, "port": 8888}]
    environment = one("Pod", nginx(port)).spec["containers"][0]["env"]
    assert named(environment, "SERVICE_HOST")["value"] == f"{NGINX}.serving"
    assert named(environment, "SERVICE_PORT")["value"] == "8888"


def test_nginx_service_has_its_own_type_and_ports() -> None:
    exposed = {
        "type": "LoadBalancer",
        "loadBalancerClass": "example.org/lb",
        "loadBalancerSourceRanges": ["203.0.113.0/24"],
        "externalTrafficPolicy": "Local",
    }
    service = {**exposed, "port": 8000, "nodePort": 30080, "annotations": {"a": "b"}}
    manifest = one("Service", merged(OUTSIDE, {"nginx": {"service": service}}), NGINX)
    port = {"name": "http", "port": 8000, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}
    assert {key: manifest.spec[key] for key in exposed} == exposed
    assert manifest.spec["ports"] == [{**port, "nodePort": 30080}]
    assert manifest.annotations == {"a": "b"}
    assert one("Service", merged(OUTSIDE, {"nginx": {"service": service}}), FULLNAME).spec["type"] == "ClusterIP"
