"""A fault in a word list is reported once, at the list, and takes out the rules that use it."""

from matchers.rules.load import load_folder

RULES = """\
- id: ballots-hacked
  title: Ballots hacked
  severity: high
  category: attacks
  query: $papers NEAR/5 hack*
  examples: {match: [The votes were hacked.], ignore: [Rain.]}
- id: drones
  title: Drones
  severity: high
  category: attacks
  query: drones
  examples: {match: [Drones over the depot.], ignore: [Rain.]}
"""
BROKEN = "ballots: [OR, ballot]\n"
WITHIN = "papers: [paper, $ballots]\n"


def test_a_fault_in_a_list_within_a_list_is_reported_alone_and_takes_out_its_rules(tmp_path):
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "terms" / "within.yaml").write_text(WITHIN, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")

    loaded = load_folder(tmp_path)

    assert [fault.path for fault in loaded.faults] == [str(tmp_path / "terms" / "broken.yaml")]
    assert [rule.id for rule in loaded.usable.rules] == ["drones"]


def test_a_list_without_faults_takes_out_nothing(tmp_path):
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "lists.yaml").write_text("papers: [votes]\n", encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")

    loaded = load_folder(tmp_path)

    assert loaded.faults == []
    assert [rule.id for rule in loaded.usable.rules] == ["ballots-hacked", "drones"]
