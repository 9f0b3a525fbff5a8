"""What the newsroom serves, in which edition, and how it is opened and closed."""

import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import pytest

from demo.newsroom import Expected, Newsroom
from extractors.feed_list.load import load_feeds
from tests.demo.conftest import ANY, NOW, Get

pytestmark = pytest.mark.slow  # real processes and servers; .ci/run runs them

ROOT = Path(__file__).parents[2]


def first(newsroom: Newsroom) -> list[Expected]:
    return [article for article in newsroom.expectations() if article.edition == 1]


def etags(newsroom: Newsroom, get: Get) -> dict[str, str | None]:
    urls = [outlet.feed_url for outlet in newsroom.outlets]
    urls += [article.url for article in newsroom.expectations()]
    return {url: get(url).headers["ETag"] for url in urls}


def test_every_format_has_an_outlet(newsroom: Newsroom) -> None:
    assert {outlet.format for outlet in newsroom.outlets} == {"rss", "atom", "json", "rdf"}
    assert len({outlet.home for outlet in newsroom.outlets}) == len(newsroom.outlets) == 7


def test_pages_answer_as_expected(newsroom: Newsroom, get: Get) -> None:
    statuses = {"none": 200, "missing": 404, "bot-wall": 403, "paywall": 200}

    for article in first(newsroom):
        assert get(article.url).status == statuses[article.why], article.slug


def test_the_bot_wall_says_so(newsroom: Newsroom, get: Get) -> None:
    (walled,) = (article for article in first(newsroom) if article.why == "bot-wall")

    reply = get(walled.url)

    assert reply.headers["cf-mitigated"] == "challenge"
    assert reply.headers["ETag"] is None


def test_one_feed_fails_and_names_a_time(newsroom: Newsroom, get: Get) -> None:
    replies = {outlet.slug: get(outlet.feed_url) for outlet in newsroom.outlets}

    failing = {slug: reply for slug, reply in replies.items() if reply.status != 200}

    assert {slug: reply.status for slug, reply in failing.items()} == {"wrenfield-radio": 503}
    assert failing["wrenfield-radio"].headers["Retry-After"] == "120"


def test_what_is_not_there_is_404(newsroom: Newsroom, get: Get) -> None:
    for path in ("nothing", "img/nothing.svg", "img/", "../outlets.yaml", "%00"):
        assert get(newsroom.outlets[0].home + path).status == 404


def test_a_second_edition_article_is_404_before_its_time(fresh: Newsroom, get: Get) -> None:
    late = [article for article in fresh.expectations() if article.edition == 2]

    assert len(late) == 3
    assert {get(article.url).status for article in late} == {404}
    fresh.publish_second_edition()
    assert {get(article.url).status for article in late} == {200}


def test_robots_allow_articles(newsroom: Newsroom, get: Get) -> None:
    for outlet in newsroom.outlets:
        robots = RobotFileParser()
        robots.parse(get(outlet.home + "robots.txt").body.decode().splitlines())
        assert robots.can_fetch("pollwatch", outlet.feed_url)
        assert not robots.can_fetch("pollwatch", outlet.home + "admin/")


def test_the_second_edition_changes_what_it_should_and_no_more(fresh: Newsroom, get: Get) -> None:
    before = etags(fresh, get)

    fresh.publish_second_edition()

    after = etags(fresh, get)
    changed = {urlsplit(url).path for url in after if before[url] != after[url]}
    new = {urlsplit(a.url).path for a in fresh.expectations() if a.edition == 2}
    feeds = {"/feeds/news.rss", "/atom.xml", "/feed.json"}
    assert changed == feeds | new | {"/local/election-office-ransomware"}


def test_an_old_validator_gets_the_corrected_page(fresh: Newsroom, get: Get) -> None:
    (corrected,) = (article for article in fresh.expectations() if article.updated)
    old = get(corrected.url)
    fresh.publish_second_edition()

    by_tag = get(corrected.url, If_None_Match=old.headers["ETag"])
    by_date = get(corrected.url, If_Modified_Since=old.headers["Last-Modified"])

    assert by_tag.status == by_date.status == 200
    assert b"Correction: An earlier version" in by_tag.body
    assert b"stolen voter registration data" in by_tag.body
    assert b"stolen voter registration data" not in old.body


def test_requests_and_statuses_are_counted(fresh: Newsroom, get: Get) -> None:
    url = fresh.outlets[0].feed_url
    tag = get(url + "?utm_source=x").headers["ETag"]

    get(url, If_None_Match=tag)

    assert fresh.requests() == {url: 2}
    assert fresh.statuses() == {url: {200: 1, 304: 1}}


def test_the_feed_list_loads(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.write_feeds(tmp_path / "feeds.yaml")

    listed = load_feeds(tmp_path / "feeds.yaml")

    assert [feed.url for feed in listed.feeds] == [o.feed_url for o in newsroom.outlets]
    assert [feed.id for feed in listed.feeds] == [o.slug for o in newsroom.outlets]
    assert listed.settings.allow_addresses == ("127.0.0.1/32",)
    assert listed.settings.seconds_between_requests == 0.0


def test_expectations_come_newest_first_and_in_both_editions(newsroom: Newsroom) -> None:
    editions = [article.edition for article in newsroom.expectations()]

    assert all(earlier >= later for earlier, later in pairwise(editions))
    assert {article.state for article in newsroom.expectations()} == {"read", "partial", "failed"}


def test_two_newsrooms_live_side_by_side(get: Get) -> None:
    with Newsroom(now=NOW) as first, Newsroom(now=NOW) as other:
        homes = [outlet.home for newsroom in (first, other) for outlet in newsroom.outlets]

        assert len(set(homes)) == 14
        assert {get(home).status for home in homes} == {200}


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(newsroom: Newsroom) -> None:
    port = urlsplit(newsroom.outlets[0].home).port or 0

    with pytest.raises(OSError, match="in use"):
        Newsroom(ports=[0, port, *ANY[2:]], now=NOW)


def test_a_wrong_number_of_ports_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        Newsroom(ports=[0], now=NOW)


def test_closing_frees_the_ports_and_may_be_repeated(get: Get) -> None:
    with Newsroom(ports=ANY, now=NOW) as newsroom:
        home = newsroom.outlets[0].home
    newsroom.close()

    with pytest.raises(ConnectionRefusedError):
        get(home)


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "demo.newsroom", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_lists_the_articles() -> None:
    out, err = start().communicate(timeout=30)

    assert len(out.splitlines()) >= 28
    assert not err


def test_the_command_keeps_serving_until_interrupted(tmp_path: Path, get: Get) -> None:
    with start("--keep", "--feeds", str(tmp_path / "feeds.yaml"), "--second-after", "0") as demo:
        assert demo.stdout
        lines = [demo.stdout.readline() for _ in range(7)]
        feed = lines[0].split()[1]
        status = get(feed).status
        demo.send_signal(signal.SIGINT)
        _, err = demo.communicate(timeout=30)

    assert status == 200
    assert load_feeds(tmp_path / "feeds.yaml").feeds[0].url == feed
    assert (demo.returncode, err) == (0, "")
