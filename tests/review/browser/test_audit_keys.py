"""The blind sample by keys: each judges the text that is seen, once, and a note is no key."""

import random
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.archive.audit import draw_day
from matchers.rules.ruleset import RuleSet
from storage.store import Store
from tests.review.browser.browsing import NO_CHROMIUM, Tried

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [pytest.mark.slow, NO_CHROMIUM]


@pytest.fixture
def audited(served: tuple[str, Path], tried: Tried) -> Tried:
    _, db = served
    with Store.open(db, now=datetime.now(UTC)) as store, store.db.conn:
        (day,) = store.db.execute("SELECT day FROM articles JOIN article_texts ON article_id = id WHERE text_sha256 IS NOT NULL GROUP BY day ORDER BY count(*) DESC LIMIT 1").fetchone()  # fmt: skip
        store.db.execute("UPDATE hits SET lane = 'unlikely' WHERE article_id % 2")
    draw_day(db, RuleSet("", (), (), "none"), day, now=datetime.now(UTC), size=5, rng=random.Random(1))  # fmt: skip
    tried.open("/-/audit")
    return tried


def judged(tried: Tried) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(tried.db)
    rows = connection.execute("SELECT id, judgement, note FROM audit_draws WHERE judgement IS NOT NULL ORDER BY judged_at, id").fetchall()  # fmt: skip
    connection.close()
    return rows


def shown(tried: Tried) -> int:
    return int(str(tried.page.locator("form.judge input[name=draw]").get_attribute("value")))


def after(tried: Tried, draw: int) -> int:
    """The draw that the page shows once `draw` is gone from it."""
    field = tried.page.locator("form.judge input[name=draw]")
    playwright.expect(field).not_to_have_value(str(draw))
    tried.page.wait_for_timeout(700)  # keys are taken again after a pause
    return shown(tried)


def test_yes_no_and_cannot_tell_judge_what_is_seen_and_go_on(audited: Tried) -> None:
    draws = [shown(audited)]
    for key in "cxd":
        audited.page.keyboard.press(key)
        draws.append(after(audited, draws[-1]))

    assert len(set(draws)) == 4
    assert [(draw, judgement) for draw, judgement, _ in judged(audited)] == list(zip(draws, ("wanted", "unwanted", "unsure"), strict=False))  # fmt: skip
    assert audited.troubles == []


def test_a_second_key_before_the_next_text_judges_nothing(audited: Tried) -> None:
    first = shown(audited)
    audited.page.evaluate("document.body.dataset.old = 1")
    audited.page.keyboard.press("c")
    audited.page.keyboard.press("x")
    after(audited, first)

    assert [(draw, judgement) for draw, judgement, _ in judged(audited)] == [(first, "wanted")]


def test_skip_judges_nothing_and_a_letter_in_the_note_is_no_key(audited: Tried) -> None:
    first = shown(audited)
    audited.page.keyboard.press("j")
    second = after(audited, first)
    audited.page.keyboard.press("n")
    audited.page.keyboard.type("exc d")
    assert judged(audited) == []
    audited.page.keyboard.press("Enter")  # no verdict comes of Enter in the note
    audited.page.wait_for_timeout(300)
    assert judged(audited) == []
    audited.page.locator("button[data-key=x]").click()
    after(audited, second)

    assert judged(audited) == [(second, "unwanted", "exc d")]
