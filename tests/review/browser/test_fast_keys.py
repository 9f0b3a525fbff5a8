"""Keys typed faster than the server answers: each story gets the verdict that was meant for it, or none and a word."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.review.browser.browsing import NO_CHROMIUM, Tried, serving

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [pytest.mark.slow, NO_CHROMIUM]

LATENCY_MS = 300  # of each answer; keys come every 50 to 400 ms
MEANT = [("c", "confirmed", ""), ("x5", "dismissed", "comment"), ("c", "confirmed", ""), ("x2", "dismissed", "not-election"), ("e", "escalated", "")]  # fmt: skip
IDLE = "window.pollwatch.keys.idle()"
READY = "window.pollwatch.keys.ready()"
KEYS = "".join(keys for keys, _, _ in MEANT)
# Keys without any time between them; `on-arrival` are typed when the next page has just come.
BURST = """keys => { for (const key of keys) (document.activeElement || document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); }"""
ON_ARRIVAL = f"""document.addEventListener("DOMContentLoaded", () => {{ const keys = sessionStorage.getItem("on-arrival") || ""; sessionStorage.removeItem("on-arrival"); ({BURST})(keys); }});"""
AGAIN = "INSERT INTO story_reviews (story_id, action, actor) SELECT id, 'new', 'remy' FROM stories WHERE status <> 'new'"


@pytest.fixture(scope="module")
def served(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    db = Path(shutil.copy(original, tmp_path_factory.mktemp("fast") / "pollwatch.db"))
    with serving(db) as link:
        yield link, db


@pytest.fixture(scope="module")
def signed_in(
    browser: "playwright.Browser",
    served: tuple[str, Path],
) -> Iterator[Tried]:
    link, db = served
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tried = Tried(context.new_page(), link.partition("/-/")[0], db)
    tried.page.goto(link)
    tried.page.add_init_script(ON_ARRIVAL)
    network = context.new_cdp_session(tried.page)
    network.send("Network.enable")
    conditions = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": -1, "uploadThroughput": -1}  # fmt: skip
    network.send("Network.emulateNetworkConditions", conditions)
    yield tried
    context.close()


@pytest.fixture
def far(signed_in: Tried) -> Tried:
    """A page whose server takes its time to answer; every story waits."""
    connection = sqlite3.connect(signed_in.db)
    with connection:
        connection.execute(AGAIN)
    connection.close()
    return signed_in


def until(page: "playwright.Page", holds: str) -> None:
    for _ in range(400):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    raise AssertionError(holds)


def verdicts(db: Path, stories: list[int]) -> list[tuple[str, str]]:
    connection = sqlite3.connect(db)
    rows = {story: (status, reason) for story, status, reason in connection.execute("SELECT id, status, reason FROM stories")}  # fmt: skip
    connection.close()
    return [rows[story] for story in stories]


def test_each_story_gets_the_verdict_that_was_typed_for_it(far: Tried) -> None:
    page = far.open("/-/queue")
    stories = far.stories()
    page.keyboard.press("j")
    for turn, delay in enumerate((50, 120, 250, 400)):
        page.keyboard.type(KEYS, delay=delay)
        until(page, IDLE)
        given_verdicts = verdicts(far.db, stories[turn * len(MEANT) : (turn + 1) * len(MEANT)])
        assert given_verdicts == [(status, reason) for _, status, reason in MEANT], delay

    assert set(verdicts(far.db, stories[4 * len(MEANT) :])) == {("new", "")}
    assert page.locator("#keys-wait").is_hidden()
    title = page.locator(f"#story-{stories[19]} h2").text_content() or ""
    assert title.strip()[:20] in page.locator("#toast span").inner_text()

    page.keyboard.type("zzzz", delay=50)
    until(page, IDLE)
    assert verdicts(far.db, stories[16:20]) == [("new", "")] * 4
    assert verdicts(far.db, stories[15:16]) == [("confirmed", "")]
    assert far.troubles == []


def test_keys_typed_before_the_next_page_shows_are_refused_aloud(far: Tried) -> None:
    page = far.open("/-/queue")
    last = far.stories()[-1]
    page.locator(f"#story-{last}").focus()
    page.evaluate("sessionStorage.setItem('on-arrival', 'x5c')")
    page.evaluate(BURST, "cx5cc")
    page.wait_for_url("**at=a~**#first")

    assert verdicts(far.db, [last]) == [("confirmed", "")]
    assert {status for status, _ in verdicts(far.db, far.stories())} == {"new"}
    assert page.locator("#keys-wait").inner_text() == "The page changed while you typed. Not applied: x 5 c c x 5 c. Look again, then go on."  # fmt: skip
    until(page, READY)
    first = far.stories()[0]
    page.keyboard.press("c")
    page.wait_for_selector(f"#story-{first}", state="hidden")
    assert verdicts(far.db, [first]) == [("confirmed", "")]
    assert page.locator("#keys-wait").is_hidden()


def test_after_a_refusal_nothing_typed_further_hits_another_story(far: Tried) -> None:
    page = far.open("/-/queue")
    first, second, third = far.stories()[:3]
    connection = sqlite3.connect(far.db)
    with connection:
        connection.execute("INSERT INTO story_reviews (story_id, action, actor) VALUES (?, 'escalated', 'remy')", [second])  # fmt: skip
    connection.close()
    page.keyboard.press("j")
    page.evaluate(BURST, "ccx5c")
    until(page, IDLE)

    assert [status for status, _ in verdicts(far.db, [first, second, third])] == ["confirmed", "escalated", "new"]  # fmt: skip
    assert page.locator("#keys-wait").inner_text().startswith("The act before was not written. Not applied: x 5 c.")  # fmt: skip
    assert "remy was here first" in page.locator("#toast").inner_text()


def test_the_first_key_selects_and_no_other_one_acts_instead(far: Tried) -> None:
    page = far.open("/-/queue")
    stories = far.stories()[:3]
    page.evaluate(BURST, "cx5c")

    assert page.locator("#keys-wait").inner_text().startswith("The first key only selected a story. Not applied: x 5 c.")  # fmt: skip
    assert {status for status, _ in verdicts(far.db, stories)} == {"new"}
    until(page, READY)
    page.evaluate(BURST, "cc")
    until(page, IDLE)
    assert [status for status, _ in verdicts(far.db, stories)] == ["confirmed", "confirmed", "new"]


def test_a_story_that_is_chosen_by_mouse_gets_no_key_that_was_typed_before(far: Tried) -> None:
    page = far.open("/-/queue")
    first, second, third = far.stories()[:3]
    page.keyboard.press("j")
    page.evaluate(f"({BURST})('cx5'); document.getElementById('story-{third}').focus()")
    until(page, IDLE)

    assert [status for status, _ in verdicts(far.db, [first, second, third])] == ["confirmed", "new", "new"]  # fmt: skip
    assert page.locator("#keys-wait").inner_text().startswith("Another story was chosen. Not applied: x 5.")  # fmt: skip
    assert page.evaluate("document.activeElement.dataset.story") == str(third)


def test_a_note_that_opens_takes_no_letter_for_a_verdict(far: Tried) -> None:
    page = far.open("/-/queue")
    first, second = far.stories()[:2]
    page.keyboard.press("j")
    page.evaluate(BURST, "cnsee")
    until(page, IDLE)

    assert [status for status, _ in verdicts(far.db, [first, second])] == ["confirmed", "new"]
    assert page.locator("#keys-wait").inner_text().startswith("A field has opened. Not applied: e e.")  # fmt: skip


def test_no_story_is_judged_on_the_reading_page_before_it_is_shown(far: Tried) -> None:
    page = far.open("/-/queue")
    first, second, third = far.stories()[:3]
    page.goto(f"{far.base}/-/story/{first}")
    page.evaluate("sessionStorage.setItem('on-arrival', '5c')")
    page.evaluate(BURST, "ccx")
    page.wait_for_url(f"**/-/story/{second}*")

    assert [status for status, _ in verdicts(far.db, [first, second, third])] == ["confirmed", "new", "new"]  # fmt: skip
    assert "Not applied: c x 5 c." in page.locator("#keys-wait").inner_text()
    until(page, READY)
    page.keyboard.press("x")
    page.keyboard.press("5")
    page.wait_for_url(f"**/-/story/{third}*")
    assert verdicts(far.db, [second]) == [("dismissed", "comment")]
