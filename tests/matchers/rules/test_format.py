"""The uniform format of files with no rule or several documents."""

import pytest

from matchers.rules.format import formatted
from tests.matchers.rules.test_load import GOOD


@pytest.mark.parametrize("text", ["", "# to be written\n"])
def test_format_leaves_a_file_without_rules(text):
    assert formatted(text, {}) == text


def test_format_lays_out_every_document_of_a_file():
    source = GOOD.replace("$ballots NEAR/5 hack*", "(ballot  AND hack*)")
    after = formatted(f"{source}---\n{source}", {})

    assert after.count("query: ballot AND hack*\n") == 2
    assert after.count("---") == 1
    assert formatted(after, {}) == after
