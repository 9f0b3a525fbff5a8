"""export and tokens as a user meets them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import stix2
from click.testing import CliRunner, Result

from alerts.formats.stix import disarm_codes
from cli import main
from storage.queries.export import ExportedRule
from tests.alerts.outboxes import add_story, database


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.slow
def test_stories_leave_in_four_formats(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    path = database(tmp_path, now)
    for number in (1, 2, 3):
        add_story(path, number, now)
    lines = invoke("export", "jsonl", "--db", path).output.splitlines()
    assert [json.loads(line)["headline"] for line in lines] == ["Story 1", "Story 2", "Story 3"]
    assert invoke("export", "csv", "--db", path, "--tab", "confirmed").output.count("\n") == 1
    out = tmp_path / "all.stix.json"
    assert invoke("export", "stix", "--db", path, "--since", "1h", "--out", out).exit_code == 0
    bundle = stix2.parse(out.read_text(), allow_custom=False)
    assert sum(thing.type == "report" for thing in bundle.objects) == 3
    assert len(json.loads(invoke("export", "misp", "--db", path).output)["response"]) == 3


def test_disarm_techniques_are_taken_from_references_that_speak_of_disarm() -> None:
    rule = ExportedRule("r", "R", "high", ("DISARM T0085.001 and T0023", "RFC T1234", "https://disarmframework.example/T0046"))  # fmt: skip
    assert disarm_codes([rule]) == {"T0085.001", "T0023", "T0046"}


@pytest.mark.slow
def test_a_token_is_shown_once_listed_and_revoked(tmp_path: Path) -> None:
    path = database(tmp_path)
    token = invoke("tokens", "create", "soc", "--scope", "read:queue", "--db", path)
    assert token.exit_code == 0
    assert token.output.startswith("pw_")
    assert "soc" in invoke("tokens", "list", "--db", path).output
    assert token.output.strip() not in invoke("tokens", "list", "--db", path).output
    assert invoke("tokens", "revoke", "1", "--db", path).exit_code == 0
    assert invoke("tokens", "revoke", "1", "--db", path).exit_code == 1
    assert "revoked" in invoke("tokens", "list", "--db", path).output


def test_what_cannot_be_granted_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = database(tmp_path)
    for arguments in (["x", "--scope", "all"], ["x", "--scope", "push:articles", "--scope", "read:queue"], ["A b", "--scope", "read:queue"]):  # fmt: skip
        done = invoke("tokens", "create", *arguments, "--db", path)
        assert done.exit_code == 2
        assert "Traceback" not in done.output
