"""A sample database, and the whole review server in this process, gate and all."""

import asyncio
import shutil
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from datasette.app import Datasette
from jinja2 import FileSystemBytecodeCache

from review import app, database
from review.auth import team_file
from review.auth.sessions import COOKIE, Sessions, seconds_now
from review.auth.team_file import Person, Team
from review.render import synchronous
from review.state import ReviewState
from tests.review import sample

PASSWORD = "correct horse battery staple"
SECRET = "0123456789abcdef" * 4


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.write(tmp_path_factory.mktemp("review") / "sample.db")


@pytest.fixture
def db(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(original, tmp_path / "pollwatch.db"))


@pytest.fixture(scope="session")
def hashed() -> str:
    return team_file.hash_password(PASSWORD)


@pytest.fixture(scope="session")
def team(hashed: str) -> Team:
    named = [
        Person("vera", "Vera", "viewer", hashed),
        Person("rita", "Rita", "reviewer", hashed),
        Person("remy", "Remy", "reviewer", hashed),
        Person("lena", "Lena", "lead", hashed),
    ]
    return Team({person.id: person for person in named}, SECRET, hosts=("review.example",))


def compiled(kind: str) -> FileSystemBytecodeCache:
    """Templates, kept beside the compiled tests: each server would compile the same ones anew."""
    beside = Path(__file__).with_name("__pycache__")
    beside.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(beside), f"{kind}-%s.{sys.implementation.cache_tag}.jinja")


TEMPLATES, SYNCHRONOUS = compiled("awaited"), compiled("synchronous")


class Desk:
    """The server, asked over ASGI as `who`; a browser would send the same."""

    def __init__(self, ds: Datasette) -> None:
        self.ds = ds
        ds.jinja_env.bytecode_cache = TEMPLATES
        synchronous.environment(ds.jinja_env).bytecode_cache = SYNCHRONOUS
        self.asgi = ds.app()
        self.loop = asyncio.new_event_loop()
        self.forms: dict[str | None, tuple[httpx.Cookies, str]] = {}

    def move(self, path: Path, team: Team) -> None:
        """The same server over another database, as one that has just been started there: nothing
        that it kept of the last one, connections neither. Building a server takes as long as ten
        requests."""
        self.end_connections()
        self.ds.executor = ThreadPoolExecutor(max_workers=4)  # as in app.SETTINGS
        self.ds.remove_database(database.NAME)
        app.attach(self.ds, ReviewState(path, team, Sessions(team)))
        self.forms.clear()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def cookies(self, who: str | None) -> dict[str, str]:
        if who is None:
            return {}
        room = self.ds.pollwatch_desk
        return {COOKIE: room.sessions.start(room.team.people[who], seconds_now())}

    async def ask(self, method: str, path: str, who: str | None, **more: Any) -> httpx.Response:
        headers = {"accept": "text/html", **more.pop("headers", {})}
        transport = httpx.ASGITransport(app=self.asgi, raise_app_exceptions=True)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8001", cookies=self.cookies(who)
        ) as client:
            return await client.request(method, path, headers=headers, **more)

    def get(self, path: str, who: str | None = "rita", **more: Any) -> httpx.Response:
        response: httpx.Response = self.run(self.ask("GET", path, who, **more))
        return response

    async def send(
        self, path: str, who: str | None, data: dict[str, str], **more: Any
    ) -> httpx.Response:
        """A form as our page sends it: with the token that stands in its cookie, which a browser
        keeps from form to form."""
        transport = httpx.ASGITransport(app=self.asgi, raise_app_exceptions=True)
        headers = {
            "accept": "application/json",
            "origin": "http://127.0.0.1:8001",
            **more.pop("headers", {}),
        }
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8001", cookies=self.cookies(who)
        ) as client:
            if who not in self.forms:
                form = f"{self.ds.path_prefix}/-/{'feeds' if who else 'sign-in'}"
                page = await client.get(form, headers={"accept": "text/html"})
                token = page.text.partition('name="csrftoken" value="')[2].partition('"')[0]
                self.forms[who] = (page.cookies, token)
            cookies, token = self.forms[who]
            client.cookies.update(cookies)
            return await client.post(path, data={**data, "csrftoken": token}, headers=headers)

    def post(
        self, path: str, data: dict[str, str], who: str | None = "rita", **more: Any
    ) -> httpx.Response:
        response: httpx.Response = self.run(self.send(path, who, data, **more))
        return response

    def act(
        self, story: int, action: str, seen_count: int, who: str = "rita", **more: str
    ) -> httpx.Response:
        return self.post(
            "/-/act", {"items": f"{story}:{seen_count}", "action": action, **more}, who
        )

    def end_connections(self) -> None:
        self.ds.executor.shutdown(wait=True)  # each thread holds one
        for attached in self.ds.databases.values():
            attached.close()

    def close(self) -> None:
        self.end_connections()
        self.loop.close()


@pytest.fixture
def opened() -> Iterator[Callable[[Path, Team], Desk]]:
    """Opens servers, and closes them after the test."""
    desks: list[Desk] = []

    def start(path: Path, team: Team) -> Desk:
        desks.append(Desk(app.build(path, team)))
        return desks[-1]

    yield start
    for desk in desks:
        desk.close()


@pytest.fixture(scope="session")
def server(original: Path, team: Team, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    path = Path(shutil.copy(original, tmp_path_factory.mktemp("server") / "pollwatch.db"))
    desk = Desk(app.build(path, team))
    yield desk
    desk.close()


@pytest.fixture
def desk(db: Path, team: Team, server: Desk) -> Desk:
    """For tests that write: a database of their own."""
    server.move(db, team)
    return server


@pytest.fixture(scope="session")
def shared(original: Path, team: Team, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """For tests that only look."""
    path = Path(shutil.copy(original, tmp_path_factory.mktemp("shared") / "pollwatch.db"))
    desk = Desk(app.build(path, team))
    yield desk
    desk.close()
