"""Downloads from object stores.

The server here is a stand-in for the outside world: it serves objects and their ranges, and looks whether a request
is signed, but does not compute signatures. That the real ones accept them is for the tests on a cluster to show.
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
from modelctl.pull.limits import Deadline, RetryPolicy
from modelctl.pull.location import parse_location
from modelctl.pull.sources import SourceOptions, make_source
from tests.app.archives import digest
from tests.app.webserver import Answer, WebServer, breaking, make_authority, saying, serving, web_server

# More than the library gives in one piece.
CONTENT = os.urandom(3_000_000)
QUICK = RetryPolicy(attempts=3, first_pause=0.01, longest_pause=0.02)
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-to-be-shown", "AWS_REGION": "eu-north-7"}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own credentials and proxies have nothing to do with these stores."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "GOOGLE_", "AZURE_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials for S3."""
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
    """Scope of the signature of the first request."""
    found = re.match(r"AWS4-HMAC-SHA256 Credential=(\S+?), SignedHeaders=", server.requests[0][1]["authorization"])
    assert found
    return re.sub(r"/\d{8}/", "/DATE/", found[1])


@pytest.mark.usefixtures("keys")
def test_an_object_is_downloaded_with_a_signature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_flags_win_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    with web_server(serving(CONTENT)) as server:
        _download(tmp_path, "s3://models/m", endpoint=server.url("/"), region="eu-west-9")
    assert _signed_by(server) == "AKIDEXAMPLE/DATE/eu-west-9/s3/aws4_request"


@pytest.mark.usefixtures("keys")
def test_the_bucket_can_be_in_the_name_of_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(serving(CONTENT)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        _download(tmp_path, "s3://models/m", endpoint="http://store.example.org", virtual_hosted=True)
    assert proxy.requests[0][0] == "http://models.store.example.org/m"


@pytest.mark.usefixtures("keys")
def test_a_variable_that_is_empty_counts_as_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "")
    with web_server(serving(CONTENT)) as server:
        _download(tmp_path, "s3://models/m", endpoint=server.url(""))
    assert "x-amz-security-token" not in server.requests[0][1]


def test_a_public_bucket_is_read_without_a_signature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_an_object_that_was_replaced_is_begun_again(tmp_path: Path) -> None:
    old = breaking(b"old" * 1_000_000, 2_500_000, ETag='"old"')
    with web_server(old, serving(CONTENT)) as server:
        assert _download(tmp_path, "s3://models/m", endpoint=server.url(""))[0] == CONTENT
    assert ["range" in headers for _, headers in server.requests] == [False, True, False]


@pytest.mark.usefixtures("keys")
def test_a_busy_store_is_asked_again_and_given_up_for_now(tmp_path: Path) -> None:
    with web_server(saying(503), serving(CONTENT)) as server:
        _, shown = _download(tmp_path, "s3://models/m", endpoint=server.url(""))
        assert "the server answers 503; trying again" in shown
    (tmp_path / "archive").unlink()
    with pytest.raises(TemporaryError, match="Connection refused; tried 3 times"):
        _download(tmp_path, "s3://models/m", endpoint=server.url(""))


def _s3_error(status: int, code: str) -> Callable[[Answer], None]:
    body = f"<?xml?><Error><Code>{code}</Code><Resource>/m?X-Amz-Signature=not-to-be-shown</Resource></Error>"
    return lambda request: request.give(status, body.encode())


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (_s3_error(403, "InvalidAccessKeyId"), "may not be read (403, InvalidAccessKeyId). Remedy: give AWS_ACCESS"),
        (_s3_error(401, "Unauthorized"), "may not be read (401, Unauthorized)"),
        (_s3_error(404, "NoSuchKey"), "is not there (404, NoSuchKey)"),
        (_s3_error(404, "NoSuchBucket"), "is not there (404, NoSuchBucket)"),
        (_s3_error(400, "InvalidRequest"), "answers 400, InvalidRequest instead of the archive"),
        (_s3_error(400, "AuthorizationHeaderMalformed"), "is in another region. Remedy: correct --region"),
        (saying(301), "is in another region. Remedy: correct --region or AWS_REGION"),
    ],
)
def test_a_refusal_of_the_store_is_told_with_its_code(
    tmp_path: Path, answer: Callable[[Answer], None], message: str
) -> None:
    with web_server(answer) as server:
        assert f"s3://models/m {message}" in _refusal(tmp_path, "s3://models/m", endpoint=server.url(""))
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://models/a//b", "empty path segment"),
        ("s3://models/a/../b", "illegal character sequence"),
        ("s3://models", "names no object. Remedy: write s3://bucket/key"),
        ("gs:///object", "names no object"),
        ("az://container/", "names no object"),
        ("s3://models/m?versionId=not-to-be-shown", "s3://models/m has a user, a port, a query or a fragment"),
        ("s3://id:not-to-be-shown@models/m", "s3://models/m has a user"),
        ("az://container/m", "the environment has not all that az://container/m needs: Account must be specified"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(
    tmp_path: Path, url: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    assert message in _refusal(tmp_path, url)


def test_half_of_the_credentials_are_told_apart_from_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-to-be-shown")
    assert "needs: Missing AccessKeyId. Remedy: give AWS_ACCESS_KEY_ID and" in _refusal(tmp_path, "s3://models/m")


@pytest.mark.parametrize("status", [403, 404])
def test_a_machine_without_a_role_is_told_what_to_give(
    tmp_path: Path, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server(saying(status)) as metadata:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", metadata.url("/token"))
        (tmp_path / "token").write_text("not-to-be-shown")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
        error = _refusal(tmp_path, "s3://models/m")
    assert "no credentials for s3://models/m" in error
    assert "Remedy: give AWS_ACCESS_KEY_ID" in error


@pytest.mark.usefixtures("keys")
def test_an_endpoint_without_tls_is_used_only_where_it_is_allowed(tmp_path: Path) -> None:
    error = _refusal(tmp_path, "s3://models/m", endpoint="http://127.0.0.1:1", allow_http=False)
    assert "without TLS" in error
    assert "--allow-http" in error


@pytest.mark.usefixtures("keys")
def test_the_store_is_trusted_by_the_given_authority_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_an_endpoint_is_the_address_of_a_server(tmp_path: Path, endpoint: str) -> None:
    if endpoint:
        assert "--endpoint is not the address of a server." in _refusal(tmp_path, "s3://m/m", endpoint=endpoint)


def test_google_cloud_storage_is_read_as_its_tools_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    with web_server(serving(CONTENT)) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.host)
        assert _download(tmp_path, "gs://models/team/m.tar.gz")[0] == CONTENT
    assert server.requests[0][0] == "/models/team%2Fm%2Etar%2Egz"


@pytest.mark.parametrize("way", ["variables", "connection string", "signature"])
def test_azure_blob_storage_is_read_as_its_tools_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
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


def test_a_signature_in_an_address_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "account")
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=not-to-be-shown")
    with web_server(saying(403)) as server:
        assert "az://models/m may not be read (403)" in _refusal(tmp_path, "az://models/m", endpoint=server.url(""))


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
def test_an_option_for_another_kind_of_place_is_refused(tmp_path: Path, url: str, option: dict[str, object]) -> None:
    assert " does not apply to " in _refusal(tmp_path, url, **option)
