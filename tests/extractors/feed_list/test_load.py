"""feeds.yaml: every fault at once with its line, and edits that leave the rest alone."""

from pathlib import Path

import pytest

from extractors.feed_list.edit import add_feeds, remove_feed, set_url
from extractors.feed_list.load import load_feeds
from model import ConfigError, FeedSpec

ROOT = Path(__file__).parents[3]
LIST = """\
# Ours
settings:
  contact: desk@example.org   # a person
  allow_addresses: [127.0.0.0/8]

feeds:
  # The county paper
  - name: Courier
    url: http://courier.example/rss   # slow
    region: NO
    notes: |
      One.
      Two.

  # Bare
  - https://harbour.example/feed

  - {name: Valley Sun, url: "http://valley.example/"}
  # the end
"""


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(LIST)
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        load_feeds(path)
    assert all(isinstance(fault, ConfigError) for fault in caught.value.exceptions)
    return [str(fault).removeprefix(f"{path}:") for fault in caught.value.exceptions]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(text)
    return path


def test_the_shipped_list_is_sound() -> None:
    shipped = load_feeds(ROOT / "feeds.yaml").feeds

    assert len(shipped) >= 60
    assert all(spec.category and spec.language and spec.notes for spec in shipped)
    assert all(spec.enabled or spec.reason for spec in shipped)


def test_defaults(listed: Path) -> None:
    feed_list = load_feeds(listed)

    courier, bare, valley = feed_list.feeds
    assert feed_list.settings.allow_addresses == ("127.0.0.0/8",)
    assert (courier.id, courier.region, courier.notes) == ("courier", "NO", "One. Two.")
    assert (bare.id, bare.name) == ("harbour-example-feed", "harbour.example")
    assert (valley.id, valley.enabled, valley.kind) == ("valley-sun", True, "feed")


@pytest.mark.parametrize("text", ["feeds: []\n", "feeds:\n", "settings:\nfeeds:\n"])
def test_a_list_may_be_empty(tmp_path: Path, text: str) -> None:
    assert load_feeds(written(tmp_path, text)).feeds == ()


def test_all_faults_at_once_with_lines(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """\
setings: {}
settings: {failing_share: 3, obey_robots: perhaps}
feeds:
  - name: A
    url: ftp://a.example/
  - name: B
    url: http://b.example/
    intervall_minutes: 5
    interval_minutes: 5
  - name: B
    url: http://B.example
  - name: C
  - url: https://user:hunter2@c.example/
  - url: https://d.example/
    auth: hunter2
""",
    )

    listed_faults = faults(path)

    assert [int(line.split(":")[0]) for line in listed_faults] == [
        1,
        2,
        2,
        5,
        8,
        9,
        10,
        11,
        12,
        13,
        15,
    ]
    assert 'did you mean "settings"' in listed_faults[0]
    assert 'did you mean "interval_minutes"' in listed_faults[4]
    assert "line 6" in listed_faults[6]
    assert "hunter2" not in "".join(listed_faults)
    assert "env:NAME" in listed_faults[9]
    assert "env:NAME" in listed_faults[10]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("- http://a.example/\n", "`feeds:`"),
        ("feed:\n", 'did you mean "feeds"'),
        ("feeds: http://a.example/\n", "must be a list"),
        ("feeds:\n  - url: [\n", "3"),
        ("feeds:\n  - {url: http://a.example/, url: http://b.example/}\n", "comes twice"),
        ("feeds: [1]\n", "must start with http"),
        ("feeds:\n  -\n", "must be a mapping"),
        ("feeds:\n  - \x01\n", "control character U+0001"),
        ("feeds:\n  - http://a b.example/\n", "blank"),
        ("feeds:\n  - http://a.example\\@b.example/\n", "backslash"),
        ("feeds:\n  - http:///x\n", "no host"),
        ("feeds:\n  - http://a.example:99999/\n", "is not a web address"),
        ("feeds:\n  - feed://a.example/rss\n", "did you mean https://a.example/rss"),
    ],
)
def test_one_fault(tmp_path: Path, text: str, words: str) -> None:
    assert any(words in fault for fault in faults(written(tmp_path, text)))


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "garbage").write_bytes(b"\xff\xfe\x00garbage")

    assert "does not exist" in faults(tmp_path / "none.yaml")[0]
    assert "is a directory" in faults(tmp_path)[0]
    assert "not UTF-8" in faults(tmp_path / "garbage")[0]


def test_an_edit_touches_nothing_else(listed: Path) -> None:
    set_url(listed, "courier", "https://courier.example/feed")
    add_feeds(listed, [FeedSpec("new", "New: one", "http://new.example/?a=1&b=2", region="NO")])

    text = listed.read_text()
    assert "url: https://courier.example/feed   # slow\n    region: NO" in text
    assert text.startswith(LIST[: LIST.index("http://courier")])
    assert text.endswith("    id: new\n    region: 'NO'\n  # the end\n")
    remove_feed(listed, "new")
    set_url(listed, "courier", "http://courier.example/rss")
    assert listed.read_text() == LIST


def test_a_new_address_keeps_id_and_name(listed: Path) -> None:
    set_url(listed, "harbour-example-feed", "https://harbour.example/rss")
    set_url(listed, "valley-sun", "https://valley.example/news")

    _, bare, valley = load_feeds(listed).feeds
    assert (bare.id, bare.name) == ("harbour-example-feed", "harbour.example")
    assert bare.url == "https://harbour.example/rss"
    assert (valley.id, valley.url) == ("valley-sun", "https://valley.example/news")


def test_the_last_feed_can_go_and_another_come(listed: Path) -> None:
    for feed in ("courier", "harbour-example-feed", "http://valley.example/"):
        remove_feed(listed, feed)
    assert load_feeds(listed).feeds == ()
    assert "# The county paper" in listed.read_text()

    add_feeds(listed, [FeedSpec("a", "A", "http://a.example/")])

    assert [spec.id for spec in load_feeds(listed).feeds] == ["a"]


@pytest.mark.parametrize(
    "text", ["feeds: []\n", "feeds:\n", "feeds: [http://b.example/]", "feeds:\n- http://b.example/"]
)
def test_any_shape_of_list_can_grow_and_shrink(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    before = load_feeds(path).feeds

    add_feeds(
        path,
        [FeedSpec("a", "A, [b]", "http://a.example/"), FeedSpec("c", "C", "http://c.example/")],
    )
    assert len(load_feeds(path).feeds) == len(before) + 2
    remove_feed(path, "a")
    remove_feed(path, "c")

    assert load_feeds(path).feeds == before


def test_a_missing_file_is_made(tmp_path: Path) -> None:
    add_feeds(tmp_path / "feeds.yaml", [FeedSpec("a", "A", "http://a.example/")])

    assert load_feeds(tmp_path / "feeds.yaml").feeds[0].id == "a"


def test_what_cannot_be_edited_safely_stays(tmp_path: Path) -> None:
    text = "feeds:\n  - &a {name: A, url: http://a.example/}\n  - {<<: *a, name: B}\n"
    path = written(tmp_path, text)

    with pytest.raises(ExceptionGroup):
        remove_feed(path, "a")

    assert path.read_text() == text


def test_refused_edits_say_why(listed: Path) -> None:
    with pytest.raises(ExceptionGroup) as unknown:
        remove_feed(listed, "curier")
    with pytest.raises(ExceptionGroup) as twin:
        add_feeds(listed, [FeedSpec("courier", "Courier", "http://other.example/")])

    assert 'did you mean "courier"' in str(unknown.value.exceptions[0])
    assert "also the id" in str(twin.value.exceptions[0])
    assert listed.read_text() == LIST


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("lists/team.opml", ("lists/team.opml",)),
        ("[a.opml, 'https://l.example/f.opml']", ("a.opml", "https://l.example/f.opml")),
    ],
)
def test_live_lists_are_files_and_addresses(
    tmp_path: Path, value: str, expected: tuple[str, ...]
) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(f"settings: {{opml: {value}}}\nfeeds: []\n")

    assert load_feeds(path).settings.opml == expected


@pytest.mark.parametrize(
    "value", ["''", "'ftp://l.example/f'", "'https://u:p@l.example/'", "[a, a]"]
)
def test_what_is_no_live_list_is_refused_with_its_line(tmp_path: Path, value: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(f"settings:\n  opml: {value}\nfeeds: []\n")

    with pytest.raises(ExceptionGroup) as faults:
        load_feeds(path)

    (fault,) = faults.value.exceptions
    assert isinstance(fault, ConfigError)
    assert (fault.line, fault.field) == (2, "opml")
