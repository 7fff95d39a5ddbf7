"""A pod that calls services, as any other workload of the cluster would."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cluster import tools
from cluster.kubectl import kubectl
from devkit import paths
from devkit.workloads import client_pod

FOLDER = Path(__file__).resolve().parent
ASK = (FOLDER / "in_pod_ask.py").read_text(encoding="utf-8")
TRAFFIC = (FOLDER / "in_pod_traffic.py").read_text(encoding="utf-8")
ROW = [5.1, 3.5, 1.4, 0.2]
END_SECONDS = 30
NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Answer:
    """What came back for one request."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prediction(self) -> list[Any]:
        """The predictions; the request has to have been a good one."""
        assert self.status == 200, self
        return list(self.body["prediction"])

    @property
    def version(self) -> str:
        """The version that answered."""
        # Proxies write headers as they like; their names have no case.
        names = {name.lower(): value for name, value in self.headers.items()}
        assert "x-model-version" in names, f"no model server has answered: {self}"
        return names["x-model-version"]


@dataclass
class Traffic:
    """The count of what was sent; complete when the traffic has ended."""

    sent: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    slowest_milliseconds: float = 0
    ended_by_itself: bool = False

    def assert_nothing_lost(self) -> None:
        """Every request was answered, and there were some until the end."""
        assert not self.failed, f"{self.failed} of {self.sent} failed:\n" + "\n".join(self.errors)
        assert self.sent
        assert not self.ended_by_itself

    def summary(self) -> str:
        """One line for a report."""
        versions = ", ".join(f"{count} by version {name}" for name, count in sorted(self.versions.items()))
        return f"{self.sent} requests, {self.failed} failed ({versions}; slowest {self.slowest_milliseconds:.0f} ms)"


class Client:
    """The pod, in one namespace, for as long as the namespace lives."""

    def __init__(self, namespace: str, labels: Mapping[str, str] = NONE) -> None:
        self.namespace = namespace
        pod = client_pod.create(namespace, labels)
        client_pod.wait_until_ready(pod, namespace)
        self.pod = pod.removeprefix("pod/")

    def post(self, url: str, bodies: Sequence[str], headers: Mapping[str, str] = NONE) -> list[Answer]:
        """Send each body, as it is, over a connection of its own."""
        return self.ask([{"url": f"{url}/predict", "body": body, "headers": dict(headers)} for body in bodies])

    def ask(self, requests: Sequence[Mapping[str, Any]]) -> list[Answer]:
        """Send requests, each with a `url`, and if need be a `body`, `headers` and a `method`."""
        return [Answer(**answer) for answer in json.loads(self.run(ASK, json.dumps(list(requests))))]

    def run(self, script: str, stdin: str) -> str:
        """Run a script in the pod, whose Python is the server's, and return what it printed."""
        command = ("--namespace", self.namespace, "exec", "--stdin", self.pod, "--", "python3", "-c", script)
        return kubectl(*command, stdin=stdin)

    def predict(self, url: str, rows: Sequence[Sequence[float]], headers: Mapping[str, str] = NONE) -> Answer:
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
        """Send requests all the time that the body runs; at most for so many seconds, whatever happens here.

        With ``authority`` they are for that host, by way of ``host``, as a gateway takes them.
        """
        # From the first answer on, none may fail; until then the nodes may not all know of the Service's pods.
        self.predict(f"http://{host}", [row], {"Host": authority} if authority else NONE)
        body = json.dumps({"input_data": [row]})
        task = {"host": host, "port": 80, "body": body, "threads": threads, "pause": pause, "seconds": seconds}
        task |= {"authority": authority} if authority else {}
        command = [
            *(str(tools.ensure("kubectl")), "--kubeconfig", str(paths.KUBECONFIG), "--namespace", self.namespace),
            *("exec", "--stdin", self.pod, "--", "python3", "-c", TRAFFIC, json.dumps(task)),
        ]
        counted = Traffic()
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == "running\n", "the traffic did not start"
                yield counted
                # The end of its input is how the script in the pod learns that it is to end.
                output, _ = process.communicate(timeout=END_SECONDS)
                counted.__dict__.update(json.loads(output))
            finally:
                process.kill()
