"""Naming what stands in front of an article or a feed: bot, consent, cookie and pay walls. Pure.

A wall is named only where a page brings next to no text of its own: cookie banners, captcha
scripts and "subscribe" boxes stand on most healthy news pages too.
"""

import re
from collections.abc import Mapping

from model import Outcome

Wall = tuple[Outcome, str]
LITTLE_TEXT = 1500  # characters of article text up to which a page may be a wall
TEASER = 900  # characters up to which a paid article's text is taken for its teaser

_BOT_MARKUP = (
    ("Cloudflare", re.compile(r"_cf_chl_opt|/cdn-cgi/challenge-platform/\w+/orchestrate|cf-browser-verification|cf-error-details|cf_captcha_kind", re.I)),
    ("DataDome", re.compile(r"(?:geo|ct)\.captcha-delivery\.com|captcha-delivery\.com/captcha", re.I)),
    ("PerimeterX", re.compile(r"px-captcha|captcha\.px-cdn\.net|window\._pxAppId", re.I)),
    ("Imperva Incapsula", re.compile(r"_Incapsula_Resource|Incapsula incident ID", re.I)),
    ("Akamai", re.compile(r"errors\.edgesuite\.net|don't have permission to access .{0,400}Reference\s*(?:#|&#35;)\s*[\da-f.]+|bm-verify=", re.I | re.S)),
    ("Sucuri", re.compile(r"sucuri_cloudproxy_js|Sucuri WebSite Firewall", re.I)),
    ("AWS WAF", re.compile(r"awswaf\.com/[^\"']{0,100}challenge|AwsWafIntegration|window\.gokuProps", re.I)),
    ("DDoS-Guard", re.compile(r"ddos-guard\.net|<title>\s*DDoS-Guard", re.I)),
    ("Anubis", re.compile(r"/\.within\.website/x/cmd/anubis/|id=[\"']anubis_challenge", re.I)),
)  # fmt: skip
# One of these stands in whatever a pattern above finds; looking for them first is far cheaper.
_BOT_WORDS = (
    *("_cf_chl_opt", "/cdn-cgi/challenge-platform/", "cf-browser-verification", "cf-error-details"),
    *("cf_captcha_kind", "captcha-delivery.com", "px-captcha", "captcha.px-cdn.net", "_pxappid"),
    *("_incapsula_resource", "incapsula incident id", "errors.edgesuite.net", "bm-verify="),
    *("don't have permission to access ", "sucuri_cloudproxy_js", "sucuri website firewall"),
    *("awswaf.com/", "awswafintegration", "gokuprops", "ddos-guard", "cmd/anubis/"),
    "anubis_challenge",
)
_BOT_TITLE = re.compile(
    r"^\W*(?:just a moment|one moment,? please|attention required!? *\| *cloudflare|access denied"
    r"|access to this page has been denied|pardon our interruption|robot (?:or human|check)"
    r"|(?:[\w ]+ - )?are you a (?:robot|human)\b|human verification|verify(?:ing)? (?:you are|your browser|that you)"
    r"|(?:security|browser|bot) (?:check|verification|challenge)|client challenge|captcha\b|please verify"
    r"|making sure you[’']re not a bot|you have been blocked|sorry, you have been blocked|request unsuccessful|checking your browser"
    r"|un momento|einen moment|un instant|403 forbidden|forbidden|blocked)\W*",
    re.I,
)
# What web servers write over their own 403: it repeats the status and says nothing of bots.
_FORBIDDEN = re.compile(r"\W*(?:error )?(?:403\b\W*)?forbidden\W*", re.I)
_BOT_TEXT = re.compile(
    r"verify (?:that )?you(?: a|')re (?:a )?(?:human|not a (?:ro)?bot)|are you a (?:human|robot)\?"
    r"|made us think (?:that )?you (?:might be|were|are) a bot|complete the (?:captcha|security check)"
    r"|checking (?:if the site connection is secure|your browser before)|unusual (?:traffic|activity) from your"
    r"|needs to review the security of your connection|your (?:request|access) (?:has been|was) blocked"
    r"|press (?:&|and) hold to confirm you are|automated (?:access|requests|queries) .{0,40}(?:denied|blocked|detected)"
    r"|enable javascript and cookies to continue|making sure you[’']re not a bot|scourge of companies aggressively scraping",
    re.I,
)
_CONSENT_HOST = re.compile(
    r"^https?://(?:consent|guce|privacy|cmp|consentpage)\.[^/]+/|[/.]consent[./?]", re.I
)
_CONSENT = re.compile(
    r"we (?:and our (?:\d+ )?(?:partners|vendors)|value your privacy|use cookies)|before you continue"
    r"|(?:part of|are) the yahoo family|manage (?:your )?(?:privacy|cookie|consent|preferences|choices)"
    r"|accept (?:all|cookies)|reject all|consent to|store and/or access information on a device"
    r"|your privacy (?:choices|settings)|privacy (?:settings|preference)|legitimate interest"
    r"|(?:wir|ihre) .{0,40}(?:zustimmung|einwilligung)|alle akzeptieren|mit werbung (?:weiter|lesen|und)"
    r"|cookies? (?:zulassen|akzeptieren)|datenschutz-?einstellungen|tout accepter|accepter et continuer"
    r"|continuer sans accepter|vos choix|aceptar (?:todo|y continuar)|valoramos (?:tu|su) privacidad"
    r"|accetta (?:tutto|e continua)|alles accepteren|partners .{0,30}cookies",
    re.I,
)
_COOKIE = re.compile(
    r"(?:please )?(?:enable|turn on|activate|allow) (?:java ?script|cookies)|(?:java ?script|cookies?) (?:is|are|must be|appears? to be) (?:disabled|required|enabled|not enabled|blocked)"
    r"|requires? (?:java ?script|cookies)|does ?n[o']t work (?:properly )?without java ?script|need to enable java ?script"
    r"|java ?script (?:aktivieren|ist deaktiviert)|activer (?:le )?java ?script|habilit[ae]r? java ?script|active java ?script",
    re.I,
)
_NOTICE = re.compile(
    r"(?:store|access|process)(?: and(?:/or)? (?:store|access|process))* (?:personal |non-sensitive )?(?:data|information|cookies)"
    r"|(?:accept|reject|allow|decline|refuse|manage|enable) (?:or \w+ )?(?:all )?(?:optional )?cookies"
    r"|we use (?:\w+ )?cookies|(?:this|our) (?:web)?site uses cookies|cookie (?:policy|settings|preferences)"
    r"|personali[sz]ed? (?:ads|content|advertising)|withdraw (?:your )?consent|legitimate interest"
    r"|wir (?:und unsere partner )?(?:verwenden|nutzen) cookies|nous (?:et nos partenaires )?utilisons des cookies"
    r"|(?:utilizamos|usamos) cookies|utilizziamo i cookie|datenschutzerklärung|politique de confidentialité"
)
_PAY = re.compile(
    r"(?:subscribe|sign up|register|log ?in|sign in|join)(?: now| today)? to (?:continue|keep) reading|to (?:continue|keep) reading[, ]"
    r"|(?:this|the) (?:article|content|story|post|page) is (?:for|only for|exclusively for|available (?:only )?(?:to|for)|reserved for|locked)"
    r"|(?:for|available to) (?:paid |paying )?subscribers only|subscriber[- ]only|exclusive to (?:subscribers|members)"
    r"|subscribe to (?:read|unlock|access)|unlock (?:this|the full) (?:article|story)"
    r"|you(?:'ve| have) (?:reached|read|used) (?:your|all|the) .{0,40}(?:free|limit)|become a (?:subscriber|member) to (?:read|continue)"
    r"|(?:nur|exklusiv) für (?:abonnenten|mitglieder)|jetzt (?:weiterlesen|abonnieren und)|weiterlesen mit|diesen artikel (?:jetzt )?(?:frei|weiter)"
    r"|réservé (?:à nos|aux) abonnés|abonnez-vous pour|il vous reste .{0,20}% de cet article"
    r"|(?:contenido|artículo) exclusivo (?:para|de) suscriptores|suscríbete para (?:seguir|continuar)|para (?:seguir|continuar) leyendo"
    r"|(?:you have|you[’']ve) (?:\d+|one|two|three|no)(?: more)? free (?:article|stor)|create a free account to"
    r"|(?:this is|reserved as) premium content|try unlimited access|(?:log ?in|sign in) or subscribe"
    r"|(?:la suite|cet article|ce contenu|la lecture).{0,30} réservée?s? aux abonnés"
    r"|(?:dit|deze) artikel.{0,20} (?:alleen )?voor abonnees|(?:artikeln|texten) är (?:låst|endast|bara) för"
    r"|(?:artykuł|treść|tekst).{0,30} tylko dla (?:prenumeratorów|subskrybentów|zalogowanych)"
    r"|(?:contenuto|articolo)(?: è)? riservato agli abbonati|conteúdo (?:é )?exclusivo para assinantes|この記事は(?:会員|有料)",
    re.I,
)
_SHORT_SENTENCES = {
    Outcome.CONSENT_WALL: "The site shows a consent page instead of the article.",
    Outcome.COOKIE_WALL: "The page asks for JavaScript or cookies and holds no article.",
    Outcome.PAYWALL: "The article is for subscribers; only its beginning is public.",
}


def wall_by_answer(status: int | None, headers: Mapping[str, str], body: bytes) -> Wall | None:
    """A bot wall that status, headers (lower-case names) and markup of a refusal prove.

    For answers that are not articles anyway; a page served with 200 is judged with its text.
    """
    get = {name.lower(): value.lower() for name, value in headers.items()}.get
    if get("cf-mitigated") == "challenge":
        return _bot("Cloudflare")
    if get("x-amzn-waf-action") in {"challenge", "captcha"}:
        return _bot("AWS WAF")
    if get("sg-captcha") == "challenge":
        return _bot("SiteGround")
    if get("x-vercel-mitigated") in {"challenge", "deny"}:
        return _bot("Vercel")
    if status is None or status < 400:
        return None
    if get("x-datadome") or get("x-dd-b"):
        return _bot("DataDome")
    text = body[:200_000].decode("utf-8", "replace")
    title = _title(text)
    return _bot_by_markup(text, "" if _FORBIDDEN.fullmatch(title) else title)


def wall_by_page(
    markup: str, *, title: str, text: str, visible: str, paid: bool, url: str = ""
) -> Wall | None:
    """The wall that a page served as an article is, if it is one.

    `text` is what was extracted as the article, `visible` everything that the page shows.
    """
    if len(text) > LITTLE_TEXT:
        return None
    seen = f"{text}\n{visible[:20_000]}"
    subject = text if len(text) >= 200 else seen  # with text of its own, that decides
    slight = len(visible) <= 2 * LITTLE_TEXT
    if slight and (wall := _bot_by_markup(markup[:100_000], title)):
        return wall
    if len(visible) <= LITTLE_TEXT and _BOT_TEXT.search(subject):
        return _bot(None)
    if _is_consent(subject, visible, title, url):
        return Outcome.CONSENT_WALL, _SHORT_SENTENCES[Outcome.CONSENT_WALL]
    if len(text) < 300 and len(visible) < 600 and _COOKIE.search(seen + markup_noscript(markup)):
        return Outcome.COOKIE_WALL, _SHORT_SENTENCES[Outcome.COOKIE_WALL]
    if len(text) <= TEASER and (_PAY.search(seen) or (paid and len(text) < 600)):
        return Outcome.PAYWALL, _SHORT_SENTENCES[Outcome.PAYWALL]
    return None


def wall_by_feed(markup: str, *, title: str, visible: str, url: str) -> Wall | None:
    """The wall that a web page is which came instead of a feed, with status 200.

    The front page of a site is none, though it asks for consent and for subscribers, too.
    """
    wall = wall_by_page(markup, title=title, text="", visible=visible, paid=False, url=url)
    if wall is None or wall[0] is Outcome.PAYWALL:
        return None
    named = _CONSENT_HOST.search(url) or _CONSENT.search(title)
    if wall[0] is Outcome.CONSENT_WALL and len(visible) > LITTLE_TEXT and not named:
        return None
    return of_a_feed(wall)


def of_a_feed(wall: Wall) -> Wall:
    return wall[0], wall[1].replace(" article", " feed")


def asks_consent(line: str) -> bool:
    """Whether a paragraph is a cookie notice: it says two of the things that only those say."""
    low = line[:1_000].lower()
    if not any(word in low for word in ("cookie", "consent", "partners", "personal data")):
        return False
    hits = {found[0] for found in _CONSENT.finditer(low)}
    hits |= {found[0] for found in _NOTICE.finditer(low)}
    return len(hits) >= 2


def markup_noscript(markup: str) -> str:
    match = re.search(
        r"<noscript[^<>]{0,200}>(.{0,2000}?)</noscript>", markup[:200_000], re.I | re.S
    )
    return match[1] if match else ""


def _bot(whose: str | None) -> Wall:
    named = f" ({whose})" if whose else ""
    return Outcome.BOT_WALL, f"A bot wall{named} stands before the article."


def _bot_by_markup(markup: str, title: str) -> Wall | None:
    low = markup.lower()
    if any(word in low for word in _BOT_WORDS):
        for whose, pattern in _BOT_MARKUP:
            if pattern.search(markup):
                return _bot(whose)
    return _bot(None) if _BOT_TITLE.fullmatch(title.strip()[:100]) else None


def _is_consent(subject: str, visible: str, title: str, url: str) -> bool:
    hits = len({found[0].lower() for found in _CONSENT.finditer(subject)})
    if _CONSENT_HOST.search(url) or _CONSENT.search(title):
        return hits >= 1 and len(visible) < 20_000
    return hits >= 2 and len(visible) < 2 * LITTLE_TEXT


def _title(markup: str) -> str:
    match = re.search(r"<title[^<>]{0,200}>([^<]{0,300})", markup, re.I)
    return match[1].strip() if match else ""
