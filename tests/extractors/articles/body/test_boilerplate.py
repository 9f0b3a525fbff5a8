import pytest

from extractors.articles.body.boilerplate import is_boilerplate


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
