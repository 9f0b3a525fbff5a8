"""How each rule does by the verdicts on its stories: precision, by version, and what speaks for false alarms.

A story counts once for a rule, however many copies it has. Right: confirmed or escalated, and the rule
was not struck off. Wrong: dismissed, or the rule struck off ("not this rule").
"""

import sqlite3
from dataclasses import dataclass
from math import sqrt

LATEST = 5_000  # judged stories of all rules whose terms are compared
FEWEST, LOWEST_LIFT, MOST_TERMS = 2, 1.5, 6

RULES = """
SELECT r.id, r.slug, r.title, r.severity, r.category, r.status, r.active, r.path, r.line, v.version, v.query, v.unless,
  (SELECT count(*) FROM hits h WHERE h.rule_id = r.id) AS hits
FROM rules r LEFT JOIN rule_versions v ON v.id = r.current_version_id ORDER BY r.active DESC, r.title
"""
VERDICT = "CASE WHEN x.struck OR s.status = 'dismissed' THEN 'wrong' WHEN s.status IN ('confirmed', 'escalated') THEN s.status ELSE 'new' END"
TALLY = f"""
SELECT x.rule_id, h.rule_version_id, v.version, v.created_at, {VERDICT} AS verdict, sum(x.lane = 'shown' AND x.still_matches) AS shown, count(*) AS n
FROM story_rules x JOIN stories s ON s.id = x.story_id JOIN hits h ON h.id = x.lead_hit_id JOIN rule_versions v ON v.id = h.rule_version_id
GROUP BY 1, 2, 5
"""  # noqa: S608 (a part of ours)
REASONS = """
SELECT x.rule_id, iif(x.struck, x.struck_reason, s.reason) AS reason, count(*) AS n FROM story_rules x JOIN stories s ON s.id = x.story_id
WHERE (x.struck OR s.status = 'dismissed') AND coalesce(iif(x.struck, x.struck_reason, s.reason), '') NOT IN ('', 'undo') GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
"""
TERMS = f"""
WITH judged AS (SELECT x.rule_id, x.story_id, x.lead_hit_id, x.struck OR s.status = 'dismissed' AS wrong FROM story_rules x JOIN stories s ON s.id = x.story_id
  WHERE x.struck OR s.status <> 'new' ORDER BY s.reviewed_at DESC LIMIT {LATEST})
SELECT j.rule_id, lower(json_extract(t.value, '$.text')) AS term, count(DISTINCT iif(j.wrong, j.story_id, NULL)) AS wrong, count(DISTINCT iif(j.wrong, NULL, j.story_id)) AS right
FROM judged j JOIN hits h ON h.id = j.lead_hit_id, json_each(h.terms_json) t GROUP BY 1, 2
"""  # noqa: S608 (a number of ours)


@dataclass(frozen=True, slots=True)
class Precision:
    """Stories by verdict, the share of right ones, and its 95 % interval; None without a verdict."""

    right: int
    wrong: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class VersionFigures:
    version: int
    since: str
    waiting: int
    precision: Precision


@dataclass(frozen=True, slots=True)
class TellingTerm:
    """A term that stands `lift` times as often in false alarms as in right hits of its rule."""

    term: str
    wrong: int
    right: int
    lift: float


@dataclass(frozen=True, slots=True)
class RuleFigures:
    rule: dict[str, object]
    stories: int
    waiting: int
    confirmed: int
    escalated: int
    precision: Precision
    versions: tuple[VersionFigures, ...]  # newest first
    reasons: tuple[tuple[str, int], ...]
    terms: tuple[TellingTerm, ...]


def rule_figures(connection: sqlite3.Connection) -> tuple[RuleFigures, ...]:
    """Every rule that ever ran, those in force first."""
    counted: dict[int, list[sqlite3.Row]] = {}
    for row in _rows(connection, TALLY):
        counted.setdefault(row["rule_id"], []).append(row)
    reasons: dict[int, tuple[tuple[str, int], ...]] = {}
    for row in _rows(connection, REASONS):
        reasons[row["rule_id"]] = (*reasons.get(row["rule_id"], ()), (row["reason"], row["n"]))
    terms: dict[int, list[sqlite3.Row]] = {}
    for row in _rows(connection, TERMS):
        terms.setdefault(row["rule_id"], []).append(row)
    return tuple(
        _figures(dict(rule), counted.get(rule["id"], []), reasons.get(rule["id"], ())[:5], terms.get(rule["id"], []))
        for rule in _rows(connection, RULES)
    )  # fmt: skip


def _rows(connection: sqlite3.Connection, sql: str) -> list[sqlite3.Row]:
    """Rows by name, whatever the connection usually gives."""
    cursor = connection.execute(sql)
    cursor.row_factory = sqlite3.Row
    return cursor.fetchall()


def _figures(
    rule: dict[str, object], rows: list[sqlite3.Row], reasons: tuple[tuple[str, int], ...], terms: list[sqlite3.Row]
) -> RuleFigures:  # fmt: skip
    def n(verdict: str, among: list[sqlite3.Row]) -> int:
        return sum(row["n"] for row in among if row["verdict"] == verdict)

    def judged(among: list[sqlite3.Row]) -> Precision:
        return precision(n("confirmed", among) + n("escalated", among), n("wrong", among))

    numbers = sorted({(row["version"], row["created_at"]) for row in rows}, reverse=True)
    versions = []
    for number, since in numbers:
        own = [row for row in rows if row["version"] == number]
        versions.append(VersionFigures(number, since, _waiting(own), judged(own)))
    whole = judged(rows)
    return RuleFigures(
        rule, sum(row["n"] for row in rows), _waiting(rows), n("confirmed", rows), n("escalated", rows), whole,
        tuple(versions), reasons, telling(terms, whole.right, whole.wrong),
    )  # fmt: skip


def _waiting(rows: list[sqlite3.Row]) -> int:
    return sum(row["shown"] for row in rows if row["verdict"] == "new")


def telling(rows: list[sqlite3.Row], right: int, wrong: int) -> tuple[TellingTerm, ...]:
    """Terms by lift; half a story is added to each side, so that a term seen twice does not lead."""
    found = [
        TellingTerm(row["term"], row["wrong"], row["right"], lift)
        for row in rows
        if row["wrong"] >= FEWEST
        and (lift := ((row["wrong"] + 0.5) / (wrong + 1)) / ((row["right"] + 0.5) / (right + 1))) >= LOWEST_LIFT
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.lift, one.term))[:MOST_TERMS])


def precision(right: int, wrong: int) -> Precision:
    """The share of right ones with its interval for few cases (Wilson 1927)."""
    n, z = right + wrong, 1.96
    if n == 0:
        return Precision(right, wrong, None, None, None)
    share = right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Precision(right, wrong, share, max(0.0, middle - reach), min(1.0, middle + reach))
