"""A day's audit on a real run: drawn once, blind, judged once, and told as recall."""

import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from flows.archive.audit import draw_day
from matchers.rules.load import load_rules
from review.editor.draft import read_draft
from storage import audit
from storage.database.connection import write_txn
from storage.store import Store
from storage.times import iso
from storage.upkeep.maintenance import maintain_database
from tests.flows.conftest import RULES, Runs


@pytest.fixture
def db(runs: Runs, tmp_path: Path) -> Path:
    return Path(shutil.copy(runs.first.db, tmp_path / "pollwatch.db"))


@pytest.fixture
def day(db: Path) -> str:
    with Store.open_existing(db) as store:
        return str(store.db.execute("SELECT max(day) FROM articles").fetchone()[0])


def drawn(db: Path, day: str, seed: int = 1) -> int:
    now = datetime.now(UTC)
    rules = load_rules(RULES)
    return draw_day(db, rules, day, now=now, size=6, rng=random.Random(seed)).articles


@pytest.mark.slow
def test_a_day_is_drawn_once(db: Path, day: str) -> None:
    assert drawn(db, day) > 0
    assert drawn(db, day, seed=2) == 0


@pytest.mark.slow
def test_what_is_drawn_was_not_shown_and_as_much_was(db: Path, day: str) -> None:
    count = drawn(db, day)

    with Store.open_existing(db) as store:
        rows = store.db.execute(
            """SELECT d.kind = 'unshown', EXISTS (SELECT 1 FROM hits h WHERE h.article_id = d.article_id AND h.shown)
               FROM audit_draws d"""
        ).fetchall()

    assert {(bool(unshown), bool(shown)) for unshown, shown in rows} == {(True, False), (False, True)}  # fmt: skip
    assert len(rows) == 2 * count


@pytest.mark.slow
def test_judging_ends_in_a_recall_and_a_miss_becomes_an_example(db: Path, day: str) -> None:
    drawn(db, day)
    now = iso(datetime.now(UTC))
    with Store.open(db, now=datetime.now(UTC)) as store:
        connection = store.db.conn
        with write_txn(store.db):
            connection.execute("UPDATE stories SET status = 'confirmed' WHERE tab = 'new'")
        missed = 0
        while waiting := audit.next_draw(connection):
            unshown = connection.execute(
                "SELECT kind = 'unshown' FROM audit_draws WHERE id = ?", [waiting.id]
            ).fetchone()[0]
            is_wanted = not unshown or not missed
            missed = missed or (waiting.id if unshown else 0)
            with write_txn(store.db):
                assert audit.keep_judgement(
                    connection, waiting.id, "wanted" if is_wanted else "unwanted",
                    category="results", note="", actor="rita", moment=now,
                )  # fmt: skip
                assert not audit.keep_judgement(
                    connection, waiting.id, "unwanted",
                    category=None, note="", actor="remy", moment=now,
                )  # fmt: skip

    answer = CliRunner().invoke(main, ["audit", "report", "--json", "--db", str(db)])
    report = json.loads(answer.output)
    draft = CliRunner().invoke(main, ["audit", "example", str(missed), "--db", str(db)])

    assert 0 < report["recall"]["low"] < report["recall"]["share"] < report["recall"]["high"] < 1
    assert report["recall"]["misses_found"] == 1
    assert [miss["draw"] for miss in report["misses"]] == [missed]
    assert draft.exit_code == 0
    assert f"title: '{report['misses'][0]['title']}'" in draft.output.replace("''", "'")
    assert read_draft(draft.output, None).faults == ()  # it finds the text that was missed
    wrong = CliRunner().invoke(main, ["audit", "example", "999999", "--db", str(db)])
    assert wrong.exit_code == 2


@pytest.mark.slow
def test_what_was_drawn_keeps_its_text_while_the_others_are_forgotten(db: Path, day: str) -> None:
    count = drawn(db, day)
    much_later = datetime.now(UTC) + timedelta(days=30)
    with Store.open(db, now=much_later) as store:
        forgotten = maintain_database(store.db, much_later, keep_bodies_days=5).bodies
        texts = store.db.execute(
            """SELECT count(*) FROM audit_draws d JOIN article_texts t ON t.article_id = d.article_id
               WHERE d.kind = 'unshown'"""
        ).fetchone()[0]
        waiting = audit.next_draw(store.db.conn)

    assert forgotten > 0
    assert texts == count
    assert waiting is not None
    assert waiting.body
