"""Links between stories, proposed over a real file whose archive tells how rare words are."""

from datetime import timedelta

from storage.acts import undo, verdicts
from storage.acts.verdicts import Act
from storage.database.connection import write_txn
from storage.ingest.readings import record_readings
from storage.store import Store
from storage.stories import linking
from storage.times import iso
from tests.storage.making import HOUR, NOON, listed, prose, reading, rows, rule, value

OUTAGE = rule("outage")
FIRST = "An outage at the Fennimore branch library kept voters from the tabulator that Odette Pruitt guards."
SECOND = "Odette Pruitt said the Fennimore library outage began when a squirrel met the transformer beside the tabulator."
OTHER = "An outage in Quillan County closed the courthouse where Marisol Vance counts absentee envelopes."
LINKS = "SELECT story_id, other_id, state FROM story_links"


def archive(store: Store, *texts: str) -> list[int]:
    """Stories of these texts, in an archive of others without a hit; their articles."""
    keys = [f"story-{n}" for n in range(len(texts))]
    articles = listed(store, [*keys, *(f"old-{n}" for n in range(12))])
    for n, article in enumerate(articles[len(texts) :]):
        record_readings(store.db, None, [reading(article, prose(n + 900, 120), title=f"Other {n}")])
    for article, text in zip(articles, texts, strict=False):
        title = " ".join(text.split()[1:8])
        record_readings(store.db, None, [reading(article, text, OUTAGE, title=title)])
    return articles[: len(texts)]


def test_stories_on_one_event_are_linked_once_and_never_merged(store: Store) -> None:
    archive(store, FIRST, SECOND, OTHER)

    assert linking.propose(store.db, NOON + HOUR) == 1
    stories = rows(store, "SELECT id FROM stories WHERE status IS NOT NULL ORDER BY id")
    assert rows(store, LINKS) == [(stories[0][0], stories[1][0], "proposed")]
    assert "fennimore" in str(value(store, "SELECT why_json FROM story_links"))
    assert linking.propose(store.db, NOON + 2 * HOUR) == 0


def test_an_answer_stands_whatever_is_proposed_again(store: Store) -> None:
    archive(store, FIRST, SECOND)
    linking.propose(store.db, NOON + HOUR)
    first, other, _ = rows(store, LINKS)[0]
    with write_txn(store.db):
        act = Act(((int(str(first)), 0),), "refuse", "rita", iso(NOON), str(other))
        verdicts.record_act(store.db.conn, act)
    store.db.execute("UPDATE stories SET linked_at = NULL")
    store.db.commit()

    linking.propose(store.db, NOON + HOUR)
    assert value(store, "SELECT state FROM story_links") == "refused"
    with write_txn(store.db):
        undo.undo_batch(store.db.conn, "rita", iso(NOON + HOUR))
    assert value(store, "SELECT state FROM story_links") == "proposed"


def test_stories_are_compared_by_the_rules_that_stand(store: Store) -> None:
    archive(store, FIRST)
    story = int(str(value(store, "SELECT id FROM stories WHERE status IS NOT NULL")))

    assert linking.openings(store.db, [story])[story].rules == {str(value(store, "SELECT id FROM rules WHERE slug = 'outage'"))}  # fmt: skip
    store.db.execute("UPDATE story_rules SET struck = 1")
    assert linking.openings(store.db, [story])[story].rules == frozenset()


def test_stories_of_more_than_three_days_ago_are_let_be(store: Store) -> None:
    archive(store, FIRST, SECOND)

    assert linking.propose(store.db, NOON + timedelta(days=3, hours=1)) == 0
    assert rows(store, LINKS) == []


def test_a_proposal_ties_no_article_to_its_story(store: Store) -> None:
    feed_text, other = archive(store, "A small outage was noted.", SECOND)
    store.db.execute("UPDATE articles SET state = 'partial' WHERE id = ?", [feed_text])
    mine, theirs = (value(store, "SELECT story_id FROM articles WHERE id = ?", article) for article in (feed_text, other))  # fmt: skip
    store.db.execute("INSERT INTO story_links (story_id, other_id, created_at) VALUES (?, ?, '')", [mine, theirs])  # fmt: skip
    store.db.commit()

    whole = f"{SECOND} {prose(5, 80)}"
    record_readings(store.db, None, [reading(other, whole, OUTAGE, at=NOON + HOUR)])
    record_readings(store.db, None, [reading(feed_text, whole, OUTAGE, at=NOON + 2 * HOUR)])

    assert value(store, "SELECT story_id FROM articles WHERE id = ?", feed_text) == theirs
    assert rows(store, LINKS) == []
