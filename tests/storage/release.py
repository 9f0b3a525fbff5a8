"""A database as release 0.1 left it: 600 cards with 1,000 verdicts, four people's and copied ones.

data/release-0.1.made-by.txt is the program that made the rows, run with the code of that release.
"""

import gzip
import shutil
from pathlib import Path

from storage.database import connection, migrations
from tests.storage.making import NOON

ROWS = Path(__file__).parent / "data" / "release-0.1.sql.gz"


def first_schema(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    shutil.copy(migrations.SCHEMA / "0001_initial.sql", folder)
    return folder


def release_0_1(path: Path) -> Path:
    """Write it to `path`. Its reviews come first, so that no trigger applies them twice."""
    db = connection.connect(path)
    migrations.migrate(db, now=NOON, folder=first_schema(path.with_name("first-schema")))
    db.execute("PRAGMA foreign_keys = OFF")
    db.conn.executescript(f"BEGIN; {gzip.decompress(ROWS.read_bytes()).decode()} COMMIT;")
    db.close()
    return path
