"""Runs in a pod: sends requests at a steady rate and prints statistics. Standard library only.

    python3 in_pod_load.py '{"host": "iris", "port": 80, "headers": {}, "body": "…", "rate": 30, "threads": 6,
                             "every": 3, "seconds": 60, "timeout": 60}'

The load starts once a request was answered with 200, for which it waits at most `timeout` seconds. Each request is
due at a fixed time, whether the previous ones were answered or not, and its latency counts from that time: a server
that stalls is charged for the requests that would have arrived meanwhile (no coordinated omission). The load ends after
`seconds`, or when standard input closes. Requests are not retried.

Prints one JSON object a line every `every` seconds, and one for the entire run at the end, with "whole" true.
Latencies are in milliseconds.
"""

import http.client
import json
import sys
import threading
import time

SHOWN_ERRORS = 5
task = json.loads(sys.argv[1])
stop = threading.Event()


class Count:
    """Statistics of the requests in a span of time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.began = time.monotonic()
        self.failed = 0
        self.milliseconds: list[float] = []
        self.versions: dict[str, int] = {}
        self.codes: dict[str, int] = {}
        self.errors: list[str] = []

    def add(self, milliseconds: float, code: str, version: str, error: str) -> None:
        """Add one request; its code is "" without a response."""
        with self.lock:
            self.milliseconds.append(milliseconds)
            self.versions[version] = self.versions.get(version, 0) + 1
            self.codes[code] = self.codes.get(code, 0) + 1
            if error:
                self.failed += 1
                self.errors.append(error)

    def summary(self, *, whole: bool) -> str:
        """Return one line of JSON."""
        with self.lock:
            ordered = sorted(self.milliseconds)
            return json.dumps(
                {
                    "whole": whole,
                    "seconds": time.monotonic() - self.began,
                    "sent": len(ordered),
                    "failed": self.failed,
                    "versions": self.versions,
                    "codes": self.codes,
                    "milliseconds": {f"p{share}": percentile(ordered, share) for share in (50, 90, 99, 100)},
                    "errors": self.errors[:SHOWN_ERRORS],
                }
            )


def percentile(ordered: list[float], share: int) -> float:
    """Return the nearest-rank percentile, or 0 without values."""
    return ordered[max(0, -(-share * len(ordered) // 100) - 1)] if ordered else 0.0


def send(connection: http.client.HTTPConnection) -> tuple[str, str, str]:
    """Send one request; returns its status code, the model version that answered, and the error."""
    try:
        connection.request("POST", "/predict", task["body"], {"Content-Type": "application/json", **task["headers"]})
        response = connection.getresponse()
        text = response.read()
    except (OSError, http.client.HTTPException) as failure:
        connection.close()
        return "", "", f"{type(failure).__name__}: {failure}"
    error = "" if response.status == 200 else f"{response.status} {text[:200].decode(errors='replace')}"
    return str(response.status), response.headers.get("X-Model-Version", ""), error


def connect() -> http.client.HTTPConnection:
    """Return a keep-alive connection."""
    return http.client.HTTPConnection(task["host"], task["port"], timeout=10)


def wait_for_first_response() -> None:
    """Return when a request is answered with 200; end the program with the last error at the timeout."""
    deadline = time.monotonic() + task["timeout"]
    connection = connect()
    while True:
        code, _, error = send(connection)
        if code == "200":
            connection.close()
            return
        if time.monotonic() > deadline:
            sys.exit(f"no response with status 200 within {task['timeout']} s; last error: {error}")
        time.sleep(0.2)


def send_when_due(number: int) -> None:
    """Send every nth request when it is due, starting with the request of this number."""
    connection, request = connect(), number
    while not stop.is_set():
        due = began + request / task["rate"]
        if stop.wait(max(0.0, due - time.monotonic())):
            return
        code, version, error = send(connection)
        milliseconds = (time.monotonic() - due) * 1000
        for count in (recent, everything):
            count.add(milliseconds, code, version, error)
        request += task["threads"]


def wait_for_end_of_input() -> None:
    """Stop the load when the caller closes standard input, or has ended."""
    sys.stdin.read()
    stop.set()


wait_for_first_response()
threading.Thread(target=wait_for_end_of_input, daemon=True).start()
recent, everything, began = Count(), Count(), time.monotonic()
threads = [threading.Thread(target=send_when_due, args=(number,)) for number in range(task["threads"])]
for thread in threads:
    thread.start()
while not stop.is_set() and (left := began + task["seconds"] - time.monotonic()) > 0:
    stop.wait(min(task["every"], left))
    finished, recent = recent, Count()
    # Skip an empty last part. While the load runs, a part without responses is worth a line.
    if finished.milliseconds or not stop.is_set():
        print(finished.summary(whole=False), flush=True)
stop.set()
for thread in threads:
    thread.join()
print(everything.summary(whole=True), flush=True)
