"""Rules that are struck off: by keys, by touch, without script."""

import re
import sqlite3

import pytest

from tests.review.browser.browsing import NO_CHROMIUM, PHONE, Tried, hidden, looked

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [pytest.mark.slow, NO_CHROMIUM]


def struck(tried: Tried, story: int) -> list[str]:
    connection = sqlite3.connect(tried.db)
    sql = "SELECT r.slug FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id = ? AND x.struck"
    slugs = [slug for (slug,) in connection.execute(sql, [story])]
    connection.close()
    return slugs


def test_wrong_rules_are_ticked_by_keys_and_struck_off_with_the_verdict(tried: Tried) -> None:
    page = tried.open("/-/queue#story-2")
    wrong = page.locator("#story-2 .chip[data-rule]").nth(1)
    slug = str(wrong.get_attribute("data-rule"))
    page.keyboard.press("t")
    page.keyboard.press("2")
    playwright.expect(wrong).to_have_class(re.compile("ticked"))
    assert struck(tried, 2) == []
    page.keyboard.press("c")
    hidden(page, 2)

    assert tried.status(2)[0] == "confirmed"
    assert struck(tried, 2) == [slug]
    playwright.expect(page.locator("#toast span")).to_contain_text("Confirmed, without 1 rule: “")
    page.keyboard.press("z")
    page.wait_for_selector("#story-2", state="visible")
    assert tried.status(2)[0] == "new"
    assert struck(tried, 2) == []
    playwright.expect(wrong).not_to_have_class(re.compile("struck"))
    assert tried.troubles == []


def test_a_rule_is_struck_off_alone_on_the_reading_page_and_fits_after_all(tried: Tried) -> None:
    page = tried.open("/-/story/2")
    chip = page.locator(".sheet .chip[data-rule]").first
    slug = str(chip.get_attribute("data-rule"))
    for key in ("t", "1", "t"):
        page.keyboard.press(key)
    playwright.expect(page.locator(".sheet .chip.struck")).to_have_attribute("data-rule", slug)
    playwright.expect(page.locator("#toast span")).to_contain_text("Not this rule: “")
    assert tried.status(2)[0] == "new"
    assert struck(tried, 2) == [slug]

    looked(page)
    page.keyboard.press("t")
    page.locator(f'[data-strike-rule="{slug}"] button').click()
    playwright.expect(page.locator(".sheet .chip.struck")).to_have_count(0)
    assert struck(tried, 2) == []
    assert tried.troubles == []


@pytest.mark.parametrize("tried", [PHONE], indirect=True)
def test_wrong_rules_are_ticked_by_touch(tried: Tried) -> None:
    page = tried.open("/-/queue#story-2")
    card = page.locator("#story-2")
    card.locator("[data-strike] summary").tap()
    box = card.locator("[data-strike] label").last
    slug = str(box.locator("input").input_value())
    place = box.bounding_box()
    assert place is not None
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= 390
    assert place["height"] >= 34
    box.tap()
    card.locator(".confirm").tap()
    hidden(page, 2)

    assert struck(tried, 2) == [slug]
    assert tried.status(2)[0] == "confirmed"


@pytest.mark.parametrize("tried", [{"java_script_enabled": False}], indirect=True)
def test_wrong_rules_are_ticked_without_script(tried: Tried) -> None:
    page = tried.open("/-/story/2")
    page.locator("#verdict [data-strike] summary").click()
    page.locator("#verdict [data-strike] label").first.click()
    page.locator("#verdict .confirm").click()

    assert tried.status(2)[0] == "confirmed"
    assert len(struck(tried, 2)) == 1
