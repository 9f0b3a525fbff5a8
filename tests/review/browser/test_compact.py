"""One or two lines a story, with all acts; and what a chip says of its rule."""

import sqlite3

import pytest

from tests.review.browser.browsing import NO_CHROMIUM, PHONE, Tried, hidden

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [pytest.mark.slow, NO_CHROMIUM]
WHOLLY_SEEN = "[...document.querySelectorAll('article[data-story]')].filter((card) => card.getBoundingClientRect().bottom <= innerHeight).length"


def verdict(tried: Tried, story: int) -> tuple[object, ...]:
    connection = sqlite3.connect(tried.db)
    row = connection.execute("SELECT status, reason FROM stories WHERE id = ?", [story]).fetchone()
    connection.close()
    return tuple(row)


def test_fourteen_stories_fit_and_the_choice_is_kept(tried: Tried) -> None:
    page = tried.open("/-/queue?view=compact")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert int(page.evaluate(WHOLLY_SEEN)) >= 14

    page = tried.open("/-/queue?severity=high")
    playwright.expect(page.locator(".list.compact")).to_have_count(1)
    page.get_by_role("link", name="Comfortable").click()
    page = tried.open("/-/queue")
    playwright.expect(page.locator(".list.comfortable")).to_have_count(1)


def test_a_headline_of_hundreds_of_letters_takes_no_more_than_its_lines(tried: Tried) -> None:
    tried.open("/-/queue")
    first = tried.stories()[0]
    connection = sqlite3.connect(tried.db)
    connection.execute("UPDATE stories SET title = ? WHERE id = ?", ["Ballots" * 60, first])
    connection.commit()
    connection.close()

    for view, lines in (("comfortable", 3), ("compact", 2)):
        headline = tried.open(f"/-/queue?view={view}").locator(f"#story-{first} h2")
        playwright.expect(headline).to_contain_text("BallotsBallots")
        high, line = headline.evaluate("(h) => [h.clientHeight, parseFloat(getComputedStyle(h).lineHeight)]")  # fmt: skip
        assert high == pytest.approx(lines * line, abs=2)
        assert headline.locator("a").get_attribute("title") == "Ballots" * 60


def test_every_act_is_there_on_the_story_that_is_selected(tried: Tried) -> None:
    page = tried.open("/-/queue?view=compact")
    first, second = tried.stories()[:2]
    page.keyboard.press("j")
    playwright.expect(page.locator(f"#story-{first} .acts")).to_be_visible()
    playwright.expect(page.locator(f"#story-{second} .acts")).to_be_hidden()
    page.keyboard.press("f")
    hidden(page, first)
    playwright.expect(page.locator("#toast span")).to_contain_text("itself spreads the falsehood")
    assert verdict(tried, first) == ("confirmed", "falsehood")
    page.locator(f"#story-{second} .dismiss > summary").click()
    page.locator(f"#story-{second}").get_by_role("button", name="Satire or fiction").click()
    hidden(page, second)
    assert verdict(tried, second) == ("dismissed", "fiction")
    page.keyboard.press("z")
    page.keyboard.press("z")
    tried.comes_to(first, "new")
    assert tried.troubles == []


@pytest.mark.parametrize("tried", [PHONE], indirect=True)
def test_a_touch_opens_a_story_of_the_compact_view(tried: Tried) -> None:
    page = tried.open("/-/queue?view=compact")
    number = tried.stories()[1]
    page.locator(f"#story-{number} .meta .sev").tap()
    page.locator(f"#story-{number} .confirm").tap()
    hidden(page, number)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_chip_shows_its_passage_while_the_mouse_rests_on_it_and_stays_open_by_a_click(tried: Tried) -> None:  # fmt: skip
    page = tried.open("/-/queue#story-2")
    chip = page.locator("#story-2 .chip").nth(1)
    chip.locator("summary").hover()
    playwright.expect(chip.locator("blockquote")).to_be_visible()
    page.mouse.move(2, 2)
    playwright.expect(chip.locator("blockquote")).to_be_hidden()
    chip.locator("summary").click()
    page.mouse.move(2, 2)
    playwright.expect(chip.locator("blockquote mark").first).to_be_visible()
    page.keyboard.press("Escape")
    playwright.expect(chip.locator("blockquote")).to_be_hidden()
    assert tried.troubles == []
