"""How each rule does by the verdicts on its stories: precision, by version, and what speaks for false alarms.

A story counts once for a rule, however many copies it has. Right: confirmed or escalated, and the rule
was not struck off. Wrong: dismissed, or the rule struck off ("not this rule").
"""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from math import sqrt

NORMAL_95 = 1.96  # standard deviations that hold 95 % of a normal distribution
LATEST = 5_000  # judged stories of all rules whose terms are compared
FEWEST, LOWEST_LIFT, MOST_TERMS = 2, 1.5, 6

RULE_FIGURES = """
SELECT r.id, r.slug, r.title, r.severity, r.category, r.status, r.active, r.path, r.line, v.version, v.query, v.unless,
  (SELECT count(*) FROM hits h WHERE h.rule_id = r.id) AS hits
FROM rules r LEFT JOIN rule_versions v ON v.id = r.current_version_id ORDER BY r.active DESC, r.title
"""
# Only what people judged is looked at story by story; what waits is told from an index.
JUDGED = """judged AS (
  SELECT x.rule_id, x.story_id, x.lead_hit_id, x.lane = 'shown' AND x.still_matches AS shown, x.struck, iif(x.struck, x.struck_reason, s.reason) AS reason,
    iif(x.struck OR s.status = 'dismissed', 'wrong', s.status) AS verdict, s.reviewed_at FROM stories s INDEXED BY stories_judged CROSS JOIN story_rules x ON x.story_id = s.id WHERE s.status <> 'new'
  UNION ALL SELECT x.rule_id, x.story_id, x.lead_hit_id, x.lane = 'shown' AND x.still_matches, 1, x.struck_reason, 'wrong', s.reviewed_at
    FROM story_rules x INDEXED BY story_rules_struck JOIN stories s ON s.id = x.story_id WHERE x.struck AND s.status = 'new')"""
TALLY = f"""
WITH {JUDGED} SELECT j.rule_id, v.version, j.verdict, j.reason, sum(j.shown) AS shown, count(*) AS n
FROM judged j CROSS JOIN hits h INDEXED BY hits_version ON h.id = j.lead_hit_id JOIN rule_versions v ON v.id = h.rule_version_id GROUP BY 1, 2, 3, 4
"""  # noqa: S608 (a part of ours)
ALL = "SELECT rule_id, count(*) AS stories, sum(lane = 'shown' AND still_matches) AS shown FROM story_rules INDEXED BY story_rules_shown GROUP BY rule_id"
VERSIONS = "SELECT rule_id, version, created_at FROM rule_versions ORDER BY rule_id, version DESC"
TERMS = f"""
WITH {JUDGED}, latest AS (SELECT * FROM judged ORDER BY reviewed_at DESC LIMIT {LATEST})
SELECT j.rule_id, lower(json_extract(t.value, '$.text')) AS term, count(DISTINCT iif(j.verdict = 'wrong', j.story_id, NULL)) AS wrong, count(DISTINCT iif(j.verdict = 'wrong', NULL, j.story_id)) AS right
FROM latest j JOIN hits h ON h.id = j.lead_hit_id, json_each(h.terms_json) t GROUP BY 1, 2
"""  # noqa: S608


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
    judged, terms, versions = (_by_rule(connection, sql) for sql in (TALLY, TERMS, VERSIONS))
    shown = {row["rule_id"]: row for row in _rows(connection, ALL)}
    return tuple(
        _figures(
            dict(rule), shown.get(rule["id"]), judged=judged.get(rule["id"], []), versions=versions.get(rule["id"], []),
            reasons=_reasons(judged.get(rule["id"], [])), terms=terms.get(rule["id"], []),
        )
        for rule in _rows(connection, RULE_FIGURES)
    )  # fmt: skip


def _by_rule(connection: sqlite3.Connection, sql: str) -> dict[int, list[sqlite3.Row]]:
    by_rule: dict[int, list[sqlite3.Row]] = {}
    for row in _rows(connection, sql):
        by_rule.setdefault(row["rule_id"], []).append(row)
    return by_rule


def _rows(connection: sqlite3.Connection, sql: str) -> list[sqlite3.Row]:
    """Rows by name, whatever the connection usually gives."""
    cursor = connection.execute(sql)
    cursor.row_factory = sqlite3.Row
    return cursor.fetchall()


def _figures(
    rule: dict[str, object], all_: sqlite3.Row | None, *, judged: list[sqlite3.Row], versions: list[sqlite3.Row],
    reasons: tuple[tuple[str, int], ...], terms: list[sqlite3.Row],
) -> RuleFigures:  # fmt: skip
    whole = _judged(judged)
    version_figures = tuple(
        VersionFigures(row["version"], row["created_at"], _judged([verdict for verdict in judged if verdict["version"] == row["version"]]))
        for row in versions
    )  # fmt: skip
    waiting = all_["shown"] - sum(row["shown"] for row in judged) if all_ else 0
    return RuleFigures(
        rule, all_["stories"] if all_ else 0, waiting, _count("confirmed", judged), _count("escalated", judged), whole, version_figures,
        reasons, telling_terms(terms, whole.right, whole.wrong),
    )  # fmt: skip


def _reasons(rows: list[sqlite3.Row]) -> tuple[tuple[str, int], ...]:
    """Why stories were dismissed, or the rule struck off, most frequent first."""
    reasons: Counter[str] = Counter()
    for row in rows:
        if row["verdict"] == "wrong" and row["reason"] not in (None, "", "undo"):
            reasons[row["reason"]] += row["n"]
    return tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))[:5])


def _count(verdict: str, rows: list[sqlite3.Row]) -> int:
    return sum(row["n"] for row in rows if row["verdict"] == verdict)


def _judged(rows: list[sqlite3.Row]) -> Precision:
    return precision(_count("confirmed", rows) + _count("escalated", rows), _count("wrong", rows))


def telling_terms(rows: list[sqlite3.Row], right: int, wrong: int) -> tuple[TellingTerm, ...]:
    """Terms by lift; half a story is added to each side, so that a term seen twice does not lead."""
    terms = [
        TellingTerm(row["term"], row["wrong"], row["right"], lift)
        for row in rows
        if row["wrong"] >= FEWEST
        and (lift := ((row["wrong"] + 0.5) / (wrong + 1)) / ((row["right"] + 0.5) / (right + 1))) >= LOWEST_LIFT
    ]  # fmt: skip
    return tuple(sorted(terms, key=lambda term: (-term.lift, term.term))[:MOST_TERMS])


def precision(right: int, wrong: int) -> Precision:
    """The share of right ones with its interval for few cases (Wilson 1927)."""
    n, z = right + wrong, NORMAL_95
    if n == 0:
        return Precision(right, wrong, None, None, None)
    share = right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Precision(right, wrong, share, max(0.0, middle - reach), min(1.0, middle + reach))
