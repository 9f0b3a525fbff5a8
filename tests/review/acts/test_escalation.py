"""Whoever escalates a story reads at once who hears of it, or that nobody does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from review.auth.team_file import Team
from tests.review.conftest import Desk

CHANNELS = "channels:\n  - {id: duty, webhook: https://hook.example/duty, key: env:HOOK}\n  - {id: desk, webhook: https://hook.example/desk, key: env:HOOK}\n"
ROUTE = "routes:\n  - {id: grave, kinds: [story-escalated], channels: [duty]}\n"
OTHER = "routes:\n  - {id: kenya, places: [KE], channels: [desk]}\n"


@pytest.mark.parametrize(
    ("alerts", "sentence"),
    [
        (None, "Nobody is told: no channel is set up in alerts.yaml"),
        (CHANNELS + ROUTE, "Goes to: duty"),
        ("channels: [{id: duty}]\n", "Nobody is told: alerts.yaml has a fault"),
        (CHANNELS + OTHER, "Nobody is told: no route wants it (kenya: not of its places)"),
    ],
)
def test_an_escalation_says_who_hears_of_it(
    db: Path, team: Team, opened: Callable[[Path, Team], Desk], tmp_path: Path, alerts: str | None, sentence: str
) -> None:  # fmt: skip
    desk = opened(db, team)
    desk.ds.pollwatch_desk.alerts = tmp_path / "alerts.yaml"
    if alerts:
        (tmp_path / "alerts.yaml").write_text(alerts, encoding="utf-8")
    answer = desk.act(2, "escalated", 0).json()

    assert answer["words"].startswith("Escalated: “County clerk in Marrow Falls")
    assert answer["words"].endswith(f"…”. {sentence}")
