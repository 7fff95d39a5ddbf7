"""Probing registries, with servers on the loopback address."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from cluster.images import probe
from tests.cluster.fakes import closed_port, http_server, socket_server

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="https://auth.example/token"'}
TIMEOUT = 0.3
# Much longer than the timeout, since a busy machine may stall for seconds.
BUSY_SECONDS = 20.0


@pytest.fixture
def short_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the timeout, for servers that never answer. The others may need longer on a busy machine."""
    monkeypatch.setattr(probe, "SECONDS", TIMEOUT)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        pytest.param(200, {}, True, id="open"),
        pytest.param(401, CHALLENGE, True, id="asks for a login"),
        pytest.param(401, {}, False, id="401 without a challenge"),
        pytest.param(403, {}, False, id="a proxy refuses"),
        pytest.param(404, {}, False, id="a web server of another kind"),
        pytest.param(500, {}, False, id="broken"),
        pytest.param(503, {}, False, id="overloaded"),
    ],
)
def test_only_answers_of_the_distribution_specification_count(
    status: int, headers: dict[str, str], expected: bool
) -> None:
    with http_server(status, headers) as address:
        assert probe.answers(address) is expected


def test_closed_port_does_not_count() -> None:
    assert probe.answers(f"127.0.0.1:{closed_port()}") is False


def test_unknown_host_does_not_count() -> None:
    assert probe.answers("no-such-host.invalid") is False


@pytest.mark.usefixtures("short_timeout")
def test_silent_server_times_out() -> None:
    with socket_server(None) as address:
        started = time.monotonic()
        assert probe.answers(address) is False
    assert time.monotonic() - started < BUSY_SECONDS, "the probe must time out"


def test_registry_is_probed_once_a_run() -> None:
    with http_server(200) as address:
        assert probe.answers(address)
    assert probe.answers(address), "the result of the first probe must be kept for the run"


@pytest.mark.usefixtures("short_timeout")
def test_slow_server_times_out() -> None:
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        # Long enough to fail the test if each byte renewed the timeout.
        ends = time.monotonic() + 2 * BUSY_SECONDS
        while time.monotonic() < ends and not over.wait(0.1):
            connection.sendall(b"x")

    with socket_server(drip) as address:
        started = time.monotonic()
        assert probe.answers(address) is False
        over.set()
    assert time.monotonic() - started < BUSY_SECONDS, "each byte renews the timeout"


def test_server_of_another_protocol_does_not_count() -> None:
    with socket_server(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")) as address:
        assert probe.answers(address) is False


def test_redirect_to_a_login_page_does_not_count() -> None:
    with (
        http_server(200, {"Content-Type": "text/html"}, b"<html>Please log in</html>") as portal,
        http_server(302, {"Location": f"http://{portal}/login"}) as address,
    ):
        assert probe.answers(address) is False, "a captive portal must not count as a registry"
