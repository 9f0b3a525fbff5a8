"""The queue: which stories a view shows, in order, page by page, and what each card says."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import privacy
from storage.queries.articles.article_search import NO_BOUND, WITH_WORDS
from storage.queries.stories import related
from storage.queries.stories.filter import (
    Condition,
    StoryFilter,
    condition,
    counted_from,
    source,
)
from storage.queries.stories.order import (
    ORDERS,
    Cursor,
    Placed,
    meet,
    ordered,
    past_cursor,
    plain_rows,
)
from storage.stories import outward
from storage.stories.outward import (
    HANDED_OVER,
    JOIN_VERDICT,
    JUDGED_AT,
    JUDGED_BY,
    LEFT_NOTE,
    OUTWARD_NOTE,
    PASSAGE,
    PUBLISHED,
)

STORIES_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`first` is the place of the first story in the view, from 1; `total` all stories of the view.

    `cut`: more articles hold the words than were looked at.
    """

    stories: tuple[int, ...]
    first: int
    total: int
    previous: Cursor | None
    following: Cursor | None
    cut: bool = False


def page_of_view(
    connection: sqlite3.Connection, chosen: StoryFilter, sort: str = "priority",
    *, cursor: Cursor | None = None, size: int = STORIES_A_PAGE, total: int | None = None,
) -> QueuePage:  # fmt: skip
    """A page of a view; `total` where its stories are counted already."""
    chosen, cut = looked_up(connection, chosen)
    rows = _take(connection, chosen, sort, cursor, size + 1)
    back = cursor is not None and cursor.back
    more = len(rows) > size
    rows = rows[:size]
    if back:
        rows.reverse()
    total = count_stories(connection, chosen) if total is None else total
    if not rows:
        return QueuePage((), 0, total, None, None, cut)
    ends = [Cursor(row.key, row.story, back=place == 0) for place, row in ((0, rows[0]), (1, rows[-1]))]  # fmt: skip
    first = _before(connection, chosen, sort, ends[0]) + 1 if cursor else 1
    # Forwards by what was read, as the count may be older; backwards what comes after was not read.
    has_following = first + len(rows) - 1 < total if back else more
    return QueuePage(
        tuple(row.story for row in rows),
        first,
        total,
        ends[0] if first > 1 else None,
        ends[1] if has_following else None,
        cut,
    )


FOUND = f"SELECT a.story_id FROM ({WITH_WORDS}) f CROSS JOIN articles a INDEXED BY articles_id_story ON a.id = f.id"  # noqa: S608 (ours)


def looked_up(connection: sqlite3.Connection, chosen: StoryFilter) -> tuple[StoryFilter, bool]:
    """The filter with its words looked up, and whether some articles with them were left out."""
    if not chosen.words:
        return chosen, False
    cursor = connection.cursor()
    cursor.row_factory = None
    parameters = {"words": chosen.words, "before": NO_BOUND, "most": chosen.newest_articles}
    rows = cursor.execute(FOUND, parameters).fetchall()
    stories = tuple({story for (story,) in rows if story is not None})
    return replace(chosen, words="", only=stories), len(rows) == chosen.newest_articles


def _take(
    connection: sqlite3.Connection, chosen: StoryFilter, sort: str, cursor: Cursor | None, size: int
) -> list[Placed]:
    """The first `size` stories after the cursor; before it, nearest first, when it looks back."""
    placed = None if chosen.among is None else meet(connection, chosen.among, sort, cursor, size)
    if placed is not None:
        return placed
    within = condition(chosen)
    along, values = ordered(sort, cursor)
    sql = f"SELECT s.id, {ORDERS[sort][0]} FROM {source(chosen)} WHERE {within.sql} AND {along} LIMIT :size"  # noqa: S608 (parts of ours)
    rows = plain_rows(connection, sql, {**within.values, **values, "size": size})
    return [Placed(*row) for row in rows]


def _before(connection: sqlite3.Connection, chosen: StoryFilter, sort: str, cursor: Cursor) -> int:
    """How many stories of the view stand before this one."""
    key, highest_first = ORDERS[sort]
    within = condition(chosen)
    past, values = past_cursor(key, cursor, down=not highest_first)
    further = Condition(f"{within.sql} AND {past}", {**within.values, **values})
    return _count(connection, counted_from(chosen), further)


def count_stories(connection: sqlite3.Connection, chosen: StoryFilter) -> int:
    """How many stories a view shows."""
    chosen, _ = looked_up(connection, chosen)
    return _count(connection, counted_from(chosen), condition(chosen))


def _count(connection: sqlite3.Connection, source: str, within: Condition) -> int:
    sql = f"SELECT count(*) FROM {source} WHERE {within.sql}"  # noqa: S608 (parts of ours)
    return int(connection.execute(sql, within.values).fetchone()[0])


def neighbours(
    connection: sqlite3.Connection, chosen: StoryFilter, sort: str, story: int, then: int = 0
) -> tuple[int | None, int | None]:
    """The stories before and after one story in a view; it need not be within the view itself. `then`
    followed when the story was opened, and does so wherever the story has gone since."""
    key, _ = ORDERS[sort]
    row = connection.execute(f"SELECT {key} AS key FROM stories s WHERE id = ?", [story]).fetchone()  # noqa: S608
    if row is None or row["key"] is None:
        return None, None
    chosen, _ = looked_up(connection, chosen)
    sides = [_take(connection, chosen, sort, Cursor(row["key"], story, back), 1) for back in (True, False)]  # fmt: skip
    before, after = (rows[0].story if rows else None for rows in sides)
    return before, then if then and shows(connection, chosen, then) else after


def shows(connection: sqlite3.Connection, chosen: StoryFilter, story: int) -> bool:
    """Whether a view shows this story."""
    within = condition(chosen)
    sql = f"SELECT 1 FROM {source(chosen)} WHERE {within.sql} AND s.id = :story"  # noqa: S608
    return connection.execute(sql, {**within.values, "story": story}).fetchone() is not None


def shown_by(connection: sqlite3.Connection, chosen: StoryFilter, most: int) -> list[sqlite3.Row]:
    """Number and review count of every story of a view, for an act on all of them."""
    chosen, _ = looked_up(connection, chosen)
    within = condition(chosen)
    sql = f"SELECT s.id, s.review_count FROM {source(chosen)} WHERE {within.sql} ORDER BY s.priority DESC, s.id DESC LIMIT :most"  # noqa: S608
    return connection.execute(sql, {**within.values, "most": most}).fetchall()


CARDS = f"""
SELECT s.id, s.status, s.tab, s.lane, s.title, s.outlet, s.outlets, s.owners, s.copies, s.hits, s.rules, s.region, s.place, s.language, s.severity,
  s.category, s.relevance, s.priority, {PUBLISHED} AS published_at, s.first_seen_at, s.last_seen_at, s.shown_at, s.due_at, s.reason, s.reviewed_at,
  s.reviewed_by, s.added_by, s.added_at, s.review_count, s.grown, s.reopened, s.news_json, s.assigned_to, s.claimed_by, s.claimed_at, s.snoozed_until, s.snooze_reason,
  s.mute_id, s.tags, s.lead_hit_id, {PASSAGE} AS snippet, h.snippet_field, coalesce(h.snippet_start, 0) AS snippet_start, coalesce(h.terms_json, '[]') AS terms_json, h.partial, h.passage_change, h.origin, h.entry_id,
  a.id AS article_id, a.url, a.outcome, a.title AS article_title, a.outlet AS article_outlet, {OUTWARD_NOTE} AS note, {JUDGED_BY} AS judged_by, {JUDGED_AT} AS judged_at,
  {HANDED_OVER}, {LEFT_NOTE},
  (SELECT count(*) FROM story_links l WHERE (l.story_id = s.id OR l.other_id = s.id) AND l.state <> 'refused') AS links,
  (SELECT {OUTWARD_NOTE} FROM story_reviews v WHERE v.story_id = s.id AND v.action = 'add' AND s.added_by IS NOT NULL ORDER BY v.id DESC LIMIT 1) AS added_note
FROM stories s JOIN articles a ON a.id = s.lead_article_id LEFT JOIN hits h ON h.id = s.lead_hit_id {JOIN_VERDICT}
WHERE s.id IN (SELECT value FROM json_each(?))
"""  # noqa: S608 (parts of ours)
CHIPS = """
SELECT x.story_id, x.rule_id, r.slug, r.title, x.severity, x.category, x.relevance, x.score, x.lane, x.still_matches, x.struck, x.struck_by, x.struck_reason, x.hits, x.lead_hit_id
FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id IN (SELECT value FROM json_each(?))
ORDER BY x.struck, NOT x.still_matches, x.lane <> 'shown', x.severity_rank DESC, x.score DESC, x.relevance DESC, r.title
"""
# Of stories whose lead hit has evidence in its headline alone: passages of other rules in the same text, best first.
OTHER_PASSAGES = """
SELECT h.story_id, h.snippet, h.snippet_field, h.snippet_start, h.terms_json FROM stories s JOIN hits l ON l.id = s.lead_hit_id
  JOIN hits h ON h.story_id = s.id AND h.article_id = l.article_id AND h.text_sha256 = l.text_sha256 AND h.entry_id IS l.entry_id
WHERE s.id IN (SELECT value FROM json_each(?)) AND h.snippet_field <> 'title' AND h.still_matches AND NOT h.struck
ORDER BY h.lane <> 'shown', h.severity_rank DESC, h.score DESC, h.id
"""
STORY_EVIDENCE = """
SELECT x.story_id, x.rule_id, h.snippet, h.snippet_field, h.snippet_start, h.terms_json
FROM story_rules x JOIN hits h ON h.id = x.lead_hit_id WHERE x.story_id IN (SELECT value FROM json_each(?))
"""
READERS_OF_STORIES = "SELECT story_id, actor FROM presence WHERE seen_at >= ? AND story_id IN (SELECT value FROM json_each(?)) ORDER BY actor"


@dataclass(frozen=True, slots=True)
class Card:
    """A story as the queue shows it; `rules` best first, with those struck off or gone at the end.
    `linked`: stories on the same event, unless somebody refused them. `passage`: of another rule, where
    the lead hit shows the headline alone."""

    story: sqlite3.Row
    rules: tuple[sqlite3.Row, ...]
    watched_by: tuple[str, ...] = ()
    linked: tuple[sqlite3.Row, ...] = ()
    passage: sqlite3.Row | None = None

    @property
    def leaves_masked(self) -> bool:
        """Whether its private places are masked."""
        categories = ",".join(chip["category"] for chip in self.rules)
        return outward.leaves_masked(self.story["added_by"], categories)

    @property
    def standing(self) -> list[sqlite3.Row]:
        return [chip for chip in self.rules if chip["still_matches"] and not chip["struck"]]

    def outgoing(self, text: str) -> str:
        return privacy.masked(text) if self.leaves_masked else text


def cards(
    connection: sqlite3.Connection, stories: Sequence[int], present_since: str = "9999"
) -> list[Card]:
    """The cards in the order asked for; people count as present who were seen since that moment."""
    listed = json.dumps(list(stories))
    by_story = {row["id"]: row for row in connection.execute(CARDS, [listed])}
    chips = _by_story(connection.execute(CHIPS, [listed]))
    present = _by_story(connection.execute(READERS_OF_STORIES, [present_since, listed]))
    linked = _by_story(related.links_of_stories(connection, listed))
    bare = [story for story, row in by_story.items() if row["snippet_field"] == "title"]
    passages = _by_story(connection.execute(OTHER_PASSAGES, [json.dumps(bare)])) if bare else {}
    return [
        Card(
            by_story[story], chips.get(story, ()), tuple(row["actor"] for row in present.get(story, ())),
            tuple(row for row in linked.get(story, ()) if row["state"] != "refused"),
            next(iter(passages.get(story, ())), None),
        )
        for story in stories
        if story in by_story
    ]  # fmt: skip


def evidence(
    connection: sqlite3.Connection, stories: Sequence[int]
) -> dict[tuple[int, int], sqlite3.Row]:
    """By story and rule the passage that shows it best."""
    rows = connection.execute(STORY_EVIDENCE, [json.dumps(list(stories))])
    return {(row["story_id"], row["rule_id"]): row for row in rows}


def _by_story(rows: Iterable[sqlite3.Row]) -> dict[int, tuple[sqlite3.Row, ...]]:
    by_story: dict[int, list[sqlite3.Row]] = {}
    for row in rows:
        by_story.setdefault(row["story_id"], []).append(row)
    return {story: tuple(own) for story, own in by_story.items()}


def listing(
    connection: sqlite3.Connection, chosen: StoryFilter, size: int
) -> tuple[QueuePage, list[Card]]:
    """The first page with its cards, on a connection whose rows have no names."""
    before, connection.row_factory = connection.row_factory, sqlite3.Row
    try:
        page = page_of_view(connection, chosen, size=size)
        return page, cards(connection, page.stories)
    finally:
        connection.row_factory = before
