"""Bytes to text, whatever the headers claim. Pure."""

import codecs
import html
import re
import unicodedata

from extractors.encodings import INVISIBLE, STRAY_BYTE, encoding_of
from extractors.fetch.answer.content_types import BOMS
from extractors.undeclared_encoding import SHORT_TAG, is_misread, undeclared_encoding

_ISO_2022_JP = re.compile(rb"\x1b\$[@B].{2,400}?\x1b\([BJ]", re.DOTALL)
_BEYOND = re.compile(rb"[\x80-\xff]")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})["']""", re.I)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|dfn|em|font|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|time|u|var|wbr)\b[^<>]{0,2000}>",
    re.I,
)
_BLOCK_END = re.compile(r"</(?:p|div|li|h\d)>|<br\s*/?>", re.I)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ODD = re.compile("|".join(pattern.pattern for pattern in (_CONTROL, INVISIBLE, _SURROGATE)))


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a page; never raises.

    A byte order mark wins, then valid UTF-8 (no other encoding's text looks like it by chance,
    and servers often declare Latin-1 for it), then header, markup and detection.
    """
    for bom, name in BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    if _ISO_2022_JP.search(body[:100_000]) and not _BEYOND.search(body):
        return body.decode("iso2022_jp", "replace")
    said_wide = "utf-16" in (content_type or "").lower() and 0 in body[:400]
    if said_wide or body[:400].count(0) > 100:  # no page of eight-bit letters holds so many NULs
        wide = "utf-16-le" if body[:400:2].count(0) < body[1:400:2].count(0) else "utf-16-be"
        return body.decode(wide, "replace")
    declared = _declared(body, content_type)
    if not any(name.startswith(("iso2022", "hz")) for name in declared):
        try:
            return codecs.getincrementaldecoder("utf-8")().decode(body)  # a cut last letter is fine
        except UnicodeDecodeError:
            pass
    if (mixed := _mixed(body)) is not None:
        return mixed
    for name in declared:
        text = body.decode(name, "replace")
        if is_misread(text, name):
            break
        if text.count("\ufffd") <= max(2, len(text) // 200):
            return text
    return body.decode(undeclared_encoding(body[:100_000]), "replace")


def _mixed(body: bytes) -> str | None:
    """UTF-8 in which some paragraphs are Windows-1252, pasted from elsewhere; None for other text.

    Letters of several bytes that are valid UTF-8 are not an accident: where they outnumber the stray
    bytes, these are read on their own.
    """
    text = body.decode("utf-8", "surrogateescape")
    stray = STRAY_BYTE.findall(text)
    valid = sum(1 for char in text[:500_000] if char > "\x7f") - len(stray)
    if valid < max(len(stray), 3):
        return None
    runs = re.compile(f"{STRAY_BYTE.pattern}+")
    return runs.sub(lambda run: _windows(run[0].encode("utf-8", "surrogateescape")), text)


def _windows(raw: bytes) -> str:
    return raw.decode("cp1252", "replace")


def _declared(body: bytes, content_type: str | None) -> list[str]:
    match = _HEADER.search(content_type or "")
    labels = [match[1]] if match else []
    for pattern in (_XML, _META):
        if hit := pattern.search(body[:8192]):
            labels.append(hit[1].decode("ascii", "replace"))
    return list(dict.fromkeys(name for label in labels if (name := encoding_of(label))))


def clean(text: str) -> str:
    """NFC, without control, invisible and direction characters; runs of blanks are one blank."""
    if _ODD.search(text):
        text = INVISIBLE.sub("", _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return unicodedata.normalize("NFC", "\n".join(line for line in lines if line))


def markup_to_text(text: str) -> str:
    """Text of a string that may hold escaped markup."""
    text = html.unescape(text)
    if "<" in text:
        text = html.unescape(SHORT_TAG.sub(" ", _BLOCK_END.sub("\n", _INLINE.sub("", text))))
    return clean(text)
