"""What docstrings, comments and pages name is there: across all folders."""

import re

import pytest

from tests.test_architecture import MAY_IMPORT, ROOT, modules

OUR_PATH = re.compile(
    r"(?<![\w/.-])(?:alerts|commands|config|demo|extractors|flows|matchers|model|review|storage|bench|tests)"
    r"/[\w/]+\.(?:py|sql|html|js|json|yaml)\b"
)
BARE_FILE = re.compile(r"`([a-z_]+\.py)`")
PATTERNS = re.compile(r"/X\.py$|/NNNN_")  # names that stand for many
NAME_IN_FILE = re.compile(r"`(\w+)`(?: and `(\w+)`)? in `([\w/]+\.py)`")


@pytest.mark.slow
def test_a_file_that_a_docstring_comment_or_page_names_exists() -> None:
    code = [path for package in (*MAY_IMPORT, "bench", "tests") for path in modules(package)]
    pages = [path for path in (ROOT / "docs").glob("*.md") if not path.stem.startswith("measured")]
    names = {path.name for path in code}
    gone = []
    for path in (*code, *pages):
        text = path.read_text(encoding="utf-8")
        paths = [name for name in OUR_PATH.findall(text) if not PATTERNS.search(name)]
        gone += [f"{path}: {name}" for name in paths if not (ROOT / name).exists()]
        gone += [f"{path}: {name}" for name in BARE_FILE.findall(text) if name not in names]
    assert gone == []


def test_what_the_page_finds_in_a_file_is_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    answers = NAME_IN_FILE.findall(page)
    assert len(answers) >= 10
    for first, second, file in answers:
        text = (ROOT / file).read_text(encoding="utf-8")
        for name in filter(None, (first, second)):
            assert re.search(rf"(?:def|class) {name}\b|^{name}\b.* = ", text, re.MULTILINE), (name, file)  # fmt: skip
