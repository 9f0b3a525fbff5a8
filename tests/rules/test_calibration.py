"""Relevance held against what was wanted, by kind of text."""

from pathlib import Path

import pytest

from bench.quality.labelled import Labelled
from matchers.relevance.vocabulary import Vocabulary
from matchers.rules.load import load_rules

np = pytest.importorskip("numpy", reason="numpy is of the bench group")
calibration = pytest.importorskip("bench.relevance.calibration", reason="… and scikit-learn")

RULE = """
rules:
  - id: machines-hacked
    title: Machines hacked
    severity: high
    category: voting-equipment
    query: '"voting machines" SENTENCE hack*'
    examples:
      match: [Voting machines hacked]
      ignore: [Voting machines arrive]
"""


def text(name: str, title: str, body: str, *, relevant: bool) -> Labelled:
    return Labelled(name, title, body, relevant, "voting-equipment", "high", "article", "other")


def test_relevance_is_held_against_what_was_wanted_by_length_and_place(tmp_path: Path) -> None:
    from bench.relevance.corpus import sample
    from bench.relevance.fold_scores import NEVER, Scored

    (tmp_path / "rules.yaml").write_text(RULE, encoding="utf-8")
    deep = "The council met and spoke of roads, of water and of schools. " * 12
    samples = sample(
        load_rules(tmp_path),
        Vocabulary({}),
        (
            text("short", "Voting machines hacked", "", relevant=True),
            text("deep", "Council meets", deep + "Voting machines were hacked.", relevant=False),
            text("none", "Bakery opens", "", relevant=False),
        ),
    )

    lines = list(calibration.calibration_lines(Scored(samples, np.array([0.0, 0.0, NEVER]))))

    assert [" ".join(line.split()) for line in lines[1:]] == [
        "English, 90 words and more 1 0.50 0.00",
        "English, headline, or little more 1 0.50 1.00",
        "long, hit in the body alone 1 0.50 0.00",
        "short, hit in the headline 1 0.50 1.00",
    ]
