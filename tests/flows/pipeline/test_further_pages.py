"""Stories of several pages over a whole run: what is asked for, and what the article is then."""

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.pipeline.inputs.caller import Caller
from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
from tests.extractors.newsstand import Newsstand, Reply, answer, moved

pytestmark = pytest.mark.slow  # whole runs

RULE = """- id: scanners
  title: Scanners
  severity: high
  category: other
  query: scanner NEAR/9 altered
  examples: {match: [a scanner was altered], ignore: [nothing]}
"""
DANGER = (
    "<p>On election night somebody altered the scanner of precinct nine, the clerk told us.</p>"
)
TITLE = "How the county counts its ballots"


def text(page: int | str) -> str:
    lines = (
        f"Paragraph {n} of page {page} says how the county counts what its voters sent in."
        for n in range(6)
    )
    return "".join(f"<p>{line}</p>" for line in lines)


def part(
    page: int | str, link: str = "", more: str = "", title: str = TITLE, body: str | None = None
) -> bytes:
    body = text(page) if body is None else body
    markup = f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}{more}<nav>{link}</nav></article></body></html>"
    return answer(markup.encode(), content_type="text/html; charset=utf-8")


def following(address: str, words: str = "Next page") -> str:
    return f'<a rel="next" href="{address}">{words}</a>'


@dataclass(frozen=True)
class Seen:
    state: str
    outcome: str
    problem: str
    body: str
    hits: int
    again: str | None
    extractor: str
    paths: tuple[str, ...]

    def has_page(self, page: int | str) -> bool:
        return f"Paragraph 3 of page {page} " in self.body


async def runs(folder: Path, *rounds: Mapping[str, Reply], robots: bytes = b"") -> list[Seen]:
    """What the article of one feed item, `/story`, is after each run."""
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "scanners.yaml").write_text(RULE, "utf-8")
    seen = []
    async with Newsstand({}) as stand:
        rss = f"<rss version='2.0'><channel><title>Gazette</title><item><title>{TITLE}</title><link>{stand.url}/story</link></item></channel></rss>"
        for replies in rounds:
            stand.requests.clear()
            stand.replies = {
                "/feed": answer(rss.encode(), content_type="application/rss+xml"),
                "/robots.txt": answer(robots, content_type="text/plain"),
                **replies,
            }
            settings = "settings: {allow_addresses: [127.0.0.1/32], seconds_between_requests: 0}\n"
            (folder / "feeds.yaml").write_text(f"{settings}feeds:\n  - {{name: Gazette, url: '{stand.url}/feed'}}\n", "utf-8")  # fmt: skip
            options = Options(feeds=folder / "feeds.yaml", rules=folder / "rules", db=folder / "p.db", due_only=False, processes=1)  # fmt: skip
            await run_watch(load_plan(options), Caller())
            paths = [path for path in stand.paths if path not in {"/feed", "/robots.txt"}]
            seen.append(article_in(folder / "p.db", tuple(paths)))
            make_due(folder / "p.db")
    return seen


def article_in(path: Path, paths: tuple[str, ...]) -> Seen:
    with sqlite3.connect(path) as database:
        row = database.execute(
            """SELECT a.state, a.outcome, coalesce(a.problem, ''), coalesce(t.body, ''),
                 (SELECT count(*) FROM hits h WHERE h.article_id = a.id), a.next_attempt_at, coalesce(a.extractor, '')
               FROM articles a LEFT JOIN article_texts t ON t.article_id = a.id"""
        ).fetchall()
    assert len(row) == 1
    return Seen(*row[0], paths)


def make_due(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute(
            "UPDATE articles SET next_attempt_at = '2020-01-01T00:00:00.000Z' WHERE next_attempt_at IS NOT NULL"
        )


def one_run(folder: Path, replies: Mapping[str, Reply], robots: bytes = b"") -> Seen:
    return asyncio.run(runs(folder, replies, robots=robots))[0]


def test_a_danger_on_the_last_page_is_a_hit_of_the_one_story(tmp_path: Path) -> None:
    seen = one_run(
        tmp_path,
        {
            "/story": part(1, following("/story?page=2")),
            "/story?page=2": part(2, following("/story?page=3"), more=f"<p>{TITLE}</p>"),
            "/story?page=3": part(3, more=DANGER),
        },
    )
    assert (seen.state, seen.outcome, seen.hits) == ("read", "ok", 1)
    assert seen.paths == ("/story", "/story?page=2", "/story?page=3")
    assert all(map(seen.has_page, (1, 2, 3)))
    assert seen.extractor.endswith(", 3 pages")


def test_numbers_at_the_foot_of_a_page_lead_on_as_well(tmp_path: Path) -> None:
    numbers = "<span>1</span> <a href='/story/2/'>2</a> <a href='/story/3/'>3</a>"
    seen = one_run(
        tmp_path,
        {
            "/story": part(1, f"Pages: {numbers}"),
            "/story/2/": part(2, f"Pages: {numbers}"),
            "/story/3/": part(3, more=DANGER),
        },
    )
    assert (seen.outcome, seen.hits, seen.has_page(2)) == ("ok", 1, True)


def test_the_view_on_one_page_is_asked_for_instead_of_the_pages(tmp_path: Path) -> None:
    links = following("/story?page=2") + "<a href='/story?page=all'>View as one page</a>"
    whole = part(1, body=text(1) + text(2) + text(3), more=DANGER)
    seen = one_run(tmp_path, {"/story": part(1, links), "/story?page=all": whole})
    assert (seen.outcome, seen.hits, seen.paths) == ("ok", 1, ("/story", "/story?page=all"))
    assert all(map(seen.has_page, (1, 2, 3)))


@pytest.mark.parametrize(
    "view",
    [
        part(1, more="<p>Printed from the Gazette, which keeps all rights to its reports.</p>"),
        part(1, title="Archive of the year", body=text(1) + text(7)),
    ],
    ids=["the first page alone", "other stories as well"],
)
def test_a_view_that_is_not_the_whole_story_is_not_taken_for_it(
    tmp_path: Path, view: bytes
) -> None:
    links = following("/story/2") + "<a href='/story/print'>Print</a>"
    pages = {"/story": part(1, links), "/story/2": part(2, more=DANGER), "/story/print": view}
    seen = one_run(tmp_path, pages)
    assert (seen.outcome, seen.hits, seen.has_page(7)) == ("ok", 1, False)
    assert seen.has_page(2)


def test_a_canonical_address_that_is_the_view_on_one_page_is_followed(tmp_path: Path) -> None:
    canonical = "<link rel=canonical href='/story?view=all'>"
    whole = part(1, body=text(1) + text(2), more=DANGER)
    seen = one_run(tmp_path, {"/story": part(1, canonical), "/story?view=all": whole})
    assert (seen.outcome, seen.hits) == ("ok", 1)


def test_a_print_page_that_robots_txt_forbids_is_left_alone_and_the_pages_are_read(
    tmp_path: Path,
) -> None:
    links = following("/story/2") + "<a href='/story/print'>Print</a>"
    seen = one_run(
        tmp_path,
        {"/story": part(1, links), "/story/2": part(2, more=DANGER)},
        robots=b"User-agent: *\nDisallow: /story/print\n",
    )
    assert (seen.outcome, seen.hits, seen.paths) == ("ok", 1, ("/story", "/story/2"))


def test_a_page_that_refuses_leaves_what_there_is_says_so_and_is_tried_again(
    tmp_path: Path,
) -> None:
    first = part(1, following("/story/2"))
    refused, read, refused_again = asyncio.run(
        runs(
            tmp_path,
            {"/story": first, "/story/2": answer(b"no", "403 Forbidden")},
            {"/story": first, "/story/2": part(2, more=DANGER)},
            {"/story": first, "/story/2": answer(b"no", "503 Service Unavailable")},
        )
    )
    assert (refused.state, refused.outcome, refused.hits) == ("partial", "http-403", 0)
    assert refused.problem.startswith("Page 2 of the story could not be read: ")
    assert refused.has_page(1)
    assert refused.again is not None
    assert (read.state, read.outcome, read.hits) == ("read", "ok", 1)
    assert (refused_again.state, refused_again.hits) == ("read", 1)
    assert refused_again.has_page(2)  # what was read stays


def test_a_page_that_robots_txt_forbids_leaves_the_first_read_and_in_doubt(tmp_path: Path) -> None:
    seen = one_run(
        tmp_path,
        {"/story": part(1, following("/story?page=2"), more=DANGER)},
        robots=b"User-agent: *\nDisallow: /*?page=\n",
    )
    assert (seen.state, seen.outcome, seen.hits) == ("read", "extraction-doubtful", 1)
    assert seen.problem.startswith("Page 2 of the story is not read: ")
    assert seen.paths == ("/story",)


@pytest.mark.parametrize(
    "second",
    [
        moved("/story"),
        part(1, following("/story?page=3")),
    ],
    ids=["it redirects to the first", "it is the first again"],
)
def test_a_next_link_that_brings_nothing_of_the_story_ends_it(
    tmp_path: Path, second: bytes
) -> None:
    seen = one_run(
        tmp_path, {"/story": part(1, following("/story?page=2")), "/story?page=2": second}
    )
    assert (seen.state, seen.outcome, seen.problem) == ("read", "ok", "")
    assert not seen.has_page(2)
    assert seen.paths.count("/story?page=3") == 0


@pytest.mark.parametrize("body", [None, DANGER], ids=["long", "of few words"])
def test_a_page_with_another_headline_is_not_taken_and_the_story_is_in_doubt(
    tmp_path: Path, body: str | None
) -> None:
    other = part(2, title="Council passes the budget after a long night", body=body)
    seen = one_run(tmp_path, {"/story": part(1, following("/story/2")), "/story/2": other})
    assert (seen.state, seen.outcome, seen.hits) == ("read", "extraction-doubtful", 0)
    assert not seen.has_page(2)
    assert "/story/2, which is not read: the page has another headline" in seen.problem


def test_a_story_without_an_end_is_read_to_its_fifth_page_and_says_so(tmp_path: Path) -> None:
    pages = {f"/story/{n}": part(n, following(f"/story/{n + 1}")) for n in range(2, 9)}
    seen = one_run(tmp_path, {"/story": part(1, following("/story/2")), **pages})
    assert (seen.state, seen.outcome) == ("read", "extraction-doubtful")
    assert seen.problem.endswith("/story/6, which is not read: at most 5 pages of a story are.")
    assert seen.paths == ("/story", "/story/2", "/story/3", "/story/4", "/story/5")


def test_a_gallery_is_left_at_its_first_picture(tmp_path: Path) -> None:
    caption = part(2, following("/story/3"), body="<p>Ballots wait on a table, by our photographer, on Tuesday night in the county's hall.</p>")  # fmt: skip
    seen = one_run(tmp_path, {"/story": part(1, following("/story/2")), "/story/2": caption})
    assert (seen.outcome, seen.paths) == ("extraction-doubtful", ("/story", "/story/2"))
    assert "as in a gallery" in seen.problem


def test_a_page_that_leads_to_another_site_is_none_of_the_story(tmp_path: Path) -> None:
    away = moved("http://localhost:1/elsewhere")
    seen = one_run(tmp_path, {"/story": part(1, following("/story/2")), "/story/2": away})
    assert seen.state == "partial"
    assert seen.problem.startswith("Page 2 of the story could not be read: ")


def test_the_pages_of_a_list_and_of_comments_are_not_asked_for(tmp_path: Path) -> None:
    cards = "".join(f"<article><h2><a href='/n{n}'>News {n}</a></h2></article>" for n in range(6))
    comments = "<div class='comments-pager'><a href='/story?page=2'>2</a></div>"
    for more in (cards + following("/story?page=2"), comments):
        seen = one_run(tmp_path, {"/story": part(1, more)})
        assert (seen.outcome, seen.problem) == ("ok", "")
