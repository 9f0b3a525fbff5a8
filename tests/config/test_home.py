"""One's own files go before the shipped ones, wherever they are asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.home import in_force
from matchers.rules.load import load_folder, load_rules

ROOT = Path(__file__).parents[2]
RULE = """rules:
  - id: {id}
    title: {title}
    severity: low
    category: equipment
    query: {query}
    examples:
      match: [The {query} was found.]
      ignore: [Nothing was found.]
"""


def test_a_file_in_local_is_in_force_once_it_exists(tmp_path: Path) -> None:
    assert in_force(tmp_path, "feeds.yaml") == tmp_path / "feeds.yaml"
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "feeds.yaml").write_text("feeds: []\n", encoding="utf-8")

    assert in_force(tmp_path, "feeds.yaml") == tmp_path / "local" / "feeds.yaml"
    assert in_force(tmp_path, tmp_path / "feeds.yaml") == tmp_path / "feeds.yaml"


def test_a_rule_of_ones_own_takes_the_place_of_a_shipped_one_and_others_are_added(tmp_path: Path) -> None:  # fmt: skip
    (tmp_path / "local").mkdir()
    (tmp_path / "a.yaml").write_text(RULE.format(id="one", title="Shipped", query="tabulator"), encoding="utf-8")  # fmt: skip
    (tmp_path / "local" / "mine.yaml").write_text(RULE.format(id="one", title="Mine", query="scanner"), encoding="utf-8")  # fmt: skip
    (tmp_path / "local" / "new.yml").write_text(RULE.format(id="two", title="New", query="printer"), encoding="utf-8")  # fmt: skip

    assert {rule.id: rule.title for rule in load_rules(tmp_path).rules} == {"one": "Mine", "two": "New"}  # fmt: skip


def test_two_shipped_rules_of_one_id_are_a_fault_as_before(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(RULE.format(id="one", title=name, query="tabulator"), encoding="utf-8")  # fmt: skip

    assert load_folder(tmp_path).faults


@pytest.mark.slow
def test_commands_and_flows_look_into_one_home(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "feeds.yaml").write_text("feeds: []\n", "utf-8")
    asks = (
        "from commands.shared import shared_options as commands; import flows.maintain as flow;"
        " print(commands.FEEDS, commands.DB, flow.HOME / 'data/pollwatch.db', sep='\\n')"
    )
    homed = {**os.environ, "POLLWATCH_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", asks], env=homed, cwd=ROOT, capture_output=True, text=True, check=True)  # fmt: skip

    database = str(tmp_path / "data" / "pollwatch.db")
    assert done.stdout.splitlines() == [str(tmp_path / "local" / "feeds.yaml"), database, database]
