"""Self-signed certificates and tokens for the tests."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import openssl
from tests.istio_local.ports import ADDRESS

EXPONENT = 65537


@dataclass(frozen=True)
class Pair:
    """A private key and its certificate."""

    key: Path
    certificate: Path


def self_signed(folder: Path, name: str, subject_alternative: str = f"IP:{ADDRESS}") -> Pair:
    """Create a self-signed certificate for the loopback address or another name (``DNS:host``)."""
    folder.mkdir(parents=True, exist_ok=True)
    pair = Pair(folder / f"{name}.key", folder / f"{name}.crt")
    openssl.run(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", openssl.DAYS, "-subj", f"/CN={name}"),
        *("-addext", f"subjectAltName={subject_alternative}"),
        *("-keyout", str(pair.key), "-out", str(pair.certificate)),
    )
    return pair


class Issuer:
    """An issuer of tokens (RS256) with its key set."""

    def __init__(self, folder: Path, name: str, key_id: str = "test") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self._key_id = key_id
        self._key = folder / f"issuer-{key_id}.pem"
        openssl.run("genrsa", "-out", str(self._key), "2048")

    def jwks(self) -> str:
        """Return the public key, as `jwks` of a RequestAuthentication."""
        printed = openssl.run("rsa", "-in", str(self._key), "-noout", "-modulus").decode().strip()
        modulus = bytes.fromhex(printed.removeprefix("Modulus="))
        exponent = EXPONENT.to_bytes(3, "big")
        key = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self._key_id}
        return json.dumps({"keys": [{**key, "n": _encoded(modulus), "e": _encoded(exponent)}]})

    def token(self, audience: str, subject: str = "caller", seconds: int = 3600, **claims: Any) -> str:
        """Return a token for an audience that expires in ``seconds``; a negative number makes an expired one."""
        now = int(time.time())
        head: Mapping[str, Any] = {"alg": "RS256", "typ": "JWT", "kid": self._key_id}
        body: Mapping[str, Any] = {
            "iss": self.name,
            "sub": subject,
            "aud": audience,
            "iat": now,
            "exp": now + seconds,
            **claims,
        }
        signed = f"{_encoded(json.dumps(head).encode())}.{_encoded(json.dumps(body).encode())}"
        signature = openssl.run("dgst", "-sha256", "-sign", str(self._key), given=signed.encode())
        return f"{signed}.{_encoded(signature)}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
