"""`maintain`: a night's upkeep without a Prefect server, as cron starts it."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from storage.database.errors import way_back
from storage.feeds import sync_feeds
from storage.store import Store
from tests.databases import new_store
from tests.flows.conftest import RULES
from tests.storage.making import NOON, feed

pytestmark = pytest.mark.slow  # all shipped rules are read for the audit


@pytest.fixture
def db(tmp_path: Path) -> Path:
    with new_store(tmp_path / "p.db", NOON) as store:
        sync_feeds(store.db, [feed("gazette")], NOON)
        store.db.execute(
            "INSERT INTO polls (feed_id, polled_at, outcome) VALUES (1, '2020-01-01T00:00:00.000Z', 'ok')"
        )
    return tmp_path / "p.db"


def maintain(db: Path, *options: str, rules: Path = RULES) -> Result:
    return CliRunner().invoke(main, ["maintain", "--db", str(db), "--rules", str(rules), *options])


def test_what_is_too_old_goes_and_a_backup_and_the_reviews_are_written(db: Path) -> None:
    done = maintain(db)

    assert done.exit_code == 0, done.output
    assert "1 polls and 0 texts forgotten" in done.output
    (backup,) = (db.parent / "backups").glob("p-*.db")
    with Store.open_existing(backup) as copy:
        assert copy.db.execute("SELECT slug FROM feeds").fetchall() == [("gazette",)]
    assert (db.parent / "backups" / "reviews-p.jsonl").exists()


def test_older_backups_than_were_asked_for_go(db: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"p-2020010{day}-033000.db").write_bytes(b"old")

    done = maintain(db, "--backups", str(folder), "--keep", "2")

    assert "2 old backups removed" in done.output
    assert len(list(folder.glob("p-*.db"))) == 2


def test_shards_in_one_folder_keep_backups_and_reviews_of_their_own(db: Path) -> None:
    shard = db.with_name("p-2of2.db")
    shutil.copy(db, shard)
    for path in (db, shard, shard):
        assert maintain(path, "--keep", "1").exit_code == 0

    names = sorted(path.name for path in (db.parent / "backups").iterdir())
    assert [re.sub(r"-\d{8}-\d{6}", "", name) for name in names] == [
        "p.db", "p-2of2.db", "reviews-p-2of2.jsonl", "reviews-p.jsonl"
    ]  # fmt: skip
    assert str(db.parent / "backups" / names[0]) in way_back(db)
    assert str(db.parent / "backups" / names[1]) in way_back(shard)


def test_faulty_rules_put_off_the_audit_and_nothing_else(db: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    (rules / "mine.yaml").write_text("- id: half\n  query: ballot NEAR/\n", "utf-8")

    done = maintain(db, rules=rules)

    assert done.exit_code == 0
    assert "no audit drawn: the rules have a fault" in done.output


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    done = maintain(tmp_path / "none.db")

    assert done.exit_code == 2
    assert "no database at" in done.output
    assert list(tmp_path.iterdir()) == []
