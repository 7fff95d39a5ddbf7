"""Fakes: scripts on PATH, servers on the loopback address, a Go module of a few lines."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cluster.catalog import Catalog
from cluster.tools import golang
from devkit.waiting import until

# The `go` that programs are built with: on PATH, or installed by `make up`.
REAL_GO = golang.ensure()
# A module that only the proxy of the fixture `with_dependency` serves.
DEPENDENCY = "example.com/dependency"


def write_program(folder: Path, name: str, body: str) -> Path:
    """Write an executable shell script."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def link_go(folder: Path) -> None:
    """Put the `go` that programs are built with into a folder."""
    (folder / "go").symlink_to(REAL_GO)


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait for a condition; the failure names it."""
    until(what, condition, seconds, 0.02, not_yet=())


@contextmanager
def http_server(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"{}") -> Iterator[str]:
    """Run a server that gives every request the same answer; yields its ``address:port``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def socket_server(behave: Callable[[socket.socket], None] | None) -> Iterator[str]:
    """Run a listening socket. ``behave`` gets the first connection; if it is None, no connection is accepted."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        if behave:
            threading.Thread(target=_serve_once, args=(listening, behave), daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def _serve_once(listening: socket.socket, behave: Callable[[socket.socket], None]) -> None:
    try:
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            behave(connection)
    except OSError:
        return  # The client has given up, as expected.


def closed_port() -> int:
    """Return a closed port of the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@dataclass
class GoGroup:
    """A module group `demo` whose program `kind` prints the version that the linker sets."""

    folder: Path
    use_catalog: Callable[[str], Catalog]

    def write(self, ldflags: str = "-X main.version=v0.40.0", minimum: str = "0.30.0") -> None:
        """Write the sources and the lock, and declare the catalog."""
        source = self.folder / "hello" / "main.go"
        source.parent.mkdir(parents=True, exist_ok=True)
        # println would print to standard error, and fmt would take longer to compile.
        source.write_text(
            'package main\n\nimport "syscall"\n\nvar version = "none"\n\n'
            'func main() { syscall.Write(1, []byte("kind " + version + "\\n")) }\n',
            encoding="utf-8",
        )
        (self.folder / "go.mod").write_text("module demo\n\ngo 1.21\n", encoding="utf-8")
        (self.folder / "go.sum").write_text("", encoding="utf-8")
        self.declare(ldflags, minimum)

    def declare(self, ldflags: str = "", minimum: str = "0.30.0", extra: str = "images: []") -> Catalog:
        """Declare a catalog with this group; ``extra`` is added below `tools`."""
        return self.use_catalog(
            f"""
groups:
  demo:
    programs:
      kind: {{package: ./hello, ldflags: "{ldflags}"}}
tools:
  kind: {{version: [version], minimum: {minimum}}}
{extra}
"""
        )


def files_below(folder: Path) -> set[str]:
    """Return the relative paths of all files below a folder."""
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if not file.is_dir()}


def alive(pid: int) -> bool:
    """Return whether a process exists and is not a zombie."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (ProcessLookupError, FileNotFoundError):
        return False
