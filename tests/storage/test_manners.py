"""Ways of writing that lose data with sqlite-utils or SQLite; none of them may come back."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = [
    path
    for package in ("storage", "flows", "review", "commands", "matchers", "extractors")
    for path in (ROOT / package).rglob("*.py")
]
BANNED = {
    r"\.conn\.commit\(": "commits a transaction that is not its own; use write_txn",
    r"with [\w.]*\.conn\b": "is not atomic under sqlite-utils; use write_txn",
    r"\.atomic\(": "begins DEFERRED, and fails at once when another process writes; use write_txn",
    r"\.transform\(|\.add_foreign_key\(": "drops every trigger of the table; write the ALTER as SQL",
    r"replace=True|OR REPLACE": "deletes the row and its children first; use ON CONFLICT DO UPDATE",
    r"\.insert_all\(|\.upsert_all\(": "commits every hundred rows; use executemany in write_txn",
    r"immutable=1(?!.*# of read-only media)": "reads a live file as if nobody wrote it",
}


@pytest.mark.parametrize("pattern", BANNED)
def test_no_code_writes_that_way(pattern: str) -> None:
    guilty = [str(path) for path in OURS if re.search(pattern, path.read_text(encoding="utf-8"))]

    assert guilty == [], BANNED[pattern]


def test_only_one_place_begins_a_transaction() -> None:
    guilty = [
        path.name for path in (ROOT / "storage").rglob("*.py") if '"BEGIN' in path.read_text()
    ]

    assert guilty == ["connection.py"]


@pytest.mark.parametrize(
    "script", sorted((ROOT / "storage/schema").glob("*.sql")), ids=lambda p: p.name
)
def test_schema_scripts_are_as_sqlite_and_datasette_need_them(script: Path) -> None:
    sql = re.sub(r"--.*", "", script.read_text(encoding="utf-8"))

    for table in re.findall(r"CREATE TABLE[^;]*;", sql):
        assert "STRICT" in table, table
    assert "content='" not in sql, "sqlite-utils and Datasette find the FTS table by double quotes"
    assert not re.search(r"\b(COMMIT|ROLLBACK|VACUUM)\b", sql, re.IGNORECASE)
