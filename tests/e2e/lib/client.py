"""A pod that sends requests to Services, as any other workload of the cluster does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cluster import kubectl
from devkit.http_client import Response
from devkit.workloads import client_pod

FOLDER = Path(__file__).resolve().parent
SEND = (FOLDER / "in_pod_client.py").read_text(encoding="utf-8")
TRAFFIC = (FOLDER / "in_pod_traffic.py").read_text(encoding="utf-8")
ROW = [5.1, 3.5, 1.4, 0.2]
END_SECONDS = 30
NONE: Mapping[str, str] = MappingProxyType({})


class ModelResponse(Response):
    """A response of a model server, or of a proxy in front of it."""

    @property
    def prediction(self) -> list[Any]:
        """The predictions. Fails unless the status is 200."""
        assert self.status == 200, self
        return list(self.json["prediction"])

    @property
    def version(self) -> str:
        """The model version that answered."""
        assert "x-model-version" in self.headers, f"not the response of a model server: {self}"
        return self.headers["x-model-version"]


@dataclass
class Traffic:
    """Statistics of background traffic; complete once the traffic has ended."""

    sent: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    slowest_milliseconds: float = 0
    ended_by_itself: bool = False

    def assert_nothing_lost(self) -> None:
        """Assert that no request failed, and that requests were sent until the end."""
        assert not self.failed, f"{self.failed} of {self.sent} failed:\n" + "\n".join(self.errors)
        assert self.sent
        assert not self.ended_by_itself

    def summary(self) -> str:
        """Return one line for a report."""
        versions = ", ".join(f"{count} by version {name}" for name, count in sorted(self.versions.items()))
        return f"{self.sent} requests, {self.failed} failed ({versions}; slowest {self.slowest_milliseconds:.0f} ms)"


class Client:
    """A client pod, which lives as long as its namespace. It starts in the background until it is first used."""

    def __init__(self, namespace: str, labels: Mapping[str, str] = NONE) -> None:
        self.namespace = namespace
        self._created = client_pod.create(namespace, labels)

    @cached_property
    def pod(self) -> str:
        """The name of the pod, once it is ready."""
        client_pod.wait_until_ready(self._created, self.namespace)
        return self._created.removeprefix("pod/")

    def post(self, url: str, bodies: Sequence[str], headers: Mapping[str, str] = NONE) -> list[ModelResponse]:
        """Send each body to /predict, each over a new connection."""
        return self.send([{"url": f"{url}/predict", "body": body, "headers": dict(headers)} for body in bodies])

    def send(self, requests: Sequence[Mapping[str, Any]]) -> list[ModelResponse]:
        """Send requests, each with a `url` and optionally a `body`, `headers` and a `method`."""
        responses = json.loads(self.run(SEND, json.dumps(list(requests))))
        return [
            ModelResponse(
                response["status"],
                {name.lower(): value for name, value in response["headers"].items()},
                response["body"].encode(),
            )
            for response in responses
        ]

    def run(self, script: str, stdin: str) -> str:
        """Run a script with the Python of the server's image, and return its output."""
        command = ("--namespace", self.namespace, "exec", "--stdin", self.pod, "--", "python3", "-c", script)
        return kubectl.kubectl(*command, stdin=stdin)

    def predict(self, url: str, rows: Sequence[Sequence[float]], headers: Mapping[str, str] = NONE) -> ModelResponse:
        """Send all rows in one request."""
        return self.post(url, [json.dumps({"input_data": rows})], headers)[0]

    @contextmanager
    def traffic(
        self,
        host: str,
        *,
        authority: str = "",
        row: Sequence[float] = ROW,
        threads: int = 6,
        pause: float = 0.03,
        seconds: float = 300,
    ) -> Iterator[Traffic]:
        """Send requests while the body runs, at most for ``seconds``.

        ``authority`` is the value of the Host header if it is not ``host``, as for requests through a gateway.
        """
        # No request may fail after the first response. Until then, some nodes may not know the Service's pods yet.
        self.predict(f"http://{host}", [row], {"Host": authority} if authority else NONE)
        body = json.dumps({"input_data": [row]})
        task = {"host": host, "port": 80, "body": body, "threads": threads, "pause": pause, "seconds": seconds}
        task |= {"authority": authority} if authority else {}
        command = kubectl.command(
            *("--namespace", self.namespace, "exec", "--stdin", self.pod, "--"),
            *("python3", "-c", TRAFFIC, json.dumps(task)),
        )
        counted = Traffic()
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == "running\n", "the traffic did not start"
                yield counted
                # The script in the pod ends when its standard input is closed.
                output, _ = process.communicate(timeout=END_SECONDS)
                counted.__dict__.update(json.loads(output))
            finally:
                process.kill()
