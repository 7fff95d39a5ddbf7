"""Temporary keys and certificates for tests, made with `openssl`."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cluster.host import packages

NEED = packages.Need("to make the certificates and tokens of tests", ("openssl",), ("openssl",))
DAYS = "2"
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def run(*arguments: str, given: bytes | None = None, folder: Path | None = None) -> bytes:
    """Run `openssl`, installed first if it is missing, and return its output."""
    packages.ensure(NEED)
    done = subprocess.run(["openssl", *arguments], input=given, cwd=folder, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def authority_and_server(folder: Path, subject_alternative: str) -> None:
    """Write a CA certificate (ca.crt) and a server certificate signed by it (tls.crt, tls.key).

    `subject_alternative` is `IP:…` or `DNS:…`.
    """
    (folder / "names").write_text(f"subjectAltName={subject_alternative}\n", encoding="utf-8")
    ca = ("-x509", "-days", DAYS, "-subj", "/CN=authority of a test", "-addext", "basicConstraints=critical,CA:TRUE")
    run("req", *_NEW_KEY, *ca, "-keyout", "ca.key", "-out", "ca.crt", folder=folder)
    run("req", *_NEW_KEY, "-subj", "/CN=server of a test", "-keyout", "tls.key", "-out", "tls.csr", folder=folder)
    signed = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", DAYS, "-extfile", "names")
    run("x509", "-req", "-in", "tls.csr", *signed, "-out", "tls.crt", folder=folder)
