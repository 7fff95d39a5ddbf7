"""The client of Prometheus' API, and its handling of unexpected responses."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.rollout.prometheus import Prometheus, check_url
from tests.app.webserver import Answer, make_authority, saying, web_server
from tests.dashboards.fake_prometheus import error_response, matrix, prometheus, success, vector

pytestmark = pytest.mark.usefixtures("no_proxy")


def _ask(answer: tuple[int, bytes], **options: Any) -> float | None:
    with prometheus(lambda _endpoint, _parameters: answer) as url:
        return Prometheus(url, **options).query("up")


def test_sends_the_query_unchanged() -> None:
    seen: list[tuple[str, Mapping[str, str]]] = []

    def answer(endpoint: str, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        seen.append((endpoint, dict(parameters)))
        return vector(({}, "1.5"))

    with prometheus(answer) as url:
        assert Prometheus(f"{url}/").query('sum(a{b="c+d"}[1m]) & %') == 1.5
    assert seen == [("query", {"query": 'sum(a{b="c+d"}[1m]) & %'})]


@pytest.mark.parametrize("text", ["NaN", "+Inf", "Inf"])
def test_non_finite_values_are_none(text: str) -> None:
    assert _ask(vector(({}, text))) is None


def test_a_missing_series_is_none() -> None:
    assert _ask(vector()) is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[]", "is not an object"),
        (b"null", "is not an object"),
        (b'{"status": "success"}', "is not a vector"),
        (b"{}", "is not a vector"),
        (b'{"status": "success", "data": []}', "is not a vector"),
        (matrix()[1], "is not a vector"),
        (success("scalar", [0, "1"])[1], "is not a vector"),
        (vector(({"a": "1"}, "1"), ({"a": "2"}, "2"))[1], "has several series"),
        (success("vector", {"value": [0, "1"]})[1], "has several series"),
        (success("vector", [{"metric": {}}])[1], "has no number"),
        (success("vector", [{"value": [0, 1]}])[1], "has no number"),
        (success("vector", [{"value": [0, "one"]}])[1], "has no number"),
        (success("vector", [{"value": [0]}])[1], "has no number"),
        (success("vector", ["value"])[1], "has no number"),
        (vector(({}, "-1"))[1], "is -1, but no metric of the analysis can be negative"),
        (b" " * 1_100_000, "is larger than 1048576 bytes"),
    ],
)
def test_rejects_unexpected_responses(body: bytes, message: str) -> None:
    with pytest.raises(ModelctlError) as error:
        _ask((200, body))
    assert message in error.value.cause
    assert not isinstance(error.value, TemporaryError)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_a_temporary_error(status: int) -> None:
    with pytest.raises(TemporaryError, match=f"returned status {status}"):
        _ask((status, b"busy"))


def test_shows_only_error_messages_of_prometheus() -> None:
    with pytest.raises(ModelctlError, match="returned status 400: parse error at char 3"):
        _ask(error_response(400, "bad_data", "parse error at char 3"))
    with pytest.raises(ModelctlError) as error:
        _ask((404, b"\x1b[31mpage\x1b]0;title"))
    assert error.value.cause.endswith("returned status 404.")
    with pytest.raises(ModelctlError) as error:
        _ask(error_response(422, "execution", "\x1b[31mred"))
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize("status", [401, 403])
def test_reports_denied_access(status: int) -> None:
    with pytest.raises(ModelctlError, match="--token-file"):
        _ask((status, b""))


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shared web server handle POST, the method of a query."""
    monkeypatch.setattr(Answer, "do_POST", Answer.do_GET, raising=False)


@pytest.mark.usefixtures("posts")
def test_does_not_follow_redirects(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    with web_server(saying(200)) as other, web_server(saying(307, Location=other.url("/"))) as server:
        with pytest.raises(ModelctlError, match="redirects \\(307\\), which is not supported"):
            Prometheus(server.url(""), token_file=tmp_path / "token").query("up")
        assert other.requests == []


@pytest.mark.usefixtures("posts")
def test_reads_the_token_for_each_query(tmp_path: Path) -> None:
    token = tmp_path / "token"
    with web_server(lambda request: request.give(200, vector()[1])) as server:
        client = Prometheus(server.url(""), token_file=token)
        for word in ("first", "second"):
            token.write_text(f"{word}\n")
            assert client.query("up") is None
        sent = [headers["Authorization"] for _, headers in server.requests]
    assert sent == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("content", [b"", b"two words", b"line\nline", b"\xff", None])
def test_rejects_token_files_without_a_token(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(ModelctlError, match="correct --token-file") as error:
        Prometheus("http://127.0.0.1:1", token_file=tmp_path / "token").query("up")
    assert "two words" not in str(error.value)


@pytest.mark.usefixtures("posts")
def test_verifies_tls_certificates(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with web_server(lambda request: request.give(200, vector(({}, "7"))[1]), tls=authority) as server:
        with pytest.raises(ModelctlError, match=r"is not trusted.*--ca-file"):
            Prometheus(server.url("")).query("up")
        assert Prometheus(server.url(""), ca_file=str(authority.ca_file)).query("up") == 7


def test_an_unreachable_server_is_a_temporary_error() -> None:
    with pytest.raises(TemporaryError, match="cannot be reached"):
        Prometheus("http://127.0.0.1:1").query("up")


@pytest.mark.usefixtures("posts")
def test_limits_the_duration_of_a_response() -> None:
    ended = threading.Event()

    def trickling(request: Answer) -> None:
        request.announce(200, 1000)
        # Single bytes never exceed a timeout between two bytes.
        while not ended.wait(0.02):
            request.wfile.write(b" ")
            request.wfile.flush()

    with web_server(trickling) as server:
        try:
            with pytest.raises(TemporaryError, match=r"did not respond completely within 0\.2 s"):
                Prometheus(server.url(""), timeout_seconds=0.2).query("up")
        finally:
            ended.set()


@pytest.mark.usefixtures("posts")
def test_a_truncated_response_is_a_temporary_error() -> None:
    def breaking(request: Answer) -> None:
        request.announce(200, 1000)
        request.break_off()

    with web_server(breaking) as server, pytest.raises(TemporaryError, match="the response is truncated"):
        Prometheus(server.url("")).query("up")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("prometheus:9090", "must be a URL"),
        ("ftp://prometheus", "must be a URL"),
        ("https://", "must be a URL"),
        ("https://prometheus:port", "must be a URL"),
        ("https://prometheus/?a=b", "must be a URL"),
        ("https://prometheus/\n", "must be a URL"),
        ("https://user:secret@prometheus", "contains a user or a password"),
        ("http://prometheus.example.org", "does not use TLS"),
        ("http://127.0.0.1.example.org", "does not use TLS"),
    ],
)
def test_rejects_invalid_addresses(url: str, message: str) -> None:
    with pytest.raises(ModelctlError, match=message) as error:
        check_url(url, allow_http=False)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("url", ["http://localhost:9090", "http://127.0.0.1", "http://[::1]:9090/prometheus"])
def test_allows_http_to_this_machine(url: str) -> None:
    assert check_url(url, allow_http=False) == url


def test_allows_http_with_the_flag() -> None:
    assert check_url("http://prometheus.monitoring:9090", allow_http=True)
