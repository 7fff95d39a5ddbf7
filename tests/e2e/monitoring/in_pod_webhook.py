"""Runs inside the cluster: prints every alert that it is told of as a line of JSON. Standard library only.

It stands for the outside world: a chat, a pager, a ticket system.
"""

import http.server
import json


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes what Alertmanager sends to a webhook."""

    def do_POST(self) -> None:
        """Print the alerts of one message."""
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in message["alerts"]:
            print(json.dumps({**alert, "authorization": self.headers.get("Authorization", "")}), flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Only alerts are printed."""


http.server.ThreadingHTTPServer(("", 8080), Receiver).serve_forever()
