"""Connections that are kept: whose address they lead to, and what happens when they are dead."""

import asyncio

import pytest

from extractors.fetch.request import Limits
from model import Outcome
from tests.extractors.fetch.transport.pages import OK, _answer, run
from tests.extractors.fetch.transport.servers import NameServer, Raw, client, kept, once


@pytest.mark.parametrize("now_at", ["10.0.0.1", "127.0.0.2"], ids=["forbidden", "moved"])
def test_a_kept_connection_does_not_outlive_the_address_it_leads_to(now_at: str) -> None:
    """Trap 1: over a kept connection libcurl opens no socket, so that nothing is judged there."""

    async def story() -> None:
        names = {"paper.example": "127.0.0.1"}
        async with kept(OK) as server, NameServer(names) as name_server:
            async with client(nameservers=[name_server.address]) as ours:
                url = f"http://paper.example:{server.port}/"
                assert (await ours.get(url)).outcome is Outcome.OK
                names["paper.example"] = now_at
                await ours.names.forget()

                response = await ours.get(url)

            assert len(server.heads) == 1
            assert response.outcome is (
                Outcome.PRIVATE_ADDRESS if now_at == "10.0.0.1" else Outcome.CONNECT
            )

    run(story)


def test_a_kept_connection_to_an_old_address_is_replaced_by_one_to_the_new() -> None:
    async def story() -> None:
        names = {"paper.example": "127.0.0.1"}
        async with kept(OK) as old, NameServer(names) as name_server:
            new_server = await asyncio.start_server(_answer(OK), "127.0.0.2", old.port)
            async with client(nameservers=[name_server.address]) as ours:
                url = f"http://paper.example:{old.port}/"
                await ours.get(url)
                names["paper.example"] = "127.0.0.2"
                await ours.names.forget()

                assert (await ours.get(url)).outcome is Outcome.OK

            assert len(old.heads) == 1
            new_server.close()

    run(story)


def test_addresses_handed_over_for_one_request_are_not_those_of_the_next() -> None:
    """Trap 2: RESOLVE belongs to the whole multi handle, and an empty list changes nothing."""

    async def story() -> None:
        names = {"one.example": "127.0.0.1", "two.example": "127.0.0.2"}
        async with once(OK) as server, NameServer(names) as name_server:
            two = await asyncio.start_server(
                _answer(OK.replace(b"met.", b"sat.")), "127.0.0.2", server.port
            )
            async with client(nameservers=[name_server.address]) as ours:
                first = await ours.get(f"http://one.example:{server.port}/")
                names["one.example"] = "127.0.0.2"
                await ours.names.forget()
                second = await ours.get(f"http://one.example:{server.port}/")
                literal = await ours.get(f"http://127.0.0.1:{server.port}/")
                dotted = await ours.get(f"http://two.example.:{server.port}/")

            assert b"met." in first.body
            assert b"sat." in second.body
            assert b"met." in literal.body
            assert b"sat." in dotted.body, dotted.sentence
            two.close()

    run(story)


@pytest.mark.slow
def test_many_requests_to_one_host_do_not_time_out_in_a_queue_of_libcurl() -> None:
    """Trap 3: M_MAX_HOST_CONNECTIONS queues within the connect limit."""

    async def slow(
        raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        while await raw.head(reader):
            await asyncio.sleep(0.15)
            writer.write(OK)

    async def story() -> None:
        hasty = Limits(connect_seconds=0.3, read_seconds=2, total_seconds=5)
        async with Raw(slow) as server, client(limits=hasty) as ours:
            answers = await asyncio.gather(*(ours.get(f"{server.url}/{n}") for n in range(10)))

        assert {answer.outcome for answer in answers} == {Outcome.OK}

    run(story)


def test_a_request_is_sent_twice_at_most_however_many_kept_connections_are_dead() -> None:
    """Trap 4: libcurl sent one request six times over kept connections that were closed on it."""

    async def twice_then_dead(
        raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        await raw.head(reader)
        writer.write(OK)
        await raw.head(reader)  # reads the second request, and hangs up

    async def story() -> None:
        async with Raw(twice_then_dead) as server, client() as ours:
            ours.gate.concurrent = 6
            await asyncio.gather(*(ours.get(f"{server.url}/{n}") for n in range(6)))
            before = len(server.heads)

            await ours.get(f"{server.url}/last")

            assert server.connections >= 6
            assert len(server.heads) - before <= 2

    run(story)


@pytest.mark.parametrize("status", ["408 Request Timeout", "421 Misdirected Request"])
def test_a_stale_408_or_421_on_a_kept_connection_is_asked_again_on_a_new_one(status: str) -> None:
    """Trap 5: a server that ends an idle connection says 408 on it, one that takes it for another
    site's 421."""
    refusal = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()

    async def impatient(
        raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        await raw.head(reader)
        writer.write(OK)
        await raw.head(reader)
        writer.write(refusal)

    async def story() -> None:
        async with Raw(impatient) as server, client() as ours:
            assert (await ours.get(f"{server.url}/1")).outcome is Outcome.OK
            assert (await ours.get(f"{server.url}/2")).outcome is Outcome.OK
            assert server.connections == 2
        async with once(refusal) as server, client() as ours:
            assert (await ours.get(f"{server.url}/")).status == int(status[:3])
            assert len(server.heads) == 1

    run(story)
