"""A small client of Prometheus' HTTP API: one query, one number.

The address may be wrong, so a response is untrusted: its size and duration are limited, and everything that
Prometheus would not send is an error.
"""

import errno
import json
import math
import ssl
import time
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.net.credentials import read_token
from modelctl.net.http import USER_AGENT, make_opener, root_cause

_TIMEOUT_SECONDS = 10.0
_MAX_BYTES = 1024 * 1024
_MAX_MESSAGE_CHARACTERS = 200
_RETRYABLE = {408, 425, 429, 502, 503, 504}


class Prometheus:
    """One server, through the proxies of HTTPS_PROXY, HTTP_PROXY and NO_PROXY."""

    def __init__(
        self,
        url: str,
        *,
        allow_http: bool = False,
        token_file: Path | None = None,
        ca_file: str | None = None,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        self._url = check_url(url, allow_http=allow_http).rstrip("/")
        self._token_file = token_file
        self._timeout_seconds = timeout_seconds
        self._opener = make_opener(ca_file)

    def query(self, query: str) -> float | None:
        """Return the value of a query that selects one series; None without a series or a finite value.

        Raises TemporaryError if a retry may help, else ModelctlError.
        """
        headers = {"User-Agent": USER_AGENT, "Content-Type": "application/x-www-form-urlencoded"}
        if self._token_file is not None:
            headers["Authorization"] = f"Bearer {read_token(self._token_file)}"
        # The opener supports http and https only.
        request = Request(  # noqa: S310
            f"{self._url}/api/v1/query", data=urlencode({"query": query}).encode(), headers=headers, method="POST"
        )
        deadline = time.monotonic() + self._timeout_seconds
        try:
            response: HTTPResponse = self._opener.open(request, timeout=self._timeout_seconds)
            with response:
                body = self._read(response, deadline)
        except (OSError, HTTPException) as error:
            raise self._failure(error) from error
        except ValueError as error:
            raise ModelctlError(f"not a valid host name: {self._url}.", "correct --prometheus") from error
        if response.status != 200:
            raise self._status_error(response.status, body)
        return self._value(body)

    def _read(self, response: HTTPResponse, deadline: float) -> bytes:
        body = bytearray()
        while chunk := response.read1(64 * 1024):
            body += chunk
            if len(body) > _MAX_BYTES:
                raise self._unexpected(f"is larger than {_MAX_BYTES} bytes")
            if time.monotonic() > deadline:
                raise TimeoutError
        if response.length:
            raise ConnectionAbortedError(errno.ECONNABORTED, "the response is truncated")
        return bytes(body)

    def _value(self, body: bytes) -> float | None:
        document = self._document(body)
        data = document.get("data")
        if document.get("status") != "success" or not isinstance(data, dict) or data.get("resultType") != "vector":
            raise self._unexpected("is not a vector")
        result = data.get("result")
        if result == []:
            return None
        if not isinstance(result, list) or len(result) != 1:
            raise self._unexpected("has several series instead of one")
        try:
            _, text = result[0]["value"]
            if not isinstance(text, str):
                raise ValueError
            value = float(text)
        except (TypeError, KeyError, ValueError) as error:
            raise self._unexpected("has no number") from error
        if value < 0:
            raise self._unexpected(f"is {value:g}, but no metric of the analysis can be negative")
        return value if math.isfinite(value) else None

    def _document(self, body: bytes) -> dict[str, Any]:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._unexpected("is not JSON") from error
        if not isinstance(document, dict):
            raise self._unexpected("is not an object")
        return document

    def _unexpected(self, problem: str) -> ModelctlError:
        return ModelctlError(
            f"the response of {self._url} {problem}.", "correct --prometheus: it must be the base URL of /api/v1"
        )

    def _status_error(self, status: int, body: bytes) -> ModelctlError:
        if status in _RETRYABLE:
            return TemporaryError(f"Prometheus at {self._url} returned status {status}.", "check its log, and retry")
        if status in (401, 403, 407):
            return ModelctlError(
                f"Prometheus at {self._url} denies access ({status}).", "pass a valid token with --token-file"
            )
        if 300 <= status < 400:
            return ModelctlError(
                f"{self._url} redirects ({status}), which is not supported.", "set --prometheus to the final address"
            )
        message = _error_message(body)
        return ModelctlError(
            f"{self._url} returned status {status}{f': {message}' if message else ''}.",
            "correct --prometheus: it must be the base URL of /api/v1",
        )

    def _failure(self, error: Exception) -> ModelctlError:
        cause = root_cause(error)
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ModelctlError(
                f"the certificate of {self._url} is not trusted: {cause.verify_message}.",
                "pass the certificate authority with --ca-file",
            )
        if isinstance(cause, TimeoutError):
            reason = f"did not respond completely within {self._timeout_seconds:g} s"
        elif isinstance(cause, OSError) and cause.strerror:
            reason = f"cannot be reached: {cause.strerror}"
        else:
            reason = f"does not speak HTTP ({type(cause).__name__})"
        return TemporaryError(f"Prometheus at {self._url} {reason}.", "correct --prometheus, or check the server")


def check_url(url: str, *, allow_http: bool) -> str:
    """Return the URL if it is a valid address of Prometheus. Raises ModelctlError."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    malformed = not url.isascii() or not url.isprintable() or " " in url
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or malformed:
        raise ModelctlError(
            f"--prometheus must be a URL, got '{_printable(url)}'.", "give for example https://prometheus.example.org"
        )
    if parts.username is not None or parts.password is not None:
        raise ModelctlError(
            "--prometheus contains a user or a password, which would be stored in the cluster.",
            "pass a token with --token-file",
        )
    if parts.scheme == "http" and not allow_http and not _is_loopback(host):
        raise ModelctlError(
            f"{url} does not use TLS, so its responses could be forged.", "use https://, or add --allow-http"
        )
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _error_message(body: bytes) -> str:
    """Return the message of an error response of Prometheus; nothing of any other response."""
    try:
        document = json.loads(body)
        message = document["error"] if document["status"] == "error" else ""
    except (ValueError, RecursionError, TypeError, KeyError):
        return ""
    return _printable(message) if isinstance(message, str) else ""


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text[:_MAX_MESSAGE_CHARACTERS])
