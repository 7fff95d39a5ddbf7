"""Sends rows to a model server and prints what it answers, as one JSON object.

It runs inside the cluster, in the server's own image, so it uses nothing but the standard library:

    python3 client.py http://iris-keras-model-server '[[5.1, 3.5, 1.4, 0.2]]'
"""

import json
import sys
import urllib.request


def main() -> None:
    url, rows = sys.argv[1], json.loads(sys.argv[2])
    body = json.dumps({"input_data": rows}).encode()
    request = urllib.request.Request(f"{url}/predict", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        answer = json.load(response)
        print(json.dumps({**answer, "version": response.headers["X-Model-Version"]}))


main()
