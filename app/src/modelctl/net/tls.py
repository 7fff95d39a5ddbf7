"""Which authorities a server's certificate is checked with."""

import ssl
from pathlib import Path

from modelctl.errors import ModelctlError


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """Trust the machine's authorities, or those of SSL_CERT_FILE, and the ones in `ca_file` beside them."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cadata=read_authorities(ca_file))
    return context


def read_authorities(ca_file: str) -> str:
    """Give the certificates of a PEM file. Raises ModelctlError if there are none."""
    try:
        # What is not ASCII can only be part of a comment.
        text = Path(ca_file).read_text(encoding="ascii", errors="ignore")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (OSError, ValueError) as error:
        # An SSLError is an OSError, too, but not one about the file.
        if isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
            reason = error.strerror
        else:
            reason = "it holds no certificate in PEM form"
        raise ModelctlError(f"{ca_file} cannot be used: {reason}.", "correct --ca-file") from error
    return text
