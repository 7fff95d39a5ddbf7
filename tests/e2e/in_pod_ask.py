"""Runs inside the cluster: sends the requests on standard input, prints the answers. Standard library only.

Each request has a connection of its own, so that kube-proxy chooses a pod for each. A Service refuses connections
until every node has learned of its first ready pod, and DNS learns of its name on its own, so a refused one and a name
that is not known are tried again for a while; what is to fail then is measured by in_pod_traffic.py.
"""

import json
import socket
import sys
import time
import urllib.error
import urllib.request
from typing import Any

PATIENCE_SECONDS = 30


def patient_answer(request: dict[str, Any]) -> dict[str, Any]:
    """Send one request, again if there is nobody to take it yet."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return answer(request)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError | socket.gaierror) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Send one request; an answer of any status is an answer."""
    headers = {"Content-Type": "application/json", "Connection": "close", **request.get("headers", {})}
    body = request["body"].encode() if "body" in request else None
    call = urllib.request.Request(request["url"], body, headers, method=request.get("method"))  # noqa: S310
    try:
        with urllib.request.urlopen(call, timeout=30) as response:  # noqa: S310
            return {"status": response.status, "headers": dict(response.headers), "body": content(response.read())}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "headers": dict(error.headers), "body": content(error.read())}


def content(body: bytes) -> Any:
    """What the body says; a body that is no JSON, which no server of ours sends, is shown as it came."""
    try:
        return json.loads(body)
    except ValueError:
        return {"not JSON": body.decode(errors="replace")}


print(json.dumps([patient_answer(request) for request in json.load(sys.stdin)]))
