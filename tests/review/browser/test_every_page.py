"""Every page: clean, accessible, usable without script; nothing from elsewhere. axe-core comes with the package axe-playwright-python."""

from pathlib import Path

import pytest

from tests.review.browser.browsing import NO_CHROMIUM, Tried

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [pytest.mark.slow, NO_CHROMIUM]
EVERY = (
    "/-/queue",
    "/-/queue?tab=all&q=tabulators",
    "/-/queue?view=compact",
    "/-/story/2",
    "/-/search?find=tabulator*+NEAR/12+access",
    "/-/search?find=a+b",
    "/-/mutes?story=1",
    "/-/rules/edit?query=ballot*",
    "/-/queue/columns",
    "/-/overview",
    "/-/sources",
    "/-/rules",
    "/-/runs",
    "/-/second",
    "/-/feeds",
    "/pollwatch",
    "/pollwatch/articles?state=failed",
    "/pollwatch/stories_view?_facet=tab",
    "/pollwatch/hits_readable",
    "/pollwatch/stories/1",
    "/pollwatch?sql=select+1",
    "/pollwatch/unread_failures",
)
SIGNED_OUT = "/-/queue?"


def test_a_rule_is_checked_as_it_is_typed(tried: Tried) -> None:
    page = tried.open("/-/rules/edit?query=unheard*")
    text = page.locator("#text")
    text.fill(text.input_value().replace("unheard*", "unheard* fire"))
    playwright.expect(page.locator("[data-tried]")).to_contain_text("Line ")
    text.fill(text.input_value().replace("unheard* fire", "unheard* OR (unheard* NEAR/12 fire)"))
    playwright.expect(page.locator("[data-tried]")).to_contain_text("No faults.")
    page.get_by_role("button", name="Preview on the archive").click()
    playwright.expect(page.locator("[data-tried]")).to_contain_text("0 gained")


def test_keys_are_listed_and_can_be_switched_off(tried: Tried) -> None:
    page = tried.open("/-/queue")
    page.keyboard.press("?")
    page.wait_for_selector("#keys", state="visible")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")

    assert page.locator("article.card.at").count() == 0


@pytest.mark.parametrize(
    "tried", [{"java_script_enabled": False}], indirect=True, ids=["no script"]
)
def test_without_script(tried: Tried) -> None:
    page = tried.open("/-/queue")
    card = page.locator("article.card").first
    number = int(str(card.get_attribute("data-story")))
    card.get_by_text("Dismiss").click()
    card.get_by_role("button", name="Old or already known").click()

    assert page.url.endswith("/-/queue")
    tried.comes_to(number, "dismissed")
    boxes = page.locator("[data-pick]")
    numbers = [int(str(boxes.nth(n).get_attribute("value")).partition(":")[0]) for n in (0, 2)]
    for n in (0, 2):
        boxes.nth(n).check()
    page.locator("#bulk .confirm").click()
    for story in numbers:
        tried.comes_to(story, "confirmed")
    page.locator("#q").fill("tabulators")
    page.get_by_role("button", name="Find").click()
    assert page.locator("article.card").count() > 0


@pytest.mark.parametrize(
    "tried",
    [{"viewport": {"width": 390, "height": 800}}, {"color_scheme": "dark"}, {}],
    indirect=True,
    ids=["phone", "dark", "desktop"],
)
def test_pages_are_clean_and_load_nothing_from_elsewhere(tried: Tried) -> None:
    for path in EVERY:
        page = tried.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), (
            f"{path} is too wide"
        )
    assert [url for url in tried.asked if not url.startswith(tried.base)] == []
    assert [text for text in tried.troubles if "style" not in text] == []


@pytest.mark.timeout(900)  # axe looks at every page; a busy machine takes its time
@pytest.mark.parametrize(
    "tried",
    [
        {"bypass_csp": True},
        {"bypass_csp": True, "color_scheme": "dark"},
        {"bypass_csp": True, "viewport": {"width": 390, "height": 800}},
    ],
    indirect=True,
    ids=["light", "dark", "phone"],
)
def test_axe_finds_nothing(tried: Tried) -> None:
    package = pytest.importorskip(
        "axe_playwright_python", reason="no axe-core: accessibility was not checked"
    )
    axe = Path(package.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    violations = []
    for path in (*EVERY, "/-/nowhere", SIGNED_OUT):
        if path is SIGNED_OUT:
            tried.page.context.clear_cookies()
        page = tried.open(path)
        page.evaluate(axe)
        of_page = page.evaluate("axe.run().then(told => told.violations)")
        violations += [
            f"{path} {violation['impact']} {violation['id']}: {violation['nodes'][0]['html'][:160]} ×{len(violation['nodes'])}"
            for violation in of_page
        ]
    assert violations == []
