"""A Prefect server of our own that dies is told from one that ends together with us."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from flows.orchestration.server.prefect_server import LOOK_SECONDS, OWN_END_SECONDS, ServerWatch

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
    watch = ServerWatch(dead_server(), lambda: None)
    threading.Event().wait(2 * LOOK_SECONDS)
    watch.stop()
    threading.Event().wait(LOOK_SECONDS)

    assert (watch.died, stops) == (False, [])


def test_a_server_that_ends_alone_has_died(stops: list[int]) -> None:
    watch = ServerWatch(dead_server(), lambda: None)
    threading.Event().wait(2 * LOOK_SECONDS + OWN_END_SECONDS)
    watch.stop()

    assert (watch.died, stops) == (True, [signal.SIGTERM])
