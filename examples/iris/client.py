"""Sends rows to a model server and prints what it answers, as one JSON object.

It runs inside the cluster, in the server's own image, so it uses nothing but the standard library. A new Service
has no name in DNS at first, and refuses connections until every node has learned of its first ready pod, which can take
seconds after an installation, so both are tried again for a while.

    python3 client.py http://iris-keras-model-server '[[5.1, 3.5, 1.4, 0.2]]'
"""

import json
import socket
import sys
import time
import urllib.error
import urllib.request

PATIENCE_SECONDS = 30


def main() -> None:
    url, rows = sys.argv[1], json.loads(sys.argv[2])
    body = json.dumps({"input_data": rows}).encode()
    request = urllib.request.Request(f"{url}/predict", body, {"Content-Type": "application/json"})  # noqa: S310
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                answer = json.load(response)
                print(json.dumps({**answer, "version": response.headers["X-Model-Version"]}))
                return
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError | socket.gaierror) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


main()
