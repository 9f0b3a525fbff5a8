import pytest

from extractors.articles.body.boilerplate import is_boilerplate, is_code, tidy


@pytest.mark.parametrize("line", [
    "You can read our Privacy Policy here.",
    "Read our privacy policy.",
    "By signing up you agree to our Terms of Service and Privacy Policy.",
    "You will receive occasional promotional offers for programs that support our journalism.",
    "Ready to fight back? Sign up for Take Action Now and get three actions in your inbox every week.",
    "This article can be found online at: https://gazette.example/a/1",
    "Listen to this article now. This audio was made by a computer voice. 4 min",
    "We use cookies to improve your experience.",
])  # fmt: skip
def test_lines_of_sign_up_forms_and_cookie_notices_are_no_part_of_a_story(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize("line", [
    "Listen to this, the clerk said, and played the call to the board.",
    "The county's privacy policy forbids publishing the addresses of voters.",
    "By signing the form, voters agree to a check of their signature.",
    "The campaign said that its site uses cookies to follow visitors of the elections office.",
    "Residents can sign up for text alerts on Election Day, the clerk said.",
])  # fmt: skip
def test_news_on_privacy_and_cookies_stays(line: str) -> None:
    assert not is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "November 24, 2026",
        "Published Tuesday, 24th November 2026",
        "Posted on November 24, 2026 by Tessa Arkwright",
        "24.11.2026 18:05",
        "Nov 24, 2026, 18:05 ET",
        "- Veröffentlicht am 13. Mai 2026 um 15:44",
        "24 de noviembre de 2026",
        "- 3 min read",
    ],
)
def test_a_date_above_a_story_is_no_part_of_it(line: str) -> None:
    story = (
        "The clerk of Brackwater counted the ballots twice on Friday and found the totals to agree."
    )

    assert tidy([line, story]) == [story]
    assert tidy([story, line]) == [story, line]  # a day of a timeline


@pytest.mark.parametrize(
    "line",
    ["May 5, 2026 was a day to forget", "10 minutes later", "In November 2026", "1,204 of 2,026"],
)
def test_a_sentence_with_a_date_is_none(line: str) -> None:
    assert tidy([line, "The clerk of Brackwater counted the ballots twice on Friday."])[0] == line


def test_a_line_is_code_from_more_than_one_sign_of_it_in_forty_letters() -> None:
    assert is_code("{" + "x" * 38)
    assert not is_code("{" + "x" * 39)
    assert is_code("{" * 126 + "x" * 9_000)  # of a long line its first 5,000 letters count
    assert not is_code("{" * 125 + "x" * 9_000)
