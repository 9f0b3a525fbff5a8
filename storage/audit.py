"""The audit: a blind daily sample of what was not shown, and what reviewers said of it.

Every article of a day that no rule shows has a known chance to be drawn, by strata of a score, so
that the likely misses are drawn more often. As many articles that were shown are mixed in.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

DrawKind = Literal["unshown", "unjudged", "decoy"]
Judgement = Literal["wanted", "unwanted", "unsure"]
IS_SHOWN = "EXISTS (SELECT 1 FROM hits h WHERE h.article_id = a.id AND h.shown)"
IS_JUDGED = "EXISTS (SELECT 1 FROM stories s WHERE s.id = a.story_id AND s.status IN ('confirmed','escalated','dismissed'))"

UNDRAWN = "a.text_sha256 NOT IN (SELECT text_sha256 FROM audit_draws)"
IS_OPEN = "d.judged_at IS NULL AND d.text_sha256 NOT IN (SELECT text_sha256 FROM audit_draws WHERE judged_at IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class AuditCandidate:
    article_id: int
    title: str
    summary: str
    body: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One article of the sample; `chance` is that of its stratum."""

    article_id: int
    text_sha256: str
    kind: DrawKind
    stratum: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Stratum:
    name: str
    size: int
    drawn: int

    @property
    def chance(self) -> float:
        return self.drawn / self.size


@dataclass(frozen=True, slots=True)
class OpenDraw:
    """What a reviewer is shown: the text, and nothing of rules, scores or strata."""

    id: int
    title: str
    outlet: str
    published_at: str | None
    url: str  # empty where it led into a private network
    body: str
    remaining: int


def last_drawn_before(conn: sqlite3.Connection, day: str) -> str | None:
    """The newest day before that one whose sample was drawn."""
    newest: str | None = conn.execute(
        "SELECT max(day) FROM audit_strata WHERE day < ?", [day]
    ).fetchone()[0]
    return newest


def is_drawn(connection: sqlite3.Connection, day: str) -> bool:
    drawn = connection.execute("SELECT 1 FROM audit_strata WHERE day = ? LIMIT 1", [day])
    return drawn.fetchone() is not None


def unshown_articles(connection: sqlite3.Connection, day: str) -> list[AuditCandidate]:
    """Articles of a day with a text that no rule shows: of each text the first, and none that was drawn before."""
    rows = connection.execute(
        f"""SELECT a.id, t.title, coalesce(t.summary, ''), t.body, a.text_sha256
            FROM articles a JOIN article_texts t ON t.article_id = a.id
            WHERE a.day = ? AND a.text_sha256 IS NOT NULL AND NOT {IS_SHOWN} AND {UNDRAWN} GROUP BY a.text_sha256
            HAVING a.id = min(a.id) ORDER BY a.id""",  # noqa: S608 - ours
        [day],
    )
    return [AuditCandidate(*row) for row in rows]


def shown_articles(
    connection: sqlite3.Connection, day: str, *, judged: bool
) -> list[tuple[int, str]]:
    """Articles of a day that a rule shows, with the hash of their text, as in `unshown_articles`."""
    rows = connection.execute(
        f"""SELECT min(a.id), a.text_sha256 FROM articles a
            WHERE a.day = ? AND a.text_sha256 IS NOT NULL AND {IS_SHOWN} AND {IS_JUDGED} = ? AND {UNDRAWN}
            GROUP BY a.text_sha256 ORDER BY 1""",  # noqa: S608
        [day, int(judged)],
    )
    return rows.fetchall()


def keep_draw(
    connection: sqlite3.Connection,
    day: str,
    strata: Sequence[Stratum],
    drawn: Sequence[Drawn],
    scores: Mapping[int, float],
    *,
    ruleset_sha256: str,
    weights_sha256: str | None,
    moment: str,
) -> None:
    """Store a day's sample in the order in which it is to be judged. Inside a transaction."""
    connection.executemany(
        "UPDATE articles SET audit_score = ? WHERE id = ?",
        [(score, article) for article, score in scores.items()],
    )
    both = {"ruleset": ruleset_sha256, "weights": weights_sha256}
    connection.executemany(
        """INSERT INTO audit_strata (day, stratum, size, drawn, chance, ruleset_sha256, weights_sha256)
           VALUES (:day, :stratum, :size, :drawn, :chance, :ruleset, :weights)""",
        [_stratum_values(day, stratum) | both for stratum in strata],
    )
    connection.executemany(
        """INSERT INTO audit_draws (day, stratum, article_id, text_sha256, score, kind, place, drawn_at)
           VALUES (:day, :stratum, :article, :text, :score, :kind, :place, :moment)""",
        [
            _draw_values(draw) | {"day": day, "place": place, "moment": moment}
            for place, draw in enumerate(drawn)
        ],
    )


def _stratum_values(day: str, stratum: Stratum) -> dict[str, object]:
    return {
        "day": day, "stratum": stratum.name, "size": stratum.size, "drawn": stratum.drawn, "chance": stratum.chance,
    }  # fmt: skip


def _draw_values(draw: Drawn) -> dict[str, object]:
    return {
        "stratum": draw.stratum, "article": draw.article_id, "text": draw.text_sha256, "score": draw.score, "kind": draw.kind,
    }  # fmt: skip


NEXT_OF_AUDIT = f"""SELECT d.id, coalesce(v.title, t.title), a.outlet, a.published_at, iif(a.outcome IS 'private-address', '', a.url), coalesce(v.body, t.body),
    (SELECT count(DISTINCT d.text_sha256) FROM audit_draws d WHERE {IS_OPEN})
  FROM audit_draws d JOIN articles a ON a.id = d.article_id JOIN article_texts t ON t.article_id = a.id
  LEFT JOIN text_versions v ON v.article_id = a.id AND v.text_sha256 = d.text_sha256
  WHERE {IS_OPEN}
  ORDER BY d.id <> :first, coalesce((d.day, d.place) <= (SELECT day, place FROM audit_draws WHERE id = :after), 0), d.day, d.place LIMIT 1"""  # noqa: S608 (parts of ours)


def next_draw(connection: sqlite3.Connection, after: int = 0, first: int = 0) -> OpenDraw | None:
    """The draw `first` if it waits; else the article that was drawn next after `after`; behind the last one those that
    were passed over, oldest first. A text that was judged under another address waits no more."""
    row = connection.execute(NEXT_OF_AUDIT, {"after": after, "first": first}).fetchone()
    return OpenDraw(*row) if row else None


def keep_judgement(
    connection: sqlite3.Connection,
    draw_id: int,
    judgement: Judgement,
    *,
    category: str | None,
    note: str,
    actor: str,
    moment: str,
) -> bool:
    """Keep a judgement; False when somebody else judged it first. Inside a transaction."""
    cursor = connection.execute(
        """UPDATE audit_draws SET judgement = :judgement, category = :category, note = :note, actor = :actor,
             judged_at = :moment WHERE id = :id AND judged_at IS NULL""",
        {
            "judgement": judgement, "category": category, "note": note, "actor": actor,
            "moment": moment, "id": draw_id,
        },
    )  # fmt: skip
    return cursor.rowcount == 1


UNSURE = """SELECT d.id, a.title, a.outlet, d.day, d.actor FROM audit_draws d JOIN articles a ON a.id = d.article_id
  WHERE d.judgement = 'unsure' ORDER BY d.judged_at DESC LIMIT 50"""


def unsure(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """What somebody could not tell, the latest first; it counts neither way until it is judged again."""
    return connection.execute(UNSURE).fetchall()


def judge_again(connection: sqlite3.Connection, draw_id: int) -> bool:
    """Put back what nobody could tell; False for any other judgement, which stands. Inside a transaction."""
    sql = """UPDATE audit_draws SET judgement = NULL, category = NULL, actor = NULL, judged_at = NULL
      WHERE id = ? AND judgement = 'unsure'"""
    return connection.execute(sql, [draw_id]).rowcount == 1
