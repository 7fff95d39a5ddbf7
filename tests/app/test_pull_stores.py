"""Downloads from object stores.

The server is a fake: it serves objects and their ranges and records whether a request is signed, but does not verify
signatures. The end-to-end tests show that real stores accept them.
"""

import os
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.progress import TransferProgress
from modelctl.pull.download import Expected, download
from modelctl.pull.factory import make_source
from modelctl.pull.limits import Deadline, RetryPolicy
from modelctl.pull.location import parse_location
from modelctl.pull.sources import SourceOptions
from tests.app.archives import digest
from tests.app.webserver import Answer, WebServer, breaking, make_authority, saying, serving, web_server

# More than one chunk of the library.
CONTENT = os.urandom(3_000_000)
QUICK = RetryPolicy(attempts=3, first_pause=0.01, longest_pause=0.02)
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-to-be-shown", "AWS_REGION": "eu-north-7"}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the machine's own credentials and proxies."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "GOOGLE_", "AZURE_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set credentials for S3."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def _download(tmp_path: Path, url: str, **options: object) -> tuple[bytes, str]:
    shown = StringIO()
    location = parse_location(url)
    source = make_source(location, SourceOptions(**({"allow_http": True, "timeout_seconds": 20.0} | options)))  # type: ignore[arg-type]
    expected = Expected(location.shown, digest(CONTENT), 10**7)
    download(source, expected, tmp_path / "archive", Deadline(20), QUICK, TransferProgress(shown))
    return (tmp_path / "archive").read_bytes(), shown.getvalue()


def _refusal(tmp_path: Path, url: str, **options: object) -> str:
    with pytest.raises(ModelctlError) as caught:
        _download(tmp_path, url, **options)
    assert not isinstance(caught.value, TemporaryError)
    assert "not-to-be-shown" not in str(caught.value)
    assert "Debug" not in str(caught.value)
    return str(caught.value)


def _signed_by(server: WebServer) -> str:
    """Return the signature scope of the first request."""
    found = re.match(r"AWS4-HMAC-SHA256 Credential=(\S+?), SignedHeaders=", server.requests[0][1]["authorization"])
    assert found
    return re.sub(r"/\d{8}/", "/DATE/", found[1])


@pytest.mark.usefixtures("keys")
def test_signs_the_download_of_an_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session")
    with web_server(serving(CONTENT)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url(""))
        assert _download(tmp_path, "s3://models/team/m 1+%20ü.tar.gz")[0] == CONTENT
    path, headers = server.requests[0]
    assert path == "/models/team/m%201%2B%2520%C3%BC.tar.gz"
    assert _signed_by(server) == "AKIDEXAMPLE/DATE/eu-north-7/s3/aws4_request"
    assert headers["x-amz-security-token"] == "session"
    assert headers["user-agent"].startswith("modelctl/")


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_flags_override_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    with web_server(serving(CONTENT)) as server:
        _download(tmp_path, "s3://models/m", endpoint=server.url("/"), region="eu-west-9")
    assert _signed_by(server) == "AKIDEXAMPLE/DATE/eu-west-9/s3/aws4_request"


@pytest.mark.usefixtures("keys")
def test_supports_virtual_hosted_buckets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(serving(CONTENT)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        _download(tmp_path, "s3://models/m", endpoint="http://store.example.org", virtual_hosted=True)
    assert proxy.requests[0][0] == "http://models.store.example.org/m"


@pytest.mark.usefixtures("keys")
def test_ignores_empty_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "")
    with web_server(serving(CONTENT)) as server:
        _download(tmp_path, "s3://models/m", endpoint=server.url(""))
    assert "x-amz-security-token" not in server.requests[0][1]


def test_reads_a_public_bucket_without_a_signature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    with web_server(serving(CONTENT)) as server:
        _download(tmp_path, "s3://models/m", endpoint=server.url(""))
    assert "authorization" not in server.requests[0][1]


@pytest.mark.usefixtures("keys")
def test_a_broken_connection_is_resumed(tmp_path: Path) -> None:
    with web_server(breaking(CONTENT, 2_500_000), serving(CONTENT)) as server:
        content, shown = _download(tmp_path, "s3://models/m", endpoint=server.url(""))
    assert content == CONTENT
    resumed = server.requests[1][1]
    assert re.fullmatch(r"bytes=\d{7}-", resumed["range"])
    assert resumed["if-match"] == '"one"'
    assert "s3://models/m: " in shown


@pytest.mark.usefixtures("keys")
def test_restarts_when_the_object_was_replaced(tmp_path: Path) -> None:
    old = breaking(b"old" * 1_000_000, 2_500_000, ETag='"old"')
    with web_server(old, serving(CONTENT)) as server:
        assert _download(tmp_path, "s3://models/m", endpoint=server.url(""))[0] == CONTENT
    assert ["range" in headers for _, headers in server.requests] == [False, True, False]


@pytest.mark.usefixtures("keys")
def test_retries_a_busy_store(tmp_path: Path) -> None:
    with web_server(saying(503), serving(CONTENT)) as server:
        _, shown = _download(tmp_path, "s3://models/m", endpoint=server.url(""))
        assert "the server returned status 503; retrying" in shown
    (tmp_path / "archive").unlink()
    with pytest.raises(TemporaryError, match="Connection refused; gave up after 3 attempts"):
        _download(tmp_path, "s3://models/m", endpoint=server.url(""))


def _s3_error(status: int, code: str) -> Callable[[Answer], None]:
    body = f"<?xml?><Error><Code>{code}</Code><Resource>/m?X-Amz-Signature=not-to-be-shown</Resource></Error>"
    return lambda request: request.give(status, body.encode())


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (_s3_error(403, "InvalidAccessKeyId"), "access denied (403, InvalidAccessKeyId). Remedy: set AWS_ACCESS"),
        (_s3_error(401, "Unauthorized"), "access denied (401, Unauthorized)"),
        (_s3_error(404, "NoSuchKey"), "not found (404, NoSuchKey)"),
        (_s3_error(404, "NoSuchBucket"), "not found (404, NoSuchBucket)"),
        (_s3_error(400, "InvalidRequest"), "unexpected status 400, InvalidRequest"),
        (_s3_error(400, "AuthorizationHeaderMalformed"), "the bucket is in another region. Remedy: correct --region"),
        (saying(301), "the bucket is in another region. Remedy: correct --region or AWS_REGION"),
    ],
)
def test_reports_the_error_code_of_the_store(tmp_path: Path, answer: Callable[[Answer], None], message: str) -> None:
    with web_server(answer) as server:
        assert f"s3://models/m: {message}" in _refusal(tmp_path, "s3://models/m", endpoint=server.url(""))
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://models/a//b", "empty path segment"),
        ("s3://models/a/../b", "illegal character sequence"),
        ("s3://models", "has no object name. Remedy: use s3://bucket/key"),
        ("gs:///object", "has no object name"),
        ("az://container/", "has no object name"),
        ("s3://models/m?versionId=not-to-be-shown", "s3://models/m has a user, port, query or fragment"),
        ("s3://id:not-to-be-shown@models/m", "s3://models/m has a user"),
        ("az://container/m", "the credentials for az://container/m are incomplete: Account must be specified"),
    ],
)
def test_rejects_invalid_object_urls(tmp_path: Path, url: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    assert message in _refusal(tmp_path, url)


def test_reports_incomplete_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-to-be-shown")
    assert "are incomplete: Missing AccessKeyId. Remedy: set AWS_ACCESS_KEY_ID and" in _refusal(
        tmp_path, "s3://models/m"
    )


@pytest.mark.parametrize("status", [403, 404])
def test_reports_missing_credentials(tmp_path: Path, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(saying(status)) as metadata:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", metadata.url("/token"))
        (tmp_path / "token").write_text("not-to-be-shown")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
        error = _refusal(tmp_path, "s3://models/m")
    assert "no credentials for s3://models/m" in error
    assert "Remedy: set AWS_ACCESS_KEY_ID" in error


@pytest.mark.usefixtures("keys")
def test_an_endpoint_without_tls_needs_the_flag(tmp_path: Path) -> None:
    error = _refusal(tmp_path, "s3://models/m", endpoint="http://127.0.0.1:1", allow_http=False)
    assert "does not use TLS" in error
    assert "--allow-http" in error


@pytest.mark.usefixtures("keys")
def test_verifies_the_certificate_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "authority").mkdir()
    authority = make_authority(tmp_path / "authority")
    with web_server(serving(CONTENT), tls=authority) as server:
        endpoint = server.url("")
        assert "the certificate of the store of s3://models/m is not trusted" in _refusal(
            tmp_path, "s3://models/m", endpoint=endpoint
        )
        (tmp_path / "archive").unlink()
        _download(tmp_path, "s3://models/m", endpoint=endpoint, ca_file=str(authority.ca_file), allow_http=False)
        (tmp_path / "archive").unlink()
        monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.ca_file))
        _download(tmp_path, "s3://models/m", endpoint=endpoint)


@pytest.mark.parametrize("endpoint", ["store.example.org", "ftp://x", "https://u:p@x", "https://x?y=1", "http://[", ""])
def test_rejects_invalid_endpoints(tmp_path: Path, endpoint: str) -> None:
    if endpoint:
        assert "--endpoint must be a URL." in _refusal(tmp_path, "s3://m/m", endpoint=endpoint)


def test_reads_google_cloud_storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    with web_server(serving(CONTENT)) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.host)
        assert _download(tmp_path, "gs://models/team/m.tar.gz")[0] == CONTENT
    assert server.requests[0][0] == "/models/team%2Fm%2Etar%2Egz"


@pytest.mark.parametrize("way", ["variables", "connection string", "signature"])
def test_reads_azure_blob_storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    with web_server(serving(CONTENT)) as server:
        endpoint = server.url("/account")
        variables = {
            "variables": {"AZURE_STORAGE_ACCOUNT": "account", "AZURE_STORAGE_KEY": "a2V5"},
            "signature": {"AZURE_STORAGE_ACCOUNT": "account", "AZURE_STORAGE_SAS_TOKEN": "sv=1&sig=not-to-be-shown"},
            "connection string": {
                "AZURE_STORAGE_CONNECTION_STRING": f"AccountName=account;AccountKey=a2V5;BlobEndpoint={endpoint};X="
            },
        }[way]
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert _download(tmp_path, "az://models/m", endpoint=None if "string" in way else endpoint)[0] == CONTENT
    path, headers = server.requests[0]
    assert path.startswith("/account/models/m")
    if way == "signature":
        assert "sig=not-to-be-shown" in path
    else:
        assert headers["authorization"].startswith("SharedKey account:")


def test_does_not_print_signatures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "account")
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=not-to-be-shown")
    with web_server(saying(403)) as server:
        assert "az://models/m: access denied (403)" in _refusal(tmp_path, "az://models/m", endpoint=server.url(""))


@pytest.mark.parametrize(
    ("url", "option"),
    [
        ("https://h/m", {"endpoint": "https://x"}),
        ("gs://b/m", {"region": "x"}),
        ("az://b/m", {"virtual_hosted": True}),
        ("gs://b/m", {"virtual_hosted": False}),
        ("s3://b/m", {"header_file": "x"}),
        ("file:///m", {"ca_file": "x"}),
    ],
)
def test_rejects_options_of_other_sources(tmp_path: Path, url: str, option: dict[str, object]) -> None:
    assert " does not apply to " in _refusal(tmp_path, url, **option)
