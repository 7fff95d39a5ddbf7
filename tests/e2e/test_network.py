"""The network of the development cluster."""

from __future__ import annotations

from tests.e2e.lib.client import Client

# One of 65,000 cluster IPs that kind assigns at random.
UNUSED_ADDRESS = "10.96.255.254"
CONNECT = f"""
import socket
try:
    socket.create_connection(("{UNUSED_ADDRESS}", 80), timeout=10)
except OSError:
    print("unreachable")
"""


def test_unused_cluster_ip_is_unreachable(client: Client) -> None:
    # Until kube-proxy knows a new Service, requests to its address could leave the machine by the default route, and
    # something outside could answer them with an error that clients do not retry.
    assert client.run(CONNECT, "") == "unreachable\n"
