"""Nothing private leaves: 400 planted places in stories about threats, in every form that goes out."""

import csv
import io
import json
import sqlite3
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.queries.monitor.spikes import spike_headlines
from storage.stories.masks import keep_all_masks
from tests.review.conftest import Desk
from tests.review.stored import ask
from tests.test_privacy import planted, planted_abroad


@pytest.fixture
def threatened(db: Path, desk: Desk) -> tuple[Desk, list[str]]:
    """The sample with each sentence of the planted ones as passage, headline and text of some story about threats."""
    sentences, private = zip(*planted(), *planted_abroad(), strict=True)
    connection = sqlite3.connect(db)
    with connection:
        rows = connection.execute("SELECT h.id, h.article_id, h.story_id FROM hits h WHERE h.category = 'threats'").fetchall()  # fmt: skip
        for number, (hit, article, story) in enumerate(rows):
            text = " ".join(sentences[number :: len(rows)])
            connection.execute(
                "UPDATE hits SET snippet = ?, snippet_start = 0, terms_json = '[]' WHERE id = ?",
                (text, hit),
            )
            connection.execute(
                "UPDATE article_texts SET body = ? WHERE article_id = ?", (text, article)
            )
            connection.execute(
                "UPDATE articles SET title = ? WHERE id = ?", (sentences[number], article)
            )
            connection.execute(
                "UPDATE stories SET title = ?, lead_hit_id = ?, lead_article_id = ? WHERE id = ?",
                (sentences[number], hit, article, story),
            )
    connection.close()
    return desk, list(private)


def leaked(text: str, private: list[str]) -> list[str]:
    return sorted({secret for secret in private if secret in text})


@pytest.mark.parametrize("path", ["/-/queue.csv?tab=all", "/-/queue.json?tab=all&size=1000", "/-/queue?tab=all", "stories", "stories json", "/-/search?find=%28home+OR+message+OR+number%29", "atom", "atom of a search", "bundles"])  # fmt: skip
def test_nothing_private_leaves(threatened: tuple[Desk, list[str]], path: str) -> None:
    desk, private = threatened
    rows = json.loads(desk.get("/-/queue.json?tab=all&category=threats&size=100").text)["rows"]
    numbers = [row["story"] for row in rows]
    if path == "stories":
        text = "".join(desk.get(f"/-/story/{number}").text for number in numbers)
    elif path == "stories json":
        text = "".join(desk.get(f"/-/story/{number}.json").text for number in numbers)
    elif path == "atom":
        page = desk.post("/-/feeds", {}, headers={"accept": "text/html"}).text
        token = page.partition("token=")[2].partition('"')[0]
        text = desk.get(f"/-/feed.atom?tab=all&token={token}", None).text
    elif path == "atom of a search":
        find = "find=%28home+OR+message+OR+number%29"
        desk.post("/-/views", {"name": "Homes", "query": find})
        page = desk.post(f"/-/feeds?{find}", {}, headers={"accept": "text/html"}).text
        token = page.partition("token=")[2].partition('"')[0]
        text = desk.get(f"/-/feed.atom?{find}&token={token}", None).text
    elif path == "bundles":
        hits = [hit["id"] for number in numbers for hit in desk.get(f"/-/story/{number}.json").json()["hits"]]  # fmt: skip
        text = "".join(unzipped(desk, hit) for hit in hits)
    else:
        text = desk.get(path).text

    text = text.replace("\\u2022", "•")  # as JSON writes it
    assert leaked(text, private) == []
    assert "•" in text


def unzipped(desk: Desk, hit: int) -> str:
    with zipfile.ZipFile(io.BytesIO(desk.get(f"/-/hit/{hit}/bundle.zip").content)) as archive:
        assert any(name.endswith("redacted.json") for name in archive.namelist())
        return "".join(archive.read(name).decode() for name in archive.namelist())


def test_a_complete_bundle_is_for_leads_and_on_record(threatened: tuple[Desk, list[str]]) -> None:
    desk, private = threatened
    story = json.loads(desk.get("/-/queue.json?tab=all&category=threats").text)["rows"][0]["story"]
    hit = next(h for h in desk.get(f"/-/story/{story}.json").json()["hits"] if h["category"] == "threats")  # fmt: skip

    assert desk.post(f"/-/hit/{hit['id']}/bundle.zip", {}, "rita").status_code == 403
    answer = desk.post(f"/-/hit/{hit['id']}/bundle.zip", {}, "lena")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    record = desk.get(f"/-/story/{story}.json", "lena").json()["record"]

    assert leaked(text, private)
    assert [(act["action"], act["actor"]) for act in record] == [("bundle", "lena")]


def test_relevance_is_a_whole_number_in_csv_and_a_share_for_programs(desk: Desk) -> None:
    rows = list(csv.DictReader(desk.get("/-/queue.csv").text.lstrip("\ufeff").splitlines()))
    data = desk.get("/-/queue.json").json()["rows"]
    page = desk.get("/-/queue.csv?columns=story,relevance").text.splitlines()

    assert "relevance" not in rows[0]
    assert [row["relevance_percent"] for row in rows[:5]] == [str(round(row["relevance"] * 100)) for row in data[:5]]  # fmt: skip
    assert page[0] == "\ufeffstory,relevance"


@pytest.mark.parametrize(("query", "message"), [
    ("assignee=rita", "“assignee=rita” is no filter of the queue. Did you mean /-/queue.json?assigned=rita ?"), ("since=yesterday", "“since=yesterday” is no filter"),
    ("tab=nwe", "“tab=nwe” is no filter"), ("columns=story,titel", "“titel” is no column. There are: story, published,"),
])  # fmt: skip
def test_a_file_of_an_address_with_a_slip_is_refused_as_it_would_hold_other_stories(desk: Desk, query: str, message: str) -> None:  # fmt: skip
    refused = desk.get(f"/-/queue.json?{query}")

    assert (refused.status_code, refused.json()["message"][: len(message)]) == (400, message)
    assert desk.get(f"/-/queue.csv?{query}").status_code == 400


def test_columns_may_be_parted_by_semicolons(desk: Desk) -> None:
    file = desk.get("/-/queue.csv?columns=story,headline,rules&separator=semicolon").text
    rows = list(csv.reader(io.StringIO(file.lstrip("\ufeff"), newline=""), delimiter=";"))

    assert rows[0] == ["story", "headline", "rules"]
    assert {len(row) for row in rows} == {3}
    assert desk.get("/-/queue.csv?separator=tab").status_code == 400
    chosen = desk.get("/-/queue/columns?download=1&column=story&separator=semicolon&tab=all")
    assert chosen.headers["location"] == "/-/queue.csv?tab=all&columns=story&separator=semicolon"


@pytest.fixture
def stored(threatened: tuple[Desk, list[str]], db: Path) -> tuple[Desk, list[str], list[int]]:
    """With masks as a run stores them; the stories about threats whose headline is masked."""
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("UPDATE hits SET masked_title = NULL, masked_snippet = NULL")
        keep_all_masks(connection)
    stories = [story for (story,) in connection.execute("SELECT id FROM stories WHERE masked_title IS NOT NULL AND tab IS NOT NULL")]  # fmt: skip
    connection.close()
    return (*threatened, stories)


def test_what_names_a_story_on_the_way_names_it_masked(stored: tuple[Desk, list[str], list[int]], db: Path) -> None:  # fmt: skip
    desk, private, stories = stored
    first, second, *_ = stories
    other = next(number for (number,) in ask(db, "SELECT id FROM stories WHERE masked_title IS NULL AND tab = 'new'"))  # fmt: skip
    desk.act(int(str(other)), "join", 0, subject=str(first))
    muted = desk.act(second, "mute:7", 0, "remy").json()
    left_out = desk.post("/-/act", {"items": f"{second}:0 {other}:1", "action": "confirmed"}).json()
    with sqlite3.connect(db) as connection:
        spikes = spike_headlines(connection, "category", "threats", datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))  # fmt: skip
    said = [
        str(muted),
        str(left_out),
        desk.get("/-/mutes").text,
        desk.get(f"/-/story/{other}").text,
        str(spikes),
    ]

    assert "remy was here first (muted it)" in said[1]
    assert [leaked(text, private) for text in said] == [[]] * len(said)
    assert ["•" in text for text in said[1:]] == [True] * 4
