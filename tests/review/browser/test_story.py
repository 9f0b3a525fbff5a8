"""The reading page: by keys, its links, and which story comes next."""

import sqlite3

import pytest

from tests.review.browser.browsing import NO_CHROMIUM, Tried, hidden, looked

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [pytest.mark.slow, NO_CHROMIUM]


def test_the_reading_page_by_keys(tried: Tried) -> None:
    page = tried.open("/-/queue?view=compact")
    numbers = tried.stories()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/-/story/*")
    page.keyboard.press(".")
    assert page.locator("mark.now").count() == 1
    looked(page)
    page.keyboard.press("e")
    page.wait_for_url(f"**/-/story/{numbers[2]}*")
    tried.comes_to(numbers[1], "escalated")
    playwright.expect(page.locator("#toast span")).to_contain_text("Escalated")
    looked(page)
    page.keyboard.press("z")
    page.wait_for_url(f"**/-/story/{numbers[1]}*")
    tried.comes_to(numbers[1], "new")
    page.keyboard.press("u")
    page.wait_for_url(f"**/-/queue?view=compact#story-{numbers[1]}")
    playwright.expect(page.locator(f"#story-{numbers[1]}")).to_be_focused()


def test_a_link_is_answered_with_one_key_and_taken_back_with_another(tried: Tried) -> None:
    page = tried.open("/-/queue")
    first, second = tried.stories()[:2]
    pair = (min(first, second), max(first, second))
    connection = sqlite3.connect(tried.db)
    with connection:
        connection.execute("INSERT INTO story_links (story_id, other_id, created_at, why_json) VALUES (?, ?, '', '[\"marrow\"]')", pair)  # fmt: skip

    def state() -> str:
        return str(connection.execute("SELECT state FROM story_links").fetchone()[0])

    page = tried.open("/-/queue")
    line = page.locator(f"#story-{first} [data-linked]")
    page.keyboard.press("j")
    page.keyboard.press("+")
    twin = page.locator(f"#story-{second} [data-linked]")
    for link in (line, twin):  # answered once, on both cards
        playwright.expect(link).to_contain_text("same event, say you")
        playwright.expect(link.get_by_role("button", name="Same event")).to_be_hidden()
    assert state() == "joined"
    page.keyboard.press("y")
    playwright.expect(page.locator("#toast")).to_contain_text("No joined story waits")
    page.keyboard.press("z")
    for link in (line, twin):
        playwright.expect(link.get_by_role("button", name="Same event")).to_be_visible()
    assert state() == "proposed"
    page.keyboard.press("+")
    playwright.expect(line).to_contain_text("same event, say you")
    page.keyboard.press("c")
    hidden(page, first)
    playwright.expect(page.locator("[data-also]")).to_contain_text("1 more on this event")
    page.keyboard.press("y")
    hidden(page, second)
    tried.comes_to(first, "confirmed")
    tried.comes_to(second, "confirmed")
    for story in (second, first):
        page.keyboard.press("z")
        page.wait_for_selector(f"#story-{story}", state="visible")
    playwright.expect(line).to_contain_text("same event, say you")  # verdicts alone came back
    page.keyboard.press("z")
    playwright.expect(line.get_by_role("button", name="Same event")).to_be_visible()
    page.keyboard.press("-")
    playwright.expect(line).to_contain_text("another event, say you")
    assert state() == "refused"
    tried.comes_to(first, "new")
    page = tried.open("/-/queue")
    assert page.locator("[data-linked]").count() == 0
    assert tried.troubles == []
    connection.close()


def test_on_the_reading_page_too_an_answer_on_a_link_names_the_other_story(tried: Tried) -> None:
    page = tried.open("/-/queue")
    first, second, third = tried.stories()[:3]
    connection = sqlite3.connect(tried.db)
    with connection:
        connection.executemany("INSERT INTO story_links (story_id, other_id, created_at, score) VALUES (?, ?, '', ?)", [(*sorted((first, second)), 0.9), (*sorted((first, third)), 0.8)])  # fmt: skip
        titles = {story: connection.execute("SELECT title FROM stories WHERE id = ?", [story]).fetchone()[0][:30] for story in (second, third)}  # fmt: skip
    page = tried.open(f"/-/story/{first}")
    links, toast = page.locator("[data-linked]"), page.locator("#toast span")
    playwright.expect(links.nth(1).locator("kbd").first).to_be_hidden()  # not the one a key answers
    page.keyboard.press("-")
    playwright.expect(toast).to_contain_text(f"Another event than “{titles[second]}")
    playwright.expect(links.nth(1).locator("kbd").first).to_be_visible()
    page.keyboard.press("+")
    playwright.expect(toast).to_contain_text(f"Same event as “{titles[third]}")
    page.keyboard.press("+")
    playwright.expect(toast).to_contain_text("Nothing more on this waits")
    links.nth(0).get_by_role("button", name="Same event").click()  # a slip, set right by mouse
    playwright.expect(links.nth(0)).to_contain_text("same event, say you")
    page.keyboard.press("z")
    playwright.expect(links.nth(0)).to_contain_text("another event, say you")
    page.reload()
    for _ in range(2):  # what was answered before the page was loaded comes back too
        looked(page)
        page.keyboard.press("z")
        playwright.expect(toast).to_contain_text("Undone")
    playwright.expect(page.locator("[data-linked=proposed]")).to_have_count(2)
    assert tried.troubles == []
    connection.close()


def test_keys_that_come_while_the_next_story_loads_judge_nothing(tried: Tried) -> None:
    page = tried.open("/-/queue")
    first, second = tried.stories()[:2]
    page = tried.open(f"/-/story/{first}")
    held_routes: list[playwright.Route] = []

    def hold(route: "playwright.Route") -> None:
        held_routes.append(route)

    page.route("**/-/story/*", hold)
    page.keyboard.press("c")
    for _ in range(200):  # nothing in the page may be asked while it is being left
        if held_routes:
            break
        page.wait_for_timeout(50)
    for key in ("x", "1", "e"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert (tried.status(first)[0], tried.status(first)[2]) == ("confirmed", 1)

    held_routes[0].continue_()
    page.wait_for_url(f"**/-/story/{second}*")


def test_two_people_are_never_led_to_one_story(tried: Tried) -> None:
    page = tried.open("/-/queue")
    first, second, third = tried.stories()[:3]
    page = tried.open(f"/-/story/{first}")
    other = page.context.new_page()
    other.goto(f"{tried.base}/-/story/{second}")
    other.keyboard.press("c")
    other.wait_for_url(f"**/-/story/{third}*")

    page.keyboard.press("c")
    page.wait_for_url("**/-/story/*")
    assert not page.url.partition("/-/story/")[2].startswith(f"{second}")


@pytest.mark.parametrize("tried", [{"color_scheme": "dark", "timezone_id": "America/Phoenix"}], indirect=True)  # fmt: skip
def test_a_story_on_paper_says_all_without_a_screen(tried: Tried) -> None:
    tried.open("/-/queue")
    page = tried.open(f"/-/story/{tried.stories()[0]}")
    page.emulate_media(media="print")

    def shown(selector: str) -> list[str]:
        """The words after each element that only paper has."""
        script = "all => all.map(one => getComputedStyle(one, '::after').content)"
        return [str(words) for words in page.locator(selector).evaluate_all(script)]

    address = page.locator("[data-source]").get_attribute("href")
    assert "attr(href)" in shown("[data-source]")[0] or address in shown("[data-source]")[0]
    assert all("UTC" in words or "attr(title)" in words for words in shown(".byline time"))
    assert all("UTC" in str(time.get_attribute("title")) for time in page.locator(".byline time").all())  # fmt: skip
    for control in ("Decide", "Not this rule", "Keep note", "Confirm", "Sign out"):
        assert not page.get_by_text(control, exact=True).first.is_visible(), control
    panel = page.locator(".panel")
    assert panel.evaluate("one => one.scrollHeight <= one.clientHeight + 1"), "nothing is cut off"
    assert page.locator("body").evaluate("one => getComputedStyle(one).color") == "rgb(27, 32, 38)"
