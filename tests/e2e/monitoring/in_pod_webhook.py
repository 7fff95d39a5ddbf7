"""Runs in a pod: a webhook that prints every alert as a line of JSON. Standard library only.

It is a fake receiver of notifications, in place of a chat or a pager.
"""

import http.server
import json


class Receiver(http.server.BaseHTTPRequestHandler):
    """Receives the notifications of Alertmanager."""

    def do_POST(self) -> None:
        """Print the alerts of a notification."""
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in message["alerts"]:
            print(json.dumps({**alert, "authorization": self.headers.get("Authorization", "")}), flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Log nothing."""


http.server.ThreadingHTTPServer(("", 8080), Receiver).serve_forever()
