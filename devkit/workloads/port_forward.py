"""Access to programs in pods from this machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from cluster import kubectl
from devkit.errors import UserError


@contextmanager
def api_server_proxy() -> Iterator[str]:
    """Yield an address at which the API server needs no authentication. It also works while a kubelet is down."""
    with _address_from("proxy", "--port=0") as address:
        yield address


def pod_url(api_server: str, namespace: str, pod: str, port: int) -> str:
    """Return the URL of a pod's port through the API server; the pod need not be ready."""
    return f"{api_server}/api/v1/namespaces/{namespace}/pods/{pod}:{port}/proxy"


@contextmanager
def port_forward(namespace: str, pod: str, port: int) -> Iterator[str]:
    """Yield the URL of a pod's port on this machine, for programs with a login: the API server strips it."""
    with _address_from("port-forward", "--namespace", namespace, f"pod/{pod}", f":{port}") as address:
        yield address


@contextmanager
def _address_from(*arguments: str) -> Iterator[str]:
    with subprocess.Popen(kubectl.command(*arguments), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 # for the type checker: it is a pipe
            line = process.stdout.readline()
            found = re.search(r"127\.0\.0\.1:\d+", line)
            if not found:
                raise UserError(f"kubectl {arguments[0]} printed no address.", "Run `make up` and see its output.")
            yield f"http://{found[0]}"
        finally:
            process.kill()
