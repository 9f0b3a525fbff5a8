"""Names are looked up without threads, by a real name server on loopback."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from extractors.fetch.request import Limits
from extractors.fetch.transport import resolver as names_module
from extractors.fetch.transport.connection_faults import UnknownName
from extractors.fetch.transport.resolver import Names, is_literal
from model import Outcome
from tests.extractors.fetch.transport.servers import NameServer, client, kept

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 36\r\n\r\n<html><p>The council met.</p></html>"


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


@pytest.mark.slow
def test_300_names_whose_server_never_answers_cost_nobody_else() -> None:
    async def story() -> None:
        good = {f"good{n}.example": "127.0.0.1" for n in range(30)}
        patient = Limits(connect_seconds=5, read_seconds=5, total_seconds=10)
        async with (
            kept(OK) as server,
            NameServer(good, silent=".dead") as name_server,
            client(nameservers=[name_server.address], limits=patient) as ours,
        ):
            dead = [
                asyncio.create_task(ours.get(f"http://paper{n}.dead:{server.port}/"))
                for n in range(300)
            ]
            while len(name_server.hosts_asked) < 300:  # noqa: ASYNC110 - it counts, it signals nothing
                await asyncio.sleep(0.01)

            well = await asyncio.gather(
                *(ours.get(f"http://{name}:{server.port}/") for name in good)
            )

            assert not all(task.done() for task in dead)
            assert {answer.outcome for answer in well} == {Outcome.OK}
            for task in dead:
                task.cancel()
            await asyncio.gather(*dead, return_exceptions=True)

    run(story)


@pytest.mark.slow
def test_names_whose_server_never_answers_end_by_themselves() -> None:
    async def story() -> None:
        async with (
            NameServer({}, silent=".dead") as name_server,
            client(nameservers=[name_server.address]) as ours,
        ):
            answers = await asyncio.gather(
                *(ours.get(f"http://paper{n}.dead/") for n in range(100))
            )

        assert {answer.outcome for answer in answers} == {Outcome.DNS}

    run(story)


def test_an_answer_is_kept_and_one_question_serves_all_who_wait() -> None:
    async def story() -> None:
        async with NameServer({"paper.example": "192.0.2.7"}) as name_server:
            names = Names(nameservers=[name_server.address])
            answers = await asyncio.gather(
                *(names.addresses("paper.example", 80) for _ in range(9))
            )
            question_count = len(name_server.hosts_asked)
            again = await names.addresses("paper.example", 443)
            await names.close()

        assert set(answers) == {("192.0.2.7",)} == {again}
        assert question_count == len(name_server.hosts_asked) <= 2  # for IPv4 and for IPv6

    run(story)


def test_a_failure_is_kept_for_a_short_while() -> None:
    async def story() -> None:
        async with NameServer({}) as name_server:
            names = Names(nameservers=[name_server.address])
            for _ in range(3):
                with pytest.raises(UnknownName):
                    await names.addresses("nobody.invalid", 80)
            await names.close()

        assert len(name_server.hosts_asked) <= 2

    run(story)


def test_what_c_ares_does_not_know_the_system_is_asked_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As with VPN resolvers and nsswitch, here for a name that only the system's resolver knows."""
    hosts: list[str] = []

    def of_the_system(host: str, *args: object, **options: object) -> list[object]:
        hosts.append(host)
        if host != "intranet.example":
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.9", 80))]

    monkeypatch.setattr(names_module.socket, "getaddrinfo", of_the_system)

    async def story() -> None:
        async with NameServer({}) as name_server:
            names = Names(nameservers=[name_server.address])
            assert await names.addresses("intranet.example", 80) == ("192.0.2.9",)
            assert await names.addresses("intranet.example", 80) == ("192.0.2.9",)
            with pytest.raises(UnknownName):
                await names.addresses("nobody.example", 80)
            await names.close()

    run(story)
    assert hosts == ["intranet.example", "nobody.example"]


def test_a_lookup_that_hangs_holds_no_more_threads_than_are_allowed() -> None:
    import threading

    release, running, most = threading.Event(), [0], [0]
    lock = threading.Lock()

    def hanging(host: str, port: int) -> tuple[str, ...]:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        release.wait(20)
        with lock:
            running[0] -= 1
        return ("192.0.2.1",)

    async def story() -> None:
        names = Names(lookup=hanging)
        asks = [asyncio.create_task(names.addresses(f"p{n}.example", 80)) for n in range(40)]
        await asyncio.sleep(0.3)
        release.set()
        assert set(await asyncio.gather(*asks)) == {("192.0.2.1",)}
        await names.close()

    run(story)
    assert most[0] == names_module.THREADS


def test_a_name_that_cannot_be_is_not_asked_for() -> None:
    async def story() -> None:
        async with NameServer({}) as name_server, client(nameservers=[name_server.address]) as ours:
            response = await ours.get(f"http://{'a' * 70}.example/")
        assert response.outcome is Outcome.DNS
        assert not name_server.hosts_asked

    run(story)


def test_addresses_are_told_from_names() -> None:
    assert is_literal("127.0.0.1")
    assert is_literal("2001:db8::1")
    assert not is_literal("1.2.3.example")
    assert not is_literal("localhost")
