"""Releases of charts/istio-routing in the namespace of a test, with servers behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.harness import case as rendering
from tests.harness import charts, render
from tests.harness.charts import ValuesFile
from tests.harness.frozen import unfreeze
from tests.istio_local import gateway
from tests.istio_local.api import Manifest
from tests.istio_local.backends import Backend
from tests.istio_local.keys import self_signed
from tests.istio_local.mesh_case import MeshCase, gateway_for

FILES = charts.values_files(charts.CHARTS / "istio-routing")
ONE_VERSION = [{"name": "1"}]
ALL_PROTOCOLS = ["predict", "v1", "v2"]
# The Gateway that values files expect to exist.
PUBLIC = "public"


def released(file: ValuesFile, case: MeshCase) -> rendering.Case:
    """Return a release of a values file in the namespace of the test, for its host."""
    given = replace(file.case(), namespace=case.namespace)
    if "hosts" in given.values.get("routing", {}):
        given = given.with_values({"routing": {"hosts": [case.host]}})
    if "tls" in given.values.get("gateway", {}):
        given = given.with_values({"gateway": {"tls": {"credentialName": case.namespace}}})
    return given


def bodies(case: MeshCase, release: rendering.Case) -> list[Manifest]:
    """Return the rendered objects that the API server serves; it has no definitions of Argo Rollouts and Flagger."""
    found: Iterable[Mapping[str, Any]] = (unfreeze(each.body) for each in render(release))
    return [each for each in found if case.mesh.api.serves(str(each["apiVersion"]))]


def certificate(case: MeshCase, folder: Path) -> Manifest:
    """Return a Secret with a certificate for a gateway."""
    pair = self_signed(folder, "serving", f"DNS:{case.host}")
    content = {"tls.key": pair.key.read_text(encoding="utf-8"), "tls.crt": pair.certificate.read_text(encoding="utf-8")}
    metadata = {"name": case.namespace, "namespace": gateway.NAMESPACE}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": "kubernetes.io/tls",
        "stringData": content,
    }


def public(case: MeshCase) -> Manifest:
    """Return the Gateway that values files expect to exist."""
    made = gateway_for(case.host, PUBLIC)
    return {**made, "metadata": {"name": PUBLIC, "namespace": gateway.NAMESPACE}}


def served(case: MeshCase, release: rendering.Case) -> dict[str, Backend]:
    """Start a server for each version in the values."""
    versions = [str(each["name"]) for each in release.values.get("versions", [{"name": "1"}])]
    return case.serve(str(release.values["service"]["name"]), versions)


def installed(
    name: str, case: MeshCase, values: Mapping[str, Any] | None = None, others: Iterable[Manifest] = (), **options: Any
) -> dict[str, Backend]:
    """Install an example of the chart with additional values and objects, and return the servers of its versions.

    Waits until a request succeeds; see `http_client.send` for its options.
    """
    (file,) = (each for each in FILES if each.path.stem == name)
    release = released(file, case).with_values(values or {})
    servers = served(case, release)
    case.apply([public(case), *others, *bodies(case, release)])
    case.send_until("a version responds", lambda answer: answer.status == 200, **options)
    case.wait_for_mirrors()
    for server in servers.values():
        server.forget()
    return servers
