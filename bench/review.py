"""Page times of the review server over a large database, while a pipeline writes to it.

python -m bench.review make FILE --articles 1000000     the database (about 2.5 GB and 10 minutes a million)
python -m bench.review time FILE --seconds 60           p50, p95 and worst of each kind of page
"""

import argparse
import hashlib
import itertools
import json
import random
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
SCHEMA = sorted((ROOT / "storage" / "schema").glob("[0-9]*.sql"))
PRAGMAS = "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-262144;"
RULES = [f"rule-{n}" for n in range(60)]
SEVERITIES = ("low", "medium", "high", "critical")
CATEGORIES = (
    "infrastructure",
    "threats",
    "equipment",
    "disinformation",
    "physical-security",
    "litigation",
)
PLANTED = (
    "tabulator seals",
    "ballot scanner",
    "poll worker threatened",
    "voter file breach",
    "drop box fire",
    "ransomware note",
)


def vocabulary(rng: random.Random) -> list[str]:
    """Made-up words, most used first, as in any language; a few real ones to search for."""
    parts = [
        "ba",
        "co",
        "di",
        "fen",
        "gor",
        "hal",
        "in",
        "ko",
        "lam",
        "mer",
        "no",
        "pra",
        "ris",
        "sta",
        "ten",
        "ul",
        "ver",
        "wen",
        "yo",
        "zet",
    ]
    made = {"".join(rng.choices(parts, k=rng.choice((1, 2, 2, 3, 3, 4)))) for _ in range(40_000)}
    return [
        "the",
        "of",
        "county",
        "officials",
        "said",
        "election",
        "voters",
        *sorted(made, key=lambda w: (len(w), hashlib.md5(w.encode()).hexdigest())),
    ]


class Writer:
    """Writes articles, a fifth of them with a hit, as the pipeline would."""

    def __init__(self, path: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.words = vocabulary(random.Random(7))
        self.weights = list(
            itertools.accumulate(1 / (rank + 2.7) for rank in range(len(self.words)))
        )
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        self.connection.executescript(
            "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-262144; PRAGMA foreign_keys=OFF;"
        )
        self.number = (
            self.connection.execute("SELECT max(id) FROM articles").fetchone()[0] or 0
        ) + 1
        self.now = datetime.now(UTC)

    def body(self) -> str:
        words = self.rng.choices(self.words, cum_weights=self.weights, k=170)
        lines = [" ".join(words[at : at + 34]).capitalize() + "." for at in range(0, 170, 34)]
        return "\n".join(lines)

    def some(self, count: int, span_days: float) -> None:
        """One transaction of `count` articles seen within the last `span_days` days."""
        self.connection.execute("BEGIN IMMEDIATE")
        for _ in range(count):
            self.article(self.now - timedelta(days=self.rng.random() * span_days))
        self.connection.execute("COMMIT")

    def article(self, seen: datetime) -> None:
        number, rng = self.number, self.rng
        self.number += 1
        at, planted = iso(seen), rng.choice(PLANTED)
        hit = number % 5 == 0
        body = self.body()
        if hit:
            body = body[:400] + f" A {planted} was reported near the depot. " + body[400:]
        title = " ".join(rng.choices(self.words, cum_weights=self.weights, k=9)).capitalize()
        sha = hashlib.sha256(f"{title}\n\n{body}".encode()).hexdigest()
        feed = rng.randrange(1, 2001)
        story = number if hit else None
        self.connection.execute(
            """INSERT INTO articles (id, title, url, url_canonical, url_hash, feed_id, outlet, language, region, first_seen_at, read_at, day, state, outcome, method, chars, text_sha256, versions, story_id)
            VALUES (?,?,?,?,?,?,?,'en',?,?,?,?,'read','ok','trafilatura',?,?,1,?)""",
            [number, title, f"https://f{feed}.example/{number}", f"https://f{feed}.example/{number}", str(number), feed, f"Outlet {feed}", f"US-{feed % 50}", at, at, at[:10], len(body), sha, story],
        )  # fmt: skip
        self.connection.execute(
            "INSERT INTO article_texts (article_id, title, body) VALUES (?,?,?)",
            [number, title, body],
        )
        self.connection.execute("INSERT INTO text_versions (article_id, text_sha256, first_read_at, title, body, method, extractor, chars, run_id) VALUES (?,?,?,?,NULL,'trafilatura','x',?,1)", [number, sha, at, title, len(body)])  # fmt: skip
        if hit:
            self.hit(number, feed, title, body, sha, at, planted, seen)

    def hit(
        self,
        number: int,
        feed: int,
        title: str,
        body: str,
        sha: str,
        at: str,
        planted: str,
        seen: datetime,
    ) -> None:
        rng = self.rng
        rule = rng.randrange(1, len(RULES) + 1)
        rank = rule % 4
        start = body.index(planted)
        terms = json.dumps(
            [
                {
                    "field": "body",
                    "start": start,
                    "end": start + len(planted),
                    "text": planted,
                    "clause": planted,
                }
            ]
        )
        status = rng.choices(("new", "dismissed", "confirmed", "escalated"), (60, 25, 13, 2))[0]
        common = [
            SEVERITIES[rank],
            rank,
            CATEGORIES[rule % 6],
            status,
            at[:10],
            feed,
            f"US-{feed % 50}",
        ]
        priority = seen.timestamp() / 86400 + 2 * rank + rng.random()
        relevance, outlet = round(rng.random(), 3), f"Outlet {feed}"
        self.connection.execute(
            """INSERT INTO stories (id, title, first_article_id, lead_article_id, lead_hit_id, first_seen_at, last_seen_at, published_at, shown_at, status, lane, severity, severity_rank,
              category, outlet, feed_id, region, language, relevance, priority, rules, hits, hit_owners)
            VALUES (:id, :title, :id, :id, :id, :at, :at, :at, :at, :status, 'shown', :severity, :rank, :category, :outlet, :feed, :region, 'en', :relevance, :priority, 1, 1, 1)""",
            {"id": number, "title": title, "at": at, "status": status, "severity": SEVERITIES[rank], "rank": rank, "category": CATEGORIES[rule % 6], "outlet": outlet, "feed": feed,
             "region": f"US-{feed % 50}", "relevance": relevance, "priority": priority},
        )  # fmt: skip
        self.connection.execute(
            """INSERT INTO hits (id, article_id, rule_id, rule_version_id, story_id, severity, severity_rank, category, status, day, feed_id, region, language, score, relevance, snippet, snippet_start, terms_json,
            text_sha256, evidence_sha256, created_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,'en',0.7,?,?,?,?,?,?,?)""",
            [number, number, rule, rule, number, *common, relevance, body[start - 60 : start + 140], start - 60, terms, sha, sha, at])  # fmt: skip
        self.connection.execute(
            """INSERT INTO story_rules (story_id, rule_id, lead_hit_id, severity, severity_rank, category, lane, relevance, score, hits, still_matches, first_at)
            VALUES (?,?,?,?,?,?,'shown',?,0.7,1,1,?)""", [number, rule, number, SEVERITIES[rank], rank, CATEGORIES[rule % 6], relevance, at])  # fmt: skip


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def make(path: Path, articles: int) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(PRAGMAS)
    for script in SCHEMA:
        connection.executescript(script.read_text(encoding="utf-8"))
    connection.executescript(
        f"PRAGMA application_id=0x504F4C57; PRAGMA user_version={len(SCHEMA)};"
    )
    now = iso(datetime.now(UTC))
    with connection:
        connection.execute(
            "INSERT INTO runs (flow, started_at, state) VALUES ('watch', ?, 'completed')", [now]
        )
        for number in range(1, 2001):
            connection.execute("INSERT INTO feeds (slug, name, url, outlet, added_at, last_ok_at, last_polled_at) VALUES (?,?,?,?,?,?,?)",
                               [f"f{number}", f"Feed {number}", f"https://f{number}.example/", f"Outlet {number}", now, now, now])  # fmt: skip
        for number, slug in enumerate(RULES, 1):
            severity, category = SEVERITIES[number % 4], CATEGORIES[number % 6]
            connection.execute(
                "INSERT INTO rules (slug, title, severity, category, status, current_version_id) VALUES (?,?,?,?,'stable',?)",
                [slug, slug, severity, category, number],
            )
            connection.execute(
                "INSERT INTO rule_versions (rule_id, version, sha256, query, severity, category, label, created_at) VALUES (?,1,?,'x',?,?,?,?)",
                [number, slug, severity, category, slug, now],
            )
    connection.close()
    writer = Writer(path, 1)
    started = time.monotonic()
    while writer.number <= articles:
        writer.some(min(1000, articles - writer.number + 1), 365)
        if writer.number % 50_000 == 1:
            print(
                f"{writer.number - 1:>9,} articles, {time.monotonic() - started:,.0f} s", flush=True
            )
    writer.connection.execute("ANALYZE")
    writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    print(f"{path.stat().st_size / 1e9:.2f} GB")


def pages(newest: int) -> Iterator[tuple[str, str]]:
    rng = random.Random(3)
    stories = [n for n in range(newest - newest // 3, newest) if n % 5 == 0]
    while True:
        yield "queue", "/-/queue"
        yield "queue, filtered", f"/-/queue?severity={rng.choice(SEVERITIES)}"
        yield "queue, one rule", f"/-/queue?rule={rng.choice(RULES)}&severity=critical&tab=all"
        yield "queue, one outlet", f"/-/queue?outlet=Outlet+{rng.randrange(1, 2001)}"
        yield (
            "queue, dates",
            f"/-/queue?since={(datetime.now(UTC) - timedelta(days=rng.randrange(2, 200))):%Y-%m-%d}&relevance=0.5",
        )
        yield (
            "queue, published",
            f"/-/queue?sort=published&tab={rng.choice(('new', 'all', 'escalated'))}",
        )
        yield "reading page", f"/-/story/{rng.choice(stories)}"
        yield (
            "rule language",
            f"/-/search?find=%22{rng.choice(PLANTED).replace(' ', '+')}%22+NEAR/12+depot",
        )
        yield "rules", "/-/rules"
        yield (
            "search, rare",
            f"/-/queue?q={rng.choice(('mernostaba', 'wenzetulko', 'lamprarista'))}",
        )
        yield (
            "search, phrase",
            f"/-/queue?q=%22{rng.choice(PLANTED).replace(' ', '+')}%22&tab=all",
        )
        yield "search, common", f"/-/queue?q={rng.choice(('election', 'county', 'officials said'))}"
        yield "overview", "/-/overview"
        yield "sources", "/-/sources"


def start(path: Path, port: int) -> tuple[subprocess.Popen[str], httpx.Cookies, str]:
    command = [
        sys.executable,
        "-c",
        "import cli; cli.main()",
        "review",
        "--db",
        str(path),
        "--port",
        str(port),
        "--no-open",
    ]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    link = next(line for line in server.stdout if "token=" in line)
    address = link[link.index("http") :].strip()
    answer = httpx.get(address)
    return server, answer.cookies, address.partition("/-/")[0]


def run(path: Path, seconds: float, readers: int, port: int) -> None:
    server, cookies, base = start(path, port)
    times: dict[str, list[float]] = {}
    stop = threading.Event()
    writing = threading.Thread(target=write, args=(path, stop, times))
    mix = pages(sqlite3.connect(path).execute("SELECT max(id) FROM articles").fetchone()[0])
    lock = threading.Lock()

    def read() -> None:
        with httpx.Client(cookies=cookies, base_url=base, timeout=60) as client:
            while not stop.is_set():
                with lock:
                    kind, page = next(mix)
                began = time.perf_counter()
                answer = client.get(page)
                times.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, (page, answer.status_code, answer.text[:300])
                if kind == "reading page" and len(times[kind]) % 3 == 0:
                    judge(client, answer.text, times)
                time.sleep(0.05)

    try:
        with httpx.Client(cookies=cookies, base_url=base, timeout=120) as client:
            for _, page in itertools.islice(pages(100), 33):
                client.get(page)  # warm, as after a minute of use
        writing.start()
        with ThreadPoolExecutor(readers) as pool:
            tasks = [pool.submit(read) for _ in range(readers)]
            time.sleep(seconds)
            stop.set()
            for task in tasks:
                task.result()
    finally:
        stop.set()
        server.terminate()
    report(times)


def judge(client: httpx.Client, html: str, times: dict[str, list[float]]) -> None:
    fields = dict(re.findall(r'name="(csrftoken|items|request_id)" value="([^"]*)"', html))
    began = time.perf_counter()
    client.post(
        "/-/act", data={**fields, "action": "confirmed"}, headers={"accept": "application/json"}
    )
    times.setdefault("verdict", []).append((time.perf_counter() - began) * 1000)


def write(path: Path, stop: threading.Event, times: dict[str, list[float]]) -> None:
    writer = Writer(path, int(time.time()))
    while not stop.is_set():
        began = time.perf_counter()
        writer.some(20, 0.01)
        times.setdefault("(pipeline: 20 articles)", []).append((time.perf_counter() - began) * 1000)
        stop.wait(0.5)


def report(times: dict[str, list[float]]) -> None:
    print(f"{'':26}{'n':>6}{'p50':>8}{'p95':>8}{'worst':>8}   ms")
    for kind, found in sorted(times.items()):
        found.sort()
        print(
            f"{kind:26}{len(found):>6}{found[len(found) // 2]:>8.0f}{found[int(len(found) * 0.95)]:>8.0f}{found[-1]:>8.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("make", "time"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--readers", type=int, default=2)
    parser.add_argument("--port", type=int, default=9320)
    given = parser.parse_args()
    if given.what == "make":
        make(given.file, given.articles)
    else:
        run(given.file, given.seconds, given.readers, given.port)


if __name__ == "__main__":
    main()
