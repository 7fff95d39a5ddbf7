"""Runs in a pod: sends the requests on standard input and prints the responses. Standard library only.

Each request has its own connection, so that kube-proxy selects a pod for each. Right after an installation, the name of
a Service may not be in DNS yet, and connections are refused until every node knows the first ready pod; both are
retried for some seconds. in_pod_traffic.py does not retry: it counts failures.
"""

import json
import socket
import sys
import time
import urllib.error
import urllib.request
from typing import Any

TIMEOUT_SECONDS = 30


def send_with_retries(request: dict[str, Any]) -> dict[str, Any]:
    """Send a request, again as long as there is no endpoint for it."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            return send(request)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError | socket.gaierror) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def send(request: dict[str, Any]) -> dict[str, Any]:
    """Send a request and return the response, of any status."""
    headers = {"Content-Type": "application/json", "Connection": "close", **request.get("headers", {})}
    body = request["body"].encode() if "body" in request else None
    call = urllib.request.Request(request["url"], body, headers, method=request.get("method"))  # noqa: S310
    try:
        with urllib.request.urlopen(call, timeout=30) as response:  # noqa: S310
            return as_dictionary(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        return as_dictionary(error.code, error.headers, error.read())


def as_dictionary(status: int, headers: Any, body: bytes) -> dict[str, Any]:
    """Return a response for JSON."""
    return {"status": status, "headers": dict(headers), "body": body.decode(errors="replace")}


print(json.dumps([send_with_retries(request) for request in json.load(sys.stdin)]))
