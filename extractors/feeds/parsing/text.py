"""Plain text out of what feeds hold: bytes decoded, markup dropped, lengths bounded. Pure."""

import codecs
import hashlib
import html
import re
import unicodedata
import zlib

from lxml import etree

from extractors.encodings import INVISIBLE, STRAY_BYTE, encoding_of
from extractors.undeclared_encoding import is_misread, undeclared_encoding

LONGEST_MESSAGE = 80  # characters of an answer that are quoted
LONGEST_TITLE = 1_000
LONGEST_OPENING = 120  # characters of a post that stand for its headline
LONGEST_TEXT = 200_000  # of a summary or a content, as plain text
LONGEST_MARKUP = 1_000_000  # of one field, before its tags are dropped
LONGEST_FEED = 10 * 1024 * 1024  # of a feed, decompressed

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# "<?xm", "<rss" or "{" of documents whose encoding does not contain ASCII, without a mark.
_BARE = (
    (re.compile(rb"<\0\0\0|\{\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[<{]"), "utf-32-be"),
    (re.compile(rb"[<{]\0"), "utf-16-le"),
    (re.compile(rb"\0[<{]"), "utf-16-be"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)
_DECLARED = re.compile(r"""\s*<\?xml[^>]{0,300}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.ASCII)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE | re.ASCII)
_SENTENCE_END = re.compile(r"(?<=[^\s.]{3})[.!?…。！？](?=\s|$)")
_SAMPLE = 65_536
_RATIO = 16  # more than one stray byte in sixteen is no Western text
_ASCII_ONLY = {"iso2022_jp", "iso2022_kr", "hz"}

_BLOCK_NAMES = (
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2"
    " h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SILENT = frozenset(("script", "style", "template", "head", "object", "iframe", "svg", "math"))
ANY_TAG = re.compile(r"<[^<>]*>")
_SCRIPT = re.compile(r"<(?:script|style)\b[^<>]*>[^<]*", re.IGNORECASE)
_MARKED = re.compile(
    r"<(b|i|em|strong|u|span|mark|font|sup|sub)\b[^<>]{0,200}>[^<>]{0,500}</\1>", re.I
)
_TAGGED = re.compile(
    r"\s*<(?:!--|(?:p|div|a|br|span|table|img|ul|ol|h\d|em|strong|b|i)\b)", re.IGNORECASE
)
_REFERENCE = re.compile(r"&(?:[a-z]{2,8}\d{0,2}|#\d{2,6}|#x[\da-f]{2,5});", re.IGNORECASE)
_PARSER = etree.HTMLParser(
    encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False
)


def gunzipped(body: bytes, limit: int = LONGEST_FEED) -> tuple[bytes, str | None]:
    """The body, decompressed if it is gzip by its first bytes; never more than `limit` bytes."""
    if body[:2] != b"\x1f\x8b":
        return body[:limit], _too_long(limit) if len(body) > limit else None
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error:
        return b"", "The body says that it is gzip, but cannot be decompressed."
    if len(plain) > limit:
        return plain[:limit], _too_long(limit)
    return plain, None if stream.eof else "The gzip body is cut off."


def _too_long(limit: int) -> str:
    return f"The document is longer than {limit:,} bytes; the rest was not read."


def decoded_feed(body: bytes, content_type: str | None = None) -> tuple[str, str | None]:
    """The text, and a sentence if the encoding was not what the document says.

    A mark at the start wins. Bytes that are valid UTF-8 are UTF-8, whatever is declared. Stray
    bytes in UTF-8 are read as Windows-1252, each on its own. No text has characters illegal in XML.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _clean(body[len(mark) :].decode(name, "replace")), None
    for shape, name in _BARE:
        if shape.match(body):
            return _wide(body, name)
    head = body[:1024].decode("latin-1")
    labels = [
        match[1] for match in (_CHARSET.search(content_type or ""), _DECLARED.match(head)) if match
    ]
    names = [encoding for raw in labels if (encoding := encoding_of(raw))]
    if not set(names[:1]) & _ASCII_ONLY or not body.isascii():
        names.insert(0, "utf-8")
    for name in names:
        try:
            text = body.decode(name)
        except (UnicodeError, ValueError):
            continue
        if is_misread(text, name):
            real = undeclared_encoding(body[:_SAMPLE])
            return _clean(body.decode(real, "replace")), f"{_wrong(name)}; read as {real}."
        return _clean(text), None
    return _guessed(body, labels[0] if labels else None)


def _guessed(body: bytes, declared: str | None) -> tuple[str, str]:
    """For bytes that are in none of the encodings declared, nor in UTF-8."""
    text = body.decode("utf-8", "surrogateescape")
    stray = len(STRAY_BYTE.findall(text[:_SAMPLE]))
    if stray * _RATIO > min(len(text), _SAMPLE) and (name := _sniffed(body[:_SAMPLE])):
        return _clean(body.decode(name, "replace")), f"{_wrong(declared)}; read as {name}."
    runs = re.compile(f"{STRAY_BYTE.pattern}+").sub(_windows, text)
    return _clean(runs), f"{_wrong(declared)}; stray bytes were read as Windows-1252."


def _wrong(declared: str | None) -> str:
    if declared is None:
        return "The encoding is not declared, and is not UTF-8"
    if encoding_of(declared) is None:
        return f"The declared encoding `{declared}` is unknown"
    return f"Some bytes are not in the declared encoding, {declared}"


def _sniffed(sample: bytes) -> str | None:
    """Trusted only where high bytes abound: it errs on short Western texts."""
    # Imported here: slow to import and seldom needed.
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else None


def _windows(stray: re.Match[str]) -> str:
    raw = stray[0].encode("utf-8", "surrogateescape")
    return raw.decode("cp1252", "replace").replace("\ufffd", "")


def _wide(body: bytes, name: str) -> tuple[str, str | None]:
    text = body.decode(name, "replace")
    declared = _DECLARED.match(text[:1024])
    if name == "cp037" and declared and (codec := encoding_of(declared[1])):
        text = body.decode(codec, "replace")
    return _clean(text), None


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _visible(text: str) -> str:
    text = _clean(text)
    return text if text.isascii() else INVISIBLE.sub("", text)


def ends_inside(
    markup: str, opened: re.Pattern[str], closed: re.Pattern[str], end: re.Pattern[str]
) -> bool:
    """Whether it breaks off inside an element that `opened` begins and `closed` ends: what followed was
    lost. Not where the root's `end` comes last; some only forget that."""
    if end.search(markup[-500:]):
        return False
    last = max((match.end() for match in closed.finditer(markup)), default=0)
    return opened.search(markup, last) is not None


def one_line(text: str, limit: int = LONGEST_TITLE) -> str:
    """Blanks collapsed, illegal and invisible characters gone, NFC, cut to `limit` characters with an
    ellipsis."""
    text = " ".join(_visible(text[: limit * 8]).split())
    return clip(unicodedata.normalize("NFC", text), limit)


def opening_of(text: str) -> str:
    """The beginning of a text that has no headline, as long as one is, and no longer than its first
    sentence where that is whole."""
    line = one_line(text[: LONGEST_OPENING * 8])
    if len(line) <= LONGEST_OPENING:
        return line
    if sentence := _SENTENCE_END.search(line, 0, LONGEST_OPENING + 1):
        return line[: sentence.end()]
    whole, blank, _ = line[:LONGEST_OPENING].rpartition(" ")
    return (whole if blank else line[:LONGEST_OPENING]).rstrip(" ,;:–—-") + "…"


def quoted(words: str) -> str:
    """What an answer says, on one line and short: often it says why there is no feed."""
    return f'"{one_line(words, LONGEST_MESSAGE)}"'


def clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def feed_paragraphs(text: str, limit: int = LONGEST_TEXT) -> str:
    """Lines without outer or doubled blanks and invisible characters, no empty ones, NFC, at most
    `limit` characters."""
    lines = (" ".join(line.split()) for line in _visible(text).split("\n"))
    paragraphs = "\n".join(line for line in lines if line)
    return clip(unicodedata.normalize("NFC", paragraphs), limit)


def plain_text(markup: str) -> str:
    """What a reader would see of an HTML fragment; blocks end a line. Scripts are not read."""
    markup = _clean(markup[:LONGEST_MARKUP])
    if "<" not in markup:
        return html.unescape(markup)
    try:
        root = etree.fromstring(markup.encode("utf-8"), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    text = "" if root is None else "".join(_pieces(root))
    # libxml2 gives up on some hundred levels of nesting; the text in there counts as well.
    return text if text.strip() else html.unescape(ANY_TAG.sub(" ", _SCRIPT.sub(" ", markup)))


def prose(markup: str) -> str:
    """Like `plain`, for feeds that escape their markup twice as well."""
    text = plain_text(markup)
    is_markup = _TAGGED.match(text) or _MARKED.search(text)
    return plain_text(text) if is_markup else unescaped(text)


def unescaped(text: str) -> str:
    """The text without references that somebody escaped once more than needed."""
    return html.unescape(text) if _REFERENCE.search(text) else text


def _pieces(root: etree._Element) -> list[str]:
    pieces: list[str] = []
    silent = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else "script"
        if event == "start":
            silent += tag in _SILENT
            pieces += ["\n"] if tag in _BLOCKS else []
            pieces += [node.text] if node.text and not silent else []
        else:
            silent -= tag in _SILENT
            pieces += ["\n"] if tag in _BLOCKS else [" "] if tag in {"td", "th"} else []
            pieces += [node.tail] if node.tail and not silent else []
    return pieces


def text_digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
