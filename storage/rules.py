"""Rules and their versions: one version for each content hash that ever matched."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from model import Rule
from storage.database.connection import write_txn
from storage.facts import fact, keep_fact
from storage.stories import lanes
from storage.times import iso


@dataclass(frozen=True, slots=True)
class StoredRule:
    """The version of a rule that matched last, as it was kept."""

    id: str
    path: str
    definition: Mapping[str, Any]


def sync_rules(
    db: Database,
    rules: Sequence[Rule],
    now: datetime,
    *,
    unfinished: Collection[str] = (),
    threshold: float | None = None,
) -> None:
    """Make the tables say what rules/ says; a rule that is gone stays, inactive.

    `unfinished`: ids that stand in files with faults; they stay as they are, and those of them
    that `rules` lacks are asleep: no hit of theirs is withdrawn until they can run again.
    `threshold`: of relevance, below which hits wait among the unlikely ones; None leaves it as it is. Where a rule
    came to be stable, or the threshold moved, stored hits change their lane, and nobody is told.
    """
    here = [rule.id for rule in rules if rule.status != "disabled"]
    with write_txn(db):
        for rule in rules:
            rule_id = upsert_rule(db, rule)
            version_id = keep_version(db, rule_id, rule, now)
            db.execute(
                "UPDATE rules SET current_version_id = ? WHERE id = ? AND current_version_id IS NOT ?",
                (version_id, rule_id, version_id),
            )
        db.execute(
            "UPDATE rules SET active = 0 WHERE active AND slug NOT IN (SELECT value FROM json_each(?))",
            [json.dumps([*here, *unfinished])],
        )
        keep_fact(
            db.conn,
            "rules_asleep",
            json.dumps(sorted(set(unfinished) - {rule.id for rule in rules})),
        )
        lanes.sync(db.conn, threshold, iso(now))


def active_rules(db: Database) -> tuple[StoredRule, ...]:
    """The rules that the last run went by, each with its definition."""
    rows = db.execute(
        """SELECT rules.slug, rules.path, CASE WHEN version.written_out_json IS NULL THEN version.definition_json ELSE json_set(version.definition_json, '$.written_out', json(version.written_out_json)) END
           FROM rules
           JOIN rule_versions version ON version.id = rules.current_version_id
           WHERE rules.active ORDER BY rules.slug"""
    )
    return tuple(StoredRule(slug, path, json.loads(text)) for slug, path, text in rows)


NOT_WHOLE = """SELECT rules.slug, version.id FROM rules
  JOIN rule_versions version ON version.id = rules.current_version_id
  WHERE rules.active AND version.written_out_json IS NULL"""


def not_written_out(db: Database) -> dict[str, int]:
    """By rule: its current version, where that could not be compiled again from what is kept."""
    return dict(db.execute(NOT_WHOLE).fetchall())


def write_out(db: Database, texts: Mapping[int, Mapping[str, str | int | None]]) -> None:
    """Keep query and unless, without word lists in them, beside the version of a rule."""
    with write_txn(db):
        db.conn.executemany(
            "UPDATE rule_versions SET written_out_json = ? WHERE id = ?",
            [(json.dumps(dict(text)), version_id) for version_id, text in texts.items()],
        )


def upsert_rule(db: Database, rule: Rule) -> int:
    active = rule.status != "disabled"
    columns = {
        "slug": rule.id, "title": rule.title, "severity": rule.severity, "category": rule.category,
        "status": rule.status, "description": rule.description, "path": rule.path,
        "line": rule.line, "active": active,
    }  # fmt: skip
    db.execute(
        """INSERT INTO rules (slug, title, severity, category, status, description, path, line, active)
           VALUES (:slug, :title, :severity, :category, :status, :description, :path, :line, :active)
           ON CONFLICT (slug) DO UPDATE SET title = excluded.title,
             severity = excluded.severity, category = excluded.category, status = excluded.status,
             description = excluded.description, path = excluded.path, line = excluded.line,
             active = excluded.active""",
        columns,
    )
    return int(db.execute("SELECT id FROM rules WHERE slug = ?", [rule.id]).fetchone()[0])


def keep_version(db: Database, rule_id: int, rule: Rule, now: datetime) -> int:
    stored = db.execute(
        "SELECT id FROM rule_versions WHERE rule_id = ? AND sha256 = ?", (rule_id, rule.sha256)
    ).fetchone()
    if stored:
        return int(stored[0])
    last = db.execute(
        "SELECT coalesce(max(version), 0) FROM rule_versions WHERE rule_id = ?", [rule_id]
    ).fetchone()[0]
    return int(
        db.execute(
            """INSERT INTO rule_versions (rule_id, version, sha256, query, unless, severity, category,
                 label, definition_json, created_at)
               VALUES (:rule_id, :version, :sha256, :query, :unless, :severity, :category, :label,
                 :definition, :now) RETURNING id""",
            {
                "rule_id": rule_id, "version": last + 1, "sha256": rule.sha256, "query": rule.query,
                "unless": rule.unless, "severity": rule.severity, "category": rule.category,
                "label": f"{rule.id} v{last + 1}", "definition": json.dumps(asdict(rule)), "now": iso(now),
            },
        ).fetchone()[0]
    )  # fmt: skip


def asleep(db: Database) -> frozenset[int]:
    """Rules that are active and cannot run now, as their file has a fault."""
    rows = db.execute(
        """SELECT rules.id FROM facts, json_each(facts.value) slug JOIN rules ON rules.slug = slug.value
           WHERE facts.key = 'rules_asleep'"""
    )
    return frozenset(row[0] for row in rows)


def weights_differ(db: Database, sha256: str) -> bool:
    """Whether other weights than these are kept, or none."""
    return fact(db.conn, "weights_sha256") != sha256


def keep_weights(db: Database, text: str, sha256: str) -> None:
    """Keep the weights as JSON: what a run goes on with while relevance.json cannot be read."""
    with write_txn(db):
        keep_fact(db.conn, "weights", text)
        keep_fact(db.conn, "weights_sha256", sha256)


def kept_weights(db: Database) -> str | None:
    return fact(db.conn, "weights")
