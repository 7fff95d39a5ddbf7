"""The client of Prometheus' API: what it believes, and what it says of everything else."""

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
        return Prometheus(url, **options).ask("up")


def test_the_query_is_sent_as_it_is() -> None:
    seen: list[tuple[str, Mapping[str, str]]] = []

    def answer(endpoint: str, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        seen.append((endpoint, dict(parameters)))
        return vector(({}, "1.5"))

    with prometheus(answer) as url:
        assert Prometheus(f"{url}/").ask('sum(a{b="c+d"}[1m]) & %') == 1.5
    assert seen == [("query", {"query": 'sum(a{b="c+d"}[1m]) & %'})]


@pytest.mark.parametrize("text", ["NaN", "+Inf", "Inf"])
def test_what_is_no_number_is_no_figure(text: str) -> None:
    assert _ask(vector(({}, text))) is None


def test_no_series_is_no_figure() -> None:
    assert _ask(vector()) is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (b"[]", "is no object"),
        (b"null", "is no object"),
        (b'{"status": "success"}', "is no vector"),
        (b"{}", "is no vector"),
        (b'{"status": "success", "data": []}', "is no vector"),
        (matrix()[1], "is no vector"),
        (success("scalar", [0, "1"])[1], "is no vector"),
        (vector(({"a": "1"}, "1"), ({"a": "2"}, "2"))[1], "holds several series"),
        (success("vector", {"value": [0, "1"]})[1], "holds several series"),
        (success("vector", [{"metric": {}}])[1], "holds no number"),
        (success("vector", [{"value": [0, 1]}])[1], "holds no number"),
        (success("vector", [{"value": [0, "one"]}])[1], "holds no number"),
        (success("vector", [{"value": [0]}])[1], "holds no number"),
        (success("vector", ["value"])[1], "holds no number"),
        (vector(({}, "-1"))[1], "is -1, and nothing that was asked for can be negative"),
        (b" " * 1_100_000, "is larger than 1048576 bytes"),
    ],
)
def test_an_answer_that_prometheus_would_not_give_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(ModelctlError) as error:
        _ask((200, body))
    assert message in error.value.cause
    assert not isinstance(error.value, TemporaryError)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_server_that_is_busy_may_be_asked_again(status: int) -> None:
    with pytest.raises(TemporaryError, match=f"answers {status}"):
        _ask((status, b"busy"))


def test_what_prometheus_says_of_an_error_is_shown_and_nothing_else() -> None:
    with pytest.raises(ModelctlError, match="answers 400: parse error at char 3"):
        _ask(error_response(400, "bad_data", "parse error at char 3"))
    with pytest.raises(ModelctlError) as error:
        _ask((404, b"\x1b[31mpage\x1b]0;title"))
    assert error.value.cause.endswith("answers 404.")
    with pytest.raises(ModelctlError) as error:
        _ask(error_response(422, "execution", "\x1b[31mred"))
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_token_is_told(status: int) -> None:
    with pytest.raises(ModelctlError, match="--token-file"):
        _ask((status, b""))


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shared web server answers GET; a query is a POST."""
    monkeypatch.setattr(Answer, "do_POST", Answer.do_GET, raising=False)


@pytest.mark.usefixtures("posts")
def test_a_redirect_is_not_followed_and_gets_no_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    with web_server(saying(200)) as other, web_server(saying(307, Location=other.url("/"))) as server:
        with pytest.raises(ModelctlError, match="redirects \\(307\\), which is not followed"):
            Prometheus(server.url(""), token_file=tmp_path / "token").ask("up")
        assert other.requests == []


@pytest.mark.usefixtures("posts")
def test_a_token_is_read_from_its_file_each_time(tmp_path: Path) -> None:
    token = tmp_path / "token"
    with web_server(lambda request: request.give(200, vector()[1])) as server:
        client = Prometheus(server.url(""), token_file=token)
        for word in ("first", "second"):
            token.write_text(f"{word}\n")
            assert client.ask("up") is None
        sent = [headers["Authorization"] for _, headers in server.requests]
    assert sent == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("content", [b"", b"two words", b"line\nline", b"\xff", None])
def test_a_file_that_holds_no_token_is_refused_before_anything_is_sent(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(ModelctlError, match="correct --token-file") as error:
        Prometheus("http://127.0.0.1:1", token_file=tmp_path / "token").ask("up")
    assert "two words" not in str(error.value)


@pytest.mark.usefixtures("posts")
def test_tls_is_checked(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with web_server(lambda request: request.give(200, vector(({}, "7"))[1]), tls=authority) as server:
        with pytest.raises(ModelctlError, match=r"is not trusted.*--ca-file"):
            Prometheus(server.url("")).ask("up")
        assert Prometheus(server.url(""), ca_file=str(authority.ca_file)).ask("up") == 7


def test_a_server_that_is_not_there_may_be_there_later() -> None:
    with pytest.raises(TemporaryError, match="cannot be reached"):
        Prometheus("http://127.0.0.1:1").ask("up")


@pytest.mark.usefixtures("posts")
def test_a_server_that_never_ends_its_answer_is_left() -> None:
    ended = threading.Event()

    def trickling(request: Answer) -> None:
        request.announce(200, 1000)
        # A byte at a time keeps a timeout between two bytes from ever passing.
        while not ended.wait(0.02):
            request.wfile.write(b" ")
            request.wfile.flush()

    with web_server(trickling) as server:
        try:
            with pytest.raises(TemporaryError, match=r"gives no whole answer within 0\.2 s"):
                Prometheus(server.url(""), timeout_seconds=0.2).ask("up")
        finally:
            ended.set()


@pytest.mark.usefixtures("posts")
def test_an_answer_that_breaks_off_may_come_whole_later() -> None:
    def breaking(request: Answer) -> None:
        request.announce(200, 1000)
        request.break_off()

    with web_server(breaking) as server, pytest.raises(TemporaryError, match="the answer ends early"):
        Prometheus(server.url("")).ask("up")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("prometheus:9090", "is no address of a server"),
        ("ftp://prometheus", "is no address of a server"),
        ("https://", "is no address of a server"),
        ("https://prometheus:port", "is no address of a server"),
        ("https://prometheus/?a=b", "is no address of a server"),
        ("https://prometheus/\n", "is no address of a server"),
        ("https://user:secret@prometheus", "holds a user or a password"),
        ("http://prometheus.example.org", "is asked without TLS"),
        ("http://127.0.0.1.example.org", "is asked without TLS"),
    ],
)
def test_an_address_that_may_not_be_used_is_refused(url: str, message: str) -> None:
    with pytest.raises(ModelctlError, match=message) as error:
        check_url(url, allow_http=False)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("url", ["http://localhost:9090", "http://127.0.0.1", "http://[::1]:9090/prometheus"])
def test_this_machine_needs_no_tls(url: str) -> None:
    assert check_url(url, allow_http=False) == url


def test_http_may_be_allowed() -> None:
    assert check_url("http://prometheus.monitoring:9090", allow_http=True)
