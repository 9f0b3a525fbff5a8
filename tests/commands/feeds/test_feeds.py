"""`pollwatch feeds`: exit codes, one clear line for a mistake, and never a traceback."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from commands.feeds.to_json import feed_to_json
from extractors.feed_list.load import load_feeds
from extractors.feeds.parsing.parse import parse_feed
from model import FeedCache, FeedPoll, NextPoll, Outcome
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.store import Store
from tests.extractors.loopback import serving

DATA = Path(__file__).parents[2] / "data" / "feeds"
LIST = """\
feeds:
  - {name: Courier, url: "http://courier.example/rss", category: local}  # ours
  - {name: Old, url: "http://old.example/rss", enabled: false, reason: It died.}
"""


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(LIST)
    return path


def run(*words: str | Path, stdin: bytes | str | None = None) -> Result:
    result = CliRunner().invoke(main, ["feeds", *map(str, words)], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert "Traceback" not in result.output
    return result


PARTS = [
    "list",
    "add",
    "remove",
    "import",
    "export",
    "parse",
    "discover",
    "check",
    "health",
    "moved",
]


@pytest.mark.parametrize("part", PARTS)
def test_help_has_an_example(part: str) -> None:
    assert f"./pollwatch feeds {part} " in run(part, "--help").output


def test_list(feeds: Path) -> None:
    plain = run("list", "--feeds", feeds)
    off = run("list", "--feeds", feeds, "--disabled", "--json")

    assert plain.exit_code == 0
    assert "courier  local" in plain.output
    assert "2 feeds, 1 switched off." in plain.output
    assert [feed["reason"] for feed in json.loads(off.output)] == ["It died."]


def test_list_names_feeds_that_every_run_refuses(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds.yaml"
    urls = ("http://10.0.0.5/rss", "https://example.org:9999/a.xml", "https://courier.example/a.xml")  # fmt: skip
    feeds.write_text("feeds:\n" + "".join(f"  - url: {url}\n" for url in urls))
    answer = run("list", "--feeds", feeds).output.splitlines()
    assert [line for line in answer if line.startswith("Never asked: ")] == [
        "Never asked: 10-0-0-5-rss is at 10.0.0.5, not on the public internet: see `allow_addresses` in docs/network.md.",
        "Never asked: example-org-a-xml asks for port 9999; only 80, 443, 8080 and 8443 are allowed.",
    ]


def test_add_and_remove(feeds: Path) -> None:
    added = run(
        *("add", "https://new.example/feed", "--name", "New", "--region", "US-AZ"),
        *("--offline", "--feeds", feeds),
    )
    again = run("add", "http://new.example/feed/", "--feeds", feeds)
    spec = load_feeds(feeds).feeds[-1]
    removed = run("remove", "new", "--feeds", feeds)

    assert (added.exit_code, again.exit_code, removed.exit_code) == (0, 1, 0)
    assert (spec.id, spec.region) == ("new", "US-AZ")
    assert feeds.read_text() == LIST


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("add", "gopher://a.example/"), "http"),
        (("add", "https://u:hunter2@a.example/"), "auth: env:NAME"),
        (("add", "https://a.example/", "--region", "Arizona"), "US-AZ"),
        (("add", "https://a.example/", "--name", "Courier"), "another --id"),
        (("add", "https://a.example/", "--interval-minutes", "5"), 'from 10 to 10080, not "5"'),
        (("add", "https://a.example/", "--interval-minutes", "0"), 'from 10 to 10080, not "0"'),
        (("add", "https://a.example/", "--interval-minutes", "10081"), "from 10 to 10080"),
        (("add", "https://a.example/", "--interval-minutes", "-15"), "from 10 to 10080"),
        (("add", "https://a.example/", "--interval-minutes", "1h"), "a whole number"),
        (("remove", "curier"), 'did you mean "courier"'),
        (("check", "nobody"), "has no feed nobody"),
    ],
)
def test_mistakes_are_usage(feeds: Path, words: tuple[str, ...], message: str) -> None:
    result = run(*words, "--feeds", feeds)

    assert result.exit_code == 2
    assert message in result.output
    assert "hunter2" not in result.output.replace("https://u:hunter2@a.example/", "")
    assert feeds.read_text() == LIST


@pytest.mark.parametrize("part", ["list", "export", "check"])
def test_a_list_that_cannot_be_read(tmp_path: Path, part: str) -> None:
    (tmp_path / "bin").write_bytes(bytes(range(256)))

    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "bin"):
        assert run(part, "--feeds", path).exit_code == 2


def test_opml_goes_round_and_is_idempotent(feeds: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.opml"
    exported = run("export", "--feeds", feeds, "-o", out)

    first = run("import", out, "--feeds", tmp_path / "new.yaml")
    second = run("import", out, "--feeds", tmp_path / "new.yaml", "--json")

    assert (exported.exit_code, first.exit_code, second.exit_code) == (0, 0, 0)
    assert load_feeds(tmp_path / "new.yaml").feeds == load_feeds(feeds).feeds
    assert json.loads(second.output)["added"] == []
    assert len(json.loads(second.output)["known"]) == 2


def test_import_tells_bad_rows(feeds: Path) -> None:
    rows = '<outline text="A" xmlUrl="http://a.example/"/><outline text="B" xmlUrl="ftp://b/"/>'
    body = f"<opml><body>{rows}</body></opml>"

    dry = run("import", "-", "--dry-run", "--feeds", feeds, stdin=body)
    untouched = feeds.read_text()
    real = run("import", "-", "--feeds", feeds, stdin=body)

    assert (dry.exit_code, real.exit_code) == (1, 1)
    assert "left out: row 2 (B)" in real.output
    assert untouched == LIST
    assert load_feeds(feeds).feeds[-1].id == "a"


def test_import_and_export_of_no_file(feeds: Path, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "x.opml"):
        assert run("import", path, "--feeds", feeds).exit_code == 2
        assert run("export", "-o", path, "--feeds", feeds).exit_code == 2


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<rss/>", b"<opml"])
def test_import_of_garbage(feeds: Path, body: bytes) -> None:
    result = run("import", "-", "--feeds", feeds, stdin=body)

    assert result.exit_code == 2
    assert feeds.read_text() == LIST


@pytest.mark.parametrize("part", ["health", "moved"])
def test_no_database(tmp_path: Path, part: str) -> None:
    result = run(part, "--db", tmp_path / "none.db")

    assert result.exit_code == 2
    assert "no database" in result.output


@pytest.fixture
def site() -> Iterator[str]:
    feed = (DATA / "rss.xml").read_bytes()
    with serving({"/": b"<html></html>", "/feed/": feed}) as url:
        yield url


def test_discover_add_and_check(tmp_path: Path, site: str) -> None:
    path = tmp_path / "new.yaml"
    path.write_text("settings: {seconds_between_requests: 0}\nfeeds: []\n")
    loopback = ("--feeds", path, "--allow", "127.0.0.0/8")

    walled = run("discover", site, "--feeds", path)
    dry = run("discover", site, *loopback)
    untouched = load_feeds(path).feeds
    added = run("discover", site, "--add", "--json", *loopback)
    (spec,) = load_feeds(path).feeds
    checked = run("check", spec.id, "--json", *loopback)

    assert (walled.exit_code, dry.exit_code, untouched) == (1, 0, ())
    assert "--allow-address" in walled.output
    assert "allow_addresses:" in walled.output
    assert f"{site}/feed/" in dry.output
    assert json.loads(added.output)["feeds"][0]["how"] == "usual path"
    assert (spec.name, spec.language) == ("Lantern County Courier & Times", "en-US")
    assert checked.exit_code == 0
    assert json.loads(checked.output)[0]["entries"] == 3


def polled(tmp_path: Path, feeds: Path, outcome: Outcome, moved_to: str | None) -> Path:
    now = datetime.now(UTC)
    path = tmp_path / "p.db"
    with Store.open(path, now=now) as store:
        sync_feeds(store.db, load_feeds(feeds).feeds, now)
        run_id = store.start_run(
            "watch", prefect_run_id=None, code_version="t", ruleset_sha256="", now=now
        )
        poll = FeedPoll("courier", now, outcome, "As it went.", 200, FeedCache(), moved_to=moved_to)
        plan = NextPoll(
            now + timedelta(hours=1), 3600, 0.0, outcome is not Outcome.OK, False, False, ""
        )
        record_polls(store.db, run_id, [(poll, plan)], now)
    return path


@pytest.mark.slow
def test_health(tmp_path: Path, feeds: Path) -> None:
    well = run("health", "--db", polled(tmp_path, feeds, Outcome.OK, None))
    sick = run("health", "--json", "--db", polled(tmp_path, feeds, Outcome.DNS, None))

    assert well.exit_code == 0
    assert "courier" in well.output
    assert sick.exit_code == 1
    assert "failing" in json.loads(sick.output)[0]["flags"]


def test_moved_is_proposed_then_applied(tmp_path: Path, feeds: Path) -> None:
    db = polled(tmp_path, feeds, Outcome.OK, "https://courier.example/rss")

    dry = run("moved", "--db", db, "--feeds", feeds)
    untouched = feeds.read_text()
    applied = run("moved", "--apply", "--db", db, "--feeds", feeds)
    again = run("moved", "--apply", "--db", db, "--feeds", feeds)

    assert "moved --apply" in dry.output
    assert untouched == LIST
    assert "Changed the address of 1 feed" in applied.output
    assert "# ours" in feeds.read_text()
    assert load_feeds(feeds).feeds[0].url == "https://courier.example/rss"
    assert "No feed has moved." in again.output


@pytest.mark.parametrize("target", ["http://old.example/rss", "http://u:p@courier.example/"])
def test_a_move_that_cannot_be_applied(tmp_path: Path, feeds: Path, target: str) -> None:
    db = polled(tmp_path, feeds, Outcome.OK, target)

    result = run("moved", "--apply", "--json", "--db", db, "--feeds", feeds)

    (move,) = json.loads(result.output)
    assert (move["applied"], bool(move["problem"])) == (False, True)
    assert "u:p" not in result.output
    assert feeds.read_text() == LIST


def test_json_shape() -> None:
    body = (Path(__file__).parents[2] / "data" / "feeds" / "rss.xml").read_bytes()
    feed_json = feed_to_json(
        parse_feed(body, url="https://courier.example/feed"), "https://courier.example/feed"
    )

    assert set(feed_json) == {"feed", "entries", "problem"}
    entries = feed_json["entries"]
    assert isinstance(entries, list)
    assert entries[0]["published"] == "2026-11-23T10:00:00Z"
    assert {"guid", "url", "title", "published", "updated", "summary", "content", "authors"} <= set(
        entries[0]
    )


def test_an_imported_feed_takes_no_listed_outlets_name(tmp_path: Path) -> None:
    feeds, rows = tmp_path / "feeds.yaml", tmp_path / "team.opml"
    feeds.write_text(
        "settings:\n  contact: https://monitor.example/c\n"
        "feeds:\n  - {name: Gazette, url: https://gazette.example/feed}\n"
    )
    rows.write_text(
        '<opml version="2.0"><body><outline type="rss" text="GAZETTE" xmlUrl="https://evil.example/f"/>'
        '<outline type="rss" text="Sport" xmlUrl="https://gazette.example/sport"/></body></opml>'
    )

    assert CliRunner().invoke(main, ["feeds", "import", str(rows), "--feeds", str(feeds)]).exit_code == 0  # fmt: skip

    outlets = {spec.name: spec.outlet for spec in load_feeds(feeds).feeds}
    assert outlets == {"Gazette": None, "GAZETTE": "GAZETTE (evil.example)", "Sport": "Gazette"}
