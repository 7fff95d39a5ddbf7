"""The chart under test, and cases of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.harness import Case, Manifest, Manifests, merged, render
from tests.harness.manifests import parse

ROOT = Path(__file__).resolve().parents[3]
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


def named(items: Sequence[Any], name: str) -> Any:
    """The entry of a list that has that name, or None."""
    return next((item for item in items if item["name"] == name), None)


def own(manifests: Manifests) -> list[Manifest]:
    """The objects that the chart makes by itself, without those of extraObjects."""
    return [manifest for manifest in manifests if not manifest.template.endswith("/extra-objects.yaml")]


def containers(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every container of a pod, those that run first included."""
    for section in ("initContainers", "containers"):
        yield from spec.get(section, [])


def texts(data: Any) -> Iterator[str]:
    """Every text in some values."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, Sequence):
        for value in data:
            yield from texts(value)
