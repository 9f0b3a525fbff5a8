"""A page that says why there is no article is named for it, whatever status it came with."""

import pytest

from extractors.articles.extract import extract_article
from model import Article, Outcome

HEADLINE = "Contractor left voter roll on public server"
SUMMARY = "A contractor left a copy of the voter roll of Pine County on a public server for eleven days, the secretary of state said."
ROADS = [
    "Crews began to mill the asphalt on Route 9 this week, and drivers should expect delays until spring.",
    "The transport department said that night work would follow in January, when two lanes are closed.",
    "Shop owners along the road fear for their trade, since many customers come to them by car alone.",
]


def read(heading: str, text: str, *, title: str = "Pine Ledger", feed: str = HEADLINE) -> Article:
    page = f"<html lang=en><head><title>{title}</title></head><body><h1>{heading}</h1><p>{text}</p></body></html>"
    return extract_article(
        page.encode(),
        url="https://ledger.example/2026/11/27/roll",
        feed_title=feed,
        feed_text=SUMMARY if feed else "",
    )


@pytest.mark.parametrize(
    ("heading", "text", "outcome"),
    [
        (
            "Oops",
            "We're sorry, but the page you are looking for cannot be found. It may have been moved, renamed or taken down. Please check the address, use the search box above, or go back to our home page to read the newest stories.",
            Outcome.NOT_FOUND,
        ),
        (
            "Sorry",
            "This story is no longer available. Stories of our news agencies leave this site after thirty days, as our contract with the agencies says. Stories of our own reporters stay. You can search our archive, or write to our readers' desk.",
            Outcome.NOT_FOUND,
        ),
        (
            "Account Suspended",
            "This Account has been suspended. Contact your hosting provider for more information. We regret that you cannot see what you came for, and hope to serve you again once the owner of these pages has settled what there is to settle with us.",
            Outcome.NOT_FOUND,
        ),
        (
            "ledger.example",
            "The domain ledger.example may be for sale. Click here to ask about it. These links were placed here by a parking service that has no relationship with those who advertise; for questions of trademarks please write to the owner of the name.",
            Outcome.NOT_FOUND,
        ),
        (
            "Aviso",
            "Lo sentimos, la página que busca no existe o ha sido movida. Compruebe que la dirección está bien escrita o utilice el buscador. También puede volver a la portada para leer las últimas noticias del condado y del estado.",
            Outcome.NOT_FOUND,
        ),
        (
            "A new home",
            "All our stories are now found at our new address, www.newledger.example. Please update your bookmarks. You will find there everything that our reporters wrote since 1999, with a better search and pages that load faster on your telephone.",
            Outcome.NOT_FOUND,
        ),
        (
            "Unavailable",
            "Our European visitors are important to us. This site is currently unavailable to visitors from the European Economic Area while we work to ensure your data is protected in accordance with applicable EU laws. We hope to welcome you soon.",
            Outcome.LEGAL,
        ),
        (
            "We'll be back",
            "Pine Ledger is down for scheduled maintenance. We are working on our systems this night and expect to be finished within a few hours. Thank you for your patience; in the meantime you can follow us on social media, where we post the news.",
            Outcome.SERVER_ERROR,
        ),
        (
            "You are in line",
            "Due to high traffic, we have placed you in a virtual waiting room. You will be sent on to the page when it is your turn; your estimated wait is under one minute. Please do not refresh this page or you may lose your place in the line.",
            Outcome.SERVER_ERROR,
        ),
        (
            "Ads pay for this",
            "It looks like you are using an ad blocker. Our journalism is paid for by advertising, and we ask you to disable your ad blocker for this site or to subscribe. Once you have switched it off, reload the page and go on to the news.",
            Outcome.BOT_WALL,
        ),
        (
            "Age check",
            "You must be 18 or older to view this page. Please enter your date of birth to go on. By entering this site you agree to our terms of use and our privacy notice, which tells how we handle what you type into this form, and for how long.",
            Outcome.CONSENT_WALL,
        ),
        (
            "Weiter mit Werbung lesen",
            "Besuchen Sie die Zeitung wie gewohnt mit Werbung und Tracking. Die Zustimmung ist jederzeit widerrufbar. Details zu Werbe- und Trackingverfahren finden Sie in der Datenschutzerklärung und im Privacy Center am Ende der Seite, in allen Einzelheiten.",
            Outcome.CONSENT_WALL,
        ),
    ],
    ids=[
        "not-found",
        "agency",
        "suspended",
        "for sale",
        "spanish",
        "moved",
        "region",
        "maintenance",
        "queue",
        "ad-blocker",
        "age",
        "german",
    ],
)
def test_a_notice_is_named_and_the_feeds_words_stay(
    heading: str, text: str, outcome: Outcome
) -> None:
    article = read(heading, text)

    assert article.outcome is outcome
    assert article.body == SUMMARY
    assert article.title == HEADLINE


def test_a_form_for_consent_of_any_length_is_no_article() -> None:
    purposes = "".join(
        f"<p>Vendors can use your consent to purpose {n}, to measure how an advertisement performs and to"
        f" build a profile of your device; {n * 7} partners rely on legitimate interest for it.</p>"
        for n in range(1, 25)
    )

    assert read("Your choices", purposes).outcome is Outcome.CONSENT_WALL


def test_the_most_read_stories_below_not_found_are_not_the_story() -> None:
    article = read("404", "</p><p>".join(ROADS), title="Page not found | Pine Ledger")

    assert (article.outcome, article.body) == (Outcome.NOT_FOUND, SUMMARY)


def test_page_not_found_is_told_by_its_title_without_any_feed() -> None:
    article = read("404", "</p><p>".join(ROADS), title="Page not found | Pine Ledger", feed="")

    assert article.outcome is Outcome.NOT_FOUND


def test_another_page_than_the_feed_promised_is_doubted() -> None:
    article = read("Pine Ledger", "</p><p>".join(ROADS))

    assert article.outcome is Outcome.EXTRACTION_DOUBTFUL


@pytest.mark.parametrize(
    ("headline", "text"),
    [
        (
            "Election results page down for maintenance on primary night",
            "The county's election results page was down for scheduled maintenance on primary night, and voters who tried it read that the page they were looking for could not be found. The clerk apologized for the maintenance and said that results were posted on paper.",
        ),
        (
            "County site tells voters abroad that it is not available in their region",
            "Voters abroad who open the county site read that it is not available in your region. The county says that a filter for bots went too far, and that voters can ask for ballots by mail until the filter is changed, which will take a week at most.",
        ),
    ],
    ids=["maintenance", "region"],
)
def test_news_about_such_a_notice_is_an_article(headline: str, text: str) -> None:
    article = read(headline, text, feed=headline)

    assert article.outcome is Outcome.OK
    assert article.body.startswith(text[:60])
