"""`rules learn` on a database with verdicts: what counts, what it shows, and when it writes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from commands.rules.learn import is_lower
from commands.rules.learned import rewrite
from matchers.engine.engine import compile_rules, find_hits
from matchers.relevance.learning import Corrections
from matchers.relevance.weights import read_weights
from matchers.rules.load import load_rules
from matchers.text.article_text import ArticleText
from model import ConfigError
from storage.feeds import sync_feeds
from storage.ingest.readings import record_readings
from storage.rules import sync_rules
from storage.store import Store
from storage.stories import lanes
from tests.databases import new_store
from tests.storage.making import NOON, feed, listed, prose, reading

RULES = """
rules:
  - id: outages
    title: Outages
    severity: high
    category: c
    query: (outage SENTENCE clerk) OR (outage SENTENCE cinema)
    examples:
      match: [Outage at the clerk]
      ignore: [Outage at the bakery]
"""
WEIGHTS = {
    "threshold": 0.5,
    "bias": 0.5,
    "concepts": {},
    "places": {},
    "words": {},
    "about": "kept",
}
STORIES = 24


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Stories at clerks, all confirmed, and at cinemas, all dismissed."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.yaml").write_text(RULES, "utf-8")
    (tmp_path / "rules" / "relevance.json").write_text(json.dumps(WEIGHTS), "utf-8")
    ruleset = load_rules(tmp_path / "rules")
    engine = compile_rules(ruleset)
    with new_store(tmp_path / "p.db", NOON) as store:
        sync_feeds(store.db, [feed("gazette")], NOON)
        sync_rules(store.db, ruleset.rules, NOON, threshold=0.5)
        numbers = listed(store, [f"k{number}" for number in range(STORIES)])
        for number, article in enumerate(numbers):
            place = "clerk" if number % 2 else "cinema"
            body = f"An outage at the {place}. {prose(number, 200)}".replace("clerk ", "office ")
            body = f"An outage at the {place}." + body[body.index(".") + 1 :]
            new_reading = reading(article, body, title=f"Story {number}")
            hits = find_hits(engine, ArticleText(f"Story {number}", body))
            record_readings(store.db, None, [replace(new_reading, hits=hits)])
    return tmp_path


def judge(desk: Path, reason: str = "no-incident", strike: bool = False) -> None:
    with Store.open(desk / "p.db", now=NOON) as store:
        for story, body in store.db.execute(
            "SELECT a.story_id, t.body FROM articles a JOIN article_texts t ON t.article_id = a.id"
        ).fetchall():
            is_wanted = "at the clerk" in body
            store.db.execute(
                "INSERT INTO story_reviews (story_id, action, reason, actor) VALUES (?, ?, ?, 'ann')",
                (story, "confirmed" if is_wanted else "dismissed", "" if is_wanted else reason),
            )
            if strike and not is_wanted:
                store.db.execute(
                    "INSERT INTO story_reviews (story_id, action, rule_id, actor) VALUES (?, 'strike', 1, 'ann')",
                    (story,),
                )


def learn(desk: Path, *options: str) -> dict[str, object]:
    arguments = ["rules", "learn", "--db", str(desk / "p.db"), "--rules", str(desk / "rules")]
    done = CliRunner().invoke(main, [*arguments, "--json", *options])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert isinstance(report, dict)
    return report


@pytest.mark.slow
def test_the_clause_that_was_dismissed_loses_and_nothing_is_written(desk: Path) -> None:
    before = (desk / "rules" / "relevance.json").read_bytes()
    judge(desk)

    report = learn(desk)

    clauses = {clause["clause"]: clause["correction"] for clause in report["clauses"]}  # type: ignore[attr-defined]
    assert report["verdicts"] == STORIES
    assert clauses["outage SENTENCE cinema"] < -0.5
    assert clauses["outage SENTENCE clerk"] == 0  # what was shown and right raises nothing
    assert (report["articles"], len(report["lost"]), report["gained"]) == (STORIES, 12, [])  # type: ignore[arg-type]
    assert report["precision_before"]["share"] == 0.5  # type: ignore[index]
    assert report["precision_after"]["share"] > 0.9  # type: ignore[index]
    assert (desk / "rules" / "relevance.json").read_bytes() == before


@pytest.mark.slow
def test_write_keeps_what_the_file_says_of_itself_and_the_next_match_uses_it(desk: Path) -> None:
    judge(desk)

    learn(desk, "--write")

    item = json.loads((desk / "rules" / "relevance.json").read_text("utf-8"))
    weights = read_weights(desk / "rules" / "relevance.json")
    assert item["about"] == "kept"
    assert item["measured"]["learned"]["verdicts"] == STORIES
    assert weights.clauses["outages"]["outage SENTENCE cinema"] < -0.5
    (hit,) = find_hits(
        compile_rules(load_rules(desk / "rules")), ArticleText("", "Outage at the cinema.")
    )
    assert hit.relevance < 0.5


@pytest.mark.slow
def test_what_was_written_is_not_learned_again_from_the_same_verdicts(desk: Path) -> None:
    judge(desk)
    path = desk / "rules" / "relevance.json"
    learn(desk, "--write")
    once = read_weights(path)

    again = learn(desk, "--write")

    assert read_weights(path).clauses["outages"] == pytest.approx(once.clauses["outages"])
    assert read_weights(path).rules == pytest.approx(once.rules)
    assert (again["gained"], again["lost"]) == ([], [])
    assert again["precision_before"]["share"] == 1.0, "as the file stands, with what it learned"  # type: ignore[index]


@pytest.mark.slow
def test_what_was_learned_of_a_rule_stays_where_no_verdict_speaks_of_it_any_more(
    desk: Path,
) -> None:
    judge(desk)
    path = desk / "rules" / "relevance.json"
    learn(desk, "--write")
    once = read_weights(path)
    with Store.open(desk / "p.db", now=NOON) as store:
        store.db.execute("INSERT INTO story_reviews (story_id, action, actor) SELECT id, 'new', 'ann' FROM stories")  # fmt: skip

    assert learn(desk, "--write")["verdicts"] == 0
    assert read_weights(path).sha256 == once.sha256


def test_a_file_that_does_not_say_what_it_learned_is_not_learned_from_again(desk: Path) -> None:
    path = desk / "rules" / "relevance.json"
    path.write_text(json.dumps({**WEIGHTS, "measured": {"learned": {"verdicts": 24}}}), "utf-8")

    done = CliRunner().invoke(
        main, ["rules", "learn", "--db", str(desk / "p.db"), "--rules", str(desk / "rules")]
    )

    assert done.exit_code != 0
    assert "measured.learned" in done.output
    assert "put the shipped file back" in done.output


@pytest.mark.slow
def test_verdicts_in_unlikely_count_and_what_would_come_into_the_queue_is_told_by_verdict(
    desk: Path,
) -> None:
    with Store.open(desk / "p.db", now=NOON) as store:  # a higher threshold puts all into Unlikely
        lanes.sync(store.db.conn, 0.9, "2026-11-26T12:00:00.000Z")
    judge(desk)

    report = learn(desk, "--threshold", "0.63")

    assert report["verdicts"] == STORIES
    assert report["gained_by_verdict"] == {"confirmed": 12}
    answer = CliRunner().invoke(
        main,
        ["rules", "learn", "--db", str(desk / "p.db"), "--rules", str(desk / "rules"), "--threshold", "0.63"],
    )  # fmt: skip
    assert f"12 of {STORIES} articles would be flagged: 12 confirmed\n" in answer.stdout


def test_a_queue_that_would_be_worse_is_not_recommended() -> None:
    assert is_lower({"share": 0.92}, {"share": 0.94})
    assert not is_lower({"share": 0.94}, {"share": 0.94})
    assert not is_lower(None, {"share": 0.94})


@pytest.mark.parametrize("reason", ["old-news", "wrong-text"])
def test_some_reasons_count_against_no_rule(desk: Path, reason: str) -> None:
    judge(desk, reason)

    assert learn(desk)["verdicts"] == STORIES // 2


@pytest.mark.slow
def test_a_rule_that_was_struck_off_learns_nothing_from_the_story(desk: Path) -> None:
    judge(desk, strike=True)

    assert learn(desk)["verdicts"] == STORIES // 2


@pytest.mark.slow
def test_verdicts_on_an_older_version_of_a_rule_count_for_that_version(desk: Path) -> None:
    judge(desk)
    path = desk / "rules" / "own.yaml"
    path.write_text(RULES.replace("SENTENCE clerk", "PARAGRAPH clerk"), "utf-8")

    report = learn(desk)

    assert (report["verdicts"], report["rules"], report["lost"]) == (0, {}, [])


@pytest.mark.slow
def test_without_weights_there_is_nothing_to_correct(desk: Path) -> None:
    (desk / "rules" / "relevance.json").unlink()

    done = CliRunner().invoke(
        main, ["rules", "learn", "--db", str(desk / "p.db"), "--rules", str(desk / "rules")]
    )

    assert done.exit_code != 0
    assert "no relevance to correct" in done.output


def test_what_another_learned_meanwhile_is_not_written_over(desk: Path) -> None:
    path = desk / "rules" / "relevance.json"
    before = path.read_bytes()
    weights = read_weights(path)
    rewrite(path, before, weights, Corrections({"outages": 0.25}), {})
    of_the_other = path.read_bytes()

    with pytest.raises(ConfigError, match=r"was changed while this learned; nothing was written"):
        rewrite(path, before, weights, Corrections({"outages": 0.5}), {})

    assert path.read_bytes() == of_the_other
