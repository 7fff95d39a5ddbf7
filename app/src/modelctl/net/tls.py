"""The certificate authorities that clients trust."""

import ssl
from pathlib import Path

from modelctl.errors import ModelctlError


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """Return a context that trusts the system's authorities, or those of SSL_CERT_FILE, and those in `ca_file`."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cadata=read_authorities(ca_file))
    return context


def read_authorities(ca_file: str) -> str:
    """Return the certificates of a PEM file. Raises ModelctlError if it contains none."""
    try:
        # Only comments can contain other characters.
        text = Path(ca_file).read_text(encoding="ascii", errors="ignore")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (OSError, ValueError) as error:
        # An SSLError is an OSError, but not about the file.
        if isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
            reason = error.strerror
        else:
            reason = "it contains no PEM certificate"
        raise ModelctlError(f"cannot use {ca_file}: {reason}.", "correct --ca-file") from error
    return text
