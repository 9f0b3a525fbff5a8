"""docs/scale.md: its commands, run as they stand; only the host is this machine, and ports are free."""

import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.newsroom import Newsroom
from tests.extractors.cluster.processes import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```", re.S | re.M)
STAYS = ("./pollwatch dask scheduler", "./pollwatch dask worker")  # until somebody ends it


def lines() -> list[str]:
    page = (ROOT / "docs" / "scale.md").read_text("utf-8")
    page = page.partition("## A cluster in ten lines")[2]  # before it: a benchmark of hours
    return [line for kind, block in BLOCK.findall(page) if not kind for line in block.splitlines()]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder with feeds.yaml of a newsroom, to which the commands are pointed."""
    with Newsroom(ports=(0,) * 7) as newsroom:
        newsroom.write_feeds(tmp_path / "feeds.yaml")
        yield tmp_path


def as_run(line: str, place: Path, port: int) -> str:
    """The line with this machine for its hosts, and for the launcher what that starts."""
    # Each kind of run into a database of its own.
    kind = next((word for word in ("local", "tls", "shard") if word in line), "none")
    own = f" --feeds {place}/feeds.yaml --db {place}/{kind}.db --all --pace 0"
    line = line.replace("desk.example.org", "127.0.0.1").replace("8786", str(port))
    line = re.sub(r"^\./pollwatch run(.*)", rf"{BIN}/pollwatch run\1{own}", line)
    line = line.replace("data/pollwatch-", f"{place}/shard-")
    line = line.replace("./pollwatch federate", f"{BIN}/pollwatch federate")
    return line.replace("./pollwatch dask", f"{BIN}/dask")


def test_the_page_from_top_to_bottom(place: Path) -> None:
    port, env, staying, ended = free_port(), dict(os.environ), [], {}
    try:
        for line in lines():
            command = as_run(line, place, port)
            if line.startswith("export "):
                env |= dict(word.split("=", 1) for word in shlex.split(line)[1:])
            elif line.startswith(STAYS):
                staying.append(subprocess.Popen(shlex.split(command), cwd=place, env=env))
            else:
                done = subprocess.run(shlex.split(command), cwd=place, env=env, check=False)
                ended[line] = done.returncode
    finally:
        for process in staying:
            process.send_signal(signal.SIGKILL)
            process.wait()

    # One feed of the newsroom fails, and it is in one of the shards.
    shards_ended = [ended.pop(line) for line in list(ended) if "--shard" in line]
    assert sorted(shards_ended) == [0, 1]
    assert ended == {line: int("pollwatch run" in line) for line in ended}
    assert "read at 127.0.0.1:" in message(place / "local.db")
    assert "read at reader-1 (" in message(place / "tls.db")
    whole, first, second = (articles(place / f"{name}.db") for name in ("tls", "shard-1of2", "shard-2of2"))  # fmt: skip
    assert articles(place / "local.db") == whole
    assert first | second == whole
    assert first.isdisjoint(second)

    shards = [str(place / f"shard-{n}of2.db") for n in (1, 2)]
    federated = asked("federate", *shards, "--limit", "2000")
    apart = [(db, story["story"]) for db in shards for story in asked("queue", "--db", db)["stories"]]  # fmt: skip
    merged = [(story["database"], story["story"]) for story in federated["stories"]]
    copies = sum(len(story["also_in"]) for story in federated["stories"])
    assert set(merged) <= set(apart)
    assert len(merged) + copies == len(apart) == federated["total"] > 5


def asked(*words: str) -> dict[str, Any]:
    command = [str(BIN / "pollwatch"), *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def message(db: Path) -> str:
    with sqlite3.connect(db) as conn:
        return str(conn.execute("SELECT message FROM runs").fetchone()[0])


def articles(db: Path) -> set[str]:
    with sqlite3.connect(db) as conn:
        return {row[0] for row in conn.execute("SELECT url_canonical FROM articles")}
