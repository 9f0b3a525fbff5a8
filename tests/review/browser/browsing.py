"""A real browser over a server of its own. Needs Chromium (Debian: apt install chromium)."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.servers.review_server import CHROMIUM, review_server

if TYPE_CHECKING:
    from playwright import sync_api as playwright


NO_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None,
    reason="no Chromium on this machine: the review pages were not tried in a browser",
)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


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


@contextmanager
def serving(db: Path) -> Iterator[str]:
    """A server of its own over the file; the link that signs in."""
    with review_server(db) as (_, link):
        yield link


def looked(page: "playwright.Page") -> None:
    """A page that came while somebody acted takes no verdict until it was looked at."""
    while not page.evaluate("window.pollwatch.keys.ready()"):
        page.wait_for_timeout(50)


def hidden(page: "playwright.Page", story: int) -> None:
    page.wait_for_selector(f"#story-{story}", state="hidden")
