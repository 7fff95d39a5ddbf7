"""Runs in a pod with the server's image: uploads a file to the bucket of the object store."""

import base64
import json
import sys
import time

import obstore
from obstore.store import S3Store

TIMEOUT_SECONDS = 30

task = json.load(sys.stdin)
store = S3Store(
    "models",
    endpoint="http://object-store:7070",
    region="us-east-1",
    access_key_id=task["login"]["AWS_ACCESS_KEY_ID"],
    secret_access_key=task["login"]["AWS_SECRET_ACCESS_KEY"],
    virtual_hosted_style_request=False,
    client_options={"allow_http": True},
)
deadline = time.monotonic() + TIMEOUT_SECONDS
while True:
    try:
        obstore.put(store, task["key"], base64.b64decode(task["content"]))
        break
    except obstore.exceptions.GenericError:
        # Connections to a new Service are refused until every node knows its first ready pod.
        if time.monotonic() > deadline:
            raise
        time.sleep(0.5)
print("stored")
