"""HTTP/2 by a server that speaks nothing else, with the h2 library on its side."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest

from model import Outcome
from tests.extractors.fetch.test_tls import certificate
from tests.extractors.fetch.transport.servers import client

__all__ = ["certificate"]

PAGE = b"<html><p>The council met.</p></html>"


class Http2Only:
    """Answers each stream after a moment; counts connections and streams. `reset` breaks off instead."""

    def __init__(self, *, pause: float = 0.0, reset: bool = False) -> None:
        self.pause, self.reset = pause, reset
        self.connections = self.streams = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, certificate: Path) -> asyncio.Server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.set_alpn_protocols(["h2"])
        return await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=context)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        engine = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        engine.initiate_connection()
        writer.write(engine.data_to_send())
        try:
            while data := await reader.read(65_536):
                for event in engine.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        self.streams += 1
                        task = asyncio.create_task(self._answer(engine, writer, event.stream_id))
                        self._tasks.add(task)
                writer.write(engine.data_to_send())
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, engine: h2.connection.H2Connection, writer: asyncio.StreamWriter, stream: int
    ) -> None:
        await asyncio.sleep(self.pause)
        if self.reset:
            engine.reset_stream(stream, 2)
        else:
            engine.send_headers(stream, [(":status", "200"), ("content-type", "text/html")])
            engine.send_data(stream, PAGE, end_stream=True)
        writer.write(engine.data_to_send())


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def test_a_server_that_speaks_nothing_else_is_read(certificate: Path) -> None:
    async def story() -> None:
        server = Http2Only()
        listening = await server.start(certificate)
        port = listening.sockets[0].getsockname()[1]
        async with client(roots=str(certificate)) as ours:
            response = await ours.get(f"https://127.0.0.1:{port}/")

        assert (response.outcome, response.body) == (Outcome.OK, PAGE), response.sentence
        assert response.headers == {"content-type": "text/html"}
        listening.close()

    run(story)


def test_many_requests_share_one_connection(certificate: Path) -> None:
    async def story() -> None:
        server = Http2Only(pause=0.05)
        listening = await server.start(certificate)
        port = listening.sockets[0].getsockname()[1]
        async with client(roots=str(certificate)) as ours:
            ours.gate.concurrent = 20
            await ours.get(f"https://127.0.0.1:{port}/first")
            answers = await asyncio.gather(
                *(ours.get(f"https://127.0.0.1:{port}/{n}") for n in range(20))
            )

        assert {answer.outcome for answer in answers} == {Outcome.OK}
        assert (server.connections, server.streams) == (1, 21)
        listening.close()

    run(story)


def test_a_broken_stream_is_asked_again_by_http_1_and_then_named(certificate: Path) -> None:
    async def story() -> None:
        server = Http2Only(reset=True)
        listening = await server.start(certificate)
        port = listening.sockets[0].getsockname()[1]
        async with client(roots=str(certificate)) as ours:
            response = await ours.get(f"https://127.0.0.1:{port}/")

        assert response.outcome is Outcome.PROTOCOL
        assert not response.body
        assert server.streams == 1
        listening.close()

    run(story)


@pytest.mark.parametrize("alpn", [None, ["http/1.1"]])
def test_requests_to_a_server_without_http_2_do_not_wait_for_each_other(
    certificate: Path, alpn: list[str] | None
) -> None:
    """With PIPEWAIT libcurl let the second wait for the first one's whole answer."""

    async def story() -> None:
        both_here = asyncio.Event()
        waiting = 0

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal waiting
            await reader.readuntil(b"\r\n\r\n")
            waiting += 1
            if waiting == 2:
                both_here.set()
            await both_here.wait()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 36\r\n\r\n" + PAGE)
            writer.close()

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if alpn:
            context.set_alpn_protocols(alpn)
        listening = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
        port = listening.sockets[0].getsockname()[1]
        async with client(roots=str(certificate)) as ours:
            answers = await asyncio.gather(
                *(ours.get(f"https://127.0.0.1:{port}/{n}") for n in range(2))
            )

        assert {answer.outcome for answer in answers} == {Outcome.OK}
        listening.close()

    run(story)
