import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from extractors.fetch.client import Client
from extractors.fetch.request import Limits
from extractors.fetch.throttle import HostGate
from model import HostState, Outcome, Response
from tests.extractors.newsstand import Newsstand, Reply, Request, answer, page

GAP = 0.25


def client(gate: HostGate, **options: object) -> Client:
    return Client(
        user_agent="Pollwatch",
        gate=gate,
        allow=("127.0.0.0/8",),
        limits=Limits(connect_seconds=1, read_seconds=1, total_seconds=2),
        **options,  # type: ignore[arg-type]
    )


def gate(seconds: float = GAP, concurrent: int = 2, **options: object) -> HostGate:
    return HostGate(
        seconds_between=seconds,
        concurrent=concurrent,
        rng=random.Random(1),
        **options,  # type: ignore[arg-type]
    )


async def all_of(ours: Client, urls: list[str]) -> list[Response]:
    return list(await asyncio.gather(*(ours.get(url) for url in urls)))


def gaps(stand: Newsstand) -> list[float]:
    times = [request.at for request in stand.requests]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


async def slow(_: Request) -> bytes:
    await asyncio.sleep(0.15)
    return page()


@pytest.mark.slow
def test_starts_on_one_host_are_apart_and_hosts_do_not_wait_for_each_other() -> None:
    async def story() -> None:
        async with Newsstand({"/": page()}) as first, Newsstand({"/": page()}) as second:
            async with client(gate()) as ours:
                began = asyncio.get_running_loop().time()
                await all_of(ours, [f"{first.url}/"] * 4 + [f"{second.url}/"] * 4)
                took = asyncio.get_running_loop().time() - began

            assert min(gaps(first) + gaps(second)) >= GAP
            assert took < 2 * 3 * GAP

    run(story)


@pytest.mark.slow
def test_redirects_wait_their_turn_too() -> None:
    async def story() -> None:
        replies: dict[str, Reply] = {"/a": answer(b"", "302 F", Location="/b"), "/b": page()}
        async with Newsstand(replies) as stand, client(gate()) as ours:
            await all_of(ours, [f"{stand.url}/a"] * 2)

            assert min(gaps(stand)) >= GAP

    run(story)


def test_no_more_requests_at_once_than_allowed() -> None:
    async def story() -> None:
        async with Newsstand({"/": slow}) as stand, client(gate(0)) as ours:
            await all_of(ours, [f"{stand.url}/"] * 7)

            assert stand.peak == 2

    run(story)


def test_a_server_that_drops_connections_is_not_asked_twice_in_a_row() -> None:
    async def story() -> None:
        async with Newsstand({"/": b""}) as stand, client(gate()) as ours:
            response = await ours.get(f"{stand.url}/")

            assert response.outcome is Outcome.CONNECT
            assert len(stand.requests) == 1

    run(story)


def test_a_long_retry_after_holds_the_group_back_without_asking() -> None:
    async def story() -> None:
        async with Newsstand({"/": page(), "/x": answer(b"", "429 S", retry_after="600")}) as stand:
            async with client(gate(0)) as ours:
                first = await ours.get(f"{stand.url}/x")
                second = await ours.get(f"{stand.url}/")

            assert first.outcome is second.outcome is Outcome.RATE_LIMITED
            assert (first.status, second.status) == (429, None)
            assert first.retry_after == second.retry_after
            assert first.retry_after is not None
            wait = (first.retry_after - first.started_at).total_seconds()
            assert 600 <= wait <= 661
            assert stand.paths == ["/x"]

    run(story)


@pytest.mark.slow
def test_a_short_retry_after_is_waited_out_and_harms_nobody() -> None:
    async def story() -> None:
        async with Newsstand({"/": page(), "/x": answer(b"", "429 S", retry_after="1")}) as stand:
            async with client(gate(0)) as ours:
                await ours.get(f"{stand.url}/x")
                second = await ours.get(f"{stand.url}/")

            assert second.outcome is Outcome.OK
            assert gaps(stand)[0] >= 1

    run(story)


@pytest.mark.slow
def test_a_host_that_always_says_429_is_left_alone_for_this_run() -> None:
    async def story() -> None:
        limited = answer(b"", "429 S", retry_after="0")
        async with Newsstand({"/": limited}) as stand, client(gate(0)) as ours:
            responses = await all_of(ours, [f"{stand.url}/"] * 20)

            assert {response.outcome for response in responses} == {Outcome.RATE_LIMITED}
            assert len(stand.requests) <= 4

    run(story)


def test_a_503_holds_back_only_its_own_address() -> None:
    async def story() -> None:
        replies: dict[str, Reply] = {"/": page(), "/x": answer(b"", "503 L", retry_after="600")}
        async with Newsstand(replies) as stand, client(gate(0)) as ours:
            sick = await ours.get(f"{stand.url}/x")
            well = await ours.get(f"{stand.url}/")

            assert sick.retry_after is not None
            assert well.outcome is Outcome.OK

    run(story)


def test_a_dead_host_is_asked_twice_and_its_neighbours_are_read() -> None:
    async def story() -> None:
        async with Newsstand({"/": page()}) as stand:
            async with Newsstand({}) as stopped:
                dead = stopped.url
            async with client(gate(0)) as ours:
                responses = await all_of(ours, [f"{dead}/{n}" for n in range(9)])
                well = await ours.get(f"{stand.url}/")

            assert {response.outcome for response in responses} == {Outcome.CONNECT}
            assert sum("Not asked" in response.sentence for response in responses) >= 6
            assert well.outcome is Outcome.OK

    run(story)


def test_a_host_that_never_finishes_is_given_up_after_four_tries() -> None:
    async def never(_: Request) -> bytes:
        await asyncio.sleep(30)
        return b""

    async def story() -> None:
        hasty = Limits(connect_seconds=1, read_seconds=0.5, total_seconds=1)
        async with Newsstand({"/": never, "/ok": page()}) as stand:
            async with Client(
                user_agent="Pollwatch", gate=gate(0), allow=("127.0.0.0/8",), limits=hasty
            ) as ours:
                responses = await all_of(ours, [f"{stand.url}/"] * 3 + [f"{stand.url}/ok"])
                assert responses[3].outcome is Outcome.OK
                responses = await all_of(ours, [f"{stand.url}/"] * 12)

            assert {response.outcome for response in responses} == {Outcome.TIMEOUT}
            assert len(stand.requests) <= 4 + 5

    run(story)


@pytest.mark.slow
def test_what_one_run_learned_binds_the_next() -> None:
    async def story() -> None:
        async with Newsstand({"/": page(), "/x": answer(b"", "429 S", retry_after="900")}) as stand:
            first = gate(1.0)
            async with client(first) as ours:
                await ours.get(f"{stand.url}/")
            again = {state.group: state for state in first.states()}
            async with client(gate(1.0, states=again)) as ours:
                await ours.get(f"{stand.url}/x")
            assert gaps(stand)[0] >= 0.95

            states = {state.group: state for state in ours.gate.states()}
            async with client(gate(0, states=states)) as ours:
                response = await ours.get(f"{stand.url}/")
            assert response.outcome is Outcome.RATE_LIMITED
            assert stand.paths == ["/", "/x"]

    run(story)


def test_a_wait_that_is_over_holds_nobody() -> None:
    now = datetime.now(UTC)
    past = HostState("127.0.0.1:80", not_before=now - timedelta(hours=1), last_started_at=now)

    async def story() -> None:
        ours = gate(0, states={past.group: past})

        assert await ours.enter(past.group, "127.0.0.1:80") is None
        ours.leave(past.group)

    run(story)


def test_a_cancelled_wait_gives_its_place_away() -> None:
    async def story() -> None:
        ours = gate(0, concurrent=1)
        assert await ours.enter("paper.example", "paper.example:443") is None
        waiting = asyncio.create_task(ours.enter("paper.example", "paper.example:443"))
        behind = asyncio.create_task(ours.enter("paper.example", "paper.example:443"))
        await asyncio.sleep(0)

        ours.leave("paper.example")  # the place goes to `waiting`, which is cancelled as it gets it
        waiting.cancel()

        assert await asyncio.wait_for(behind, 1) is None

    run(story)
