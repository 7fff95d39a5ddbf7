"""Shared parts of the HTTP clients: connections, errors, and the Retry-After header."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.error import URLError
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, UnknownHandler

from model_server import __version__
from modelctl.net.tls import tls_context

USER_AGENT = f"modelctl/{__version__}"


def make_opener(ca_file: str | None) -> OpenerDirector:
    """Return an opener for http and https that uses the proxies of HTTPS_PROXY, HTTP_PROXY and NO_PROXY.

    It has no handler for redirects or error responses: the caller gets every response, and decides which host
    receives its secrets.
    """
    opener = OpenerDirector()
    opener.addheaders = []
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler(context=tls_context(ca_file)), UnknownHandler()):
        opener.add_handler(handler)
    return opener


def root_cause(error: Exception) -> Exception:
    """Return the error that urllib has wrapped, or the error itself."""
    return error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error


def retry_after(value: str | None) -> float | None:
    """Return the seconds of a Retry-After header; None if it is missing or malformed."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
