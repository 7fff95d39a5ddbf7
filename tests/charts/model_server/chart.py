"""The chart under test, and cases of it."""

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
# The least that must be said.
BASE: dict[str, Any] = {"model": {"source": {"image": {"reference": REFERENCE}}}}


def read(path: Path) -> Any:
    """Read a YAML file of the chart."""
    return parse(path.read_text(encoding="utf-8"))


METADATA = read(CHART / "Chart.yaml")
APP_VERSION: str = METADATA["appVersion"]


def case(values: Mapping[str, Any] | None = None) -> Case:
    """A case whose values are the least that must be said, and `values`."""
    return Case(CHART, merged(BASE, values or {}))


def file_case(path: Path) -> Case:
    """The case of a values file."""
    return Case(CHART, read(path))


def setting(path: str, value: Any) -> dict[str, Any]:
    """Values with one key set: `server.threads` is the key threads in the map server."""
    first, _, rest = path.partition(".")
    return {first: setting(rest, value) if rest else value}


def downloading(url: str = "https://models.example.org/iris.tar.gz", **download: Any) -> dict[str, Any]:
    """Values of a model that is downloaded."""
    return {"model": {"source": {"type": "download", "download": {"url": url, "sha256": SHA256, **download}}}}


def rendered(values: Mapping[str, Any] | None = None) -> Manifests:
    """All objects that `values` render to."""
    return render(case(values))


def one(kind: str, values: Mapping[str, Any] | None = None, name: str | None = None) -> Manifest:
    """The object of a kind that `values` render to."""
    return rendered(values).one(kind, name)


def names(kind: str, values: Mapping[str, Any] | None = None) -> set[str]:
    """The names of all objects of a kind that `values` render to."""
    return {manifest.name for manifest in rendered(values).of_kind(kind)}


def template(values: Mapping[str, Any] | None = None, name: str = FULLNAME) -> Any:
    """Metadata and spec of a Deployment's pods; the server's without a name."""
    return one("Deployment", values, name).pod_template()


def pod(values: Mapping[str, Any] | None = None, name: str = FULLNAME) -> Any:
    """The spec of a Deployment's pods; the server's without a name."""
    return template(values, name)["spec"]


def server(values: Mapping[str, Any] | None = None, name: str = FULLNAME) -> Any:
    """The server's container."""
    return named(pod(values, name)["containers"], "model-server")


def config(values: Mapping[str, Any] | None = None, name: str = FULLNAME) -> Any:
    """The server's configuration file, as the server reads it."""
    return parse(one("ConfigMap", values, name).body["data"]["config.yaml"])


def _expected(manifests: Manifests, manifest: Manifest, given: Case) -> set[str]:
    """What makes the pods that an object is to select."""
    if is_unversioned(manifest, given):
        return running(manifests, "model-server")
    if manifest.source not in _SELECTED:
        raise LookupError(f"{manifest} has a selector. Remedy: say in _SELECTED what it is for.")
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
    """Whether it is the Deployment without a version that stands beside those of versions.

    A selector cannot change, so this one takes the versions' pods, too. They belong to ReplicaSets of another owner,
    and a Deployment counts only what its own have made.
    """
    is_server = manifest.source == "server/deployment.yaml"
    return is_server and bool(given.values.get("keepUnversioned")) and "version" not in manifest.labels


# What the selectors of a template are to select.
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
    # An example shows its own point; who calls from outside may be shown by another.
    readme_values={"networkPolicy": {"ingressFrom": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}},
    containers=frozenset({"model-server", "pull-model", "nginx", "test"}),
    expected_workloads=_expected,
    mutable_values={
        "commonLabels": {"a": "b"},
        "podLabels": {"c": "d"},
        "model": {"version": 7},
        "image": {"tag": "9"},
    },
)
