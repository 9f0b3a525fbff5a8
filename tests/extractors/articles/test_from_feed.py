"""What a feed says of an article becomes part of its text, and of the text's hash."""

from dataclasses import replace

from extractors.articles.from_feed import BLANK, text_sha256, with_summary

READ = replace(
    BLANK,
    title="Clerk resigns",
    body="She gave no reason.",
    text_sha256=text_sha256("Clerk resigns", "She gave no reason."),
)


def test_a_summary_joins_the_text_and_its_hash() -> None:
    article = with_summary(READ, " Threats came first.\r\n")

    assert article.summary == "Threats came first."
    assert article.text_sha256 == text_sha256(READ.title, READ.body, "Threats came first.")
    assert article.text_sha256 != READ.text_sha256


def test_an_article_of_which_the_feed_says_nothing_keeps_its_hash() -> None:
    assert with_summary(READ, " \n ") == READ
