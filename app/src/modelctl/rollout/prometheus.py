"""A small client for Prometheus' HTTP API: one question, one number.

What answers may be anything that listens there, so an answer is read up to a size and a time, taken for data only,
and refused where it is not what Prometheus would say.
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
_SHOWN_CHARACTERS = 200
_BUSY = {408, 425, 429, 502, 503, 504}


class Prometheus:
    """One server. Proxies are those of the environment: HTTPS_PROXY, HTTP_PROXY, NO_PROXY."""

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

    def ask(self, query: str) -> float | None:
        """The value of a query for one series; None if there is none, or none that is a number.

        Raises TemporaryError if asking again may help, ModelctlError if it cannot.
        """
        headers = {"User-Agent": USER_AGENT, "Content-Type": "application/x-www-form-urlencoded"}
        if self._token_file is not None:
            headers["Authorization"] = f"Bearer {read_token(self._token_file)}"
        # The opener knows http and https only.
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
            raise ModelctlError(f"{self._url} has a host that cannot be one.", "correct --prometheus") from error
        if response.status != 200:
            raise self._refusal(response.status, body)
        return self._value(body)

    def _read(self, response: HTTPResponse, deadline: float) -> bytes:
        body = bytearray()
        while chunk := response.read1(64 * 1024):
            body += chunk
            if len(body) > _MAX_BYTES:
                raise self._odd(f"is larger than {_MAX_BYTES} bytes")
            if time.monotonic() > deadline:
                raise TimeoutError
        if response.length:
            raise ConnectionAbortedError(errno.ECONNABORTED, "the answer ends early")
        return bytes(body)

    def _value(self, body: bytes) -> float | None:
        document = self._document(body)
        data = document.get("data")
        if document.get("status") != "success" or not isinstance(data, dict) or data.get("resultType") != "vector":
            raise self._odd("is no vector")
        result = data.get("result")
        if result == []:
            return None
        if not isinstance(result, list) or len(result) != 1:
            raise self._odd("holds several series where one was asked for")
        try:
            _, text = result[0]["value"]
            if not isinstance(text, str):
                raise ValueError
            value = float(text)
        except (TypeError, KeyError, ValueError) as error:
            raise self._odd("holds no number") from error
        if value < 0:
            raise self._odd(f"is {value:g}, and nothing that was asked for can be negative")
        return value if math.isfinite(value) else None

    def _document(self, body: bytes) -> dict[str, Any]:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._odd("is no JSON") from error
        if not isinstance(document, dict):
            raise self._odd("is no object")
        return document

    def _odd(self, what: str) -> ModelctlError:
        return ModelctlError(
            f"the answer of {self._url} {what}.", "correct --prometheus: it is the address below which /api/v1 is"
        )

    def _refusal(self, status: int, body: bytes) -> ModelctlError:
        if status in _BUSY:
            return TemporaryError(f"Prometheus at {self._url} answers {status}.", "see its log, and try again")
        if status in (401, 403, 407):
            return ModelctlError(
                f"Prometheus at {self._url} may not be asked ({status}).", "give a token that may with --token-file"
            )
        if 300 <= status < 400:
            return ModelctlError(
                f"{self._url} redirects ({status}), which is not followed.", "give the address it leads to"
            )
        said = _own_words(body)
        return ModelctlError(
            f"{self._url} answers {status}{f': {said}' if said else ''}.",
            "correct --prometheus: it is the address below which /api/v1 is",
        )

    def _failure(self, error: Exception) -> ModelctlError:
        cause = root_cause(error)
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ModelctlError(
                f"the certificate of {self._url} is not trusted: {cause.verify_message}.",
                "name the authority that signed it with --ca-file",
            )
        if isinstance(cause, TimeoutError):
            reason = f"gives no whole answer within {self._timeout_seconds:g} s"
        elif isinstance(cause, OSError) and cause.strerror:
            reason = f"cannot be reached: {cause.strerror}"
        else:
            reason = f"does not speak HTTP ({type(cause).__name__})"
        return TemporaryError(f"Prometheus at {self._url} {reason}.", "correct --prometheus, or see why it is away")


def check_url(url: str, *, allow_http: bool) -> str:
    """Give the URL back if it can be Prometheus' and may be used. Raises ModelctlError."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    odd = not url.isascii() or not url.isprintable() or " " in url
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or odd:
        raise ModelctlError(
            f"--prometheus {_shown(url)} is no address of a server.", "give one such as https://prometheus.example.org"
        )
    if parts.username is not None or parts.password is not None:
        raise ModelctlError(
            "--prometheus holds a user or a password, which would be kept in the cluster.",
            "give a token with --token-file",
        )
    if parts.scheme == "http" and not allow_http and not _is_this_machine(host):
        raise ModelctlError(
            f"{url} is asked without TLS, so others could forge what it says.", "use https://, or add --allow-http"
        )
    return url


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _own_words(body: bytes) -> str:
    """What Prometheus itself says of an error; nothing of what anything else says."""
    try:
        document = json.loads(body)
        said = document["error"] if document["status"] == "error" else ""
    except (ValueError, RecursionError, TypeError, KeyError):
        return ""
    return _shown(said) if isinstance(said, str) else ""


def _shown(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text[:_SHOWN_CHARACTERS])
