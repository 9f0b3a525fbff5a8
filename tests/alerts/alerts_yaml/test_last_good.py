"""A slip in alerts.yaml silences nobody: its last good version stands in, and the slip itself is reported."""

from pathlib import Path

import pytest

from alerts.alerts_yaml.last_good import in_use
from tests.alerts import sinks
from tests.alerts.making import NOON
from tests.alerts.outboxes import Clock, add_story, database, sender, webhook_yaml


@pytest.mark.slow
def test_a_new_process_goes_by_the_last_good_version_and_says_so_until_it_is_mended(
    tmp_path: Path,
) -> None:
    path, clock = database(tmp_path), Clock()
    with sinks.http() as sink:
        alerts = webhook_yaml(tmp_path, sink.url)
        good = alerts.read_text()
        sender(path, alerts, clock, KEY="k").round()
        alerts.write_text(good.replace("channels: desk", "channels: dsk"), encoding="utf-8")
        add_story(path, 1, NOON)
        for _ in range(2):
            sender(path, alerts, clock, KEY="k").round()
            clock.pass_by(minutes=2)
        events = [(event["kind"], str(event["payload"])) for event in sink.events()]
        assert [kind for kind, _ in events] == ["danger", "story-new"]
        assert 'there is no channel "dsk"' in events[0][1]
        alerts.write_text(good, encoding="utf-8")
        sender(path, alerts, clock, KEY="k").round()
    assert [event["kind"] for event in sink.events()][2:] == ["well-again"]


def test_a_file_that_never_was_good_has_no_stand_in(tmp_path: Path) -> None:
    alerts, path = tmp_path / "alerts.yaml", database(tmp_path)
    assert in_use(alerts, path).config is None
    alerts.write_text("chanels: []\n", encoding="utf-8")
    used = in_use(alerts, path)
    assert used.config is None
    assert "did you mean" in str(used.faults[0])


def test_a_copy_is_no_easier_to_read_than_the_file(tmp_path: Path) -> None:
    alerts = webhook_yaml(tmp_path, "https://soc.example.org/secret-path")
    alerts.chmod(0o600)
    in_use(alerts, database(tmp_path))
    (last_good,) = tmp_path.glob("*.last-good")
    assert last_good.stat().st_mode & 0o777 == 0o600
    assert last_good.read_text() == alerts.read_text()
