"""Texts that may be the wrong part of their page are told from those that are short or plain."""

from lxml.html import document_fromstring

from extractors.articles.doubt import doubt
from extractors.articles.extract import extract_article
from model import Article, Outcome

HEADLINE = "Scanner logs altered overnight, county clerk says"
STORY = "".join(
    f"<p>The clerk said that scanner {n} was altered overnight, and that the county would look into its logs.</p>"
    for n in range(4)
)
SIDE = "".join(
    f"<p>Mill Street {n} has been home to the weekly since its founders bought the press from a rival.</p>"
    for n in range(9)
)


def read(body: str, head: str = "") -> Article:
    page = f"<html lang=en><head><title>{HEADLINE}</title>{head}</head><body>{body}</body></html>"
    return extract_article(page.encode(), url="https://gazette.example/a")


def test_a_text_that_has_nothing_of_its_headline_is_doubted_and_the_other_is_taken() -> None:
    article = read(f'<div class="x">{STORY}</div><div class="article-body">{SIDE}</div>')

    assert article.outcome is Outcome.EXTRACTION_DOUBTFUL
    assert "shares no word" in (article.problem or "")
    assert "scanner 3 was altered" in article.body
    assert {name for name, _ in article.alternatives} == {"all paragraphs", "trafilatura"}


def test_a_text_that_is_little_of_its_page_is_doubted() -> None:
    many = "".join(
        f"<p>Part {n} of the story. {'It goes on and on, as it did before. ' * 3}</p>"
        for n in range(40)
    )
    tree = document_fromstring(f"<html><body>{many}</body></html>")

    doubted = doubt(tree, "Part 0 of the story, and no more.", ["Part of the story"], [])

    assert doubted is not None
    assert doubted.why.startswith("Only 33 of ")
    assert "Part 39 of the story" in dict(doubted.alternatives)["all paragraphs"]
    assert doubted.better is None


def test_a_third_of_a_page_or_all_but_its_links_is_trusted() -> None:
    prose = "".join(f"<p>Part {n} of the story. {'It goes on and on, as before. ' * 3}</p>" for n in range(40))  # fmt: skip
    links = "".join(f'<p><a href="/{n}">Another story, {n}: {"and how it went on and on. " * 6}</a></p>' for n in range(80))  # fmt: skip
    tree = document_fromstring(f"<html><body>{prose}{links}</body></html>")
    whole = "\n".join(paragraph.text_content() for paragraph in tree.iter("p"))[: len(prose)]

    assert doubt(tree, whole[: len(whole) // 3], ["Part of the story"], []) is None


def test_a_plain_story_is_trusted() -> None:
    article = read(f"<article><h1>{HEADLINE}</h1>{STORY}</article>")

    assert (article.outcome, article.alternatives) == (Outcome.OK, ())


def test_comments_and_asides_do_not_count_against_a_short_story() -> None:
    thread = "".join(
        f'<div class="comment"><p>Reader {n} thinks that the paper should write about the harbour instead, as it did before.</p></div>'
        for n in range(60)
    )

    assert read(f"<article>{STORY}</article>{thread}").outcome is Outcome.OK


def test_a_headline_in_another_language_is_no_sign() -> None:
    spanish = "".join(
        f"<p>La junta electoral dijo el viernes que los registros del escáner {n} fueron alterados por la noche.</p>"
        for n in range(4)
    )
    article = read(f"<article>{spanish}</article>")

    assert (article.outcome, article.language) == (Outcome.OK, "es")


def test_a_japanese_story_that_says_its_headline_in_other_forms_is_trusted() -> None:
    story = [
        "選挙管理委員会の事務局長は金曜日、期日前投票が始まる前夜に、封印されていた集計機が何者かに開けられていたと発表した。",
        "四つある封印のうち二つが切られ、記録カードには午前二時十四分に再起動した跡が残っていたという。報告書が提出された。",
        "委員会は月曜の夜に会合を開き、郡内の四万一千票すべてを手作業で数え直すべきかどうかを決める見通しだ。費用も見積もられている。",
        "警察は集計機を首都の研究所に運び、検査が終わるまで郡は同じ型の予備機二台を使うことになった。立会人も倉庫に呼ばれた。",
    ]
    title = "封印された集計機、前夜に開けられる　選管が発表"
    page = f"<html lang=ja><head><title>{title}</title></head><body><h1>{title}</h1>{''.join(f'<p>{line}</p>' for line in story)}</body></html>"

    assert extract_article(page.encode(), url="https://gazette.example/a/1").outcome is Outcome.OK
