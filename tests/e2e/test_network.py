"""The cluster's own network, where it is not what charts are installed on elsewhere."""

from __future__ import annotations

from tests.e2e.lib.client import Client

# The last address but one of kind's Services: given out at random among 65,000, and never seen taken.
NOBODYS = "10.96.255.254"
CONNECT = f"""
import socket
try:
    socket.create_connection(("{NOBODYS}", 80), timeout=10)
except OSError:
    print("nobody")
"""


def test_at_an_address_that_no_service_has_nobody_answers(client: Client) -> None:
    # A new Service's address is nobody's until kube-proxy has learned of it. Where requests may leave the machine by
    # the default route then, something outside may answer them: wrongly, and so that nobody tries again.
    assert client.run(CONNECT, "") == "nobody\n"
