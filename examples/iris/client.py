"""Send rows to a model server and print its response as one JSON object. Standard library only.

    python3 client.py http://iris-keras-model-server '[[5.1, 3.5, 1.4, 0.2]]'

Right after an installation, the name of a Service may not be in DNS yet, and connections are refused until every node
knows the first ready pod. Both are retried for some seconds.
"""

import json
import socket
import sys
import time
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 30


def main() -> None:
    url, rows = sys.argv[1], json.loads(sys.argv[2])
    body = json.dumps({"input_data": rows}).encode()
    request = urllib.request.Request(f"{url}/predict", body, {"Content-Type": "application/json"})  # noqa: S310
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                print(json.dumps({**json.load(response), "version": response.headers["X-Model-Version"]}))
                return
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError | socket.gaierror) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


main()
