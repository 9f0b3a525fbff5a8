"""`pollwatch extract`, as a person types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.extract import command

ROOT = Path(__file__).parents[2]
STORY = ROOT / "tests" / "data" / "pages" / "story.html"
URL = "https://herald.example/news/recount"


def extract(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    code = "from cli import main; main(prog_name='pollwatch')"
    return subprocess.run(
        [sys.executable, "-c", code, "extract", *arguments],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        check=False,
        timeout=300,  # for a machine with much else to do
    )


@pytest.mark.slow
def test_prints_the_article() -> None:
    done = extract(str(STORY), "--url", URL)
    article = json.loads(done.stdout)

    assert done.returncode == 0
    assert list(article)[:10] == [
        *("title", "authors", "published", "date_source", "language", "site", "canonical_url"),
        *("body", "method", "problem"),
    ]
    assert article["method"] == "trafilatura"
    assert article["problem"] is None
    assert article["authors"] == ["Imani Quill", "Teo Marsh"]


@pytest.mark.slow
def test_a_pdf_on_standard_input_is_a_problem_not_a_traceback() -> None:
    done = extract("-", "--url", URL, "--content-type", "application/pdf", stdin=b"%PDF-1.7")

    assert done.returncode == 1
    assert json.loads(done.stdout)["outcome"] == "unsupported-type"
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (str(STORY),),
        ("no-such-file.html", "--url", URL),
        (str(STORY), "--url", "javascript:alert(1)"),
        (str(ROOT), "--url", URL),
    ],
    ids=["no url", "no file", "no web address", "a folder"],
)
def test_usage(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(command, arguments)

    assert done.exit_code == 2
    assert isinstance(done.exception, SystemExit)


@pytest.mark.slow
def test_a_page_that_hangs_the_parser_ends_in_time() -> None:
    attributes = b"".join(b"a%d='x' " % n for n in range(200_000))
    done = extract("-", "--url", URL, stdin=b"<div " + attributes + b"><p>x</p></div>")

    assert done.returncode == 1
    assert json.loads(done.stdout)["outcome"] == "extraction-timeout"
