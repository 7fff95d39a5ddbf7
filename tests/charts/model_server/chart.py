"""The chart under test and its cases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from devkit import paths
from tests.charts.chart_spec import ChartSpec, ExpectedWorkloads
from tests.harness import Case, Manifest, Manifests, merged, render
from tests.harness.manifests import parse
from tests.harness.objects import named
from tests.harness.selection import pods_of, running

ROOT = paths.REPOSITORY
CHART = ROOT / "charts" / "model-server"
VALUES_FILES = [*sorted((CHART / "ci").glob("*-values.yaml")), *sorted((ROOT / "examples" / "values").glob("*.yaml"))]
FULLNAME = "demo-model-server"
NGINX = f"{FULLNAME}-nginx"
REFERENCE = "localhost:5001/models/iris@sha256:" + "0" * 64
SHA256 = "a" * 64
# The minimal values.
BASE: dict[str, Any] = {"model": {"source": {"image": {"reference": REFERENCE}}}}


def read(path: Path) -> Any:
    """Read a YAML file of the chart."""
    return parse(path.read_text(encoding="utf-8"))


METADATA = read(CHART / "Chart.yaml")
APP_VERSION: str = METADATA["appVersion"]


def minimal_for(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the minimal values: the model is an image, unless all versions have another source."""
    own = _source_type(values) or "image"
    versions = [_source_type(version) or own for version in values.get("versions") or []]
    used = [*versions, own] if values.get("keepUnversioned") or not versions else versions
    return BASE if "image" in used else {}


def _source_type(values: Mapping[str, Any]) -> str:
    return str(values.get("model", {}).get("source", {}).get("type", ""))


def case(values: Mapping[str, Any] | None = None) -> Case:
    """Return a case with the minimal values and `values`."""
    return Case(CHART, merged(minimal_for(values or {}), values or {}))


def file_case(path: Path) -> Case:
    """Return the case of a values file."""
    return Case(CHART, read(path))


def setting(path: str, value: Any) -> dict[str, Any]:
    """Return values with one key: `server.threads` is the key threads of the map server."""
    first, _, rest = path.partition(".")
    return {first: setting(rest, value) if rest else value}


def downloading(url: str = "https://models.example.org/iris.tar.gz", **download: Any) -> dict[str, Any]:
    """Return values for a downloaded model."""
    return {"model": {"source": {"type": "download", "download": {"url": url, "sha256": SHA256, **download}}}}


def rendered(values: Mapping[str, Any] | None = None) -> Manifests:
    """Return all objects of `values`."""
    return render(case(values))


def one(kind: str, values: Mapping[str, Any] | None = None, name: str | None = None) -> Manifest:
    """Return the object of a kind."""
    return rendered(values).one(kind, name)


def names(kind: str, values: Mapping[str, Any] | None = None) -> set[str]:
    """Return the names of all objects of a kind."""
    return {manifest.name for manifest in rendered(values).of_kind(kind)}


def template(values: Mapping[str, Any] | None = None, name: str = FULLNAME) -> Any:
    """Return the pod template of a Deployment, by default the server's."""
    return one("Deployment", values, name).pod_template()


def pod(values: Mapping[str, Any] | None = None, name: str = FULLNAME) -> Any:
    """Return the pod spec of a Deployment, by default the server's."""
    return template(values, name)["spec"]


def server(values: Mapping[str, Any] | None = None, name: str = FULLNAME) -> Any:
    """Return the server's container."""
    return named(pod(values, name)["containers"], "model-server")


def config(values: Mapping[str, Any] | None = None, name: str = FULLNAME) -> Any:
    """Return the parsed configuration file of the server."""
    return parse(one("ConfigMap", values, name).body["data"]["config.yaml"])


def _expected(manifests: Manifests, manifest: Manifest, given: Case) -> set[str]:
    """Return the workloads whose pods an object selects."""
    if is_unversioned(manifest, given):
        return running(manifests, "model-server")
    if manifest.source not in _SELECTED:
        raise LookupError(f"{manifest} has a selector. Remedy: add its template to _SELECTED.")
    return _SELECTED[manifest.source](manifests, manifest, given)


def _servers(manifests: Manifests, _manifest: Manifest, _given: Case) -> set[str]:
    return running(manifests, "model-server")


def _served(manifests: Manifests, _manifest: Manifest, given: Case) -> set[str]:
    chosen = given.values.get("service", {}).get("version")
    pods = pods_of(manifests)
    return {key for key in running(manifests, "model-server") if not chosen or pods[key]["version"] == str(chosen)}


def _nginx(manifests: Manifests, _manifest: Manifest, _given: Case) -> set[str]:
    return running(manifests, "nginx")


def _same_name(_manifests: Manifests, manifest: Manifest, _given: Case) -> set[str]:
    return {f"Deployment/{manifest.name}"}


def is_unversioned(manifest: Manifest, given: Case) -> bool:
    """Return whether this is the unversioned Deployment alongside those of versions.

    Selectors are immutable, so this one also matches the pods of the versions. A Deployment counts only the pods of its
    own ReplicaSets, so this is harmless.
    """
    is_server = manifest.source == "server/deployment.yaml"
    return is_server and bool(given.values.get("keepUnversioned")) and "version" not in manifest.labels


# The workloads that the selectors of each template must match.
_SELECTED: Mapping[str, ExpectedWorkloads] = {
    "access/networkpolicy.yaml": _servers,
    "monitoring/podmonitor.yaml": _servers,
    "monitoring/service.yaml": _servers,
    "nginx/deployment.yaml": _nginx,
    "nginx/networkpolicy.yaml": _nginx,
    "nginx/poddisruptionbudget.yaml": _nginx,
    "nginx/service.yaml": _nginx,
    "nginx/service-pods.yaml": _served,
    "server/deployment.yaml": _same_name,
    "server/poddisruptionbudget.yaml": _same_name,
    "traffic/service.yaml": _served,
    "traffic/service-version.yaml": _same_name,
}

CHART_SPEC = ChartSpec(
    chart=CHART,
    minimal_values=BASE,
    minimal_for=minimal_for,
    modes={
        "model.source.type": {
            "image": BASE,
            "persistentVolumeClaim": setting(
                "model.source", {"type": "persistentVolumeClaim", "persistentVolumeClaim": {"claimName": "models"}}
            ),
            "download": downloading(),
            "configMap": setting(
                "model",
                {"name": "other", "version": 7, "source": {"type": "configMap", "configMap": {"name": "other"}}},
            ),
            "baked": setting("model.source.type", "baked"),
        }
    },
    # Examples in the README may omit the NetworkPolicy peers that another example shows.
    readme_values={"networkPolicy": {"ingressFrom": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}},
    containers=frozenset({"model-server", "pull-model", "nginx", "test"}),
    expected_workloads=_expected,
    repeatable={
        "httpRoute.matches": "any match admits a request",
        "autoscaling.extraMetrics": "the metric that requires the most replicas wins",
        "keda.triggers": "triggers without a name may be equal; a guard refuses equal names",
        **dict.fromkeys(
            (
                f"{monitor}.{rules}{labels}"
                for monitor in ("podMonitor", "serviceMonitor")
                for rules in ("relabelings", "metricRelabelings")
                for labels in ("", "[].sourceLabels")
            ),
            "rules are steps, and labels are concatenated",
        ),
        "tests.inputData": "rows may be equal",
    },
    open_values={
        "tests.inputData[]": "rows of any shape; the model validates them",
    },
    mutable_values={
        "commonLabels": {"a": "b"},
        "podLabels": {"c": "d"},
        "model": {"version": 7},
        "image": {"tag": "9"},
    },
)
