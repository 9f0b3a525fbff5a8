"""What bounds a request: addresses, sizes, deadlines, turns; and what a kept connection costs."""

import asyncio

import pytest

from extractors.fetch.client import Client
from extractors.fetch.request import Limits
from extractors.fetch.throttle import HostGate
from model import Outcome
from tests.extractors.fetch.asking import LOOPBACK, QUICK, client, run
from tests.extractors.newsstand import Newsstand, answer, page


def test_names_are_judged_by_every_address_at_connect_time() -> None:
    names = {
        "rebind.example": "10.0.0.1",
        "cloud.example": "169.254.169.254",
        "six.example": "::ffff:127.0.0.1",
        "both.example": "192.168.0.1 127.0.0.1",
        "paper.example": "127.0.0.1",
    }

    async def story() -> None:
        async with Newsstand({"/": page()}) as stand:
            async with client(names=names, allow=()) as strict:
                for name in names:
                    response = await strict.get(f"http://{name}/")
                    assert response.outcome is Outcome.PRIVATE_ADDRESS, name
                assert (await strict.get("http://gone.example/")).outcome is Outcome.DNS
            async with client(names=names) as ours:
                for name in ("paper.example", "both.example"):
                    response = await ours.get(f"http://{name}:{stand.port}/")
                    assert response.outcome is Outcome.OK, response.sentence
                response = await ours.get(f"http://rebind.example:{stand.port}/")
                assert response.outcome is Outcome.PRIVATE_ADDRESS
            assert len(stand.requests) == 2

    run(story)


def test_a_name_that_changes_its_address_is_judged_again() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    async def story() -> None:
        async with (
            Newsstand({"/": page(connection="close")}) as stand,
            Client(
                user_agent="Pollwatch",
                gate=HostGate(seconds_between=0),
                allow=LOOPBACK,
                limits=QUICK,
                lookup=lambda host, port: next(answers),
            ) as ours,
        ):
            url = f"http://rebind.example:{stand.port}/"
            assert (await ours.get(url)).outcome is Outcome.OK
            await ours.names.forget()
            assert (await ours.get(url)).outcome is Outcome.PRIVATE_ADDRESS

    run(story)


def test_a_body_past_the_limit_is_left_where_it_is() -> None:
    small = Limits(page_bytes=10_000, feed_bytes=20_000)

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"1000\r\n" + b"w" * 4096 + b"\r\n")
                await writer.drain()
        except ConnectionError:
            writer.close()

    async def story() -> None:
        server = await asyncio.start_server(endless, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with client(limits=small) as ours:
            for kind in ("page", "feed"):
                response = await ours.get(url, kind=kind)  # type: ignore[arg-type]
                assert response.outcome is Outcome.TOO_LARGE, response.sentence
                assert response.bytes_received < 1_000_000
        server.close()

    run(story)


@pytest.mark.slow
def test_one_byte_at_a_time_ends_at_the_deadline() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.1)
        except ConnectionError:
            writer.close()

    async def story() -> None:
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with client() as ours:
            response = await ours.get(url)
            assert response.outcome is Outcome.TIMEOUT
            assert response.duration_ms > 700
        server.close()

    run(story)


def test_a_kept_connection_is_used_again_and_its_loss_is_not_the_servers_fault() -> None:
    async def story() -> None:
        async with Newsstand({"/a": page()}) as stand, client() as ours:
            for _ in range(3):
                assert (await ours.get(f"{stand.url}/a")).outcome is Outcome.OK
            assert stand.connections == 1
            stand.replies["/a"] = lambda request: b"" if stand.connections == 1 else page()

            assert (await ours.get(f"{stand.url}/a")).outcome is Outcome.OK

            assert stand.connections == 2

    run(story)


def test_large_bodies_take_turns() -> None:
    few = Limits(large_bodies=1)
    body = b"<p>" + b"word " * 400_000

    async def story() -> None:
        async with Newsstand({"/a": answer(body)}) as stand, client(limits=few) as ours:
            responses = await asyncio.gather(*(ours.get(f"{stand.url}/a") for _ in range(4)))

            assert {len(response.body) for response in responses} == {len(body)}

    run(story)
