"""The pages in a real browser: by mouse, by keys, without script, on a phone; nothing from elsewhere.

Needs Chromium (Debian: apt install chromium). axe-core, which checks accessibility, comes with the
package axe-playwright-python.
"""

import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
playwright.expect.set_options(timeout=30_000)  # a busy machine is no fault
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the review pages were not tried in a browser"),
]  # fmt: skip
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


class Tried:
    """A signed-in browser page, with all that went wrong in it."""

    def __init__(self, page: "playwright.Page", base: str, db: Path) -> None:
        self.page, self.base, self.db = page, base, db
        self.troubles: list[str] = []
        self.asked: list[str] = []
        page.on(
            "console",
            lambda message: (
                self.troubles.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def open(self, path: str) -> "playwright.Page":
        self.page.goto(self.base + path)
        return self.page

    def status(self, story: int) -> tuple[object, ...]:
        connection = sqlite3.connect(self.db)
        row = connection.execute(
            "SELECT status, claimed_by, review_count FROM stories WHERE id = ?", [story]
        ).fetchone()
        connection.close()
        return tuple(row)

    def comes_to(self, story: int, status: str) -> None:
        """The server writes what the page asks for when it comes to it."""
        deadline = time.monotonic() + 30
        while (now := self.status(story)[0]) != status:
            assert time.monotonic() < deadline, f"story {story} is {now}, not {status}"
            self.page.wait_for_timeout(50)

    def stories(self) -> list[int]:
        """What the list shows, in order."""
        return [
            int(str(card.get_attribute("data-story")))
            for card in self.page.locator("article[data-story]:visible").all()
        ]


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as started:
        one = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield one
        one.close()


@contextmanager
def serving(db: Path) -> Iterator[str]:
    """A server of its own over the file; the link that signs in."""
    command = [
        sys.executable,
        "-c",
        "import cli; cli.main()",
        "review",
        "--db",
        str(db),
        "--port",
        "0",
        "--no-open",
    ]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    link = next(line for line in server.stdout if "token=" in line)
    yield link[link.index("http") :].strip()
    server.terminate()
    server.wait(60)


@pytest.fixture
def served(db: Path) -> Iterator[tuple[str, Path]]:
    with serving(db) as link:
        yield link, db


@pytest.fixture
def tried(
    browser: "playwright.Browser", served: tuple[str, Path], request: pytest.FixtureRequest
) -> Iterator[Tried]:
    link, db = served
    context = browser.new_context(
        **{"viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})}
    )
    one = Tried(context.new_page(), link.partition("/-/")[0], db)
    one.page.goto(link)
    yield one
    context.close()


def test_the_link_opens_the_queue(tried: Tried) -> None:
    assert tried.page.url.endswith("/-/queue")
    assert tried.page.locator("article.card").count() == 25
    assert tried.troubles == []


def looked(page: "playwright.Page") -> None:
    """A page that came while somebody acted takes no verdict until it was looked at."""
    while not page.evaluate("window.pollwatch.keys.ready()"):
        page.wait_for_timeout(50)


def hidden(page: "playwright.Page", story: int) -> None:
    page.wait_for_selector(f"#story-{story}", state="hidden")


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
    assert page.locator(".said").first.inner_text() == "see cx z j"


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

    page.context.add_cookies(session)
    page = tried.open("/-/queue")
    assert page.locator(f"#note-{number}").input_value() == "half a thought"


def test_the_queue_by_mouse(tried: Tried) -> None:
    page = tried.open("/-/queue")
    number = tried.stories()[0]
    total, facets = (page.locator(one) for one in ("[data-total]", "[data-facet=severity]"))
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


def test_a_stale_card_is_told_and_nothing_written(tried: Tried) -> None:
    page = tried.open("/-/queue")
    number = tried.stories()[0]
    connection = sqlite3.connect(tried.db)
    with connection:
        connection.execute("INSERT INTO story_reviews (story_id, action, actor) VALUES (?, 'escalated', 'remy')", [number])  # fmt: skip
    connection.close()
    page.keyboard.press("j")
    page.keyboard.press("c")
    playwright.expect(page.locator("#toast")).to_contain_text("remy was here first")
    tried.comes_to(number, "escalated")
    playwright.expect(page.locator(".look-again")).to_be_visible()


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
    for one in (line, twin):  # answered once, on both cards
        playwright.expect(one).to_contain_text("same event, say you")
        playwright.expect(one.get_by_role("button", name="Same event")).to_be_hidden()
    assert state() == "joined"
    page.keyboard.press("y")
    playwright.expect(page.locator("#toast")).to_contain_text("No joined story waits")
    page.keyboard.press("z")
    for one in (line, twin):
        playwright.expect(one.get_by_role("button", name="Same event")).to_be_visible()
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
    for one in (second, first):
        page.keyboard.press("z")
        page.wait_for_selector(f"#story-{one}", state="visible")
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


def test_a_rule_is_checked_as_it_is_typed(tried: Tried) -> None:
    page = tried.open("/-/rules/edit?query=ballot*")
    text = page.locator("#text")
    text.fill(text.input_value().replace("ballot*", "ballot* fire"))
    playwright.expect(page.locator("[data-tried]")).to_contain_text("Line ")
    text.fill(text.input_value().replace("ballot* fire", '("name of the thing" OR "other name") NEAR/12 (happening* OR harm OR harms OR damage*)'))  # fmt: skip
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
    found = []
    for path in (*EVERY, "/-/nowhere", SIGNED_OUT):
        if path is SIGNED_OUT:
            tried.page.context.clear_cookies()
        page = tried.open(path)
        page.evaluate(axe)
        told = page.evaluate("axe.run().then(told => told.violations)")
        found += [
            f"{path} {one['impact']} {one['id']}: {one['nodes'][0]['html'][:160]} ×{len(one['nodes'])}"
            for one in told
        ]
    assert found == []


def test_keys_that_come_while_the_next_story_loads_judge_nothing(tried: Tried) -> None:
    page = tried.open("/-/queue")
    first, second = tried.stories()[:2]
    page = tried.open(f"/-/story/{first}")
    held: list[playwright.Route] = []

    def hold(route: "playwright.Route") -> None:
        held.append(route)

    page.route("**/-/story/*", hold)
    page.keyboard.press("c")
    for _ in range(200):  # nothing in the page may be asked while it is being left
        if held:
            break
        page.wait_for_timeout(50)
    for key in ("x", "1", "e"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert (tried.status(first)[0], tried.status(first)[2]) == ("confirmed", 1)

    held[0].continue_()
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


def struck(tried: Tried, story: int) -> list[str]:
    connection = sqlite3.connect(tried.db)
    sql = "SELECT r.slug FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id = ? AND x.struck"
    found = [slug for (slug,) in connection.execute(sql, [story])]
    connection.close()
    return found


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


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


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
