"""The prerequisites of the values files: objects in the namespace, model stores, GPUs."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from kubernetes.client import ApiClient, NodeV1Api
from kubernetes.client.exceptions import ApiException

from cluster import catalog
from cluster.kubectl import kubectl
from tests import openssl
from tests.e2e.lib.client import Client
from tests.e2e.lib.objects import Objects, is_ready
from tests.e2e.lib.published import Published
from tests.e2e.lib.waiting import until

FOLDER = Path(__file__).resolve().parent
MANIFESTS = FOLDER.parent / "manifests"
LOADER, WEB_SERVER, OBJECT_STORE = (
    MANIFESTS / name for name in ("loader.yaml", "web-server.yaml", "object-store.yaml")
)
FILE_SERVER, UPLOAD = FOLDER / "in_pod_file_server.py", FOLDER / "in_pod_upload.py"
OBJECT_STORE_IMAGE = catalog.load().tagged("docker.io/versity/versitygw")
HOST = "models.example.org"
TOKEN = "not-a-secret"  # noqa: S105
GPU, GPU_CLASS = "nvidia.com/gpu", "nvidia"


@dataclass(frozen=True)
class Archive:
    """A model repository as a downloadable file."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The digest for the values file."""
        return hashlib.sha256(self.content).hexdigest()


def archive(published: Published) -> Archive:
    """Return the model with all versions, packed as the README describes."""
    name = published.model.example.name
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as file:
        file.add(published.repository / name, arcname=name)
    return Archive(f"{name}.tar.gz", packed.getvalue())


def add_config_map(objects: Objects, name: str, files: dict[str, bytes]) -> None:
    """Create a ConfigMap of files."""
    data = {key: base64.b64encode(content).decode() for key, content in files.items()}
    objects.core.create_namespaced_config_map(objects.namespace, {"metadata": {"name": name}, "binaryData": data})


def add_secret(objects: Objects, name: str, data: dict[str, str], kind: str = "Opaque") -> None:
    """Create a Secret."""
    body = {"metadata": {"name": name}, "type": kind, "stringData": data}
    objects.core.create_namespaced_secret(objects.namespace, body)


def add_version(objects: Objects, published: Published, version: str) -> None:
    """Create a ConfigMap with the files of a version, as `kubectl create configmap --from-file` does."""
    name = published.model.example.name
    folder = published.repository / name / version
    add_config_map(objects, f"{name}-{version}", {file.name: file.read_bytes() for file in folder.iterdir()})


def start(objects: Objects, manifest: Path, **replacements: str) -> None:
    """Create the objects of a manifest file, with its placeholders replaced."""
    text = manifest.read_text(encoding="utf-8")
    for placeholder, value in replacements.items():
        text = text.replace(placeholder, value)
    kubectl("--namespace", objects.namespace, "create", "--filename", "-", stdin=text)


def add_claim(objects: Objects, published: Published, server_digest: str) -> None:
    """Create a PersistentVolumeClaim and copy the model's image into it."""
    start(objects, LOADER, MODEL_REFERENCE=published.reference, SERVER_DIGEST=server_digest)
    until("the claim is filled", lambda: _pod(objects, "loader").status.phase == "Succeeded", 120)


def add_web_server(objects: Objects, archives: list[Archive], server_digest: str, folder: Path) -> str:
    """Start an HTTPS server that serves the archives to authenticated clients; returns its cluster IP."""
    openssl.authority_and_server(folder, f"DNS:{HOST}")
    read = {name: (folder / name).read_text(encoding="utf-8") for name in ("tls.crt", "tls.key", "ca.crt")}
    add_config_map(objects, "archives", {item.name: item.content for item in archives})
    add_config_map(objects, "web-server-code", {FILE_SERVER.name: FILE_SERVER.read_bytes()})
    add_config_map(objects, "web-server-authority", {"ca.crt": read["ca.crt"].encode()})
    add_secret(objects, "web-server", {"tls.crt": read["tls.crt"], "tls.key": read["tls.key"], "token": TOKEN})
    add_secret(objects, "web-server-login", {"headers": f"Authorization: Bearer {TOKEN}\n"})
    start(objects, WEB_SERVER, SERVER_DIGEST=server_digest)
    until("the web server is ready", lambda: is_ready(_pod(objects, "web-server")), 60)
    return str(objects.core.read_namespaced_service("web-server", objects.namespace).spec.cluster_ip)


def add_object_store(objects: Objects, client: Client, archive: Archive) -> None:
    """Start an S3-compatible store with the archive in its bucket `models`. Its image must be in the registry."""
    login = {"AWS_ACCESS_KEY_ID": "models", "AWS_SECRET_ACCESS_KEY": TOKEN}
    add_secret(objects, "object-store", login)
    add_secret(objects, "object-store-login", login)
    start(objects, OBJECT_STORE)
    until("the object store is ready", lambda: _deployment(objects, "object-store").status.ready_replicas, 90)
    content = base64.b64encode(archive.content).decode()
    task = {"login": login, "key": archive.name, "content": content}
    assert client.run(UPLOAD.read_text(encoding="utf-8"), json.dumps(task)) == "stored\n"


@contextmanager
def gpus(api: ApiClient, objects: Objects) -> Iterator[None]:
    """Advertise a GPU on each node, and create a RuntimeClass for it.

    This tests that pods are scheduled by the resource and started by the class, not the use of an accelerator.
    """
    nodes = [node.metadata.name for node in objects.core.list_node().items]
    classes: Any = NodeV1Api(api)
    remove_runtime_class(classes)
    classes.create_runtime_class({"metadata": {"name": GPU_CLASS}, "handler": "runc"})
    path = f"/status/capacity/{GPU.replace('/', '~1')}"
    try:
        for node in nodes:
            _patch_status(node, {"op": "add", "path": path, "value": "1"})
        yield
    finally:
        remove_runtime_class(classes)
        for node in nodes:
            for part in ("capacity", "allocatable"):
                _patch_status(node, {"op": "remove", "path": path.replace("capacity", part)}, check=False)


def remove_runtime_class(classes: Any) -> None:
    """Delete the RuntimeClass, even that of a killed run."""
    try:
        classes.delete_runtime_class(GPU_CLASS)
    except ApiException as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise


def _deployment(objects: Objects, name: str) -> Any:
    return objects.apps.read_namespaced_deployment(name, objects.namespace)


def _pod(objects: Objects, name: str) -> Any:
    return objects.core.read_namespaced_pod(name, objects.namespace)


def _patch_status(node: str, operation: dict[str, str], *, check: bool = True) -> None:
    patch = json.dumps([operation])
    kubectl("patch", "node", node, "--subresource=status", "--type=json", "--patch", patch, check=check)
