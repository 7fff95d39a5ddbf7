"""Runs inside the cluster: requests at a steady rate, and figures of them while they run. Standard library only.

    python3 in_pod_load.py '{"host": "iris", "port": 80, "headers": {}, "body": "…", "rate": 30, "threads": 6,
                             "every": 3, "seconds": 60, "patience": 60}'

Requests begin once one was answered with 200, which is waited for. Each is due at its own time, whether those before
it are answered or not, and its latency counts from then: a server that stalls is not spared what would have come
meanwhile. They end after so many seconds, or when standard input closes. Nothing is tried twice.

One JSON object a line: for each `every` seconds, and at the end for all, with "whole" true. Latencies are in
milliseconds, of all answers.
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
    """What was sent and answered in a span of time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.began = time.monotonic()
        self.failed = 0
        self.milliseconds: list[float] = []
        self.versions: dict[str, int] = {}
        self.codes: dict[str, int] = {}
        self.errors: list[str] = []

    def add(self, milliseconds: float, code: str, version: str, error: str) -> None:
        """Add one request: without an answer its code is ""."""
        with self.lock:
            self.milliseconds.append(milliseconds)
            self.versions[version] = self.versions.get(version, 0) + 1
            self.codes[code] = self.codes.get(code, 0) + 1
            if error:
                self.failed += 1
                self.errors.append(error)

    def summary(self, *, whole: bool) -> str:
        """One line of JSON."""
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
    """The nearest rank; 0 of nothing."""
    return ordered[max(0, -(-share * len(ordered) // 100) - 1)] if ordered else 0.0


def send(connection: http.client.HTTPConnection) -> tuple[str, str, str]:
    """One request: the code of its answer, the version that gave it, and what was wrong."""
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
    """A connection, kept for many requests."""
    return http.client.HTTPConnection(task["host"], task["port"], timeout=10)


def wait_for_first_answer() -> None:
    """Return when a request is answered with 200; otherwise end the program with what was answered last."""
    deadline = time.monotonic() + task["patience"]
    connection = connect()
    while True:
        code, _, error = send(connection)
        if code == "200":
            connection.close()
            return
        if time.monotonic() > deadline:
            sys.exit(f"no answer within {task['patience']} s, the last was: {error}")
        time.sleep(0.2)


def send_when_due(number: int) -> None:
    """Send each request whose turn is this thread's, at its time."""
    connection, turn = connect(), number
    while not stop.is_set():
        due = began + turn / task["rate"]
        if stop.wait(max(0.0, due - time.monotonic())):
            return
        code, version, error = send(connection)
        milliseconds = (time.monotonic() - due) * 1000
        for count in (recent, everything):
            count.add(milliseconds, code, version, error)
        turn += task["threads"]


def wait_for_end_of_input() -> None:
    """End when whoever started this is done, or gone."""
    sys.stdin.read()
    stop.set()


wait_for_first_answer()
threading.Thread(target=wait_for_end_of_input, daemon=True).start()
recent, everything, began = Count(), Count(), time.monotonic()
threads = [threading.Thread(target=send_when_due, args=(number,)) for number in range(task["threads"])]
for thread in threads:
    thread.start()
while not stop.is_set() and (left := began + task["seconds"] - time.monotonic()) > 0:
    stop.wait(min(task["every"], left))
    told, recent = recent, Count()
    # Stopped right after a line, it has nothing to tell; while it runs, that there was no answer is news.
    if told.milliseconds or not stop.is_set():
        print(told.summary(whole=False), flush=True)
stop.set()
for thread in threads:
    thread.join()
print(everything.summary(whole=True), flush=True)
