"""All pages under a path, as a proxy serves them: nothing leads out of it, everything works in it."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from review import app
from review.auth import team_file
from review.auth.sessions import COOKIE, DEVICE_COOKIE
from review.auth.team_file import Team
from tests.review.conftest import PASSWORD, Desk
from tests.review.page_reader import Page

# The prefix has the database's own name, so that the two cannot be told apart by it.
PREFIX = "/pollwatch"
MOVES = {
    "/": 303,
    "/-/sign-in": 303,
    "/-/views": 303,
    "/-/act": 405,
}  # all else is a page; nobody acts by a link
ENTRY = "{http://www.w3.org/2005/Atom}entry"
LINK = "{http://www.w3.org/2005/Atom}link"


@pytest.fixture(scope="module")
def under(original: Path, team: Team, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    path = Path(shutil.copy(original, tmp_path_factory.mktemp("under") / "pollwatch.db"))
    desk = Desk(app.build(path, replace(team, path_prefix=PREFIX)))
    yield desk
    desk.close()


def own_links(page: str) -> set[str]:
    """Addresses on this server, without their places within a page."""
    return {
        address.partition("#")[0].removeprefix("http://127.0.0.1:8001")
        for address in Page(page).addresses()
        if re.match(r"/(?!/)|http://127\.0\.0\.1:8001", address)
    } - {""}


def kind_of(link: str) -> str:
    """One of each page of ours is looked at, and of Datasette's one table, row and file of a form."""
    path = re.sub(r"\d+", "7", link.partition("?")[0])
    if not path.startswith(f"{PREFIX}{PREFIX}/"):
        return path
    _, table, *row = path.removeprefix(PREFIX).strip("/").split("/")
    form = table.rpartition(".")[2] if "." in table else ""
    return f"table {form}{' row' * len(row)}"


@pytest.mark.slow
def test_no_link_of_any_page_leads_out_and_every_link_leads_somewhere(under: Desk) -> None:
    seen_ids: set[str] = set()
    todo = [f"{PREFIX}/-/queue", f"{PREFIX}/", f"{PREFIX}{PREFIX}", f"{PREFIX}/-/sign-in"]
    todo += [f"{PREFIX}{PREFIX}/feeds"]  # a table without a row has no other forms to offer
    kinds: set[str] = set()
    while todo:
        here = todo.pop()
        seen_ids.add(here)
        answer = under.get(here, "lena")
        moves = MOVES.get(here.removeprefix(PREFIX).partition("?")[0], 200)
        assert answer.status_code == moves, here
        assert answer.headers.get("location") == (f"{PREFIX}/-/queue" if moves == 303 else None), (
            here
        )
        if "html" not in answer.headers.get("content-type", ""):
            continue
        links = own_links(answer.text)
        assert not [link for link in links if not link.startswith(f"{PREFIX}/")], here
        for link in sorted(links):  # the same walk each time
            kind = kind_of(link)
            if kind not in kinds and "/sign-out" not in link:
                kinds.add(kind)
                todo.append(link)

    assert len(kinds) > 40
    styles = f"{PREFIX}/-/pollwatch/pollwatch.css"
    assert {
        f"{PREFIX}/-/story/7",
        styles,
        "table ",
        "table json",
        "table csv",
        "table  row",
    } <= kinds


def test_signing_in_leads_back_under_the_path_and_its_cookies_stay_there(under: Desk) -> None:
    async def signed_in() -> tuple[httpx.Response, httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(app=under.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8001") as browser:  # fmt: skip
            sent_on = await browser.get(f"{PREFIX}/-/mutes?a=b", headers={"accept": "text/html"})
            form = await browser.get(sent_on.headers["location"])
            token = form.text.partition('name="csrftoken" value="')[2].partition('"')[0]
            target = form.text.partition('name="next" value="')[2].partition('"')[0]
            data = {"name": "rita", "password": PASSWORD, "csrftoken": token, "next": target}
            welcome = await browser.post(f"{PREFIX}/-/sign-in", data=data)
            page = await browser.get(welcome.headers["location"])
            return sent_on, welcome, page

    sent_on, welcome, page = under.run(signed_in())

    assert sent_on.headers["location"] == f"{PREFIX}/-/sign-in?next=%2F-%2Fmutes%3Fa%3Db"
    assert welcome.headers["location"] == f"{PREFIX}/-/mutes?a=b"
    paths = dict(
        re.match(r"(\w+)=.*?; Path=([^;]*)", cookie, re.IGNORECASE).groups()  # type: ignore[union-attr]
        for cookie in welcome.headers.get_list("set-cookie")
    )
    assert paths == {COOKIE: f"{PREFIX}/", DEVICE_COOKIE: f"{PREFIX}/-/sign-in"}
    assert page.status_code == 200


def test_addresses_that_leave_hold_the_path(under: Desk) -> None:
    answer = under.run(under.ask("GET", f"{PREFIX}/-/queue.json?size=1", "rita")).json()
    assert answer["next"].startswith(f"{PREFIX}/-/queue.json?")
    rows = under.get(f"{PREFIX}{PREFIX}/articles.json?_size=1", "lena").json()
    assert rows["next_url"].startswith(f"http://127.0.0.1:8001{PREFIX}{PREFIX}/articles.json?")


def test_the_atom_feed_holds_the_path(under: Desk) -> None:
    page = under.post(f"{PREFIX}/-/feeds", {})
    address = page.text.partition(f"http://127.0.0.1:8001{PREFIX}/-/feed.atom")[2]
    token = address.partition("token=")[2][:43]
    feed = ElementTree.fromstring(under.get(f"{PREFIX}/-/feed.atom?token={token}", None).text)
    links = [str(link.get("href")) for entry in feed.iter(ENTRY) for link in entry.iter(LINK)]
    own = [link for link in links if "127.0.0.1:8001" in link]
    assert own
    assert all(link.startswith(f"http://127.0.0.1:8001{PREFIX}/-/story/") for link in own)


@pytest.mark.parametrize("path", ["/", "/-/queue", "/pollwatchers/", "/-/sign-in"])
def test_outside_the_path_there_is_nothing(under: Desk, path: str) -> None:
    answer = under.get(path)

    assert answer.status_code == 404
    assert answer.text == "The pages of this server begin at /pollwatch/\n"


def test_the_path_without_its_slash_leads_in(under: Desk) -> None:
    answer = under.get(PREFIX)

    assert (answer.status_code, answer.headers["location"]) == (308, f"{PREFIX}/")


@pytest.mark.parametrize(
    ("written", "prefix"), [("/pollwatch/", "/pollwatch"), ("/a/b", "/a/b"), ("/", "")]
)
def test_the_team_file_names_the_path(
    tmp_path: Path, hashed: str, written: str, prefix: str
) -> None:
    assert team_file.load_team(team_yaml(tmp_path, hashed, written)).path_prefix == prefix


@pytest.mark.parametrize("written", ["pollwatch", "https://a.example/x", "/..//", "/a b", "7"])
def test_a_path_that_is_none_is_a_fault(tmp_path: Path, hashed: str, written: str) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        team_file.load_team(team_yaml(tmp_path, hashed, written))

    assert "base_url: must be a path such as /pollwatch/" in str(caught.value.exceptions[0])


def team_yaml(folder: Path, hashed: str, base_url: str) -> Path:
    people = f"people:\n- {{id: rita, role: reviewer, password: {hashed}}}\n"
    path = folder / "team.yaml"
    path.write_text(f"secret: {'s' * 32}\nbase_url: {base_url}\n{people}")
    return path
