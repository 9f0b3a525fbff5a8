import re
from pathlib import Path

from model import Outcome

PAGE = Path(__file__).parents[2] / "docs" / "outcomes.md"


def test_the_page_of_outcomes_lists_each_once() -> None:
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(listed) == sorted(outcome.value for outcome in Outcome)
