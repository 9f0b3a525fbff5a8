"""Real receivers on loopback: HTTP that answers, fails, hangs or says 429; and an SMTP server."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

Answer = tuple[int, dict[str, str]] | float  # a status with headers, or seconds to hang before 200


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.time)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def key(self) -> str:
        return self.headers.get("idempotency-key", "")


@dataclass
class Sink:
    """`answer` is asked for each request, with its number from 1."""

    url: str
    answer: Callable[[int, Request], Answer]
    requests: list[Request] = field(default_factory=list)
    accepted: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keys(self) -> Counter[str]:
        return Counter(request.key for request in self.accepted)

    def events(self) -> list[dict[str, Any]]:
        """Events of accepted requests, each key once, in order of arrival."""
        seen_ids: set[str] = set()
        events: list[dict[str, Any]] = []
        for request in self.accepted:
            if request.key not in seen_ids:
                seen_ids.add(request.key)
                events += request.json["events"]
        return events


@contextmanager
def http(answer: Callable[[int, Request], Answer] = lambda n, request: (200, {})) -> Iterator[Sink]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.path, headers, body)
            with sink.lock:
                sink.requests.append(request)
                number = len(sink.requests)
            chosen = sink.answer(number, request)
            if isinstance(chosen, float):
                time.sleep(chosen)
                chosen = (200, {})
            if 200 <= chosen[0] < 300:
                with sink.lock:
                    sink.accepted.append(request)
            try:
                self.send_response(chosen[0])
                for name, value in chosen[1].items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")
            except OSError:
                pass  # the sender was killed

        do_GET = do_PUT = do_POST  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a sender that was killed resets its connections

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sink = Sink(f"http://127.0.0.1:{server.server_address[1]}/hook", answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()


class Mailbox:
    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.refuse = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuse:
            return "451 try later"
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


@contextmanager
def smtp() -> Iterator[tuple[str, Mailbox]]:
    """The Apprise URL of a mail server, and what arrived there."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        url = f"mailto://127.0.0.1:{controller.port}?from=pollwatch@example.org&to=desk@example.org"
        yield url, box
    finally:
        controller.stop()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
