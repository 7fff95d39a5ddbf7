"""The way to programs in pods: through the API server, which answers also when a node's kubelet does not."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from cluster import tools
from devkit import paths
from devkit.errors import UserError


@contextmanager
def api_server() -> Iterator[str]:
    """The address at which the API server takes requests without a login, for as long as the body runs."""
    with _kubectl("proxy", "--port=0") as address:
        yield address


@contextmanager
def forwarded(namespace: str, pod: str, port: int) -> Iterator[str]:
    """The address of a pod's port on this machine, for who has to log in: the API server keeps logins to itself."""
    with _kubectl("port-forward", "--namespace", namespace, f"pod/{pod}", f":{port}") as address:
        yield address


@contextmanager
def _kubectl(*arguments: str) -> Iterator[str]:
    command = [str(tools.ensure("kubectl")), "--kubeconfig", str(paths.KUBECONFIG), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 # for the type checker: it is a pipe
            line = process.stdout.readline()
            found = re.search(r"127\.0\.0\.1:\d+", line)
            if not found:
                raise UserError(f"kubectl {arguments[0]} gave no address.", "Call `make up`, and see what it says.")
            yield f"http://{found[0]}"
        finally:
            process.kill()


def pod(server: str, namespace: str, name: str, port: int) -> str:
    """The address of a pod's port, behind the API server; it need not be ready."""
    return f"{server}/api/v1/namespaces/{namespace}/pods/{name}:{port}/proxy"
