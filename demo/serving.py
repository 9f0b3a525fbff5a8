"""The invented newsroom's HTTP: loopback only, with validators, gzip, HEAD and honest statuses."""

import gzip
import socketserver
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

LOOPBACK_ADDRESS = "127.0.0.1"
WORTH_PACKING = 256  # bytes; below, gzip only adds
CONNECTION_IDLE_SECONDS = 20  # how long an unused connection stays open


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """What one path gives. Only an answer with `modified` has validators and may become a 304."""

    status: int
    content_type: str
    body: bytes
    modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """Weak: the packed and the plain form share it."""
        return f'W/"{sha256(self.body).hexdigest()[:20]}"'


def unchanged(answer: PathAnswer, headers: Mapping[str, str]) -> bool:
    """Whether RFC 9110 section 13 has this request answered by 304; tags go before dates."""
    if answer.modified is None:
        return False
    tags = headers.get("If-None-Match")
    if tags is not None:
        opaque = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in opaque or answer.etag.removeprefix("W/") in opaque
    return _not_after(answer.modified, headers.get("If-Modified-Since"))


def _not_after(modified: datetime, since: str | None) -> bool:
    if since is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # no date, or one without a zone: as if it were not there
        return False


def accepts_gzip(headers: Mapping[str, str]) -> bool:
    for coding in headers.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


class Server(ThreadingHTTPServer):
    """One outlet's port. `answer` is asked for every path; `seen` is told path and status."""

    daemon_threads = True
    allow_reuse_port = False  # newer Pythons say True, and two newsrooms would share a port
    request_queue_size = 128

    def __init__(
        self, port: int, answer: Callable[[str], PathAnswer], log: Callable[[int, str, int], None]
    ) -> None:
        self.answer, self.seen, self.started = answer, log, False
        super().__init__((LOOPBACK_ADDRESS, port), Handler)

    def server_bind(self) -> None:
        """Without the reverse name look-up of HTTPServer, which takes seconds on some Macs."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK_ADDRESS, int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is not worth a message."""

    def start(self) -> None:
        self.started = True
        name = f"demo-{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.05,), name=name, daemon=True).start()

    def stop(self) -> None:
        if self.started:  # else shutdown() would wait for ever
            self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = CONNECTION_IDLE_SECONDS
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        self._send(with_body=False)

    def _send(self, *, with_body: bool) -> None:
        path = urlsplit(self.path).path
        answer = self.server.answer(path)
        headers = dict(self.headers.items())
        status = 304 if answer.status == 200 and unchanged(answer, headers) else answer.status
        self.server.seen(self.server.server_port, path, status)
        self.send_response(status)
        body = self._head(answer, status, packed=accepts_gzip(headers))
        if with_body:
            self.wfile.write(body)

    def _head(self, answer: PathAnswer, status: int, *, packed: bool) -> bytes:
        body = answer.body
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.modified is not None:
            self.send_header("ETag", answer.etag)
            self.send_header("Last-Modified", format_datetime(answer.modified, usegmt=True))
            self.send_header("Cache-Control", "no-cache")
        self.send_header("Vary", "Accept-Encoding")
        if status == 304:
            self.end_headers()
            return b""
        if packed and len(body) >= WORTH_PACKING:
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return body

    def version_string(self) -> str:
        return "Pressroom/1.0"

    def log_message(self, format: str, *args: object) -> None:
        """Silent; the newsroom counts requests instead."""
