"""One story from its first copy to its withdrawal, as a receiver of the webhook sees it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from alerts.sender import Sender
from flows.pipeline.inputs.caller import Caller
from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
from tests.alerts import sinks
from tests.alerts.outboxes import webhook_yaml
from tests.extractors.newsstand import Newsstand, answer

pytestmark = pytest.mark.slow  # five whole runs

RULE = """- id: scanners
  title: Scanners
  severity: high
  category: other
  query: scanner NEAR/9 altered
  examples: {match: [a scanner was altered], ignore: [nothing]}
"""
PASSAGE = "Somebody altered scanner 14 in the warehouse overnight, the clerk said on Tuesday."
OTHER = "A tally sheet and a scanner were altered in the next county, its auditor wrote."
REST = " ".join(
    f"Paragraph {n} of the article tells who counted, who looked on, and when the doors were closed."
    for n in range(12)
)


def page(passage: str, headline: str) -> bytes:
    html = f"<html lang=en><head><title>{headline}</title></head><body><article><h1>{headline}</h1><p>{passage}</p><p>{REST}</p></article></body></html>"
    return answer(html.encode(), content_type="text/html; charset=utf-8")


def feed(stand: Newsstand, *items: tuple[str, str, int]) -> bytes:
    """Items of (page, headline, hour of the last change)."""
    listed = "".join(
        f"<entry><id>{name}</id><title>{headline}</title><link href='{stand.url}/{name}'/>"
        f"<updated>2026-11-03T{hour:02}:00:00Z</updated></entry>"
        for name, headline, hour in items
    )
    return answer(
        f"<feed xmlns='http://www.w3.org/2005/Atom'><id>f</id><title>T</title><updated>2026-11-03T00:00:00Z</updated>{listed}</feed>".encode(),
        content_type="application/atom+xml",
    )


async def watch(folder: Path, outlets: dict[str, Newsstand]) -> None:
    feeds = "".join(f"  - {{name: {name}, url: '{stand.url}/feed'}}\n" for name, stand in outlets.items())  # fmt: skip
    settings = "settings: {allow_addresses: [127.0.0.1/32], seconds_between_requests: 0, obey_robots: false}\n"
    (folder / "feeds.yaml").write_text(f"{settings}feeds:\n{feeds}", "utf-8")
    options = Options(feeds=folder / "feeds.yaml", rules=folder / "rules", db=folder / "p.db", due_only=False, processes=1)  # fmt: skip
    sender = Sender(options.db, folder / "alerts.yaml", resolve=lambda name: "k")
    await run_watch(load_plan(options), Caller(sender=sender))  # fmt: skip


async def days(folder: Path) -> None:
    async with Newsstand({}) as gazette, Newsstand({}) as herald:
        gazette.replies = {
            "/feed": feed(gazette, ("a", "Scanner altered", 8), ("b", "Tally sheet altered", 8)),
            "/a": page(PASSAGE, "Scanner altered"),
            "/b": page(OTHER, "Tally sheet altered"),
        }
        herald.replies = {"/feed": feed(herald)}
        outlets = {"Gazette": gazette, "Herald": herald}
        await watch(folder, outlets)  # two stories
        herald.replies = {
            "/feed": feed(herald, ("a", "Scanner altered", 9)),
            "/a": page(PASSAGE, "Scanner altered"),
        }
        await watch(folder, outlets)  # the first grows
        await watch(folder, outlets)  # nothing new
        gazette.replies["/b"] = page("The county has taken this passage back.", "Corrected")
        gazette.replies["/feed"] = feed(gazette, ("a", "Scanner altered", 8), ("b", "Corrected", 10))  # fmt: skip
        await watch(folder, outlets)  # the second is withdrawn
        gazette.replies["/a"] = page(f"{PASSAGE} The clerk has a name.", "Scanner altered, says clerk")  # fmt: skip
        gazette.replies["/feed"] = feed(gazette, ("a", "Scanner altered, says clerk", 11), ("b", "Corrected", 10))  # fmt: skip
        await watch(folder, outlets)  # an edit that says nothing new


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Sequence[sinks.Request]:
    folder = tmp_path_factory.mktemp("story")
    (folder / "rules").mkdir()
    (folder / "rules" / "r.yaml").write_text(RULE, "utf-8")
    with sinks.http() as sink:
        webhook_yaml(folder, sink.url)
        asyncio.run(days(folder))
        return tuple(sink.accepted)


def test_each_moment_of_a_story_is_told_once_and_an_edit_tells_nothing(
    received: Sequence[sinks.Request],
) -> None:
    kinds = [
        event["kind"] for message in received for event in message.json["events"] if event["story"]
    ]
    assert kinds == ["story-new", "story-new", "story-grew", "story-withdrawn"]


def test_a_receiver_that_keeps_the_last_message_of_a_thread_shows_how_things_stand(
    received: Sequence[sinks.Request],
) -> None:
    board = {
        message.json["thread"]: message.json["subject"]
        for message in received
        if message.json["thread"]
    }
    assert sorted(board.values()) == [
        "[HIGH] Story grew: Scanner altered",
        "[HIGH] Withdrawn by the publisher: Corrected",
    ]


def test_growth_names_the_outlet_and_a_withdrawal_what_is_no_longer_there(
    received: Sequence[sinks.Request],
) -> None:
    *_, grew, withdrawn = (message.json["text"] for message in received)
    assert "1 more outlets (Herald)" in grew
    assert "in 2 outlets" in grew
    assert PASSAGE[:40] in grew
    assert f"No longer there: “{OTHER}”" in withdrawn
