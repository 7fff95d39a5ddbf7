"""Asks the Service as a client would. Ends with 0 if the answer is right, else says what is wrong."""

import http.client
import json
import os
import sys
import time
from typing import Any

HOST, PORT = os.environ["SERVICE_HOST"], int(os.environ["SERVICE_PORT"])
ROWS: list[Any] = json.loads(os.environ["INPUT_DATA"])
DEADLINE = time.monotonic() + float(os.environ["TIMEOUT_SECONDS"])


def post(body: object) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(HOST, PORT, timeout=10)
    try:
        connection.request("POST", "/predict", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
    finally:
        connection.close()
    try:
        return response.status, json.loads(text)
    except ValueError:
        return response.status, text


def post_until_served(body: object) -> tuple[int, Any]:
    """No connection, and 502 to 504, mean that no pod is ready yet: ask again until the deadline."""
    while True:
        try:
            status, answer = post(body)
            trouble = f"it answers {status}: {answer}"
        except (OSError, http.client.HTTPException) as error:
            status, answer, trouble = 0, None, f"no connection: {error}"
        if status and status not in (502, 503, 504):
            return status, answer
        if time.monotonic() > DEADLINE:
            sys.exit(
                f"FAILED: http://{HOST}:{PORT}/predict serves nothing ({trouble}).\n"
                "Are the pods ready? See `kubectl get pods` and the log of one that is not."
            )
        time.sleep(1)


def check_prediction() -> str:
    status, answer = post_until_served({"input_data": ROWS})
    prediction = answer.get("prediction") if isinstance(answer, dict) else None
    if status != 200 or not isinstance(prediction, list) or len(prediction) != len(ROWS):
        sys.exit(
            f"FAILED: {len(ROWS)} rows were sent, {len(ROWS)} predictions must come back; "
            f"the answer is {status}: {answer}\nDo the rows in tests.inputData fit the model?"
        )
    return f"{len(ROWS)} rows sent, predictions: {json.dumps(prediction)}"


def check_refusal() -> str:
    status, answer = post_until_served({"input_data": "not rows"})
    if status != 400 or not isinstance(answer, dict) or not isinstance(answer.get("error"), str):
        sys.exit(
            'FAILED: a request without rows must be refused with 400 and {"error": "..."}; '
            f"the answer is {status}: {answer}\nIs something else behind this Service?"
        )
    return (
        f"a bad request is refused as it should be: {answer['error']}\n"
        "To test a prediction too, set tests.inputData to rows that fit the model."
    )


print("OK:", check_prediction() if ROWS else check_refusal())
