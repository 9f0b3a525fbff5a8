"""Takes the pictures of the review pages from a database, in headless Chromium.

python -m docs.screenshots --db demo.db [--out docs/images] [--port 9310] [--all]
"""

import argparse
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.servers.review_server import CHROMIUM, CHROMIUM_ARGUMENTS, ROOT, review_server

DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
SHOTS = (  # name, path, size, scheme, in the documentation
    ("queue", "/-/queue", DESKTOP, "light", True),
    ("queue-dark", "/-/queue", DESKTOP, "dark", True),
    ("queue-phone", "/-/queue", PHONE, "light", True),
    ("card", "first card", DESKTOP, "light", True),
    ("card-dark", "first card", DESKTOP, "dark", False),
    ("card-phone", "first card", PHONE, "dark", True),
    ("overview", "/-/overview", DESKTOP, "light", True),
    ("overview-dark", "/-/overview", DESKTOP, "dark", False),
    ("sources", "/-/sources", DESKTOP, "light", True),
    ("rules", "/-/rules", DESKTOP, "light", True),
    ("runs", "/-/runs", DESKTOP, "light", False),
    ("table", "/pollwatch/stories_view", DESKTOP, "light", False),
    ("table-dark", "/pollwatch/hits_readable", DESKTOP, "dark", False),
    ("data", "/pollwatch", DESKTOP, "light", False),
    ("compact", "/-/queue?view=compact", DESKTOP, "light", False),
    ("editor", "/-/rules/edit?query=ballot*", DESKTOP, "light", False),
    ("rules-phone", "/-/rules", PHONE, "light", False),
    ("sources-phone", "/-/sources", PHONE, "light", False),
    ("search", "/-/search?find=tabulator*+NEAR/12+(access+OR+tamper*)", DESKTOP, "light", False),
    ("filters-phone", "/-/queue#filters", PHONE, "light", False),
    ("feeds", "/-/feeds", DESKTOP, "light", False),
)


def shoot(page: Page, base: str, path: str, out: Path) -> None:
    if path == "first card":
        page.goto(f"{base}/-/queue")
        path = page.locator("article [data-open]").first.get_attribute("href") or ""
    page.goto(base + path)
    page.wait_for_load_state("load")
    page.wait_for_timeout(800)
    page.screenshot(path=out)


def all_shots(
    browser: Browser, link: str, out: Path, *, everything: bool, only: str | None
) -> None:
    state = browser.new_context()
    state.new_page().goto(link)
    session = state.storage_state()
    base = link.partition("/-/")[0]
    for name, path, size, scheme, documented in SHOTS:
        if (only and name != only) or not (documented or everything or only):
            continue
        context = browser.new_context(viewport=size, color_scheme=scheme, storage_state=session)
        shoot(context.new_page(), base, path, out / f"review-{name}.png")
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--port", type=int, default=9310)
    parser.add_argument("--all", action="store_true", help="also those that no page shows")
    parser.add_argument("--only")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with review_server(given.db, given.port) as (_, link), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        all_shots(browser, link, given.out, everything=given.all, only=given.only)
        browser.close()


if __name__ == "__main__":
    main()
