"""What must not reach any reader of a page's text: code, hidden elements, comments, side columns.

Works on the tree in place, before trafilatura copies it.
"""

import re
from collections.abc import Iterable, Iterator

from lxml.etree import XPath
from lxml.html import HtmlElement

from extractors.articles.body.paragraphs import is_side_column, prose_of, words_of_element

_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:left|top|text-indent)\s*:\s*-\d{4}"
    r"|(?:opacity|font-size|(?<!-)height|max-height)\s*:\s*0(?:\.0+)?(?:px|r?em|%)?\s*(?:;|!|$)|clip\s*:\s*rect\("
    r"|clip-path\s*:\s*inset\((?:50|100)%|transform\s*:\s*scale\(0|(?<![\w-])color\s*:\s*transparent",
    re.IGNORECASE,
)
# The names of frameworks for what shows nowhere; with another for a size of screens, it does there.
_HIDDEN_NAMES = frozenset(
    ("hidden", "d-none", "is-hidden", "u-hidden", "display-none", "print-only", "visible-print")
)
_SHOWN_SOMEWHERE = re.compile(r"\b(?:d-\w\w-|\w{2,4}:|visible-|show|is-visible|active|open)", re.I)
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_MEDIA = re.compile(r"@media([^{}]{0,300})\{((?:[^{}]*\{[^{}]*\})*+)[^{}]*\}")
_EVERYWHERE = re.compile(r"\s*(?:only\s+)?(?:screen|all)?\s*")
_RULE = re.compile(r"([^{}@]{1,4000})\{([^{}]*)\}")
_SIMPLE = re.compile(r"\s*([.#][\w-]+)\s*")
_NAME = re.compile(r"[.#][\w-]+")
_GONE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_THERE = re.compile(r"(?:display\s*:\s*(?!none)\w|visibility\s*:\s*visible)", re.IGNORECASE)
_NO_TEXT = frozenset(("nav", "form", "menu", "footer", "header", "dialog"))
_TRIGGERS = frozenset(("a", "button", "label", "span", "div", "p", "input"))
MOST_RESTS = 20  # hidden boxes of a page that may be the rest of its story
LONGEST_TRIGGER = 40  # characters
MOST_STYLE = 10_000  # characters of style sheets in a page that are looked at
# What frameworks call text that only screen readers speak: labels, "opens in a new window".
_UNSEEN = re.compile(
    r"(?i)(?:^|\s)(?:u-|a11y-)?(?:sr-only|visually-?hidden|hidden-visually|screen-?reader(?:-only|-text)?)(?:\s|$)"
)
_NAMES_COMMENTS = re.compile(r"(?i)(?:itemprop|aria-label)\s{0,9}=\s{0,9}[\"']?comment|fb-comment")
_COMMENT = re.compile(r"<(?:article|ARTICLE)\b.{0,500}?[\"'\s=]comment[\"'\s>]", re.DOTALL)
_BEFORE_COMMENT = frozenset("\"'=-")  # what may stand there, beside blanks, in what is looked for
_LONE = re.compile(r"[\"'\s=]comment[\"'\s>]")
_COMMENT_BOXES = XPath(
    "//body//*[@itemprop='comment' or @itemprop='comments' or starts-with(@aria-label, 'Comments')"
    " or starts-with(@aria-label, 'comments') or contains(@class, 'fb-comments')]"
    "|//body//article[contains(concat(' ', @class, ' '), ' comment ')]"
)
_MORE = re.compile(
    r"\W*(?:(?:continue|keep) reading|(?:read|show|see|view|load) (?:the )?(?:more|full|rest|whole|all)\b.{0,20}|expand"
    r"|(?:leer|ver|mostrar|seguir) (?:más|leyendo)|weiterlesen|mehr (?:lesen|anzeigen)|lire la suite|voir plus"
    r"|leggi (?:tutto|di più)|continua a leggere|ler mais|leia mais|continuar lendo|lees (?:meer|verder)|läs mer"
    r"|czytaj (?:więcej|dalej)|читать (?:далее|дальше|полностью)|続きを読む|もっと見る)\W*",
    re.IGNORECASE,
)
HEAVY = 0.4  # share of a page's paragraph text from which a box is not side matter
STORY_SHARE = 0.8  # share of it that a template holds which is the page's story
MOST_HIDDEN = 0.5  # share of paragraph text beyond which hiding is how the site draws its stories
MOST_UNSEEN = 500  # characters of paragraphs; texts for screen readers alone are short


def without_code(tree: HtmlElement) -> None:
    """Drop scripts and styles wherever they stand; keep what browsers show of a shadow root, and a
    template that holds nearly all of the text, which a script puts in its place."""
    templates = list(tree.iter("template"))
    whole = prose_of(tree) if templates else 0
    for element in list(tree.iter("script", "style", "template", "svg")):
        is_shown = "open" in (element.get("shadowrootmode"), element.get("shadowroot"))
        prose = prose_of(element) if element.tag == "template" else 0
        if is_shown or (prose > MOST_UNSEEN and prose >= STORY_SHARE * whole):
            element.tag = "div"
        else:
            whole -= prose
            element.drop_tree()


def without_comments(tree: HtmlElement, markup: str) -> None:
    """Drop readers' comments that attributes name as such, which trafilatura does not look at."""
    for element in _COMMENT_BOXES(tree) if _may_hold_comments(markup) else ():
        if element.getparent() is not None and element.find(".//h1") is None:
            element.drop_tree()


def _may_hold_comments(markup: str) -> bool:
    if "srcdoc" in markup:
        return True
    lone = False
    for match in re.finditer("omment", markup):
        start, at = match.span()
        before = markup[max(0, start - 2)]  # of most, in scripts, a letter
        if not (before in _BEFORE_COMMENT or before.isspace()):
            continue
        if _NAMES_COMMENTS.search(markup, max(0, at - 40), at):
            return True
        lone = lone or _LONE.match(markup, max(0, start - 2)) is not None
    return lone and _COMMENT.search(markup) is not None


def hiding_names(classes: Iterable[str], markup: str) -> frozenset[str]:
    """The `.class` and `#id` by which this page hides: what frameworks call them, and what the page's
    own style sheets hide where these are short.

    Of those, only rules for one name alone count, on any screen, and no name that another rule
    shows.
    """
    used = set(" ".join(classes).split())
    styled = _hidden_by(_css_that_hides(markup))
    return frozenset(
        {f".{name}" for name in _HIDDEN_NAMES & used}
        | {name for name in styled if name[0] == "#" or name[1:] in used}
    )


def classes_of(tree: HtmlElement) -> set[str]:
    """What stands in the page's class attributes: few values on many elements."""
    return {element.get("class", "") for element in tree.iterdescendants("*")}


def _css_that_hides(markup: str) -> str:
    """Long style sheets are those of frameworks: what they hide is menus, and takes time to find."""
    sheets, at = [], markup.find("<style")
    while at >= 0:
        end = markup.find("</style", at)
        end = end if end >= 0 else len(markup)
        if end - at < MOST_STYLE:
            sheets.append(markup[markup.find(">", at, end) + 1 : end])
        at = markup.find("<style", end)
    css = "".join(sheet for sheet in sheets if _GONE.search(sheet))
    return css if len(css) < MOST_STYLE else ""


def _hidden_by(css: str) -> set[str]:
    css = _CSS_COMMENT.sub("", css)
    css = _MEDIA.sub(lambda match: match[2] if _EVERYWHERE.fullmatch(match[1]) else "", css)
    hidden, there = set[str](), set[str]()
    for selectors, rule in _RULE.findall(css):
        if _GONE.search(rule):
            hidden |= {name[1] for name in map(_SIMPLE.fullmatch, selectors.split(",")) if name}
        elif _THERE.search(rule):
            there.update(_NAME.findall(selectors))
    return hidden - there


def without_hidden(tree: HtmlElement, names: frozenset[str] = frozenset()) -> None:
    """Drop what no reader sees, unless that is much of the text: some sites show it by script.

    `names` are those that hide; without any, only elements with a style are looked at.
    """
    hidden = dict.fromkeys(
        element
        for body in tree.iter("body")
        for element in (_hidden_by_name(body, names) if names else _styled_away(body))
    )
    outer = [element for element in hidden if hidden.keys().isdisjoint(element.iterancestors())]
    for rest in filter(_goes_on, outer[:MOST_RESTS]):
        for name in ("style", "hidden", "class", "id"):  # trafilatura looks at them, too
            rest.attrib.pop(name, None)
    outer = [element for element in outer if element.attrib]
    prose = sum(map(prose_of, outer))
    if prose == 0 or prose <= MOST_HIDDEN * prose_of(tree):
        for element in outer:
            element.drop_tree()


def _goes_on(hidden: HtmlElement) -> bool:
    """Whether it is the rest of a text, which "read more" beside it shows."""
    parent = hidden.getparent()
    if (
        parent is None
        or hidden.tag in _NO_TEXT
        or prose_of(hidden) == 0
        or prose_of(parent) <= prose_of(hidden)
    ):
        return False
    beside = (element for element in parent.iterchildren() if element is not hidden)
    labels = (words_of_element(element) for element in beside if element.tag in _TRIGGERS)
    return any(len(label) < LONGEST_TRIGGER and _MORE.fullmatch(label) for label in labels)


def _styled_away(body: HtmlElement) -> Iterator[HtmlElement]:
    """Written for speed, as the next: they see every element of every page."""
    for element in body.iterdescendants("*"):
        style = element.get("style")
        if (style and _HIDING_STYLE.search(style)) or element.get("hidden") is not None:
            yield element


def _hidden_by_name(body: HtmlElement, names: frozenset[str]) -> Iterator[HtmlElement]:
    """As `_styled_away`, and what bears one of the names."""
    verdicts: dict[str | None, bool] = {None: False}
    numbers = {name[1:] for name in names if name[0] == "#"}
    for element in body.iterdescendants("*"):
        classes = element.get("class")
        verdict = verdicts.get(classes)
        if verdict is None:
            verdict = verdicts[classes] = _names_hide(classes, names)
        style = element.get("style")
        if (
            verdict
            or (style and _HIDING_STYLE.search(style))
            or element.get("hidden") is not None
            or (numbers and element.get("id") in numbers)
        ):
            yield element


def without_unseen(tree: HtmlElement, classes: Iterable[str]) -> None:
    """Drop text for screen readers alone; a box with a headline or much text is misnamed."""
    unseen = {names for names in classes if _UNSEEN.search(names)}
    if not unseen:
        return
    for element in [
        element for element in tree.iterdescendants("*") if element.get("class") in unseen
    ]:
        if element.getparent() is None or element.tag == "h1" or element.find(".//h1") is not None:
            continue
        if prose_of(element) < MOST_UNSEEN:
            element.drop_tree()


def without_side_columns(tree: HtmlElement, classes: Iterable[str]) -> None:
    """Drop boxes named as a column beside the story that hold neither headline nor much prose."""
    side_columns = {names for names in classes if is_side_column(names)}
    if not side_columns:
        return
    whole = prose_of(tree)
    for element in [
        element for element in tree.iterdescendants("div") if element.get("class") in side_columns
    ]:
        if element.getparent() is None or element.find(".//h1") is not None:
            continue
        prose = prose_of(element)
        if element.find(".//article") is None and prose < HEAVY * whole:
            element.drop_tree()
            whole -= prose  # asking the tree again and again would cost boxes times paragraphs


def _names_hide(classes: str, names: frozenset[str]) -> bool:
    hiding = [name for name in classes.split() if f".{name}" in names]
    return bool(hiding) and not (
        _HIDDEN_NAMES.issuperset(hiding) and _SHOWN_SOMEWHERE.search(classes)
    )
