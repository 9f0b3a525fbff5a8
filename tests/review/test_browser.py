"""The pages in a real browser: by mouse, by keys, without script, on a phone; nothing from elsewhere.

Needs Chromium (Debian: apt install chromium). axe-core, which checks accessibility, comes with the
package axe-playwright-python.
"""

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
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
    "/-/queue?status=all&q=tabulators",
    "/-/card/1",
    "/-/overview",
    "/-/sources",
    "/-/rules",
    "/-/runs",
    "/-/feeds",
    "/pollwatch",
    "/pollwatch/articles?state=failed",
    "/pollwatch/cards?_facet=status",
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

    def status(self, card: int) -> tuple[object, ...]:
        connection = sqlite3.connect(self.db)
        row = connection.execute(
            "SELECT status, assigned_to, review_count FROM cards WHERE id = ?", [card]
        ).fetchone()
        connection.close()
        return tuple(row)


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as started:
        one = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield one
        one.close()


@pytest.fixture
def served(db: Path) -> Iterator[tuple[str, Path]]:
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
    yield link[link.index("http") :].strip(), db
    server.terminate()
    server.wait(10)


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


def test_the_queue_by_keys(tried: Tried) -> None:
    page = tried.open("/-/queue")
    first, second = (
        int(str(page.locator("article.card").nth(n).get_attribute("data-card"))) for n in (0, 1)
    )

    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.dataset.card") == str(first)
    page.keyboard.press("c")
    page.wait_for_selector(f"#card-{first}", state="hidden")
    assert tried.status(first)[0] == "confirmed"
    assert page.locator("#live").inner_text().startswith("Confirmed")
    assert page.evaluate("document.activeElement.dataset.card") == str(second)

    page.keyboard.press("z")
    page.wait_for_selector(f"#card-{first}", state="visible")
    assert tried.status(first)[0] == "new"

    page.keyboard.press("x")
    page.keyboard.press("2")
    page.wait_for_selector(f"#card-{first}", state="hidden")
    assert tried.status(first)[0] == "dismissed"

    page.keyboard.press("m")
    page.wait_for_selector(f"#card-{second} [data-owner]", state="visible")
    assert tried.status(second)[1]
    page.keyboard.press("e")
    page.wait_for_selector(f"#card-{second}", state="hidden")
    assert tried.status(second)[0] == "escalated"
    assert tried.troubles == []


def test_a_note_by_keys_goes_with_the_verdict(tried: Tried) -> None:
    page = tried.open("/-/queue")
    number = int(str(page.locator("article.card").first.get_attribute("data-card")))
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("see cx z j")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_selector(f"#card-{number}", state="hidden")

    assert tried.status(number)[0] == "confirmed"
    page = tried.open(f"/-/card/{number}")
    assert page.locator(".said").first.inner_text() == "see cx z j"


def test_the_queue_by_mouse(tried: Tried) -> None:
    page = tried.open("/-/queue")
    card = page.locator("article.card").first
    number = int(str(card.get_attribute("data-card")))
    card.get_by_text("Dismiss").click()
    card.get_by_role("button", name="Not about an election").click()
    page.wait_for_selector(f"#card-{number}", state="hidden")

    assert tried.status(number)[0] == "dismissed"
    page.locator("#toast [data-undo]").click()
    page.wait_for_selector(f"#card-{number}", state="visible")
    assert tried.status(number)[0] == "new"


def test_a_stale_card_is_told_and_nothing_written(tried: Tried) -> None:
    page = tried.open("/-/queue")
    number = int(str(page.locator("article.card").first.get_attribute("data-card")))
    connection = sqlite3.connect(tried.db)
    with connection:
        connection.execute(
            "INSERT INTO reviews (hit_id, action, actor) SELECT lead_hit_id, 'escalated', 'remy' FROM cards WHERE id = ?",
            [number],
        )
    connection.close()
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_selector("#toast", state="visible")

    assert "remy was here first" in page.locator("#toast").inner_text()
    assert tried.status(number)[0] == "escalated"
    assert page.locator(".look-again").is_visible()


def test_the_reading_page_by_keys(tried: Tried) -> None:
    page = tried.open("/-/queue")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/-/card/*")
    number = int(page.url.rpartition("/")[2])
    page.keyboard.press(".")
    assert page.locator("mark.now").count() == 1
    page.keyboard.press("e")
    page.wait_for_selector("#toast", state="visible")
    assert tried.status(number)[0] == "escalated"
    page.keyboard.press("z")
    playwright.expect(page.locator("#toast span")).to_have_text("Undone.")
    page.keyboard.press("j")
    playwright.expect(page).not_to_have_url(re.compile(f"/{number}$"))
    page.wait_for_load_state()
    page.keyboard.press("u")
    page.wait_for_url("**/-/queue*")


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
    number = int(str(card.get_attribute("data-card")))
    card.get_by_text("Dismiss").click()
    card.get_by_role("button", name="Old or already known").click()

    assert page.url.endswith("/-/queue")
    assert tried.status(number)[0] == "dismissed"
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
