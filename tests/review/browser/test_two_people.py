"""Two reviewers at once, each in a browser of their own: nothing is done twice, and each sees what the other does."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.servers.review_server import review_server
from tests.review.browser.browsing import NO_CHROMIUM, Tried, hidden, looked
from tests.review.conftest import PASSWORD, SECRET

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [pytest.mark.slow, NO_CHROMIUM]
TEAM = """secret: file:{secret}
hosts: [127.0.0.1]
second_opinions: 100
people:
  - {{id: rita, name: Rita, role: reviewer, password: "{hashed}"}}
  - {{id: remy, name: Remy, role: reviewer, password: "{hashed}"}}
  - {{id: vera, name: Vera, role: viewer, password: "{hashed}"}}
"""
# A page asks every 15 s what others do; here twice a second.
OFTEN = "document.addEventListener('readystatechange', () => { const list = document.querySelector('[data-list], .reader'); if (list) list.dataset.every = '0.5'; })"


@pytest.fixture(scope="module")
def room(original: Path, hashed: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:  # fmt: skip
    folder = tmp_path_factory.mktemp("two")
    db = Path(shutil.copy(original, folder / "pollwatch.db"))
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    team = folder / "team.yaml"
    team.write_text(TEAM.format(secret=folder / "secret", hashed=hashed), encoding="utf-8")
    with review_server(db, team=team) as (_, address):
        yield address.rstrip("/"), db


def come_in(browser: "playwright.Browser", room: tuple[str, Path], name: str) -> Tried:
    address, db = room
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(OFTEN)
    tried = Tried(context.new_page(), address, db)
    page = tried.open("/-/sign-in")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/queue")
    return tried


@pytest.fixture(scope="module")
def rita(browser: "playwright.Browser", room: tuple[str, Path]) -> Tried:
    return come_in(browser, room, "rita")


@pytest.fixture(scope="module")
def remy(browser: "playwright.Browser", room: tuple[str, Path]) -> Tried:
    return come_in(browser, room, "remy")


def test_who_looks_and_who_has_claimed_shows_at_once_and_a_claim_is_taken_over(rita: Tried, remy: Tried) -> None:  # fmt: skip
    queue = rita.open("/-/queue")
    story = rita.stories()[0]
    reading = remy.open(f"/-/story/{story}")
    card = queue.locator(f"#story-{story}")
    playwright.expect(card.locator("[data-watched]")).to_have_text("remy looking")
    looked(reading)
    reading.keyboard.press("m")
    playwright.expect(reading.locator("[data-claim]")).to_have_text("Release m")
    playwright.expect(card.locator("[data-owner]")).to_have_text("claimed by remy")
    playwright.expect(card.locator("[data-claim]")).to_have_text("Take over m")

    rita.open("/-/queue")
    queue.keyboard.press("j")
    queue.keyboard.press("m")
    playwright.expect(card.locator("[data-claim]")).to_have_text("Release m")
    assert rita.status(story)[:2] == ("new", "rita")
    playwright.expect(reading.locator("[data-taken]")).to_have_text("rita has claimed this story.")
    playwright.expect(reading.locator("[data-verdict]")).to_have_text("rita was here just now: claimed")  # fmt: skip


def test_a_key_on_a_story_that_somebody_else_has_claimed_acts_at_its_second_press(rita: Tried, remy: Tried) -> None:  # fmt: skip
    for path in ("/-/queue", "/-/story/{}"):
        page = rita.open("/-/queue")
        story = rita.stories()[0]
        looked(page)
        page.keyboard.press("j")
        if page.locator("article.at [data-claim]").get_attribute("value") == "claim":
            page.keyboard.press("m")
        playwright.expect(page.locator("article.at [data-owner]")).to_contain_text("rita")
        other = remy.open(path.format(story))
        looked(other)
        if path == "/-/queue":
            other.keyboard.press("j")
        other.keyboard.press("c")
        playwright.expect(other.locator("#keys-wait")).to_contain_text("rita has claimed this story. Press c again")  # fmt: skip
        other.keyboard.press("c")  # typed at once, it was meant for the next story
        playwright.expect(other.locator("#keys-wait")).to_contain_text("Not applied: c")
        assert remy.status(story)[0] == "new"
        looked(other)
        other.keyboard.press("c")
        remy.comes_to(story, "confirmed")
        playwright.expect(other.locator("#toast span")).to_contain_text("Confirmed")
        looked(other)
        other.keyboard.press("z")  # a verdict has ended the claim; taken back, it stands again
        remy.comes_to(story, "new")
        assert remy.status(story)[1] == "rita"
    page = rita.open("/-/queue")
    looked(page)
    page.keyboard.press("j")
    page.keyboard.press("m")
    playwright.expect(page.locator(f"#story-{story} [data-claim]")).to_have_text("Claim m")


def test_a_story_is_handed_over_with_a_note_and_never_to_a_viewer(rita: Tried, remy: Tried) -> None:
    remy.open("/-/queue")
    page = rita.open("/-/queue")
    story = rita.stories()[1]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")
    card = page.locator(f"#story-{story}")
    assert card.locator("[name=assignee] option").all_inner_texts() == ["remy", "rita"]
    card.locator("[name=handover]").fill("ring the clerk")
    card.locator("[name=handover]").press("Enter")
    playwright.expect(page.locator("#toast")).to_contain_text("Assigned to remy")

    for_me = remy.page.get_by_role("link", name=re.compile("^For me 1"))
    for_me.click()
    playwright.expect(remy.page.locator("[data-handed]")).to_have_text("For remy, from rita: ring the clerk")  # fmt: skip
    assert remy.stories() == [story]


def test_an_act_on_many_leaves_out_what_somebody_else_has_touched(rita: Tried, remy: Tried) -> None:
    page = rita.open("/-/queue?sort=published")
    other = remy.open("/-/queue?sort=published")
    first, second, *rest = rita.stories()
    before = rita.status(rest[0])[2]
    page.keyboard.press("A")
    page.keyboard.press("A")  # and all beyond this page
    playwright.expect(page.locator("[data-count]")).to_have_text("28 selected")
    other.keyboard.press("j")
    other.keyboard.press("c")
    hidden(other, first)
    other.keyboard.press("m")
    playwright.expect(other.locator(f"#story-{second} [data-claim]")).to_have_text("Release m")

    page.keyboard.press("x")
    page.keyboard.press("4")
    toast = page.locator("#toast span")
    playwright.expect(toast).to_contain_text("(26 stories). Left out 2:")
    playwright.expect(toast).to_contain_text("remy was here first (confirmed)")
    playwright.expect(toast).to_contain_text("remy was here first (claimed it)")
    assert rita.status(first)[0] == "confirmed"
    assert rita.status(second)[:2] == ("new", "remy")
    page.reload()
    looked(page)
    page.keyboard.press("z")
    playwright.expect(toast).to_contain_text("Undone (26 stories)")
    looked(page)
    assert rita.status(rest[0])[0] == "new"
    assert rita.status(rest[0])[2] == before + 2
    connection = sqlite3.connect(rita.db)
    assert connection.execute("SELECT count(*) FROM stories WHERE status = 'dismissed'").fetchone() == (0,)  # fmt: skip
    connection.close()


def test_a_second_opinion_is_given_blind_and_counts_in_kappa(rita: Tried, remy: Tried) -> None:
    page = rita.open("/-/second")  # remy has confirmed one, in the test before
    assert page.locator("main mark").count() == 0
    assert "remy" not in page.locator("main").inner_text()
    page.keyboard.press("n")
    page.keyboard.type("x is typed here, and judges nothing")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    playwright.expect(page.locator("main")).to_contain_text("Nothing waits for a second opinion")
    overview = remy.open("/-/overview")
    playwright.expect(overview.locator("main")).to_contain_text("Two readers agreed on 0 of 1 stor")
