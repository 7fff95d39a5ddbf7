"""Whether a registry answers, asked of real servers on the loopback address."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from cluster.images import probe
from tests.cluster.fakes import closed_port, http_server, socket_server

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="https://auth.example/token"'}
PATIENCE = 0.3
# Far from the patience, since a busy machine may stand still for seconds, and further from no end at all.
BUSY_SECONDS = 20.0


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """For servers that never answer: those that do may need longer on a busy machine."""
    monkeypatch.setattr(probe, "SECONDS", PATIENCE)


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
def test_only_what_the_distribution_specification_allows_is_a_registry(
    status: int, headers: dict[str, str], expected: bool
) -> None:
    with http_server(status, headers) as address:
        assert probe.answers(address) is expected


def test_nobody_listening_is_no_registry() -> None:
    assert probe.answers(f"127.0.0.1:{closed_port()}") is False


def test_a_name_that_is_no_host_is_no_registry() -> None:
    assert probe.answers("no-such-host.invalid") is False


@pytest.mark.usefixtures("short_patience")
def test_a_server_that_accepts_and_is_silent_is_given_up_within_the_patience() -> None:
    with socket_server(None) as address:
        started = time.monotonic()
        assert probe.answers(address) is False
    assert time.monotonic() - started < BUSY_SECONDS, "the probe waits longer than its patience"


def test_the_answer_is_asked_for_once_a_run() -> None:
    with http_server(200) as address:
        assert probe.answers(address)
    assert probe.answers(address), "the server is gone, but it was asked before: a run must not change its mind"


@pytest.mark.usefixtures("short_patience")
def test_a_server_that_answers_byte_by_byte_is_given_up_within_the_patience() -> None:
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        # For so long that a patience which each byte renews does not end in time.
        ends = time.monotonic() + 2 * BUSY_SECONDS
        while time.monotonic() < ends and not over.wait(0.1):
            connection.sendall(b"x")

    with socket_server(drip) as address:
        started = time.monotonic()
        assert probe.answers(address) is False
        over.set()
    assert time.monotonic() - started < BUSY_SECONDS, "each byte renews the patience"


def test_a_port_that_speaks_another_protocol_is_no_registry() -> None:
    with socket_server(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")) as address:
        assert probe.answers(address) is False


def test_a_login_page_behind_a_redirect_is_no_registry() -> None:
    with (
        http_server(200, {"Content-Type": "text/html"}, b"<html>Please log in</html>") as portal,
        http_server(302, {"Location": f"http://{portal}/login"}) as address,
    ):
        assert probe.answers(address) is False, "a captive portal counts as a registry"
