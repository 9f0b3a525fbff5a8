"""The texts carry what their front matter claims."""

from collections import Counter

import pytest

from demo.texts import DemoArticle, read_articles, read_papers

ARTICLES = read_articles()
RELEVANT = [article for article in ARTICLES if article.relevant]
WIRE = [article for article in ARTICLES if article.wire]
TEMPTING = ("vote", "ballot", "poll", "elect", "hack", "stole", "voto", "vota", "attack", "ataque")


def slug(article: DemoArticle) -> str:
    return article.slug


def words(article: DemoArticle) -> list[str]:
    return " ".join(article.text).lower().split()


def shingles(article: DemoArticle) -> set[tuple[str, ...]]:
    article_words = words(article)
    return {tuple(article_words[at : at + 5]) for at in range(len(article_words) - 4)}


def test_every_article_belongs_to_an_outlet_and_is_named_once() -> None:
    papers = {paper.slug for paper in read_papers()}

    assert {article.paper for article in ARTICLES} <= papers
    assert max(Counter(article.slug for article in ARTICLES).values()) == 1


def test_the_mix_is_the_one_promised() -> None:
    papers = {paper.slug: paper for paper in read_papers()}
    spanish = [article for article in ARTICLES if papers[article.paper].language == "es"]

    assert 28 <= len(ARTICLES) <= 36
    assert len(RELEVANT) >= 14
    assert len({article.category for article in RELEVANT}) >= 9
    assert len(spanish) == 3
    assert Counter(article.fault for article in ARTICLES) == {
        "none": len(ARTICLES) - 3,
        "missing": 1,
        "bot-wall": 1,
        "paywall": 1,
    }
    assert sum(article.edition == 2 for article in ARTICLES) == 3


@pytest.mark.parametrize("article", RELEVANT, ids=slug)
def test_a_relevant_article_names_its_category_and_holds_its_passage(article: DemoArticle) -> None:
    stored = article.text if article.state == "read" else (article.summary,)

    assert article.category
    assert article.passage
    assert article.passage in " ".join(stored)


@pytest.mark.parametrize(
    "article", [article for article in ARTICLES if not article.relevant], ids=slug
)
def test_an_ordinary_article_claims_nothing(article: DemoArticle) -> None:
    assert article.category is None
    assert article.passage is None


def test_most_ordinary_articles_tempt() -> None:
    ordinary = [article for article in ARTICLES if not article.relevant]
    tempting = [
        article
        for article in ordinary
        if any(word in " ".join((article.title, *article.text)).lower() for word in TEMPTING)
    ]

    assert len(tempting) >= len(ordinary) - 2


@pytest.mark.parametrize("article", ARTICLES, ids=slug)
def test_an_article_is_as_long_as_news(article: DemoArticle) -> None:
    shortest = 120 if article.state == "read" else 40

    assert shortest <= len(words(article)) <= 500


@pytest.mark.parametrize("article", ARTICLES, ids=slug)
def test_only_an_article_that_must_fail_lacks_a_summary(article: DemoArticle) -> None:
    assert bool(article.summary) == (article.state != "failed")


def test_a_partial_article_has_enough_of_a_summary_to_match() -> None:
    partial = [article for article in ARTICLES if article.state == "partial"]

    assert len(partial) == 2
    assert all(len(article.summary) >= 200 for article in partial)


def test_the_wire_story_is_whole_cut_and_added_to() -> None:
    whole, cut, local = sorted(
        WIRE,
        key=lambda a: ("marlow-courier", "port-ellery-ledger", "lakeshore-beacon").index(a.paper),
    )

    assert cut.paragraphs == whole.paragraphs[: len(cut.paragraphs)]
    assert 0.4 <= len(words(cut)) / len(words(whole)) <= 0.6
    assert [p for p in local.paragraphs if p in whole.paragraphs] == list(whole.paragraphs)
    assert len(local.paragraphs) == len(whole.paragraphs) + 1


def test_the_copies_of_the_wire_story_contain_each_other_by_half() -> None:
    for story in WIRE:
        for other in WIRE:
            smaller = min(shingles(story), shingles(other), key=len)
            assert len(shingles(story) & shingles(other)) / len(smaller) >= 0.5


def test_no_two_other_articles_are_near_duplicates() -> None:
    others = [article for article in ARTICLES if not article.wire]
    for at, story in enumerate(others):
        for other in others[at + 1 :]:
            smaller = min(shingles(story), shingles(other), key=len)
            assert len(shingles(story) & shingles(other)) / len(smaller) < 0.2


def test_the_second_edition_corrects_one_article() -> None:
    (article,) = (article for article in ARTICLES if article.update)

    second = article.in_edition(2)

    assert article.in_edition(1) is article
    assert second.summary != article.summary
    assert second.title != article.title
    assert [p for p in second.paragraphs if p in article.paragraphs] == list(article.paragraphs)
    assert "voter registration data" in " ".join(second.text)
    assert "voter registration data" not in " ".join(article.text)
