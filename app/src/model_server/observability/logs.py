"""Log lines: one line per event, as JSON or text, of the server, Flask and gunicorn.

Pass fields as `extra={"fields": {…}}`. Request bodies are never logged.
"""

import json
import logging
import os
import threading
import time
from datetime import UTC, datetime
from typing import Any

LOGGER_NAME = "model_server"


def configure_logging(level: str, style: str) -> None:
    """Send every log line of the process to standard error. `style` is `json` or `text`."""
    # A duplicate of the descriptor, so that logging continues while native_output captures the original.
    stream = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    # Libraries log warnings only. The configured level applies to the server and gunicorn.
    root.setLevel(logging.WARNING)
    for name in (LOGGER_NAME, "gunicorn.error"):
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(True)


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, event, then the fields of the event."""

    def format(self, record: logging.LogRecord) -> str:
        """Render a record. Line breaks in values are escaped, so that it is one line."""
        line: dict[str, Any] = {
            "time": _timestamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """Text for terminals: `time LEVEL event key=value …`, tracebacks below."""

    def format(self, record: logging.LogRecord) -> str:
        """Render a record."""
        pairs = "".join(f" {key}={value}" for key, value in _fields(record).items())
        text = f"{_timestamp(record)} {record.levelname:<7} {record.getMessage()}{pairs}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


class LogThrottle:
    """Limits how often an event that can occur at every request is logged. Thread-safe."""

    def __init__(self, seconds: float = 60.0) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._next = 0.0

    def is_due(self) -> bool:
        """Return true the first time, then at most once every `seconds`."""
        now = time.monotonic()
        with self._lock:
            if now < self._next:
                return False
            self._next = now + self._seconds
        return True


def _timestamp(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields: dict[str, Any] = getattr(record, "fields", {})
    return fields
