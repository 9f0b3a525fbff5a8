"""Lines that are not the story: labels, invitations, credits, headlines of other stories. Pure.

A line goes only for what it says of itself; words of the news never decide. A line that runs on
as a sentence after such a start stays, so "Related: …" goes and "Related cases are before the
court" does not.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from extractors.articles.body.date_lines import is_moment
from extractors.articles.body.paragraphs import squash
from extractors.fetch.answer.walls import asks_consent
from extractors.fetch.urls import site_of
from model import Article

_BULLET = r"^[\s\-–—•·*>»|]*"
# Labels that stand alone or announce something with a colon or a bar.
_LABEL = re.compile(
    _BULLET + r"(?:related(?: (?:stor|articl|coverage|content|read|post|link|topic|news|video)\w*)?"
    r"|read (?:more|also|next|on|the full story)|see (?:more|also)|also read|must read|don[’']t miss"
    r"|more (?:on|from|about|in|stories|news|coverage)(?: (?:this|the)? ?[\w’' ]{0,30})?"
    r"|most (?:read|popular|viewed)|popular|trending(?: now)?|editor[’']?s?[’']? picks?|top stories"
    r"|you (?:may|might) also (?:like|be interested in)|recommended(?: reading| stories| for you)?"
    r"|watch(?: now| live| more| video)?|listen(?: now| to this article)?|up next|in this article"
    r"|share(?: this)?(?: (?:article|story|post|page))?|share on \w+|copy link|print|save|bookmark"
    r"|(?:leave|post|write|add) a (?:reply|comment)|(?:view|show|join|read|see)? ?(?:all )?\d* ?comments?"
    r"|about the authors?|author|tags?|topics?|filed under|categor(?:y|ies)|advertisement(?: · scroll to continue)?|sponsored"
    r"|story continues below(?: advertisement)?|article continues below|article content|embed"
    r"|subscribe(?: now| today)?|sign up(?: now| here)?|log ?in|follow us|sources?|credit|editing by"
    r"|mehr zum thema|mehr dazu|lesen sie (?:auch|mehr|hier)|auch interessant|zum thema|anzeige"
    r"|das könnte sie (?:auch )?interessieren|empfohlener redaktioneller inhalt|kommentare?|teilen"
    r"|auf dieser seite|hauptinhalt|verwendete quellen|quellen?|eigene recherchen?|mit dpa|artikel teilen"
    r"|ein klick für den datenschutz|hinweis|externer inhalt"
    r"|lea también|lee también|lee además|lee más|leer más|más información|te puede interesar"
    r"|noticias? relacionadas?|comentarios?|publicidad|compartir|etiquetas|suscríbete"
    r"|lire (?:aussi|également|la suite)|à lire (?:aussi|également)|sur le même sujet|publicité"
    r"|passer la publicité|commentaires?|partager"
    r"|leggi anche|czytaj (?:więcej|też|także)|zobacz (?:też|także)|lees ook|läs (?:mer|också)|les også"
    r"|leia (?:também|mais)|veja também|compartilhe|ilgili haberler|baca (?:juga|selengkapnya)|simak (?:juga|video)"
    r"|читайте (?:также|ещё|еще|також)|(?:смотрите|см\.) также|по теме|поделиться|дивіться також|xem thêm|đọc thêm"
    r"|यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|আরও পড়ুন|اقرأ أيضا|إقرأ أيضا|بیشتر بخوانید|یہ بھی پڑھیں|διαβάστε (?:επίσης|ακόμη)"
    r"|čtěte (?:také|též|více)|přečtěte si|čítajte aj|pročitajte (?:i|još)|прочетете още|вижте още|citește (?:și|mai mult)"
    r"|lue (?:myös|lisää)|læs (?:også|mere)|olvass(?:a el|on)|soma pia|อ่านเพิ่มเติม"
    r"|【?関連(?:記事|キーワード)】?|おすすめ情報|あわせて読みたい|相关(?:阅读|新闻)|관련 ?기사)"
    r"\s*(?P<end>$|[:：|…»>→]|\.{3}|\.$|!$|\?$)",
    re.I,
)
# Invitations: the whole line goes, wherever the phrase begins it.
_INVITATION = re.compile(
    _BULLET
    + r"(?:(?:please )?(?:sign up|subscribe|register)\b.{0,60}\b(?:newsletters?|e-?mails?|inbox|alerts?|updates|youtube|podcast)"
    r"|get (?:the |our |all |more )*(?:latest|daily|breaking|top|best|real-time)\b.{0,80}\b(?:inbox|e-?mails?|newsletters?|alerts?|updates|news|results?)\b"
    r"|get .{1,60}\b(?:in|to) your inbox|get .{1,60}\bon the go\b"
    r"|(?:like|follow|find|join) (?:us|me|him|her|them|@?\w+|[\w’' ]{1,50}) on (?:twitter|x\b|facebook|instagram|youtube|whatsapp|telegram|threads|linkedin|bluesky|tiktok|google news)"
    r"|follow @\w+|join (?:our|the) (?:commenting|conversation|whatsapp|discussion|newsletter|community)"
    r"|join thought-provoking conversations|want more .{1,60}\? (?:sign|subscribe)"
    r"|(?:this|the) (?:article|story) (?:can be found|is available) online at|printed from:"
    r"|listen to this (?:article|story)\b.{0,120}$|this audio (?:was|is) (?:auto|generated|created)"
    r"|(?:click|tap) here (?:to|for)\b.{0,80}$|download (?:the|our) .{0,40}\bapp\b"
    r"|(?:check out|read) more (?:of|from) .{0,80}\bnewsletter"
    r"|have (?:a|any) (?:tip|story|question|comment)s?.{0,60}\?|send (?:us )?your (?:letter|tip|news|stor)"
    r"|submit (?:your|a) (?:letter|comment|tip|story)|stay (?:informed|up to date) with\b"
    r"|support (?:our|independent|local) .{0,40}journalism|(?:donate|give) (?:now|today|here)"
    r"|our (?:website|community members|standards)\b.{0,40}(?:place for|treated to|thomson reuters)"
    r"|we (?:may|might) (?:earn|receive) (?:a |an )?.{0,30}commission|this (?:article|story|post) (?:may )?contains? affiliate"
    r"|your e-?mail address will not be published|required fields are marked|save my name"
    r"|this site uses akismet|notify me of (?:new|follow)|you must be logged in"
    r"|we (?:independently )?recommend the best .{0,60}(?:products|independent)|when you (?:buy|purchase) through (?:our )?links"
    r"|all rights reserved|(?:©|\(c\)|copyright\b)(?! (?:law|act|case|infring|claim|protect|owner|office|term)).{0,250}$"
    r"|this material may not be published|the views expressed .{0,40}(?:are|do) "
    r"|an dieser stelle finden sie einen|ich bin damit einverstanden, dass mir|jetzt (?:den|unseren) newsletter"
    r"|abonnieren sie|melden sie sich .{0,40}newsletter an|folgen sie uns|hier (?:geht es|können sie) .{0,60}newsletter"
    r"|dieses thema im programm|suscríbe?te a|suscríbase|síguenos en|sigue(?:nos)? .{0,40}(?:facebook|twitter|instagram|whatsapp)"
    r"|recib[ae] .{0,40}(?:newsletter|boletín|correo)|inscrivez-vous|recevez .{0,60}(?:newsletter|infolettre)"
    r"|suivez-nous|iscriviti alla|assine (?:a|nossa)|この記事は(?:会員|有料))",
    re.I,
)
_CREDIT = re.compile(
    r"^\W*(?:(?:image|photo|picture|file photo|foto|fotos|bild|bildquelle|quelle|source|crédit|créditos"
    r"|credit|zdjęcie|写真)s?(?: (?:credit|by|source|courtesy)[^:]{0,20})?\s*[:：/©]|\((?:image|photo|picture) (?:credit|by|courtesy))"
    r"[^.!?]{0,120}[.)]?$",
    re.I,
)
_JUNK = re.compile(
    r"adsbygoogle|window\.\w+\s*=|&(?:amp;)*lt;/?\w+|\[/?(?:button|caption|embed|gallery|vc_\w+)\b[^\]]*\]"
    r"|^\W*(?:function\s*\(|var \w+\s*=|\{\"|https?://\S+\s*$)"
)
_PARTS_OF_JUNK = ("adsby", "window.", "lt;", "[", "function", "var ", '{"', "http")
# What a paywall says in place of the rest of a story; only whole lines, and only short ones.
_PAYWALL = re.compile(
    _BULLET
    + r"(?:(?:please )?(?:subscribe|register|sign up|sign in|log ?in|join)\b.{0,40}\b(?:to|and) (?:continue|keep|read|unlock|access|finish|view)\b.{0,80}$"
    r"|(?:already|are you) an? (?:existing |current |digital |print )?(?:subscriber|member|registered user)\b.{0,80}$|have an account\?.{0,40}$"
    r"|(?:this|the) (?:article|content|story|post|page) is (?:for|only for|exclusively for|(?:only |exclusively )?available (?:only |exclusively )?(?:to|for)|reserved for|locked)\b.{0,120}$"
    r"|(?:to|want to) (?:continue|keep) reading\b.{0,120}$|(?:continue|keep) reading with\b.{0,80}$|unlock (?:this|the full|unlimited)\b.{0,100}$"
    r"|you(?:[’']ve| have) (?:reached|read|used)\b.{0,40}\b(?:free|limit|complimentary)\b.{0,120}$|.{0,40}\bsubscriber[- ](?:only|exclusive)\b.{0,60}$"
    r"|(?:nur|exklusiv) für (?:abonnenten|mitglieder).{0,80}$|jetzt (?:weiterlesen|abonnieren)\b.{0,80}$|(?:sie sind|bereits) (?:schon )?(?:abonnent|mitglied).{0,60}$"
    r"|you have (?:\d+|one|two|three|no)(?: more)? free (?:article|stor)\w*\b.{0,120}$|create a free account\b.{0,80}$"
    r"|(?:this is )?premium content\b.{0,80}$|try unlimited access\b.{0,140}$|complete digital access\b.{0,80}$"
    r"|(?:to|want to) read (?:the (?:full|rest|whole|entire)\b|more\b).{0,40}\b(?:subscribe|register|sign|log)\b.{0,120}$"
    r"|this is an? [\w+ ]{1,20} (?:story|article)\b.{0,12}\b(?:unlimited|subscribe|digital|unlock)\b.{0,120}$"
    r"|(?:get |enjoy )?unlimited (?:digital )?access\b.{0,140}$|.{0,120}\bcancel any ?time\b.{0,80}$"
    r"|läs vidare med\b.{0,80}$|weiterlesen mit\b.{0,60}$"
    r"|este (?:contenido|artículo) es exclusivo (?:para|de) (?:nuestros )?(?:suscriptores|socios|abonados).{0,100}$"
    r"|(?:la suite|cet article|ce contenu|la lecture)\b.{0,30} réservée?s? aux abonnés.{0,80}$"
    r"|(?:dit|deze) artikel\b.{0,20} (?:alleen )?voor abonnees.{0,60}$|(?:al|reeds) abonnee\b.{0,40}$"
    r"|(?:artikeln|texten) är (?:låst|endast|bara) för\b.{0,80}$|redan prenumerant\b.{0,40}$"
    r"|(?:ten |ta )?(?:artykuł|treść|tekst)\b.{0,30} tylko dla (?:prenumeratorów|subskrybentów|zalogowanych).{0,80}$"
    r"|(?:este |o )?conteúdo é exclusivo para assinantes.{0,60}$|(?:questo )?(?:contenuto|articolo) è riservato agli abbonati.{0,80}$"
    r"|réservé (?:à nos|aux) abonnés.{0,80}$|(?:déjà abonné|abonnez-vous)\b.{0,80}$|il vous reste .{0,20}% de cet article.{0,60}$"
    r"|(?:contenido|artículo) exclusivo (?:para|de) suscriptores.{0,80}$|¿?ya (?:eres|soy) suscriptor.{0,60}$|para (?:seguir|continuar) leyendo.{0,80}$"
    r"|(?:contenuto|articolo) riservato agli abbonati.{0,80}$|(?:sei già abbonato|já é assinante).{0,60}$|conteúdo exclusivo para assinantes.{0,60}$)",
    re.I,
)
# What a form for a newsletter or a notice on cookies says, wherever it stands in its line.
_SIGN_UP = re.compile(
    r"\byou can read our privacy (?:policy|notice)|^\W*(?:please )?(?:read|see|view) our (?:privacy|cookie) (?:policy|notice)"
    r"|\bby (?:signing up|subscribing|registering|clicking|continuing)\b.{0,80}\b(?:agree|consent) to (?:our|the|receive|these)\b"
    r"|\byou will receive (?:occasional )?promotional (?:offers|e-?mails)|^\W*(?:we|this (?:web)?site) uses? cookies\b"
    r"|\bsign up for .{1,60} and (?:get|receive|we[’']ll send you)\b.{0,80}\b(?:inbox|each week|every (?:week|day|morning))",
    re.I,
)
# One of them stands wherever that does; without i, k and s, which other letters match as well.
_PARTS_OF_SIGN_UP = ("vacy", "agree", "ent to", "promot", "coo", "gn up f")
_CODE = re.compile(r'"[\w@$-]{1,40}"\s*:|[{}]|=>|\);|&&|\|\|')
_ENDS = (".", "!", "?", "”", '"', "»", "。")
LONGEST_REFRAIN = 80  # characters from which a line that comes twice is not a refrain
_AUTHOR_LINE = re.compile(
    r"^\W*(?:by|von|por|par|di|door|av|text|autor|author|written by|from)\b[\s:]*", re.I
)


MOST_REPEATED = 0.5  # of a text may be boilerplate by memory


def tidy(
    lines: Iterable[str],
    *,
    titles: Iterable[str] = (),
    authors: Iterable[str] = (),
    links: frozenset[str] | set[str] = frozenset(),
    headings: frozenset[str] | set[str] = frozenset(),
) -> list[str]:
    """The lines that belong to the story, in order."""
    plain_lines = [line for line in lines if squash(line) and not is_boilerplate(line)]
    plain_lines = _once(plain_lines)
    plain_lines = _without_links(plain_lines, links, headings)
    return _without_head(plain_lines, list(titles), {squash(name) for name in authors})


def is_boilerplate(line: str) -> bool:
    """Whether a line says of itself that it is not the story."""
    if len(line) > 600:
        return is_code(line)
    label = _LABEL.match(line)
    if label and (label["end"] in ("", ".", "!", "?", "...") or len(line) < 220):
        return True
    if asks_to_pay(line) or asks_consent(line):
        return True
    if _INVITATION.match(line) or _CREDIT.match(line):
        return True
    if any(part in line for part in _PARTS_OF_JUNK) and _JUNK.search(line):
        return True
    low = line.lower()
    return any(part in low for part in _PARTS_OF_SIGN_UP) and _SIGN_UP.search(line) is not None


def asks_to_pay(line: str) -> bool:
    """Whether a line is what a paywall says in place of the rest of a story."""
    return len(line) <= 200 and _is_of_a_paywall(line)


@lru_cache(512)  # each line is asked about twice: before paragraphs are put back, and after
def _is_of_a_paywall(line: str) -> bool:
    return _PAYWALL.match(line) is not None


def is_code(line: str) -> bool:
    """Whether a line is data or a program instead of prose: JSON, scripts, style sheets."""
    if line.lstrip()[:1] not in "{[(!" and "{" not in line:
        return False
    return len(_CODE.findall(line[:5_000])) * 40 > min(len(line), 5_000)


def _once(lines: list[str]) -> list[str]:
    """Without a paragraph that came before, and without a line that follows itself.

    Pages hold a story twice for phones and for desks. Only whole sentences go: recipes and tables
    repeat their lines.
    """
    keys, last = set[str](), ""
    once = []
    for line in lines:
        key = squash(line)
        if key == last or (len(line) >= LONGEST_REFRAIN and line.endswith(_ENDS) and key in keys):
            continue
        keys.add(key)
        last = key
        once.append(line)
    return once


def same_title(line: str, title: str) -> bool:
    a, b = re.findall(r"\w+", line.casefold()), re.findall(r"\w+", title.casefold())
    if len(a) < 2 or not b or len(a) > 2 * len(b) + 8:
        return a == b and bool(a)
    shared = len(set(a) & set(b))
    inside = len(b) >= 4 and " ".join(a).startswith(" ".join(b))
    return (
        shared / len(set(a) | set(b)) >= 0.85
        or inside
        or (len(a) >= 4 and " ".join(a) in " ".join(b))
    )


def _without_links(lines: list[str], links: Iterable[str], headings: Iterable[str]) -> list[str]:
    """Drop lines that are one link each, and headings left with nothing below them.

    Headings that link (products, chapters) stay as long as story text follows.
    """
    end = max((n for n, line in enumerate(lines) if _is_prose(line, links)), default=-1)
    link_lines = {
        n
        for n, line in enumerate(lines)
        if len(line) >= 25
        and line[:1] != "|"
        and squash(line) in links
        and (n > end or squash(line) not in headings)
    }
    if len(link_lines) > 0.4 * len(lines):  # a page that is a list of links: they are its story
        return lines
    for n in range(len(lines) - 1, end, -1):
        last = n + 1 == len(lines) or n + 1 in link_lines
        if n not in link_lines and last and link_lines and squash(lines[n]) in headings:
            link_lines.add(n)
    return [line for n, line in enumerate(lines) if n not in link_lines]


def _is_prose(line: str, links: Iterable[str]) -> bool:
    return len(line) >= 100 and squash(line) not in links


def _without_head(lines: list[str], titles: list[str], authors: set[str]) -> list[str]:
    """Drop title, dates and byline from the top, and a bare name from the end."""
    head, opened = 6, False
    story_lines = []
    for n, line in enumerate(lines):
        near = n < head or n >= len(lines) - 2
        if n < head and any(same_title(line, title) for title in titles):
            continue
        opened = opened or len(line) >= LONGEST_REFRAIN
        if n < head and not opened and is_moment(line):
            continue
        if near and len(line) < 120 and authors and squash(_AUTHOR_LINE.sub("", line)) in authors:
            continue
        story_lines.append(line)
    return story_lines


SHORTEST_REMEMBERED = 25  # letters and digits; "Read more" stands everywhere and tells nothing


def marked(article: Article, repeated: Mapping[str, frozenset[int]]) -> Article:
    """The article with the hashes of its paragraphs, and with those marked that stand in many
    articles of its site. They stay in the text; the rules do not see them.

    An article of nothing else keeps all of its text: then the site repeats whole stories.
    """
    site = site_of(article.url)
    if not site or article.method in {"feed", "none"}:
        return article
    often = repeated.get(site, frozenset())
    hashes, spans, at = [], list[tuple[int, int]](), 0
    for line in article.body.split("\n"):
        key = paragraph_hash(line)
        if key is not None:
            hashes.append(key)
            if key in often:
                spans.append((at, at + len(line)))
        at += len(line) + 1
    if sum(end - start for start, end in spans) > MOST_REPEATED * len(article.body):
        spans = []
    return replace(article, host_group=site, paragraphs=tuple(hashes), boilerplate=tuple(spans))


def paragraph_hash(line: str) -> int | None:
    """64 bits, signed, of the letters and digits of a paragraph; None for a short one."""
    key = squash(line)
    if len(key) < SHORTEST_REMEMBERED:
        return None
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
