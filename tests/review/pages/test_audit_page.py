"""Judging the blind sample in the browser's terms: nothing shows why an article is there."""

import random
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from flows.archive.audit import draw_day
from matchers.rules.ruleset import RuleSet
from review.auth.team_file import Team
from storage.queries import recall
from storage.store import Store
from tests.review.conftest import Desk

ONE_RULE = """\
rules:
  - {id: outage, title: Outage, severity: high, category: outages, query: outage, examples: {match: [An outage], ignore: [Calm]}}
"""


@pytest.fixture
def audited(db: Path, team: Team, opened: Callable[[Path, Team], Desk]) -> Desk:
    with Store.open(db, now=datetime.now(UTC)) as store, store.db.conn:
        (day,) = store.db.execute(
            """SELECT day FROM articles JOIN article_texts ON article_id = id
               WHERE text_sha256 IS NOT NULL GROUP BY day ORDER BY count(*) DESC LIMIT 1"""
        ).fetchone()
        store.db.execute("UPDATE hits SET lane = 'unlikely' WHERE article_id % 2")
    none = RuleSet("", (), (), "none")
    draw_day(db, none, day, now=datetime.now(UTC), size=3, rng=random.Random(1))
    return opened(db, team)


def test_an_article_is_judged_and_the_next_one_comes(audited: Desk) -> None:
    seen_ids = set()
    for _ in range(20):
        page = audited.get("/-/audit", "rita").text
        match = re.search(r'name="draw" value="(\d+)"', page)
        if match is None:
            break
        assert match[1] not in seen_ids
        seen_ids.add(match[1])
        done = audited.post("/-/audit", {"draw": match[1], "judgement": "unwanted"}, "rita")
        assert done.status_code == 303

    assert seen_ids
    assert "Nothing waits to be judged" in page
    again = audited.post("/-/audit", {"draw": seen_ids.pop(), "judgement": "wanted"}, "remy")
    assert again.status_code == 409


def test_the_page_is_blind(audited: Desk) -> None:
    page = audited.get("/-/audit", "rita").text
    text = page.partition("<section")[2]

    assert "<mark" not in text
    assert "relevance" not in text.lower()
    assert "/-/story/" not in text
    assert not re.search(r"unshown|decoy|stratum", text)


def test_viewers_read_and_do_not_judge(audited: Desk) -> None:
    page = audited.get("/-/audit", "vera").text

    assert 'name="judgement"' not in page
    assert audited.post("/-/audit", {"draw": "1", "judgement": "wanted"}, "vera").status_code == 403


def test_a_judgement_of_another_kind_is_refused(audited: Desk) -> None:
    answer = audited.post("/-/audit", {"draw": "1", "judgement": "perhaps"}, "rita")

    assert answer.status_code == 400


def test_another_first_goes_through_the_whole_sample_and_round_again(audited: Desk) -> None:
    drawn, after = [], "0"
    for _ in range(40):
        page = audited.get(f"/-/audit?after={after}", "rita").text
        after = re.findall(r'name="draw" value="(\d+)"', page)[0]
        if after in drawn:
            break
        drawn.append(after)

    assert len(drawn) == int(re.findall(r"(\d+) wait", page)[0]) > 2
    assert after == drawn[0]
    done = audited.post("/-/audit", {"draw": drawn[1], "judgement": "unwanted"}, "rita")
    assert f'name="draw" value="{drawn[2]}"' in audited.get(done.headers["location"], "rita").text


def test_the_answers_stand_before_the_text(audited: Desk) -> None:
    page = audited.get("/-/audit", "rita").text

    assert page.index('value="unsure"') < page.index('<div class="text">')


def test_a_text_under_two_addresses_is_judged_and_counted_once(audited: Desk, db: Path) -> None:
    with Store.open(db, now=datetime.now(UTC)) as store, store.db.conn:
        waiting = "SELECT id FROM audit_draws WHERE kind = 'unshown' ORDER BY id LIMIT 2"
        first, second = (row[0] for row in store.db.execute(waiting).fetchall())
        store.db.execute("UPDATE audit_draws SET text_sha256 = (SELECT text_sha256 FROM audit_draws WHERE id = ?) WHERE id = ?", [first, second])  # fmt: skip
    before = re.findall(r"(\d+) wait", audited.get("/-/audit", "rita").text)
    audited.post("/-/audit", {"draw": str(first), "judgement": "wanted"}, "rita")
    after = re.findall(r"(\d+) wait", audited.get("/-/audit", "rita").text)
    # As earlier releases asked for both:
    audited.post("/-/audit", {"draw": str(second), "judgement": "wanted"}, "rita")
    with Store.open(db, now=datetime.now(UTC)) as store:
        sample = recall.sampled(store.db.conn, "2000-01-01", "2100-01-01")
        misses = recall.misses(store.db.conn, "2000-01-01", "2100-01-01")

    assert int(before[0]) - int(after[0]) == 1
    assert [judgement.wanted for judgement in sample.judged] == [True]
    assert [miss.draw for miss in misses] == [first]


def test_what_nobody_could_tell_is_judged_again_and_nothing_else_is(audited: Desk) -> None:
    first, second = (re.findall(r'name="draw" value="(\d+)"', audited.get(f"/-/audit?after={after}").text)[0] for after in (0, 1))  # fmt: skip
    audited.post("/-/audit", {"draw": first, "judgement": "unsure"}, "rita")
    audited.post("/-/audit", {"draw": second, "judgement": "unwanted"}, "rita")
    listed = audited.get("/-/audit").text.partition("Undecided")[2]
    back = audited.post("/-/audit", {"draw": first, "judgement": "again"}, "remy")
    page = audited.get(back.headers["location"], "remy").text

    assert f'value="{first}"' in listed
    assert f'value="{second}"' not in listed
    assert f'name="draw" value="{first}"' in page
    assert "Undecided" not in page
    assert audited.post("/-/audit", {"draw": first, "judgement": "wanted"}, "remy").status_code == 303  # fmt: skip
    for draw in (first, second):
        again = audited.post("/-/audit", {"draw": draw, "judgement": "again"}, "rita")
        assert again.status_code == 409
    assert audited.post("/-/audit", {"draw": first, "judgement": "again"}, "vera").status_code == 403  # fmt: skip


def test_a_draw_says_that_the_day_was_drawn_or_that_it_is_empty(
    audited: Desk, tmp_path: Path
) -> None:
    (tmp_path / "rules.yaml").write_text(ONE_RULE, encoding="utf-8")
    path = audited.ds.pollwatch_desk.path
    with sqlite3.connect(path) as connection:
        [(day,)] = connection.execute("SELECT DISTINCT day FROM audit_strata").fetchall()
    connection.close()
    again, empty = (CliRunner().invoke(main, ["audit", "draw", "--day", answer, "--rules", str(tmp_path / "rules.yaml"), "--db", str(path)]) for answer in (day, "2001-01-01"))  # fmt: skip

    assert (again.exit_code, empty.exit_code) == (0, 0)
    assert "was drawn before" in again.output
    assert "no article first listed that day" in empty.output
