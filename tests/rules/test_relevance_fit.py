"""The fit of the relevance, on texts in our own words, and that it knows what the rules know."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.quality.labelled import read_unlabelled
from bench.relevance.list_words import LISTS, listed_words, with_list_words
from matchers.engine.engine import compile_rules, find_hits
from matchers.relevance.weights import FILE, read_weights
from matchers.rules.load import load_rules
from matchers.text.article_text import ArticleText

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "rules"
KNOWN = 0.95  # of a list's words: the rest waits for the next fit


@pytest.mark.parametrize("concept", LISTS)
def test_the_relevance_knows_the_words_of_the_rules_lists(concept: str) -> None:
    words = listed_words(RULES)
    shipped = set(read_weights(RULES / FILE).concepts[concept])

    for name in LISTS[concept]:
        known_words = [word for word in words[name] if word in shipped]
        assert len(known_words) >= KNOWN * len(words[name]), f"fit again: ${name} has new words"


def test_words_of_a_list_follow_those_that_people_keep() -> None:
    concepts = with_list_words(
        {"hack": ("phish*",)}, {"hack": ("wiper", "phish*"), "falla": ("caos",)}
    )

    assert concepts == {"hack": ("phish*", "wiper"), "failure": ("caos",)}


def labelled(number: int, title: str, label: int) -> str:
    return json.dumps(
        {
            "id": f"{number:04}", "title": title, "text": "", "label": label, "category": "other",
            "confidence": "high", "level": "feed-item", "language": "en", "weight": 1,
        }
    )  # fmt: skip


def own_corpus(folder: Path) -> Path:
    """Half of our own headlines, as if somebody had labelled them."""
    kinds = ((1, "positives.txt"), (0, "near_misses.txt"))
    rows = [(text.title, label) for label, name in kinds for text in read_unlabelled(HERE / name)]
    lines = [labelled(number, *row) for number, row in enumerate(rows) if number % 2]
    (folder / "stream_dev.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_a_fit_writes_weights_that_the_rules_read(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is of the bench group")
    from bench.relevance.__main__ import main

    rules = shutil.copytree(RULES, tmp_path / "rules")
    before = read_weights(rules / FILE)

    ran = CliRunner().invoke(
        main, [str(own_corpus(tmp_path)), "--rules", str(rules), "--words", "100", "--write"]
    )

    assert ran.exit_code == 0, ran.output
    weights = read_weights(rules / FILE)
    assert weights.sha256 != before.sha256
    assert 0 < weights.threshold < 1
    engine = compile_rules(load_rules(rules))
    relevant, other = (
        max(hit.relevance for hit in find_hits(engine, ArticleText(title, "")))
        for title in (
            "Ransomware locks county election office out of voter database",
            "Voters ask for fewer attacks in race for election board",
        )
    )
    assert relevant > other
