"""Takes the pictures of the review pages from a database, in headless Chromium.

python docs/screenshots.py --db demo.db [--out docs/images] [--port 9310] [--all]
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
ARGUMENTS = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]
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


def start(db: Path, port: int) -> tuple[subprocess.Popen[str], str]:
    """The server, and its one-time link."""
    command = [
        sys.executable,
        "-c",
        "import cli; cli.main()",
        "review",
        "--db",
        str(db),
        "--port",
        str(port),
        "--no-open",
    ]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    for line in server.stdout:
        if "token=" in line:
            return server, line[line.index("http") :].strip()
    raise SystemExit("the server did not start")


def shoot(page: Page, base: str, path: str, out: Path) -> None:
    if path == "first card":
        page.goto(f"{base}/-/queue")
        path = page.locator("article [data-open]").first.get_attribute("href") or ""
    page.goto(base + path)
    page.wait_for_load_state("load")
    page.wait_for_timeout(800)
    page.screenshot(path=out)


def all_shots(browser: Browser, link: str, out: Path, everything: bool, only: str | None) -> None:
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
    server, link = start(given.db, given.port)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=ARGUMENTS
            )
            all_shots(browser, link, given.out, given.all, given.only)
            browser.close()
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
