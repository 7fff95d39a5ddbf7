"""Runs in a pod: sends requests until standard input closes, then prints statistics. Standard library only.

    python3 in_pod_traffic.py '{"host": "iris", "port": 80, "body": "…", "threads": 4, "pause": 0.05, "seconds": 120}'

Every second thread keeps its connection, as a connection pool does; the others open one for each request, as a
simple client does. "authority" is the Host header if it is not the host. Requests are not retried. The first line of
output is printed when every thread has its first response; the last one is the result.
"""

import http.client
import json
import sys
import threading
import time
from typing import Any

task = json.loads(sys.argv[1])
stop = threading.Event()
running = threading.Barrier(task["threads"] + 1)
lock = threading.Lock()
result: dict[str, Any] = {"sent": 0, "failed": 0, "errors": [], "versions": {}, "slowest_milliseconds": 0.0}


def send_until_stopped(keeps_connection: bool) -> None:
    """Send requests one after another until the traffic is stopped."""
    connection = http.client.HTTPConnection(task["host"], task["port"], timeout=10)
    headers = {"Content-Type": "application/json", **({} if keeps_connection else {"Connection": "close"})}
    if "authority" in task:
        headers["Host"] = task["authority"]
    first = True
    while not stop.is_set():
        started = time.monotonic()
        try:
            connection.request("POST", "/predict", task["body"], headers)
            response = connection.getresponse()
            text = response.read()
            version, error = response.headers.get("X-Model-Version", ""), None
            if response.status != 200:
                error = f"{response.status} {text[:200]!r}"
        except (OSError, http.client.HTTPException) as failure:
            connection.close()
            version, error = "", f"{type(failure).__name__}: {failure}"
        count(started, version, error and f"{'kept' if keeps_connection else 'new'} connection: {error}")
        if first:
            first = False
            running.wait()
        stop.wait(task["pause"])


def count(started: float, version: str, error: str | None) -> None:
    """Add a request to the result."""
    with lock:
        result["sent"] += 1
        milliseconds = (time.monotonic() - started) * 1000
        result["slowest_milliseconds"] = max(result["slowest_milliseconds"], round(milliseconds, 1))
        if error is None:
            result["versions"][version] = result["versions"].get(version, 0) + 1
        else:
            result["failed"] += 1
            result["errors"].append(f"{time.strftime('%H:%M:%S')} after {milliseconds:.0f} ms, {error}")


def wait_for_end_of_input() -> None:
    """Stop the traffic when the caller closes standard input, or has ended."""
    sys.stdin.read()
    stop.set()


threads = [threading.Thread(target=send_until_stopped, args=(number % 2 == 0,)) for number in range(task["threads"])]
threading.Thread(target=wait_for_end_of_input, daemon=True).start()
for thread in threads:
    thread.start()
running.wait()
print("running", flush=True)
stop.wait(task["seconds"])
result["ended_by_itself"] = not stop.is_set()
stop.set()
for thread in threads:
    thread.join()
result["errors"] = result["errors"][:20]
print(json.dumps(result))
