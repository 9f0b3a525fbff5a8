"""Walls are named; pages with a banner are not."""

from pathlib import Path

import pytest

from extractors.articles.extract import extract_article
from extractors.fetch.answer.walls import wall_by_answer, wall_by_page
from model import Outcome

PAGES = Path(__file__).parents[3] / "data" / "pages"
URL = "https://herald.example/news/recount"
SENTENCE = "The clerk of Brackwater counted the ballots twice and found the totals to agree. "
CONSENT = """We value your privacy. We and our 812 partners store and/or access information on a
device. You can accept all, reject all or manage your preferences. Some partners rely on
legitimate interest. Your privacy choices apply to this site only."""

WALLS = {
    "cloudflare": (
        "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
        "<p>Verify you are human by completing the action below. herald.example needs to review the security of your connection before proceeding.</p>",
        Outcome.BOT_WALL,
    ),
    "datadome": (
        "<p>Please enable JS and disable any ad blocker</p><script src='https://ct.captcha-delivery.com/c.js'></script>",
        Outcome.BOT_WALL,
    ),
    "perimeterx": (
        "<title>Access to this page has been denied</title><div id='px-captcha'></div><p>Press &amp; Hold to confirm you are a human (and not a bot).</p>",
        Outcome.BOT_WALL,
    ),
    "akamai": (
        "<title>Access Denied</title><h1>Access Denied</h1><p>You don't have permission to access \"http://herald.example/\" on this server.</p><p>Reference #18.2d2b1602.17</p>",
        Outcome.BOT_WALL,
    ),
    "incapsula": (
        "<iframe src='/_Incapsula_Resource?x=1'>Request unsuccessful. Incapsula incident ID: 8</iframe>",
        Outcome.BOT_WALL,
    ),
    "interruption": (
        "<title>Pardon Our Interruption</title><p>" + "As you were browsing something about your browser made us think you were a bot. " * 5,
        Outcome.BOT_WALL,
    ),
    "consent": (f"<title>Before you continue</title><h1>We value your privacy</h1><p>{CONSENT}</p><button>Accept all</button>", Outcome.CONSENT_WALL),
    "consent-german": (
        "<title>Herald</title><p>Wir benötigen Ihre Zustimmung. Lesen Sie mit Werbung und Cookies weiter oder wählen Sie ein Abo. Alle akzeptieren. Datenschutzeinstellungen.</p>",
        Outcome.CONSENT_WALL,
    ),
    "javascript": ("<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>", Outcome.COOKIE_WALL),
    "cookies": ("<p>Please enable cookies and reload the page to read on.</p>", Outcome.COOKIE_WALL),
    "paywall": (f"<h1>Recount</h1><p>{SENTENCE * 4}</p><div>Subscribe to continue reading</div>", Outcome.PAYWALL),
    "paid": (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "isAccessibleForFree": "False"}}</script><article><p>{SENTENCE * 4}</p></article>',
        Outcome.PAYWALL,
    ),
}  # fmt: skip


def test_a_short_story_about_protection_is_no_wall() -> None:
    title = "DDoS protection free for election offices"
    page = f"<title>{title}</title><h1>{title}</h1><p>{SENTENCE * 4}</p>"
    assert extract_article(page.encode(), url=URL).outcome is Outcome.OK


@pytest.mark.parametrize("name", WALLS)
def test_walls_are_named(name: str) -> None:
    markup, outcome = WALLS[name]
    body = f"<html><head></head><body>{markup}</body></html>".encode()
    article = extract_article(body, url=URL, feed_text="What the feed said.", feed_title="Recount")

    assert article.outcome is outcome
    assert article.title == "Recount"
    assert (article.problem or "").endswith(".")
    teaser = outcome is Outcome.PAYWALL
    assert article.body.startswith("The clerk" if teaser else "What the feed said.")


@pytest.mark.parametrize(
    "extra",
    [
        *(WALLS[name][0] for name in ("consent", "cookies", "javascript", "datadome")),
        "<div>Already a subscriber? Log in. Subscribe to continue reading.</div>",
        "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
        "<div class='g-recaptcha'></div><p>Verify you are human to comment.</p>",
    ],
)
def test_banners_on_a_healthy_page_are_none(extra: str) -> None:
    banner = extra.partition("</title>")[2] or extra
    story = "".join(f"<p>{n}. {SENTENCE * 3}</p>" for n in range(8))
    body = f"<html><body><div class=banner>{banner}</div><article>{story}</article></body></html>"
    article = extract_article(body.encode(), url=URL)

    assert article.outcome is Outcome.OK
    assert "7. The clerk" in article.body


@pytest.mark.parametrize(
    "script",
    [
        "<script>window._pxAppId = 'PX1'</script>",
        "<script src='https://t.token.awswaf.com/t/challenge.js'></script>",
        "<script src='/_Incapsula_Resource?SWJIYLWA=719'></script>",
        "<script src='https://ct.captcha-delivery.com/c.js'></script>",
        "<script>window.KPSDK = {}</script>",
    ],
)
def test_short_news_of_a_site_with_a_guard_is_no_wall(script: str) -> None:
    body = f"<html><head><title>Recount</title>{script}</head><body><article><p>{SENTENCE * 4}</p></article></body></html>"
    assert extract_article(body.encode(), url=URL).outcome is Outcome.OK

    bare = f"<html><head><title>herald.example</title>{script}</head><body><p>One moment</p></body></html>"
    assert extract_article(bare.encode(), url=URL).outcome is Outcome.BOT_WALL


CONSENT_ELSEWHERE = {
    "es": "Nosotros y nuestros 300 socios almacenamos o accedemos a información en un dispositivo, tales como cookies, con fines de publicidad personalizada. Aceptar y continuar.",
    "it": "Noi e i nostri 250 partner archiviamo informazioni su un dispositivo, come i cookie, per annunci personalizzati. Accetta e continua oppure abbonati.",
    "pt": "Nós e os nossos 120 parceiros armazenamos e acedemos a informações no dispositivo, como cookies, para anúncios personalizados. Aceitar tudo.",
    "fr": "Avec votre accord, nos 200 partenaires et nous utilisons des cookies pour accéder à des données personnelles. Continuer sans accepter.",
    "nl": "Wij en onze 90 partners gebruiken cookies om informatie op een apparaat op te slaan. Alles accepteren.",
    "pl": "My i nasi partnerzy przechowujemy informacje na urządzeniu, takie jak pliki cookie, i przetwarzamy dane osobowe. Akceptuję i przechodzę do serwisu.",
    "sv": "Vi och våra partner använder cookies för att lagra information på din enhet och visa anpassade annonser. Godkänn alla.",
    "da": "Vi og vores partnere bruger cookies til at gemme oplysninger på din enhed og vise tilpassede annoncer. Tillad alle.",
    "cs": "My a naši partneři ukládáme na zařízení informace, například soubory cookie, a zpracováváme osobní údaje. Souhlasím se vším.",
    "tr": "Biz ve iş ortaklarımız cihazınızda çerez gibi bilgileri saklıyor, kişisel verilerinizi işliyoruz. Tümünü kabul et.",
}


@pytest.mark.parametrize("language", CONSENT_ELSEWHERE)
@pytest.mark.parametrize("times", [1, 8])
@pytest.mark.parametrize("feed_title", ["Recount in Brackwater", ""])
def test_forms_for_consent_are_named_in_ten_languages(
    language: str, times: int, feed_title: str
) -> None:
    form = "".join(f"<p>{CONSENT_ELSEWHERE[language]} ({n})</p>" for n in range(times))
    body = f"<html lang={language}><head><title>Herald</title></head><body><div>{form}</div></body></html>"
    article = extract_article(body.encode(), url=URL, feed_title=feed_title)

    assert (article.outcome, article.body) == (Outcome.CONSENT_WALL, "")


def test_short_news_is_no_wall() -> None:
    body = f"<html><head><title>Recount</title></head><body><article><p>{SENTENCE * 4}</p></article><footer>We use cookies. Privacy settings</footer></body></html>"
    assert extract_article(body.encode(), url=URL).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("status", "headers", "body", "walled"),
    [
        (403, {"cf-mitigated": "challenge"}, b"", True),
        (200, {"CF-Mitigated": "challenge"}, b"", True),
        (403, {"x-datadome": "protected"}, b"", True),
        (200, {"x-datadome": "protected"}, b"", False),
        (202, {"x-amzn-waf-action": "challenge"}, b"", True),
        (403, {}, WALLS["akamai"][0].encode(), True),
        (503, {}, WALLS["cloudflare"][0].encode(), True),
        (202, {"sg-captcha": "challenge"}, b"", True),
        (429, {"x-vercel-mitigated": "challenge"}, b"", True),
        (403, {}, b"<title>Members only</title>", False),
        (403, {}, b"<title>403 Forbidden</title><h1>403 Forbidden</h1><hr>nginx", False),
        (403, {}, b"<title>Error 403: Forbidden</title>", False),
        (403, {}, b"<title>Access denied</title>", True),
        (404, {}, b"<title>Not found</title>", False),
        (500, {"server": "cloudflare"}, b"", False),
    ],
)
def test_refusals(status: int, headers: dict[str, str], body: bytes, walled: bool) -> None:
    assert (wall_by_answer(status, headers, body) is not None) is walled


@pytest.mark.parametrize(
    ("whose", "markup"),
    [
        ("Cloudflare", "<script>window._CF_chl_opt = {}</script>"),
        ("Cloudflare", "/cdn-cgi/challenge-platform/h/orchestrate/jsch/v1"),
        ("Cloudflare", '<div class="cf-browser-verification">'),
        ("Cloudflare", '<div id="cf-error-details">'),
        ("Cloudflare", '<input name="cf_captcha_kind">'),
        ("DataDome", "https://geo.captcha-delivery.com/interstitial/"),
        ("PerimeterX", '<div id="px-captcha">'),
        ("PerimeterX", "https://captcha.px-cdn.net/x.js"),
        ("PerimeterX", "window._pxAppId = 'PX1'"),
        ("Imperva Incapsula", "/_Incapsula_Resource?SWUDNSAI=31"),
        ("Imperva Incapsula", "Incapsula incident ID: 1-2"),
        ("Akamai", "https://errors.edgesuite.net/18.1"),
        ("Akamai", "You don't have permission to access this server. Reference #18.2f"),
        ("Akamai", "/x?bm-verify=AAQAAA"),
        ("Sucuri", "sucuri_cloudproxy_js=''"),
        ("Sucuri", "<h1>Sucuri WebSite Firewall - Access Denied</h1>"),
        ("AWS WAF", "https://t.token.awswaf.com/t/challenge.js"),
        ("AWS WAF", "AwsWafIntegration.getToken()"),
        ("AWS WAF", "window.gokuProps = {}"),
        ("DDoS-Guard", "https://check.ddos-guard.net/check.js"),
        ("DDoS-Guard", "<title>DDoS-Guard</title>"),
        ("Anubis", "/.within.website/x/cmd/anubis/static/js/main.mjs"),
        ("Anubis", '<script id="anubis_challenge">'),
        ("Vercel", "<p>Vercel Security Checkpoint</p>"),
        ("SiteGround", "<meta http-equiv=refresh content='0;/.well-known/sgcaptcha/?r=%2F'>"),
        ("Kasada", "<script>window.KPSDK={}</script>"),
        ("Wordfence", "<p>Generated by Wordfence at Tue</p>"),
        ("F5", "The requested URL was rejected. Please consult with your administrator."),
        ("go-away", "/.well-known/.git.gammaspectra.live/git/go-away/cmd/go-away/assets/x.css"),
    ],
)
def test_every_maker_of_bot_walls_is_told_by_each_of_its_marks(whose: str, markup: str) -> None:
    wall = wall_by_answer(403, {}, f"<html><body>{markup}</body></html>".encode())

    assert wall == (Outcome.BOT_WALL, f"A bot wall ({whose}) stands before the article.")


def test_a_form_for_the_password_in_the_place_of_the_story_is_named() -> None:
    form = "<p>This content is password protected.</p><form class=post-password-form action=/wp-login.php?action=postpass>"
    wall = wall_by_page(form, title="Protected: Minutes", text="This content", visible="This content is password protected.", paid=False)  # fmt: skip
    assert wall is not None
    assert wall[0] is Outcome.UNAUTHORIZED


def test_a_theme_that_has_a_style_for_that_form_on_every_page_hides_no_short_news() -> None:
    page = "<style>.post-password-form input {width: 9em}</style><p>Forty ballots were found in a ditch.</p>"
    words = "Forty ballots were found in a ditch."
    assert wall_by_page(page, title="Ballots found", text=words, visible=words, paid=False) is None
