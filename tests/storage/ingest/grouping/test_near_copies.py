"""Near-duplicates become one story; different articles never do."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.feeds import sync_feeds
from storage.ingest.readings import record_readings
from storage.store import Store
from storage.upkeep.maintenance import maintain_database
from tests.storage.making import NOON, feed, listed, prose, reading, rows, value

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


BRIEF = """Somebody broke two windows of the elections office in Alder Falls overnight and left a note, the sheriff
said on Tuesday. Nobody was hurt and no ballots were touched, said county clerk Ruth Hallam, who called the damage
cowardly. Deputies are looking at pictures from three cameras and ask anybody who saw a white van near the courthouse
after midnight to call them. Early voting went on in the lobby of the library across the street, where some forty
people stood in line at noon."""
LATER = "A man of 41 was arrested on Tuesday evening over broken windows at an elections office, the sheriff said."


@pytest.mark.parametrize(
    "copy",
    [
        " ".join(BRIEF.split()[:34]) + " …",
        "ALDER FALLS (Wire) — "
        + BRIEF.replace("on Tuesday", "Tuesday").replace("some forty", "about 40"),
        f"{LATER} {BRIEF}",
        f"{LATER} {BRIEF.partition('. ')[2]}",
    ],
    ids=["a feed's summary", "as another outlet edits it", "carried on", "under a new beginning"],
)
def test_a_short_report_is_one_story_however_it_is_cut_or_carried_on(
    store: Store, copy: str
) -> None:
    first = read(store, "a", BRIEF, title="Windows broken at elections office in Alder Falls")

    assert read(store, "b", copy, feed_id="herald", title="Vandals hit elections office") == first


def test_a_summary_that_was_stored_first_and_the_whole_report_are_one_story(store: Store) -> None:
    whole = f"{BRIEF} {prose(3, 500)}"
    first = read(store, "a", " ".join(BRIEF.split()[:34]), title="Windows broken", feed_id="herald")

    assert read(store, "b", whole, title="Windows of elections office broken") == first


def test_an_outlets_report_under_a_new_address_and_a_mended_headline_is_one_story(
    store: Store,
) -> None:
    first = read(store, "a", BRIEF, title="Vandals break windows of elections office")

    assert (
        read(store, "b", BRIEF.replace("two", "three"), title="Elections office damaged, note left")
        == first
    )


def test_short_texts_that_share_a_sentence_are_two_stories(store: Store) -> None:
    first = BRIEF.partition(". ")[0]
    read(store, "a", f"{first}. {prose(5, 40)}")

    assert read(store, "b", f"{prose(6, 40)} {first}.", feed_id="herald", title="Another") != 1


def form(county: str, hours: str) -> str:
    return f"""Polling places in {county} County are open {hours} on Tuesday. Voters who are in line at closing time may
    still vote. Bring a photo card or two letters with your address. Whoever was sent a ballot by mail may hand it in
    at any polling place of the county until closing time. Questions are answered by the elections office of {county}
    County, which also says where the nearest polling place is and whether it can be reached by wheelchair."""


def figures(*turnout: int) -> str:
    names = ("Precinct North", "Precinct South", "Old Town", "Mill Road", "Harbor")
    lines = [
        f"{name} reports {count} ballots cast so far"
        for name, count in zip(names, turnout, strict=True)
    ]
    return f"The elections office updates turnout every evening of early voting. {'. '.join(lines)}. " + form("Alder", "early")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (("Where to vote in Alder County", form("Alder", "7 to 7")), ("Where to vote in Birch County", form("Birch", "8 to 8"))),
        (("Early voting turnout", figures(211, 340, 118, 75, 402)), ("Early voting turnout", figures(298, 411, 190, 133, 517))),
        (("Tonight: the clerk on drop boxes", blurb := "All you need to know before the day begins, with our reporters in the studio and at the scene, every morning from six to nine."),
         ("Tonight: a judge on recounts", blurb)),
    ],
    ids=["two counties", "two days", "blurb of a show"],
)  # fmt: skip
def test_texts_of_one_form_are_different_stories(
    store: Store, text: tuple[str, str], other: tuple[str, str]
) -> None:
    first = read(store, "a", text[1], title=text[0])

    assert read(store, "b", other[1], title=other[0]) != first


def test_two_reports_that_quote_one_statement_are_two_stories(store: Store) -> None:
    statement = f"“{prose(4, 70)}”"
    read(store, "a", f"{prose(1, 40)} {statement} {prose(2, 20)}", title="Clerk seeks order")

    assert (
        read(store, "b", f"{prose(3, 55)} {statement}", feed_id="herald", title="Machines down")
        != 1
    )


def test_two_reports_that_share_a_long_tail_are_two_stories(store: Store) -> None:
    """Such as a timeline or the captions of a gallery."""
    tail = prose(9, 400)
    read(store, "a", f"{prose(1, 200)} {tail}", title="Clerk under fire after leak")

    assert (
        read(store, "b", f"{prose(2, 250)} {tail}", title="Leak: what clerk knew after fire") != 1
    )


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
