"""The way to the programs of the stack: through the API server, which answers also when a node's kubelet does not."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from cluster import paths, tools


@contextmanager
def api_server() -> Iterator[str]:
    """The address at which the API server takes requests without a login, for as long as the body runs."""
    command = [str(tools.ensure("kubectl")), "--kubeconfig", str(paths.KUBECONFIG), "proxy", "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"127\.0\.0\.1:\d+", line)
            assert found, f"kubectl proxy said {line!r}"
            yield f"http://{found[0]}"
        finally:
            process.kill()


def pod(server: str, namespace: str, name: str, port: int) -> str:
    """The address of a pod's port, behind the API server; it need not be ready."""
    return f"{server}/api/v1/namespaces/{namespace}/pods/{name}:{port}/proxy"
