"""The report on paper, by browsers that fail: programs of that name, run for real."""

from pathlib import Path

import pytest

from alerts.report.pdf import NoPrinterError, pdf


@pytest.mark.parametrize("ending", ["echo 'no display' >&2; exit 3", "exit 0"], ids=["fails", "writes nothing here"])  # fmt: skip
def test_a_browser_that_makes_no_pdf_is_a_sentence_and_no_traceback(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = tmp_path / "chromium"
    browser.write_text(f"#!/bin/sh\n{ending}\n", encoding="utf-8")
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoPrinterError, match=f"{browser} made no PDF: write --html"):
        pdf("<p>The situation</p>")
