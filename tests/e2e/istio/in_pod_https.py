"""Runs in a pod: sends a request to a gateway with HTTP and HTTPS, for a host without DNS. Standard library only.

    echo '{"gateway": "…", "host": "iris.example.org", "authority": "PEM", "path": "/predict", "body": "…"}' |
        python3 in_pod_https.py

Prints both statuses, and the location of the redirect.
"""

import http.client
import json
import socket
import ssl
import sys

task = json.load(sys.stdin)
plain = http.client.HTTPConnection(task["gateway"], 80, timeout=10)
plain.request("POST", task["path"], task["body"], {"Host": task["host"]})
redirect = plain.getresponse()

trusting = ssl.create_default_context(cadata=task["authority"])
secure = http.client.HTTPSConnection(task["host"], 443, timeout=10)
connected = socket.create_connection((task["gateway"], 443), timeout=10)
secure.sock = trusting.wrap_socket(connected, server_hostname=task["host"])
secure.request("POST", task["path"], task["body"], {"Content-Type": "application/json"})
answer = secure.getresponse()
print(json.dumps({"http": redirect.status, "location": redirect.headers.get("Location"), "https": answer.status}))
