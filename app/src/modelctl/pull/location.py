"""The URL of an archive, and the part of it that may be printed."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from modelctl.errors import ModelctlError

WEB_SCHEMES = ("https", "http")
STORE_SCHEMES = ("s3", "gs", "az")
SCHEMES = (*WEB_SCHEMES, *STORE_SCHEMES, "file")


@dataclass(frozen=True)
class Location:
    """A parsed URL. `host` is a host with its port, a bucket, or a container."""

    scheme: str
    host: str
    path: str
    url: str = field(repr=False)

    @property
    def shown(self) -> str:
        """The URL for messages, without user, password and query string, which may be secrets."""
        return f"{self.scheme}://{self.host}{self.path}"


def parse_location(url: str) -> Location:
    """Parse a URL. Raises ModelctlError, whose text never contains a possible secret."""
    # urlsplit silently drops line breaks and tabs.
    if not url.isprintable():
        raise ModelctlError("the URL contains a control character.", "correct the URL")
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        parts.port  # noqa: B018  the property raises for a port that is not a number
    except ValueError as error:
        raise ModelctlError("the URL is invalid: its host or port is malformed.", "correct the URL") from error
    if parts.scheme not in SCHEMES:
        problem = f"has the scheme {parts.scheme!r}, which is not supported" if "://" in url else "has no scheme"
        raise ModelctlError(
            f"the URL {problem}.", f"use one of {', '.join(f'{scheme}://' for scheme in SCHEMES)}; file:///… for a path"
        )
    location = Location(parts.scheme, host, parts.path, url)
    _check(location, parts)
    return location


def _check(location: Location, parts: SplitResult) -> None:
    scheme, shown = location.scheme, location.shown
    if scheme in WEB_SCHEMES and not parts.hostname:
        raise ModelctlError("the URL has no host.", "use https://host/path")
    if scheme in WEB_SCHEMES and not (location.url.isascii() and " " not in location.url):
        raise ModelctlError(f"{shown} contains a space or a non-ASCII character.", "percent-encode it")
    if scheme in WEB_SCHEMES:
        return
    if parts.query or parts.fragment or "@" in parts.netloc or ":" in parts.netloc:
        raise ModelctlError(
            f"{shown} has a user, port, query or fragment, which {scheme}:// does not support.",
            "remove it; a bucket cannot contain '?', '#' and '@', and a key cannot contain '?' and '#'",
        )
    if scheme == "file":
        if location.host not in ("", "localhost") or not location.path.startswith("/"):
            raise ModelctlError(f"{shown} is not a local path.", "use file:///path/of/the/archive")
    elif not location.host or not location.path.strip("/"):
        example = {"s3": "bucket/key", "gs": "bucket/object", "az": "container/blob"}[scheme]
        raise ModelctlError(f"{shown} has no object name.", f"use {scheme}://{example}")
