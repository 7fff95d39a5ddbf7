"""Archives on web servers.

Redirects are followed here because urllib would read their bodies without a limit, forward secret headers to other
hosts, and switch from https to http.
"""

import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit
from urllib.request import Request

from modelctl.errors import ModelctlError
from modelctl.net.credentials import read_header_file
from modelctl.net.http import USER_AGENT, make_opener, retry_after, root_cause
from modelctl.pull.location import WEB_SCHEMES, Location, parse_location
from modelctl.pull.sources import Resume, SourceOptions, Unavailable, status_error

_CHUNK_BYTES = 256 * 1024
_READ_TIMEOUT_SECONDS = 30.0
_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)")


class HttpSource:
    """One URL. Proxies are those of the environment: HTTPS_PROXY, HTTP_PROXY, NO_PROXY."""

    def __init__(
        self, location: Location, options: SourceOptions, read_timeout_seconds: float = _READ_TIMEOUT_SECONDS
    ) -> None:
        self._location = location
        self._allow_http = options.allow_http
        self._read_timeout_seconds = read_timeout_seconds
        self._reject_http(location)
        self._url, self._secrets = _without_user(location.url)
        if options.header_file is not None:
            given = read_header_file(Path(options.header_file))
            own = {name.lower() for name in given}
            self._secrets = {name: value for name, value in self._secrets.items() if name.lower() not in own} | given
        self._opener = make_opener(options.ca_file)

    def open(self, resume: Resume | None) -> "HttpBody":
        """Request the archive, or the rest of it."""
        url, secrets = self._url, self._secrets
        plain = {"User-Agent": USER_AGENT, "Accept": "*/*"}
        if resume is not None:
            plain |= {"Range": f"bytes={resume.offset}-", "If-Range": resume.validator}
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._request(url, plain | secrets)
            target = response.headers.get("Location") if response.status in _REDIRECTS else None
            if target is None:
                return self._body(response, resume)
            response.close()
            followed = self._redirected(url, target)
            if _origin(followed) != _origin(url):
                secrets = {}
            url = followed
        raise ModelctlError(f"{self._location.shown} redirects more than {_MAX_REDIRECTS} times.", "pass the final URL")

    def _request(self, url: str, headers: Mapping[str, str]) -> HTTPResponse:
        shown = parse_location(url).shown
        try:
            # The opener supports http and https only.
            request = Request(url, headers=dict(headers))  # noqa: S310
            response: HTTPResponse = self._opener.open(request, timeout=self._read_timeout_seconds)
        except (OSError, HTTPException) as error:
            raise _failure(shown, error) from error
        except ValueError as error:
            # The DNS lookup raises this for an empty or too long label.
            raise ModelctlError(f"{shown} has an invalid host name.", "correct the URL") from error
        return response

    def _redirected(self, url: str, target: str) -> str:
        try:
            location = parse_location(urljoin(url, target))
        except (ModelctlError, ValueError) as error:
            cause = error.cause if isinstance(error, ModelctlError) else "the URL is invalid."
            raise ModelctlError(
                f"{self._location.shown} redirects to an invalid URL: {cause}", "fix the server"
            ) from error
        if location.scheme not in WEB_SCHEMES or (url.startswith("https:") and location.scheme == "http"):
            raise ModelctlError(
                f"{self._location.shown} redirects to {location.shown}, which is not followed: use https://.",
                "fix the server, or pass the final URL",
            )
        self._reject_http(location)
        # Credentials that the server has put into the URL are not used.
        return _without_user(location.url)[0]

    def _reject_http(self, location: Location) -> None:
        if location.scheme == "http" and not self._allow_http:
            raise ModelctlError(
                f"{location.shown} does not use TLS.",
                "use https://, or add --allow-http",
            )

    def _body(self, response: HTTPResponse, resume: Resume | None) -> "HttpBody":
        shown, status, headers = self._location.shown, response.status, response.headers
        if status == 200:
            return HttpBody(response, 0, response.length, _validator(headers))
        found = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", "")) if status == 206 and resume else None
        if found and resume and int(found[1]) == resume.offset:
            total = None if found[2] == "*" else int(found[2])
            return HttpBody(response, resume.offset, total, resume.validator)
        response.close()
        if resume is not None and status in (206, 412, 416):
            return self.open(None)  # the server cannot resume there
        raise status_error(shown, status, retry_after(headers.get("Retry-After")))


class HttpBody:
    """The body of a response."""

    def __init__(self, response: HTTPResponse, start: int, total: int | None, validator: str | None) -> None:
        self.start = start
        self.total = total
        self.validator = validator
        self._response = response
        self._left = None if total is None else max(total - start, 0)

    def read(self) -> bytes:
        """Return the bytes that have arrived. Raises Unavailable if the connection breaks."""
        # http.client would wait for more on a connection that stays open, and would take one that closes early for
        # the end.
        if self._left == 0:
            return b""
        try:
            chunk = self._response.read1(min(_CHUNK_BYTES, self._left or _CHUNK_BYTES))
        except (OSError, HTTPException) as error:
            raise Unavailable(_reason(error)) from error
        if self._left is not None:
            if not chunk:
                raise Unavailable("the connection was closed before the end")
            self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        """Close the connection."""
        self._response.close()


def _without_user(url: str) -> tuple[str, dict[str, str]]:
    """Return the URL without user and password, and the header with them."""
    parts = urlsplit(urldefrag(url).url)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return urlunsplit(parts), {}
    name, _, password = user.partition(":")
    token = b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode()
    return urlunsplit(parts._replace(netloc=host)), {"Authorization": f"Basic {token}"}


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _validator(headers: Message) -> str | None:
    """Return the entity tag or date for a resumption; a weak tag does not guarantee equal bytes."""
    found = headers.get("ETag") or headers.get("Last-Modified") or ""
    # It is sent back as a header, so characters that a header cannot have are not accepted.
    return found if found.isascii() and found.isprintable() and found and not found.startswith("W/") else None


def _failure(shown: str, error: Exception) -> Exception:
    cause = root_cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return ModelctlError(
            f"the certificate of {shown} is not trusted: {cause.verify_message}.",
            "pass the certificate authority with --ca-file or SSL_CERT_FILE",
        )
    # These two mean a broken connection, all others an incompatible server.
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return ModelctlError(
            f"the TLS handshake with {shown} failed: {cause.reason or cause}.", "correct the port, or fix the server"
        )
    return Unavailable(_reason(cause))


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "the server did not respond"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    # The text of other errors may contain data of the server.
    return str(error)[:200] if isinstance(error, OSError) else f"the response is not HTTP ({type(error).__name__})"
