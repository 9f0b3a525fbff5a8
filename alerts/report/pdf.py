"""HTML on paper: WeasyPrint or Chromium where one is installed."""

import importlib
import importlib.util
import shutil
import subprocess
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LONGEST_PRINTING_SECONDS = 120


class NoPrinterError(RuntimeError):
    """Neither is installed, or it made nothing; the HTML can be printed from any browser."""


def pdf(html: str) -> bytes:
    """Raises NoPrinterError. Nothing is fetched: the page holds no image and no style sheet."""
    if importlib.util.find_spec("weasyprint") is not None:
        document: bytes = importlib.import_module("weasyprint").HTML(string=html).write_pdf()
        return document
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        raise NoPrinterError(
            "neither WeasyPrint nor Chromium is installed: write --html and print that"
        )
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(html, encoding="utf-8")
        try:
            subprocess.run(
                [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                 f"--user-data-dir={folder}/profile", f"--print-to-pdf={out}", page.as_uri()],
                check=True, capture_output=True, timeout=LONGEST_PRINTING_SECONDS,
            )  # fmt: skip
            return out.read_bytes()
        # A browser from a snap has a /tmp of its own: it ends well, and the file is not in ours.
        except (subprocess.SubprocessError, FileNotFoundError) as error:
            raise NoPrinterError(f"{browser} made no PDF: write --html and print that") from error
