"""What libcurl does behind one's back, each as it was met, and that it does no harm here."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path

import pycurl
import pytest

from extractors.fetch.request import Limits
from extractors.fetch.ssrf import allowlist
from extractors.fetch.transport import multi
from extractors.fetch.transport.libcurl import Transport
from extractors.fetch.transport.sending import Enough, Sending
from extractors.fetch.transport.transfer import Transfer
from model import Outcome
from tests.extractors.fetch.transport.pages import OK, PAGE, run
from tests.extractors.fetch.transport.servers import LOOPBACK, NameServer, Raw, client, kept, once


def open_files() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.slow
def test_cancelled_requests_leave_no_socket_and_no_handle_behind() -> None:
    """Trap 6: a cancelled transfer stays with libcurl unless it is taken back."""

    async def silent(
        raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        await raw.head(reader)
        if number % 2:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nhalf")
        await asyncio.sleep(60)

    async def story() -> None:
        async with Raw(silent) as server:
            before = open_files()
            async with client() as ours:
                ours.gate.concurrent = 50
                for _ in range(4):
                    asks = [asyncio.create_task(ours.get(f"{server.url}/{n}")) for n in range(25)]
                    await all_asked(server, 25)
                    for ask in asks:
                        ask.cancel()
                    await asyncio.gather(*asks, return_exceptions=True)
                    assert not ours._transport.busy
                    assert not ours._transport._multi._running
            for task in server._talks:
                task.cancel()
            await asyncio.sleep(0.05)
            assert open_files() <= before

    run(story)


async def all_asked(server: Raw, count: int) -> None:
    """Until that many more requests have come in."""
    head_count = getattr(server, "heads_awaited", 0) + count
    while len(server.heads) < head_count:  # noqa: ASYNC110 - the server counts, it signals nothing
        await asyncio.sleep(0.01)
    server.heads_awaited = head_count  # type: ignore[attr-defined]


class Sink:
    """Takes an answer as it comes, and raises where it is told to."""

    def __init__(self, trouble: dict[str, Exception] | None = None) -> None:
        self.body, self.trouble = b"", trouble or {}

    def begin(self, head: object) -> float | None:
        if "begin" in self.trouble:
            raise self.trouble["begin"]
        return None

    def take(self, chunk: bytes) -> bool:
        if "take" in self.trouble:
            raise self.trouble["take"]
        self.body += chunk
        return True

    async def ready(self) -> None:
        return None


def transport() -> Transport:
    return Transport(allowlist(LOOPBACK), roots="/dev/null", connect_seconds=2, read_seconds=2)


def sending(server: Raw, sink: Sink, sent: Callable[[], None] = lambda: None) -> Sending:
    return Sending(
        f"{server.url}/", "127.0.0.1", server.port, [b"X: 1"], ("127.0.0.1",), sink, 5.0, sent
    )


@pytest.mark.parametrize("where", ["begin", "take", "sent"])
def test_what_a_callback_raises_comes_out_where_it_belongs_and_stalls_nobody(where: str) -> None:
    """Trap 7: exceptions in callbacks surface as errors 23 or 7, or stall other transfers."""
    boom = KeyError("boom")

    def sent() -> None:
        if where == "sent":
            raise boom

    async def story() -> None:
        ours = transport()
        async with kept(OK) as server:
            others = [Sink() for _ in range(5)]
            results = await asyncio.gather(
                ours.perform(sending(server, Sink({where: boom}), sent)),
                *(ours.perform(sending(server, sink)) for sink in others),
                return_exceptions=True,
            )
            assert results[0] is boom
            assert all(isinstance(result, Transfer) for result in results[1:])
            assert {sink.body for sink in others} == {PAGE}
            enough = Sink({"take": Enough()})
            assert isinstance(await ours.perform(sending(server, enough)), Transfer)
        ours.close()

    run(story)


def test_a_multi_handle_that_libcurl_gave_up_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap 7: after an exception in the socket callback libcurl fails all that is asked of it."""

    async def story() -> None:
        ours = transport()
        loop = asyncio.get_running_loop()
        add_reader, failures = loop.add_reader, [OSError(28, "No space left on device")]

        def full_once(*args: object) -> None:
            if failures:
                raise failures.pop()
            add_reader(*args)  # type: ignore[arg-type]

        async with kept(OK) as server:
            monkeypatch.setattr(loop, "add_reader", full_once)
            sink = Sink()
            await asyncio.wait_for(ours.perform(sending(server, sink)), 5)
            assert not failures
            assert sink.body == PAGE
            later = Sink()
            await asyncio.wait_for(ours.perform(sending(server, later)), 5)
            assert later.body == PAGE
        ours.close()

    run(story)


@pytest.mark.slow
def test_libcurl_unpacks_nothing_itself() -> None:
    """Trap 8: its own decompression made 500 MB of a bomb before a limit stopped it."""
    import gzip

    bomb = gzip.compress(bytes(100_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)

    async def story() -> None:
        async with once(head + bomb) as server, client() as ours:
            response = await ours.get(f"{server.url}/", kind="feed")

        assert response.outcome is Outcome.TOO_LARGE
        assert len(response.body) <= 10_000_000

    run(story)


@pytest.mark.parametrize(
    ("what", "outcome"),
    [
        ("headers", Outcome.PROTOCOL),
        ("chunk extensions", Outcome.TIMEOUT),
        ("interim answers", Outcome.PROTOCOL),
        ("one long line", Outcome.PROTOCOL),
    ],
)
def test_what_never_ends_is_ended(what: str, outcome: Outcome) -> None:
    """Trap 9."""

    async def endless(
        raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        await raw.head(reader)
        ok = b"HTTP/1.1 200 OK\r\n"
        start, more = {
            "headers": (ok, b"X-Filler: a filler\r\n" * 20),
            "chunk extensions": (ok + b"Transfer-Encoding: chunked\r\n\r\n5;", b"a=b;" * 100),
            "interim answers": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 20),
            "one long line": (ok + b"X: ", b"a" * 50_000),
        }[what]
        writer.write(start)
        while True:
            writer.write(more)
            await writer.drain()
            await asyncio.sleep(0.001)

    async def story() -> None:
        hasty = Limits(connect_seconds=1, read_seconds=0.5, total_seconds=2)
        async with Raw(endless) as server, client(limits=hasty) as ours:
            response = await asyncio.wait_for(ours.get(f"{server.url}/"), 20)

        assert response.outcome is outcome, response.sentence

    run(story)


def test_urls_go_out_as_they_were_judged_and_userinfo_makes_no_header() -> None:
    """Trap 11."""

    async def story() -> None:
        names = {"xn--bcher-kva.example": "127.0.0.1"}
        async with (
            once(OK) as server,
            NameServer(names) as name_server,
            client(nameservers=[name_server.address]) as ours,
        ):
            await ours.get(f"http://Bücher.example:{server.port}/ä/./b/../c?q=ö#part")
            await ours.get(f"http://ann:pw@bücher.example:{server.port}/", kind="page")

        assert len(server.heads) == 1
        lines = server.heads[0].split(b"\r\n")
        assert lines[0] == b"GET /%C3%A4/c?q=%C3%B6 HTTP/1.1"
        assert lines[1] == b"Host: xn--bcher-kva.example:%d" % server.port
        assert b"authorization" not in server.heads[0].lower()

    run(story)


@pytest.mark.slow
def test_sockets_that_pycurl_duplicates_are_closed() -> None:
    """Trap 12."""

    async def story() -> None:
        async with once(OK) as server:
            before = open_files()
            async with client() as ours:
                for n in range(40):
                    await ours.get(f"{server.url}/{n}")
                await asyncio.sleep(0.05)
                assert open_files() - before <= 10
            await asyncio.sleep(0.05)
            assert open_files() <= before

    run(story)


def test_nothing_of_libcurl_is_made_before_a_loop_runs() -> None:
    """Trap 13: a child must not touch an inherited multi handle. Workers are spawned, and only a
    running Client holds one."""
    ours = client()

    assert not any(isinstance(value, pycurl.CurlMulti) for value in vars(ours).values())
    assert not hasattr(ours, "_transport")


def test_libcurl_closes_its_sockets_itself() -> None:
    """Trap 14; that HTTP/2 shares connections is tested in test_http2.py."""
    folder = Path(multi.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))

    assert "CLOSESOCKETFUNCTION" not in text


@pytest.mark.slow
def test_a_pause_for_room_is_not_the_servers_fault() -> None:
    body = b"<p>" + b"word " * 500_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    hasty = Limits(connect_seconds=1, read_seconds=0.3, total_seconds=0.6, large_bodies=1)

    async def story() -> None:
        async with once(head + body) as server, client(limits=hasty) as ours:
            ours.room.clear()
            asking = asyncio.create_task(ours.get(f"{server.url}/"))
            await asyncio.sleep(1.2)  # twice what the whole may take
            assert not asking.done()
            ours.room.set()

            response = await asyncio.wait_for(asking, 10)

        assert (response.outcome, len(response.body)) == (Outcome.OK, len(body)), response.sentence

    run(story)
