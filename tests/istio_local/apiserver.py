"""The Kubernetes API without a cluster: etcd and kube-apiserver on the loopback address.

No controllers run: a Deployment creates no pods, a deleted namespace stays, a Service has no endpoints.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from cluster import tools
from tests.istio_local import keys, ports
from tests.istio_local.api import Api
from tests.istio_local.programs import Programs

USER = "tests"
SERVICE_ADDRESSES = "10.96.0.0/16"
# An address reserved for documentation. Nothing connects to it, but kube-apiserver rejects a loopback address.
ADVERTISED = "192.0.2.1"


@dataclass(frozen=True)
class ApiServer:
    """A running API server: its client, and the kubeconfig for programs."""

    api: Api
    kubeconfig: Path


def start(programs: Programs, folder: Path) -> ApiServer:
    """Start etcd and kube-apiserver, and wait until they are ready."""
    store, peer, port = ports.free(3)
    _start_etcd(programs, folder / "etcd", store, peer)
    home = folder / "kube-apiserver"
    pair = keys.self_signed(home, "serving")
    token = secrets.token_hex()
    (home / "tokens.csv").write_text(f"{token},{USER},{USER},system:masters\n", encoding="utf-8")
    programs.start(
        "kube-apiserver",
        [
            tools.ensure("kube-apiserver"),
            f"--etcd-servers=http://{ports.ADDRESS}:{store}",
            f"--bind-address={ports.ADDRESS}",
            f"--secure-port={port}",
            f"--advertise-address={ADVERTISED}",
            "--endpoint-reconciler-type=none",
            f"--tls-cert-file={pair.certificate}",
            f"--tls-private-key-file={pair.key}",
            "--token-auth-file=tokens.csv",
            "--authorization-mode=RBAC",
            # Signs the tokens of service accounts, which istiod has reviewed by this server.
            f"--service-account-signing-key-file={pair.key}",
            f"--service-account-key-file={pair.key}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-cluster-ip-range={SERVICE_ADDRESSES}",
            # It would wait for the service account `default`, which a controller creates.
            "--disable-admission-plugins=ServiceAccount",
        ],
        folder=home,
    )
    api = Api(f"https://{ports.ADDRESS}:{port}", token, pair.certificate)
    programs.until("kube-apiserver is ready", api.is_ready)
    return ApiServer(api, _kubeconfig(home / "kubeconfig", api))


def _start_etcd(programs: Programs, folder: Path, port: int, peer: int) -> None:
    here, there = f"http://{ports.ADDRESS}:{port}", f"http://{ports.ADDRESS}:{peer}"
    programs.start(
        "etcd",
        [
            tools.ensure("etcd"),
            "--data-dir=data",
            f"--listen-client-urls={here}",
            f"--advertise-client-urls={here}",
            f"--listen-peer-urls={there}",
            f"--initial-advertise-peer-urls={there}",
            f"--initial-cluster=default={there}",
            # The data need not survive a crash.
            "--unsafe-no-fsync",
            "--log-level=warn",
        ],
        folder=folder,
    )


def _kubeconfig(file: Path, api: Api) -> Path:
    name = "loopback"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": api.url, "certificate-authority": str(api.authority)}}],
        "users": [{"name": name, "user": {"token": api.token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    # JSON is YAML.
    file.write_text(json.dumps(content), encoding="utf-8")
    return file
