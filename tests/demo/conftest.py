"""One newsroom per module, and a client that shows statuses and headers as they came."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from demo.newsroom import Newsroom

NOW = datetime(2026, 10, 19, 20, 30, tzinfo=UTC)
ANY = [0] * 7


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Message
    body: bytes


Get = Callable[..., Reply]


def fetch(url: str, method: str = "GET", **headers: str) -> Reply:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, url.removeprefix(f"http://{parts.netloc}"), headers=named)
    response = connection.getresponse()
    reply = Reply(response.status, response.headers, response.read())
    connection.close()
    return reply


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(ports=ANY, now=NOW) as outlets:
        yield outlets


@pytest.fixture(scope="module")
def second() -> Iterator[Newsroom]:
    """In its second edition from the start."""
    with Newsroom(ports=ANY, now=NOW) as outlets:
        outlets.publish_second_edition()
        yield outlets


@pytest.fixture
def fresh() -> Iterator[Newsroom]:
    with Newsroom(ports=ANY, now=NOW) as outlets:
        yield outlets


@pytest.fixture(scope="session")
def get() -> Get:
    return fetch
