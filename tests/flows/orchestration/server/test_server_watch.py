"""A Prefect server of our own that dies is told from one that ends together with us."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from flows.orchestration.server.prefect_server import (
    CLOCK_SET_BACK,
    LOOK_SECONDS,
    OWN_END_SECONDS,
    SERVER_DIED,
    ServerWatch,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def stops() -> Iterator[list[int]]:
    """The signals to stop that reach this process."""
    arrived = list[int]()
    before = signal.signal(signal.SIGTERM, lambda number, _: arrived.append(number))
    yield arrived
    signal.signal(signal.SIGTERM, before)


def dead_server() -> subprocess.Popen[bytes]:
    server = subprocess.Popen([sys.executable, "-c", ""])
    server.wait(30)
    return server


def test_a_server_that_ends_while_we_are_ending_is_no_death(stops: list[int]) -> None:
    watch = ServerWatch(dead_server(), lambda why: None)
    threading.Event().wait(2 * LOOK_SECONDS)
    watch.stop()
    threading.Event().wait(LOOK_SECONDS)

    assert (watch.why, stops) == (None, [])


def test_a_server_that_ends_alone_has_died(stops: list[int]) -> None:
    watch = ServerWatch(dead_server(), lambda why: None)
    threading.Event().wait(2 * LOOK_SECONDS + OWN_END_SECONDS)
    watch.stop()

    assert (watch.why, stops) == (SERVER_DIED, [signal.SIGTERM])


def test_a_clock_that_is_set_back_begins_anew_and_one_that_is_set_on_does_not(
    stops: list[int],
) -> None:
    moments = iter([timedelta(hours=3), timedelta(hours=9), timedelta(hours=9), timedelta(hours=8)])
    watch = ServerWatch(None, lambda why: None, lambda: next(moments))
    threading.Event().wait(2.5 * LOOK_SECONDS)
    before = (watch.why, list(stops))
    threading.Event().wait(1.5 * LOOK_SECONDS)
    watch.stop()

    assert before == (None, [])
    assert (watch.why, stops) == (CLOCK_SET_BACK, [signal.SIGTERM])
