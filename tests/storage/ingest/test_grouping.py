"""Near-duplicates become one story; different articles never do."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.feeds import sync_feeds
from storage.ingest.readings import record_readings
from storage.store import Store
from storage.upkeep.maintenance import maintain_database
from tests.storage.making import NOON, feed, listed, prose, reading, rows, rule, value

DAY = timedelta(days=1)


def read(
    store: Store,
    key: str,
    body: str,
    *,
    at: datetime = NOON,
    feed_id: str = "gazette",
    title: str = "A title",
) -> int:
    """Lists and reads one article; returns its story."""
    (article,) = listed(store, [key], feed_id=feed_id, at=at)
    record_readings(store.db, None, [reading(article, body, at=at, title=title)])
    story = value(store, "SELECT story_id FROM articles WHERE id = ?", article)
    assert isinstance(story, int)
    return story


def reworded(body: str, every: int) -> str:
    words = body.split()
    return " ".join("changed" if n % every == every - 1 else word for n, word in enumerate(words))


@pytest.mark.parametrize(
    "copy",
    [
        prose(1, 600),
        " ".join(prose(1, 600).split()[:300]),
        f"{prose(7, 60)} {prose(1, 600)} {prose(8, 90)}",
        reworded(prose(1, 600), 30),
        prose(1, 600).upper(),
    ],
    ids=["exact", "cut to half", "with a frame", "one word in 30 changed", "upper case"],
)
def test_a_copy_joins_the_story_and_says_why(store: Store, copy: str) -> None:
    first = read(store, "a", prose(1, 600))
    second = read(store, "b", copy, feed_id="herald", title="Another headline")

    assert first == second
    assert rows(store, "SELECT copies, outlets, owners FROM stories") == [(2, 2, 2)]
    ((similarity, matched),) = rows(
        store, "SELECT story_similarity, story_matched_article_id FROM articles WHERE id = 2"
    )
    assert isinstance(similarity, float)
    assert similarity >= 0.5
    assert matched == 1


def test_different_articles_are_different_stories(store: Store) -> None:
    stories = {read(store, f"k{n}", prose(n, 400)) for n in range(20)}

    assert len(stories) == 20


def test_short_texts_are_copies_only_when_exact(store: Store) -> None:
    first = read(store, "a", prose(1, 40))

    assert read(store, "b", prose(1, 40)) == first
    assert read(store, "c", prose(1, 40) + " more") != first


def test_tiny_texts_are_nobodys_copy(store: Store) -> None:
    assert read(store, "a", "", title="News") != read(store, "b", "", title="News")


def test_very_short_texts_need_the_same_title_too(store: Store) -> None:
    body = "Read more on our site and subscribe today."

    assert read(store, "a", body, title="Clerk resigns") != read(
        store, "b", body, title="Storm ends"
    )


def test_no_chain_of_small_differences_ties_two_stories(store: Store) -> None:
    two, three = prose(2, 300), prose(3, 300)
    first = read(store, "a", f"{prose(1, 150)} {two}")
    middle = read(store, "b", f"{two} {three}")
    last = read(store, "c", f"{three} {prose(4, 150)}")

    assert first == middle != last


def test_a_collection_of_many_articles_is_none_of_them(store: Store) -> None:
    read(store, "a", prose(1, 300))

    roundup = read(store, "b", " ".join(prose(seed, 300) for seed in range(1, 8)))

    assert roundup != 1


def test_a_wire_story_in_sixty_papers_stays_one(store: Store) -> None:
    """Its shingles must not count as boilerplate."""
    slugs = [f"paper{n}" for n in range(60)]
    sync_feeds(store.db, [feed(slug) for slug in slugs], NOON)

    stories = {
        read(store, "a", f"{prose(1, 300)} {prose(100 + n, 15)}", feed_id=slug)
        for n, slug in enumerate(slugs)
    }

    assert len(stories) == 1
    assert rows(store, "SELECT copies, outlets FROM stories") == [(60, 60)]


@pytest.mark.slow
def test_boilerplate_of_many_articles_ties_nothing(store: Store) -> None:
    footer = prose(999, 200)

    stories = [read(store, f"k{n}", f"{prose(n, 220)} {footer}") for n in range(70)]

    assert len(set(stories[60:])) == 10
    assert (
        value(store, "SELECT max(n) FROM (SELECT count(*) AS n FROM fingerprints GROUP BY hash)")
        <= 51
    )  # type: ignore[operator]


def test_a_copy_after_two_weeks_is_a_story_of_its_own(store: Store) -> None:
    first = read(store, "a", prose(1))

    assert read(store, "b", prose(1), at=NOON + 15 * DAY) != first


def test_another_language_is_another_story(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette"), feed("herald", language="es")], NOON)
    (a,) = listed(store, ["a"])
    (b,) = listed(store, ["b"], feed_id="herald")
    longer = f"{prose(1)} {prose(5, 20)}"
    record_readings(store.db, None, [reading(a, prose(1))])
    spanish = reading(b, longer)
    record_readings(
        store.db, None, [replace(spanish, article=replace(spanish.article, language="es"))]
    )

    assert value(store, "SELECT count(*) FROM stories") == 2


def test_a_footer_ties_nothing_within_an_outlet(store: Store) -> None:
    footer = prose(999, 150)

    stories = {
        read(store, f"k{n}", f"{prose(n, 60)} {footer}", title=f"Title {n}") for n in range(9)
    }

    assert len(stories) == 9


def test_an_outlets_own_story_under_a_new_address_is_known_by_its_headline(store: Store) -> None:
    first = read(store, "a", prose(1, 200))

    assert read(store, "b", reworded(prose(1, 200), 40)) == first


def test_outlets_of_one_owner_count_once(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette", owner="Big"), feed("herald", owner="Big")], NOON)
    read(store, "a", prose(1))
    read(store, "b", prose(1), feed_id="herald")
    read(store, "c", prose(1), feed_id="herald")

    assert rows(store, "SELECT copies, outlets, owners FROM stories") == [(3, 2, 1)]


def test_an_article_whose_text_changes_keeps_its_story(store: Store) -> None:
    (a,) = listed(store, ["a"])
    record_readings(store.db, None, [reading(a, prose(1))])
    other = read(store, "b", prose(2))

    record_readings(store.db, None, [reading(a, prose(2), at=NOON + DAY)])

    assert value(store, "SELECT story_id FROM articles WHERE id = ?", a) != other


def test_fingerprints_are_forgotten_after_their_window(store: Store) -> None:
    read(store, "a", prose(1))
    read(store, "b", prose(2), at=NOON + 10 * DAY)

    done = maintain_database(store.db, NOON + 15 * DAY)

    assert done.fingerprints == 1
    assert rows(store, "SELECT DISTINCT article_id FROM fingerprints") == [(2,)]


def partial_then_whole(store: Store, *, judged: bool) -> list[tuple[object, ...]]:
    """A story in the queue; then a copy of it, first known by its feed's words only."""
    outage = rule("outage")
    first, second = (*listed(store, ["a"]), *listed(store, ["b"], feed_id="herald"))
    body = f"There was an outage. {prose(1)}"
    record_readings(store.db, None, [reading(first, body, outage)])
    (stored,) = record_readings(
        store.db,
        None,
        [reading(second, "Feed: an outage at the clerk's office today.", outage, state="partial")],
    )
    if judged:
        store.db.execute(
            "INSERT INTO story_reviews (story_id, action, actor) VALUES (?, 'confirmed', 'ann')",
            [stored.story_id],
        )
    record_readings(store.db, None, [reading(second, body, outage, at=NOON + DAY)])
    assert rows(store, "PRAGMA foreign_key_check") == []
    return rows(store, "SELECT hits, copies FROM stories WHERE tab IS NOT NULL")


def test_a_copy_first_known_by_its_feed_joins_the_story_once_it_is_read(store: Store) -> None:
    assert partial_then_whole(store, judged=False) == [(2, 2)]
    assert rows(store, "SELECT id FROM hits") == [(1,), (2,)]


def test_a_judged_article_never_leaves_its_story(store: Store) -> None:
    assert partial_then_whole(store, judged=True) == [(1, 1), (1, 1)]
