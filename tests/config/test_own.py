"""One's own files go before the shipped ones, wherever they are asked for."""

from pathlib import Path

from config.own import in_force
from matchers.rules.load import load_folder, load_rules

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
