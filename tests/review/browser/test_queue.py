"""The queue in a real browser: by mouse and by keys, alone and beside others."""

import re
import sqlite3
from pathlib import Path

import pytest

from tests.review.browser.browsing import NO_CHROMIUM, Tried, hidden, looked

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [pytest.mark.slow, NO_CHROMIUM]


def test_the_link_opens_the_queue(tried: Tried) -> None:
    assert tried.page.url.endswith("/-/queue")
    assert tried.page.locator("article.card").count() == 25
    assert tried.troubles == []


def test_the_queue_by_keys(tried: Tried) -> None:
    page = tried.open("/-/queue")
    first, second = tried.stories()[:2]

    page.keyboard.press("c")
    tried.comes_to(first, "new")
    playwright.expect(page.locator(f"#story-{first}")).to_be_focused()
    page.keyboard.press("c")
    hidden(page, first)
    tried.comes_to(first, "confirmed")
    playwright.expect(page.locator("#live")).to_contain_text("Confirmed")
    playwright.expect(page.locator(f"#story-{second}")).to_be_focused()

    page.keyboard.press("z")
    page.wait_for_selector(f"#story-{first}", state="visible")
    tried.comes_to(first, "new")

    page.keyboard.press("x")
    page.keyboard.press("2")
    hidden(page, first)
    tried.comes_to(first, "dismissed")

    page.keyboard.press("m")
    page.wait_for_selector(f"#story-{second} [data-owner]", state="visible")
    assert tried.status(second)[1]
    page.keyboard.press("e")
    hidden(page, second)
    tried.comes_to(second, "escalated")
    assert tried.troubles == []


def test_a_page_is_dismissed_in_four_keys_and_comes_back_in_one_after_a_reload(
    tried: Tried,
) -> None:
    page = tried.open("/-/queue")
    stories = tried.stories()

    for key in ("A", "x", "4"):
        page.keyboard.press(key)
    page.wait_for_selector(f"#story-{stories[0]}", state="detached")
    for story in stories:
        tried.comes_to(story, "dismissed")
    page.reload()
    page.keyboard.press("z")
    page.wait_for_selector(f"#story-{stories[0]}", state="visible")
    for story in stories:
        tried.comes_to(story, "new")
    assert tried.troubles == []


def test_all_that_a_filter_shows_beyond_the_page(tried: Tried) -> None:
    page = tried.open("/-/queue")
    page.locator("[data-pick]").first.check()
    page.locator("[data-all]").click()
    playwright.expect(page.locator("[data-count]")).to_have_text("28 selected")
    page.locator("#bulk .escalate").click()
    playwright.expect(page.locator('[data-tab-link="escalated"] .n')).to_have_text("28")

    connection = sqlite3.connect(tried.db)
    assert connection.execute("SELECT count(*) FROM stories WHERE status = 'escalated'").fetchone() == (28,)  # fmt: skip
    connection.close()


def test_each_act_on_many_is_written_though_the_page_stays(tried: Tried) -> None:
    page = tried.open("/-/queue")
    first, second, third = tried.stories()[:3]
    for story, action, status in ((first, "#bulk .confirm", "confirmed"), (second, "#bulk .confirm", "confirmed"), (third, "#bulk .escalate", "escalated")):  # fmt: skip
        page.locator(f"#story-{story} [data-pick]").check()
        page.locator(action).first.click()
        hidden(page, story)
        tried.comes_to(story, status)


@pytest.mark.parametrize("key", ["x", "a"])
def test_a_menu_that_opens_is_seen_whole_and_under_no_message(tried: Tried, key: str) -> None:
    page = tried.open("/-/queue")
    judged = tried.stories()[0]
    for pressed in ("j", "c"):
        page.keyboard.press(pressed)
    hidden(page, judged)
    looked(page)
    page.evaluate("scrollBy(0, document.querySelector('article.at').getBoundingClientRect().bottom - innerHeight)")  # fmt: skip
    page.keyboard.press(key)
    menu = page.locator("article.at details[open] > .pop")
    box = menu.bounding_box()

    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 900
    playwright.expect(page.locator("#toast")).to_be_hidden()


def test_shift_click_selects_all_between(tried: Tried) -> None:
    page = tried.open("/-/queue")
    boxes = page.locator("[data-pick]")
    boxes.nth(1).click()
    boxes.nth(5).click(modifiers=["Shift"])

    assert page.locator("[data-count]").inner_text() == "5 selected"
    page.keyboard.press("Escape")
    assert page.locator("[data-pick]:checked").count() == 0


def test_keys_cross_pages(tried: Tried) -> None:
    page = tried.open("/-/queue")
    last = tried.stories()[-1]
    page.locator(f"#story-{last}").focus()
    page.keyboard.press("j")
    page.wait_for_url("**at=a~**#first")
    second = tried.stories()[0]
    playwright.expect(page.locator(f"#story-{second}")).to_be_focused()
    page.keyboard.press("k")
    page.wait_for_url("**at=b~**#last")
    playwright.expect(page.locator(f"#story-{last}")).to_be_focused()


def test_an_act_on_the_tab_of_all_goes_on_and_never_twice(tried: Tried) -> None:
    page = tried.open("/-/queue?tab=all")
    first, second = tried.stories()[:2]
    page.keyboard.press("j")
    page.keyboard.press("c")
    playwright.expect(page.locator(f"#story-{second}")).to_be_focused()
    page.keyboard.press("c")
    playwright.expect(page.locator(f"#story-{second}")).to_have_class(re.compile("is-confirmed"))

    assert tried.status(first)[2] == tried.status(second)[2] == 1


def test_a_note_by_keys_goes_with_the_verdict(tried: Tried) -> None:
    page = tried.open("/-/queue")
    number = tried.stories()[0]
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("see cx z j")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    hidden(page, number)

    tried.comes_to(number, "confirmed")
    page = tried.open(f"/-/story/{number}")
    assert page.locator(".record .said").first.inner_text() == "see cx z j"


def test_the_queue_by_mouse(tried: Tried) -> None:
    page = tried.open("/-/queue")
    number = tried.stories()[0]
    total, facets = (
        page.locator(selector) for selector in ("[data-total]", "[data-facet=severity]")
    )
    before = int(total.inner_text())
    card = page.locator("article.card").first
    card.get_by_text("Dismiss").click()
    card.get_by_role("button", name="Not about an election").click()
    hidden(page, number)
    playwright.expect(total).to_have_text(str(before - 1))
    assert sum(int(text) for text in facets.all_inner_texts()) == before - 1

    tried.comes_to(number, "dismissed")
    page.locator("#toast [data-undo]").click()
    page.wait_for_selector(f"#story-{number}", state="visible")
    tried.comes_to(number, "new")


def test_an_act_that_empties_the_page_is_told_by_the_page_that_comes(tried: Tried) -> None:
    page = tried.open("/-/queue?severity=critical")
    n = len(tried.stories())
    page.keyboard.press("A")
    page.keyboard.press("x")
    page.keyboard.press("3")
    playwright.expect(page.locator(".empty")).to_be_visible()

    playwright.expect(page.locator("#toast span")).to_contain_text(f"({n} stories)")
    playwright.expect(page.locator("#toast [data-undo]")).to_have_text("Undo z")
    looked(page)
    page.keyboard.press("z")
    playwright.expect(page.locator("article[data-story]:visible")).to_have_count(n)
    playwright.expect(page.locator("#toast [data-undo]")).to_have_text("Undo the act before z")


def escalated_by_remy(db: Path, story: int) -> None:
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("INSERT INTO story_reviews (story_id, action, actor) VALUES (?, 'escalated', 'remy')", [story])  # fmt: skip
    connection.close()


def test_a_story_that_somebody_judged_meanwhile_is_told_and_leaves(tried: Tried) -> None:
    page = tried.open("/-/queue")
    first, second = tried.stories()[:2]
    waiting = int(page.locator("[data-total]").inner_text())
    escalated_by_remy(tried.db, first)
    page.keyboard.press("j")
    page.keyboard.press("c")
    playwright.expect(page.locator("#toast")).to_contain_text("remy was here first")
    hidden(page, first)
    playwright.expect(page.locator(f"#story-{second}.at")).to_be_visible()
    playwright.expect(page.locator("[data-total]")).to_have_text(str(waiting - 1))
    looked(page)
    page.keyboard.press("c")
    tried.comes_to(second, "confirmed")
    tried.comes_to(first, "escalated")


def test_a_story_that_changed_and_stays_is_looked_at_again_with_the_next_key(tried: Tried) -> None:
    page = tried.open("/-/queue?tab=all")
    number = tried.stories()[0]
    escalated_by_remy(tried.db, number)
    page.keyboard.press("j")
    page.keyboard.press("c")
    playwright.expect(page.locator(".look-again")).to_be_visible()
    looked(page)
    page.keyboard.press("c")
    playwright.expect(page.locator(f"#story-{number}.at [data-verdict]")).to_contain_text("Escalated by remy")  # fmt: skip
    looked(page)
    page.keyboard.press("c")
    tried.comes_to(number, "confirmed")


def test_enter_in_a_field_is_never_a_verdict(tried: Tried) -> None:
    page = tried.open("/-/queue")
    first, second = tried.stories()[:2]
    page.keyboard.press("j")
    page.keyboard.press("a")
    card = page.locator(f"#story-{first}")
    card.locator("[name=handover]").fill("please call")
    card.locator("[name=handover]").press("Enter")
    playwright.expect(card.locator("[data-says=handed_over]")).to_have_text("please call")
    card.locator(".more summary").click()
    card.locator("[name=tag]").fill("dominion")
    card.locator("[name=tag]").press("Enter")
    playwright.expect(page.locator("#toast")).to_contain_text("dominion")
    page.locator(f"#story-{second} [data-pick]").check()
    page.locator("#bulk-note").fill("a note")
    page.locator("#bulk-note").press("Enter")
    playwright.expect(page.locator("#bulk-note")).to_have_value("a note")
    assert [tried.status(story)[0] for story in (first, second)] == ["new", "new"]


def test_news_announce_themselves_and_take_no_place(tried: Tried) -> None:
    page = tried.page
    page.add_init_script("document.addEventListener('readystatechange', () => { const list = document.querySelector('[data-list]'); if (list) list.dataset.every = '0.3'; })")  # fmt: skip
    page = tried.open("/-/queue")
    before, changed = tried.stories(), tried.stories()[1]
    connection = sqlite3.connect(tried.db)
    with connection:
        connection.execute("UPDATE stories SET shown_at = '2099-01-01T00:00:00.000Z' WHERE id IN (SELECT id FROM stories ORDER BY id LIMIT 3)")  # fmt: skip
        connection.execute("INSERT INTO story_reviews (story_id, action, actor) VALUES (?, 'confirmed', 'remy')", [changed])  # fmt: skip
    connection.close()

    playwright.expect(page.locator("[data-fresh]")).to_contain_text("new")
    playwright.expect(page.locator(f"#story-{changed} [data-verdict]")).to_contain_text("remy was here just now")  # fmt: skip
    assert page.title().startswith("(")
    assert tried.stories() == before
