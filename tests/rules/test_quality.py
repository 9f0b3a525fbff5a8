"""The quality report on labels of our own."""

import json
from pathlib import Path

from click.testing import CliRunner

from bench.quality.__main__ import main
from bench.quality.labelled import read_unlabelled
from bench.relevance.reliability import Chance, reliability_lines

RULES = """
rules:
  - id: machines-hacked
    title: Machines hacked
    severity: high
    category: voting-equipment
    query: '("voting machines" OR "ballot scanners") SENTENCE (hack* OR tamper*)'
    examples:
      match: [Voting machines hacked]
      ignore: [Voting machines arrive]
  - id: offices-locked
    title: Election offices locked out
    severity: medium
    category: infrastructure-cyber
    query: ransomware SENTENCE "board of elections"
    examples:
      match: [Ransomware hits board of elections]
      ignore: [Ransomware hits bakery]
  - id: machines-named
    title: Voting machines named
    severity: low
    category: voting-equipment
    query: '"voting machines" OR rye'
    examples:
      match: [New voting machines]
      ignore: [New slot machines]
"""


def label(number: int, title: str, relevant: int, confidence: str = "high") -> str:
    return json.dumps(
        {
            "id": f"{number:04}",
            "title": title,
            "text": "",
            "label": relevant,
            "category": "voting-equipment" if relevant else None,
            "confidence": confidence,
            "level": "feed-item",
            "stratum": "own",
            "language": "en",
            "reason": "made for the test",
        }
    )


def labels(folder: Path) -> Path:
    path = folder / "labels.jsonl"
    lines = [
        label(1, "Researchers hack voting machines in an afternoon", 1),
        label(2, "Ransomware locks county board of elections", 1),
        label(3, "Clouds over the bay", 1),
        label(4, "Hackers tamper with ballot scanners", 0, "low"),
        label(5, "Bakery wins prize for rye bread", 0),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(*arguments: str) -> tuple[int, str]:
    rules = Path(arguments[0]).parent / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "own.yaml").write_text(RULES, encoding="utf-8")
    result = CliRunner().invoke(main, [*arguments, "--rules", str(rules)])
    return result.exit_code, result.output


def test_json_counts_with_and_without_low_confidence(tmp_path: Path) -> None:
    code, output = run(str(labels(tmp_path)), "--json")

    figures = json.loads(output)
    assert code == 0
    assert [figures["all"][key] for key in ("tp", "fp", "fn", "tn")] == [2, 1, 1, 1]
    assert figures["without_low_confidence"]["fp"] == 0
    assert figures["by_category"]["voting-equipment"]["recall"] == 2 / 3


def test_errors_show_the_sentence_and_the_near_clauses(tmp_path: Path) -> None:
    _, output = run(str(labels(tmp_path)), "--errors")

    assert "FALSE ALARM 0004" in output
    assert "Hackers tamper with ballot scanners" in output
    assert "MISSED 0003" in output
    assert "made for the test" in output


def test_relevance_is_held_against_what_was_wanted_by_tenths() -> None:
    lines = reliability_lines(
        [
            Chance("Spanish, feed items", 0.81, True, 1.0),
            Chance("Spanish, feed items", 0.89, True, 3.0),
            Chance("Spanish, feed items", 0.88, False, 4.0),
            Chance("English, articles", 1.0, True, 1.0),
        ]
    )

    assert [line.split("  each")[0] for line in lines] == [
        "relevance against what was wanted, English, articles",
        "  relevance    texts   mean  wanted",
        "  0.9 to 1.0       1   1.00    1.00  1.000 [0.207–1.000]  (few)",
        "relevance against what was wanted, Spanish, feed items",
        "  relevance    texts   mean  wanted",
        "  0.8 to 0.9       3   0.88    0.50  0.667 [0.208–0.939]  (few)",
    ]


def test_report_ends_with_how_far_relevance_is_to_be_trusted(tmp_path: Path) -> None:
    _, output = run(str(labels(tmp_path)))

    assert "relevance against what was wanted, English, feed items" in output
    assert "0.9 to 1.0       2   1.00    1.00" in output  # rules without weights: relevance 1


def test_limits_decide_the_exit_code(tmp_path: Path) -> None:
    path = str(labels(tmp_path))

    assert run(path, "--least-recall", "0.6")[0] == 0
    assert run(path, "--least-recall", "0.9")[0] == 1


def test_unrelated_texts_come_from_lists_json_lines_and_folders(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# a note\nRye bread wins | A prize.\n", encoding="utf-8")
    (tmp_path / "lines.jsonl").write_text('{"title": "Rain", "text": "Wet."}\n', encoding="utf-8")
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "feed.xml").write_text(
        "<rss version='2.0'><channel><title>Bay</title><item><title>Clouds</title>"
        "<link>https://example.org/1</link><description>Grey.</description></item></channel></rss>",
        encoding="utf-8",
    )

    texts = [
        (item.title, item.text)
        for path in (tmp_path / "list.txt", tmp_path / "lines.jsonl", folder)
        for item in read_unlabelled(path)
    ]

    assert texts == [("Rye bread wins", "A prize."), ("Rain", "Wet."), ("Clouds", "Grey.")]


def test_share_of_unrelated_alarms_is_reported(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("Rye bread wins\nVoting machines hacked\n", encoding="utf-8")

    _, output = run(str(labels(tmp_path)), "--unrelated", str(tmp_path / "list.txt"))

    assert "unrelated texts flagged: 1 of 2" in output
