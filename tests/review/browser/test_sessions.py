"""A session that ends under a page: nothing typed is lost, nothing is written in another's name."""

import pytest

from tests.review.browser.browsing import NO_CHROMIUM, Tried, hidden

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [pytest.mark.slow, NO_CHROMIUM]


def test_an_ended_session_keeps_the_typed_note(tried: Tried) -> None:
    page = tried.open("/-/queue")
    session = page.context.cookies()
    number = tried.stories()[0]
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("half a thought")
    page.context.clear_cookies()
    page.locator(f"#story-{number} .confirm").click()
    playwright.expect(page.locator("#toast span")).to_contain_text("session has ended")
    tried.comes_to(number, "new")

    # Signed in again in another tab, which gives the browser another token for its forms.
    page.context.add_cookies([cookie for cookie in session if cookie["name"] != "ds_csrftoken"])
    assert page.locator(f"#note-{number}").input_value() == "half a thought"
    page.locator(f"#story-{number} .confirm").click()
    hidden(page, number)
    tried.comes_to(number, "confirmed")
    page = tried.open(f"/-/story/{number}")
    assert page.locator(".record .said").first.inner_text() == "half a thought"


def test_a_page_of_somebody_who_left_writes_nothing_in_the_name_of_the_next(tried: Tried) -> None:
    page = tried.open("/-/queue")
    number = tried.stories()[0]
    page.evaluate("document.querySelector('.me .pop p').textContent = 'somebody else'")
    session = page.context.cookies()
    page.context.clear_cookies()
    page.context.add_cookies([cookie for cookie in session if cookie["name"] != "ds_csrftoken"])
    page.locator(f"#story-{number} .confirm").click()
    playwright.expect(page.locator("#toast span")).to_contain_text("before you signed in anew")
    tried.comes_to(number, "new")
