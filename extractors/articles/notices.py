"""Pages served with 200 that say why there is no article: nothing is here, not in your country, come
back later, another browser please. Pure.

The words of such notices stand in the news, too. So a notice is only named where the text does
not have what feed or page said that the article is about.
"""

import re
from collections.abc import Iterable

from extractors.fetch.answer.walls import LITTLE_TEXT, Wall
from model import Outcome

NOTICE_CHARACTERS = 700  # characters in which a notice says what it is
CONSENT_WORDS = 0.045  # of the words of a form for consent are those below
CONSENT_OPENING = 3_000  # characters of such a form, which may name a thousand partners, looked at
_CONSENT_WORD = re.compile(
    r"\b(?:cookies?|consent\w*|vendors?|purposes?|partners?|legitimate interests?|personal (?:data|information)|tracking"
    r"|advertis\w+|personali[sz]ed|preferences|opt[- ]out|privacy|devices?"
    r"|consentimiento|socios|proveedores|finalidades|datos personales|interés legítimo|anuncios|publicidad|privacidad|dispositivo"
    r"|consentement|partenaires|fournisseurs|finalités|données personnelles|intérêt légitime|publicités?|confidentialité"
    r"|einwilligung\w*|zustimmung\w*|partnern?|anbietern?|zwecken?|werbung|datenschutz\w*|pur-?abo\w*|cookie\w*"
    r"|consenso|terze parti|fornitori|finalità|dati personali|legittimo interesse|pubblicità|consentimento|parceiros|anúncios"
    r"|toestemming|advertenties|gegevens|samtycke|annonser|inställningar|partnere|oplysninger|annoncer|samtykke|informasjonskapsler"
    r"|evästei\w*|kumppani\w*|mainon\w*|zgod[ayęą]|partnerzy|partnerów|dan(?:e|ych) osobow[eych]+|reklam\w*|prywatnoś\w+|urządzeni\w+"
    r"|souhlas\w*|partneř\w+|osobní(?:ch)? údaj\w+|soukromí|zařízení|çerez\w*|kişisel veri\w*|gizlili\w+|ortakları\w*|reklamları"
    r"|hozzájárul\w*|sütik\w*|adatvédel\w*|consimțăm\w+|parteneri\w*|confidențialit\w+|соглас\w+|партн[её]р\w*|персональн\w+|рекламы?)\b",
    re.I,
)

# One of them stands in every such form.
_PARTS_OF_CONSENT = (
    *(
        "cookie",
        "consent",
        "vendor",
        "partner",
        "partneř",
        "partener",
        "purpose",
        "privacy",
        "dispositi",
    ),
    *(
        "socios",
        "parceir",
        "einwilligung",
        "werbung",
        "çerez",
        "ortak",
        "sütik",
        "kumppani",
        "evästei",
    ),
    *(
        "zgod",
        "persona",
        "партн",
        "соглас",
        "souhlas",
        "samty",
        "informasjonskapsler",
        "fournisseurs",
    ),
)
_NO_PAGE = re.compile(
    r"^\W*(?:(?:(?:http|error|fehler|erreur)\W*)?404\b|(?:the |this |that )?(?:page|article|story|content|file|site)s? "
    r"(?:(?:was |is |has |could |can)?(?:not|no longer|can[’']t be|cannot be)(?: be)? (?:found|available|here|exists?)"
    r"|does(?: not|n[’']t) exist|unavailable|has (?:moved|expired)|moved|expired|removed)|(?:nothing|not) found\b"
    r"|we(?:[’']ve| have) moved|(?:la )?página no (?:encontrada|disponible|existe)|no se (?:ha encontrado|encuentra) la página"
    r"|(?:die )?seite (?:wurde )?nicht (?:gefunden|verfügbar)|(?:page|contenu) (?:introuvable|non trouvée?)|pagina non trovata"
    r"|pagina niet gevonden|página não encontrada|strona nie|nie znaleziono strony|sidan (?:hittades|finns) inte"
    r"|страница не найдена|ページが見つかりません|页面不存在|페이지를 찾을 수 없)",
    re.I,
)
_NOTHING_HERE = re.compile(
    r"(?:page|article|story|content|link|url|address)s? (?:that )?you(?:[’']re| are| were|[’']ve| have)? "
    r"(?:(?:just )?(?:looking|search(?:ing|ed)) for|requested|request|tried|trying|asked|seek|clicked|followed|want(?:ed)?)\b.{0,120}"
    r"(?:\b(?:not|cannot|no longer|moved|removed|expired|deleted|gone|renamed|unavailable)\b|n[’']t\b)"
    r"|\b(?:this|that|the|your) (?:page|article|story|content|item|document|url|link)\b.{0,30}"
    r"(?:can(?:not|[’']t) be (?:found|displayed)|could(?: not|n[’']t) be found|(?:does not|doesn[’']t|no longer) exists?"
    r"|(?:is|are) no longer (?:available|here|online|on)\b|ha(?:s|ve) (?:expired|been (?:removed|moved|deleted|archived)))"
    r"|(?:we )?(?:can(?:not|[’']t)|could(?: not|n[’']t)) find (?:the|that|this) (?:page|article|story)"
    r"|nothing was found at this location|(?:update|change) your bookmarks?|moved to a new (?:home|address|site)"
    r"|la página (?:que|solicitada|a la que)\b.{0,80}(?:no existe|no se (?:ha |encuentra)|movid[ao]|eliminad[ao]|no está)"
    r"|(?:die|diese) (?:\w+ ){0,3}(?:seite|artikel)\b.{0,60}(?:nicht (?:gefunden|mehr|verfügbar|vorhanden)|existiert nicht|gelöscht)"
    r"|la page (?:que vous|demandée|recherchée)\b.{0,80}(?:n[’']existe|introuvable|a été|n[’']est (?:plus|pas))"
    r"|la pagina (?:che|richiesta|cercata)\b.{0,80}(?:non (?:esiste|è)|stata)"
    r"|a página (?:que|solicitada|procurada)\b.{0,80}(?:não|foi)|de (?:opgevraagde )?pagina\b.{0,60}(?:bestaat niet|niet gevonden)",
    re.I,
)
_NOT_IN_YOUR_COUNTRY = re.compile(
    r"(?:not (?:currently )?(?:available|accessible)|unavailable|blocked|restricted)\b.{0,60}"
    r"\b(?:your (?:current )?(?:region|country|location|area|territory)|(?:visitors|users|readers|countries) .{0,20}(?:the )?europe\w*"
    r"|(?:most|in) europe\w*|the (?:european|eea|eu)\b)"
    r"|attempting to access this (?:web)?site from|our european (?:visitors|readers|users) are important"
    r"|no (?:está|se encuentra) disponible en (?:su|tu) (?:país|región|ubicación)|in (?:ihrem land|ihrer region) nicht (?:verfügbar|zugänglich)"
    r"|(?:pas|n[’']est pas) (?:disponible|accessible) dans votre (?:pays|région)",
    re.I,
)
_LATER = re.compile(
    r"\b(?:down|closed|offline|unavailable|undergoing|under|for) (?:for )?(?:a )?(?:scheduled |planned |routine |essential |site )*maintenance\b"
    r"|we(?:[’']ll| will) be (?:right )?back\b|something (?:has gone|went) wrong|\ban? (?:unexpected|internal|application|unknown) error\b"
    r"|error establishing a database|\b(?:temporarily|currently) (?:unavailable|unable to)|experiencing technical difficult"
    r"|try (?:again|refreshing|reloading)\b.{0,30}(?:later|minutes?|moments?|shortly|the page)|virtual waiting room|you are (?:now )?in (?:the )?(?:line|queue)\b"
    r"|too many (?:requests|connections)\b|(?:sitio|página|web) .{0,30}en mantenimiento|wartungsarbeiten|site (?:est )?en maintenance"
    r"|(?:algo salió mal|inténtelo de nuevo más tarde|etwas ist schiefgelaufen|versuchen sie es später|une erreur est survenue|si è verificato un errore)",
    re.I,
)
_NO_SITE = re.compile(
    r"\b(?:this|your) (?:account|web ?site|site|domain) (?:has been|is|was) (?:temporarily )?(?:suspended|disabled|deactivated)\b|^\W*account suspended"
    r"|\bcontact your hosting provider|\bdomain\b.{0,60}\b(?:may be|is) (?:available )?for sale\b|\bbuy this domain\b|\bthis domain (?:name )?(?:has expired|is parked)"
    r"|\bgenerated by the domain owner\b|\bdiese domain (?:steht|ist) .{0,30}(?:verkauf|abgelaufen)|\beste dominio (?:está|ha) .{0,30}(?:venta|expirado)",
    re.I,
)
_OTHER_BROWSER = re.compile(
    r"\busing an ad.?block|\bad.?block(?:er|ing)? (?:is )?(?:detected|enabled|active|on\b)|(?:disable|turn off|switch off|pause|whitelist|allowlist)\b.{0,40}\bad.?block"
    r"|(?:adblock\w*|werbeblocker|bloqueador de (?:anuncios|publicidad)|bloqueur de publicité)\b.{0,60}(?:deaktivier|ausschalt|desactiv|désactiv|disattiv)"
    r"|(?:desactiv\w+|désactiv\w+|disattiv\w+|deaktivier\w+) .{0,30}(?:adblock|bloque|werbeblocker)"
    r"|\bbrowser (?:version )?(?:is |you are using is )?(?:no longer|not|un)[ -]?supported|(?:update|upgrade|switch) (?:to a \w+ |your )browser"
    r"|(?:outdated|unsupported|old|incompatible) (?:web )?browser|navegador .{0,20}(?:no es compatible|obsoleto)|browser wird nicht (?:mehr )?unterstützt",
    re.I,
)
_AGE = re.compile(
    r"(?:you (?:must|have to|need to) be|are you|confirm (?:that )?you(?:[’']re| are)|verify (?:that )?you(?:[’']re| are)) (?:over |at least )?(?:16|18|21|of legal)\b"
    r"|(?:enter|select|confirm) your (?:date of birth|birth ?date|age)\b|debes? (?:ser mayor|tener al menos)|mindestens 18 jahre",
    re.I,
)
_LOG_IN = re.compile(
    r"(?:you must|please|you need to|you have to) (?:be )?(?:log(?:ged)?|sign(?:ed)?) ?in\b.{0,20}(?:to|before|for)\b|(?:log|sign) in to (?:continue|view|see|access|your)\b"
    r"|(?:inicia sesión|inicie sesión|melden sie sich an|connectez-vous) (?:para|um|pour)\b",
    re.I,
)
_NOTICES = (
    (_NOTHING_HERE, Outcome.NOT_FOUND, "The page says that nothing is at this address; it was answered as found."),
    (_NOT_IN_YOUR_COUNTRY, Outcome.LEGAL, "The site says that it does not show this in the country that the request came from."),
    (_NO_SITE, Outcome.NOT_FOUND, "The page says that the site is suspended or its domain for sale; it was answered as found."),
    (_LATER, Outcome.SERVER_ERROR, "The page only says that the site does not work now; it was answered as well."),
    (_OTHER_BROWSER, Outcome.BOT_WALL, "The page asks for another browser, or for one without an ad blocker, and holds no article."),
    (_AGE, Outcome.CONSENT_WALL, "The page asks its readers for their age and holds no article."),
    (_LOG_IN, Outcome.UNAUTHORIZED, "The page asks its readers to log in and holds no article."),
)  # fmt: skip


def notice(text: str, titles: Iterable[str], *, is_told: bool | None) -> Wall | None:
    """What the page says instead of an article, if that is all it says.

    `is_told`: whether the text has what the feed said that the article is about; None where nothing
    was said. Then only a page whose title says so is a notice, or one of twice as many words of
    consent.
    """
    if is_told:
        return None
    if any(map(_NO_PAGE.match, titles)):
        return _NOTICES[0][1:]
    if is_told is None:
        return _consent(text, 2 * CONSENT_WORDS)
    opening = text[:NOTICE_CHARACTERS] if len(text) <= LITTLE_TEXT else ""
    for pattern, outcome, sentence in _NOTICES:
        if pattern.search(opening):
            return outcome, sentence
    return _consent(text, CONSENT_WORDS)


def _consent(text: str, least: float) -> Wall | None:
    """A form for consent, if that share of its words are those of one."""
    form = text[:CONSENT_OPENING]
    low = form.lower()
    if not any(part in low for part in _PARTS_OF_CONSENT):
        return None
    if len(_CONSENT_WORD.findall(form)) >= least * len(form.split()) > 1:
        return Outcome.CONSENT_WALL, "The site shows a consent page instead of the article."
    return None
