"""A browser for each file, a server and a signed-in page for each test."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.servers.review_server import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.review.browser.browsing import Tried, serving

if TYPE_CHECKING:
    from playwright import sync_api as playwright


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    # Here, as the quick tests read this file too, and Playwright takes long to import.
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # a busy machine is no fault
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


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
    opened = Tried(context.new_page(), link.partition("/-/")[0], db)
    opened.page.goto(link)
    yield opened
    context.close()
