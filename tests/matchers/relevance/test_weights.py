"""The file of weights: what it says is what is used, and every fault names its place."""

import json
from pathlib import Path

import pytest

from matchers.relevance.weights import load_weights, read_weights, weights_of, weights_text
from matchers.rules.load import load_folder
from model import ConfigError
from tests.matchers.rules.test_load import GOOD, TERMS

PLAIN = {
    "threshold": 0.4,
    "bias": -1.5,
    "concepts": {"vote": ["vote*", "polling place"], "fraud": ["fraud"]},
    "places": {"near fraud": 1.25},
    "words": {"coin": -0.5},
    "rules": {"ballots-hacked": 0.3},
    "clauses": {"ballots-hacked": {"hack* AND ballot": 0.1}},
}


def weights(**changes: object):
    return weights_of({**PLAIN, **changes}, "relevance.json")


def test_what_is_written_reads_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "relevance.json"
    first = weights()

    path.write_text(weights_text(first, "for people", {"all": {"stream": "0.9 / 0.8"}}), "utf-8")

    assert read_weights(path) == first
    assert json.loads(path.read_text("utf-8"))["measured"] == {"all": {"stream": "0.9 / 0.8"}}


def test_the_hash_covers_what_decides_and_not_the_threshold() -> None:
    first = weights()

    assert weights(threshold=0.6).sha256 == first.sha256
    assert weights(about="another sentence").sha256 == first.sha256
    assert weights(words={"coin": -0.4}).sha256 != first.sha256
    assert weights(concepts={"vote": ["vote*"]}).sha256 != first.sha256
    assert weights(clauses={}).sha256 != first.sha256


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"threshold": 1.5}, "threshold: must be from 0 to 1"),
        ({"bias": "much"}, "bias: must be a number"),
        ({"bias": True}, "bias: must be a number"),
        ({"words": {"coin": None}}, "coin: must be a number"),
        ({"concepts": {"vote": "vote"}}, "concepts.vote: must be a list of words"),
        ({"clauses": []}, "clauses: must be an object of objects"),
        ({"wieghts": {}}, "wieghts: is not known"),
    ],
)
def test_a_fault_names_file_and_field(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        weights(**change)

    assert "relevance.json" in str(caught.value)
    assert sentence in str(caught.value)


def test_rules_without_a_file_of_weights_have_none(tmp_path: Path) -> None:
    assert load_weights(tmp_path) is None
    assert load_weights(tmp_path / "one.yaml") is None


def test_broken_json_is_a_fault_of_the_rules_with_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "lists.yaml").write_text(TERMS, "utf-8")
    (tmp_path / "rules.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "relevance.json").write_text('{\n  "threshold": ,\n}', "utf-8")

    loaded = load_folder(tmp_path)

    assert [(fault.line, fault.column) for fault in loaded.faults] == [(2, 16)]
    assert "not valid JSON" in str(loaded.faults[0])
    assert loaded.usable.weights is None
