"""Hits: one for each text and rule, its evidence history, and what an edit did to its passage."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from sqlite_utils import Database

from model import SEVERITIES, Hit
from storage.database.errors import UnknownRule
from storage.rules import asleep
from storage.stories.content.growth import Change, HitChange


@dataclass(frozen=True, slots=True)
class MatchedText:
    """The text that was matched, and how it came to be matched."""

    article_id: int
    story_id: int
    feed_id: int
    day: str
    language: str | None
    region: str | None
    text_sha256: str
    partial: bool
    edited: bool  # the text differs from the one matched before, and both are whole texts
    previous_read_at: str | None
    run_id: int | None
    moment: str
    origin: Literal["watch", "rematch"] = "watch"
    entry_id: int | None = None  # the entry whose text it is; None: the article's own
    threshold: float = 0.0  # of relevance; hits below it wait among the unlikely ones


@dataclass(frozen=True, slots=True)
class StoredHitState:
    """A hit as stored before."""

    id: int
    rule_id: int
    version_id: int
    text_sha256: str
    evidence_sha256: str
    still_matches: int


@dataclass(frozen=True, slots=True)
class RuleVersion:
    id: int
    rule_id: int
    created_at: str
    status: str  # of the rule


def version_of(db: Database, hit: Hit) -> RuleVersion:
    row = db.execute(
        """SELECT v.id, r.id, v.created_at, r.status FROM rules r JOIN rule_versions v ON v.rule_id = r.id
           WHERE r.slug = ? AND v.sha256 = ?""",
        (hit.rule_id, hit.rule_sha256),
    ).fetchone()
    if row is None:
        raise UnknownRule(hit.rule_id, hit.rule_sha256)
    return RuleVersion(*row)


def evidence_sha256(hit: Hit) -> str:
    """Of what a reviewer judged: the matched words and the passage around them, wherever they stand."""
    words = sorted({(e.field, e.text, e.clause) for e in hit.evidence})
    passage = " ".join(hit.snippet.split())
    return sha256(json.dumps([words, passage]).encode("utf-8", "replace")).hexdigest()


def terms_json(hit: Hit) -> str:
    return json.dumps(
        [
            {"field": e.field, "start": e.start, "end": e.end, "text": e.text, "clause": e.clause}
            for e in hit.evidence
        ],
        ensure_ascii=False,
    )


def known_hits(
    db: Database, article_id: int, entry_id: int | None = None
) -> dict[int, StoredHitState]:
    rows = db.execute(
        """SELECT id, rule_id, rule_version_id, text_sha256, evidence_sha256, still_matches
           FROM hits WHERE article_id = ? AND entry_id IS ?""",
        [article_id, entry_id],
    )
    return {row[1]: StoredHitState(*row) for row in rows}


def store_hits(db: Database, matched: MatchedText, hits: Sequence[Hit]) -> tuple[HitChange, ...]:
    """Make the text's hits say what was found. Nothing is deleted; storing again changes nothing."""
    stored_hits = known_hits(db, matched.article_id, matched.entry_id)
    changes = []
    for hit in hits:
        version = version_of(db, hit)
        before = stored_hits.pop(version.rule_id, None)
        changes.append(
            store_hit(db, matched, hit, version)
            if before is None
            else renew(db, matched, hit, version, before)
        )
    changes.extend(withdraw(db, matched, stored_hits.values()))
    return tuple(changes)


def lane(hit: Hit, version: RuleVersion, threshold: float) -> str:
    """Where the hit waits: only what stands in `shown` is in the queue, in Atom and in alerts."""
    if version.status == "experimental":
        return "experimental"
    if hit.relevance < threshold:
        return "unlikely"
    return "low" if hit.severity == "low" else "shown"


def hit_columns(matched: MatchedText, hit: Hit, version: RuleVersion) -> dict[str, object]:
    """What a hit says of its text, whether it is new or brought up to date."""
    scored = bool(hit.weights_sha256)
    return {
        "rule_version_id": version.id, "severity": hit.severity,
        "severity_rank": SEVERITIES.index(hit.severity), "category": hit.category, "score": hit.score,
        "relevance": hit.relevance if scored else None, "weights_sha256": hit.weights_sha256 or None,
        "relevance_json": json.dumps(hit.relevance_parts, ensure_ascii=False),
        "lane": lane(hit, version, matched.threshold), "snippet": hit.snippet,
        "masked_snippet": None, "masked_title": None,  # storage.stories.masks knows the whole story
        "snippet_field": hit.snippet_field,
        "snippet_start": hit.snippet_start, "terms_json": terms_json(hit), "clauses_json": hit.clauses,
        "text_sha256": matched.text_sha256, "evidence_sha256": evidence_sha256(hit),
        "partial": matched.partial,
    }  # fmt: skip


def store_hit(db: Database, matched: MatchedText, hit: Hit, version: RuleVersion) -> HitChange:
    by_rule = version.created_at > (matched.previous_read_at or "9")
    change, changed_at = edited_passage("added", matched, version)
    values = hit_columns(matched, hit, version) | {
        "article_id": matched.article_id, "entry_id": matched.entry_id, "rule_id": version.rule_id,
        "story_id": matched.story_id, "day": matched.day, "feed_id": matched.feed_id,
        "language": matched.language, "region": matched.region, "passage_change": change,
        "passage_changed_at": changed_at, "origin": matched.origin, "created_at": matched.moment,
    }  # fmt: skip
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    # Not RETURNING: with it SQLite looks for each new hit in every table that refers to hits.
    added = db.conn.execute(
        f"INSERT INTO hits ({names}) VALUES ({marks})",  # noqa: S608 - our own names
        values,
    ).lastrowid
    assert added is not None
    remember_evidence(db, matched, hit, version, added)
    return HitChange(added, version.rule_id, "new", by_rule)


def edited_passage(
    change: str, matched: MatchedText, version: RuleVersion
) -> tuple[str | None, str | None]:
    """An edit did it only if this very rule had looked at the text before the edit."""
    if not matched.edited or version.created_at > (matched.previous_read_at or ""):
        return None, None
    return change, matched.moment


def renew(
    db: Database, matched: MatchedText, hit: Hit, version: RuleVersion, before: StoredHitState
) -> HitChange:
    """Bring a hit up to date."""
    evidence = evidence_sha256(hit)
    differs = evidence != before.evidence_sha256
    kind: Change = "changed" if differs else "same"
    if not before.still_matches:
        kind = "back"
    edited = edited_passage("changed" if before.still_matches else "added", matched, version)
    if kind == "same" or version.id != before.version_id:
        edited = (None, None)
    values = hit_columns(matched, hit, version)
    assigned = ", ".join(f"{name} = :{name}" for name in values)
    db.conn.execute(
        f"""UPDATE hits SET {assigned}, still_matches = 1, passage_change = coalesce(:change, passage_change),
             passage_changed_at = coalesce(:changed_at, passage_changed_at)
             WHERE id = :id""",  # noqa: S608 - our own names
        values | {"change": edited[0], "changed_at": edited[1], "id": before.id},
    )
    remember_evidence(db, matched, hit, version, before.id)
    by_rule = version.id != before.version_id
    return HitChange(before.id, before.rule_id, kind, by_rule)


def remember_evidence(
    db: Database, matched: MatchedText, hit: Hit, version: RuleVersion, hit_id: int
) -> None:
    db.execute(
        """INSERT INTO hit_evidence (hit_id, rule_version_id, evidence_sha256, text_sha256, score, snippet,
             terms_json, clauses_json, run_id, matched_at)
           VALUES (:hit_id, :version_id, :evidence, :text, :score, :snippet, :terms, :clauses, :run_id,
             :moment) ON CONFLICT DO NOTHING""",
        {
            "hit_id": hit_id, "version_id": version.id, "evidence": evidence_sha256(hit),
            "text": matched.text_sha256, "score": hit.score, "snippet": hit.snippet,
            "terms": terms_json(hit), "clauses": hit.clauses, "run_id": matched.run_id,
            "moment": matched.moment,
        },
    )  # fmt: skip


def withdraw(db: Database, matched: MatchedText, lost: Iterable[StoredHitState]) -> list[HitChange]:
    """Mark hits that the text no longer yields. 'removed': the same rule found it before the edit."""
    changes = []
    lost = [hit for hit in lost if hit.still_matches]
    sleeping = asleep(db) if lost else frozenset()
    for hit in lost:
        if hit.rule_id in sleeping:
            continue
        current = db.execute(
            "SELECT current_version_id FROM rules WHERE id = ? AND active", [hit.rule_id]
        ).fetchone()
        edited = matched.edited and current is not None and current[0] == hit.version_id
        db.execute(
            """UPDATE hits SET still_matches = 0, passage_change = coalesce(?, passage_change),
                 passage_changed_at = coalesce(?, passage_changed_at) WHERE id = ?""",
            ("removed" if edited else None, matched.moment if edited else None, hit.id),
        )
        changes.append(HitChange(hit.id, hit.rule_id, "gone", by_rule=not edited))
    return changes
