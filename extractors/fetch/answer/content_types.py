"""What bytes are, whatever Content-Type says of them. Pure.

The header is a hint to browsers, and every browser reads the bytes: HTML sent as octet-stream, as
text/plain, under two types or under none is a page, a PDF sent as text/html is not. `nosniff`
guards readers against scripts and changes nothing here.
"""

import codecs
import re

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ENOUGH_FOR_MAGIC = 16
_MAGIC = (
    *((b"%PDF-", "a PDF document"), (b"PK\x03\x04", "a ZIP archive or office document")),
    *((b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture")),
    *((b"\x1f\x8b", "a packed file"), (b"\xd0\xcf\x11\xe0", "an office document")),
    *((b"ID3", "audio"), (b"OggS", "audio or video"), (b"\x1aE\xdf\xa3", "video")),
    *((b"\x7fELF", "a program"), (b"Rar!", "an archive"), (b"{\\rtf", "an RTF document")),
)
_BINARY_BYTES = bytes({*range(0x20), 0x7F} - set(b"\t\n\f\r\x1b"))
_TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/octet-stream")
_BEGINS_PAGE = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|article|p|div|h1|main|title)\b", re.I
)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|body)\b", re.IGNORECASE)
_PAGE_END = re.compile(rb"</(?:html|body)\b", re.IGNORECASE)
_HEAD = re.compile(rb"</?head\b", re.IGNORECASE)
_BOX = re.compile(rb"<(/?)(?:div|article|main|section|script)\b", re.IGNORECASE)
_DOCUMENT_END = re.compile(
    rb"</(?:html|rss|(?:\w+:)?(?:feed|rdf|urlset|sitemapindex))\s*>(?:\s|<!--(?:[^-]|-(?!->))*-->)*$",
    re.IGNORECASE,
)
LONGEST_EPILOGUE = 1_000  # bytes: remarks of caches stand behind the end
OPEN_BOXES = 3  # boxes left open from which on a page without its end broke off


def media_type(content_type: str | None) -> str:
    """The first type that the header names, in lower case: "" for none.

    Headers come twice, with commas, quotes, blanks for semicolons and in upper case.
    """
    first = (content_type or "").partition(";")[0].partition(",")[0].strip(" \t\"'")
    return first.split()[0].strip("\"'").lower() if first else ""


def not_a_page(body: bytes, content_type: str | None) -> str | None:
    """What the bytes are instead of a page, or None when they may be read as one."""
    if (what := type_by_magic(body)) is not None:
        return what
    start = body[:4096].replace(b"\x00", b"")  # UTF-16 without a mark is half NULs
    wide = "utf-16" in (content_type or "").lower()  # in which most bytes are controls elsewhere
    marked = wide or any(body.startswith(bom) for bom, _ in BOMS)
    if body and not marked and len(start.translate(None, _BINARY_BYTES)) <= 0.9 * len(start):
        return "binary data"
    if _BEGINS_PAGE.search(body[:65_536].replace(b"\x00", b"")):
        return None
    declared = media_type(content_type)
    if "json" in declared and start.lstrip()[:1] in {b"{", b"["}:
        return None  # some sites serve the text of their stories so
    if "/" in declared and "html" not in declared and not declared.startswith(_TEXT_TYPES):
        return f"{declared[:60]!r}"
    return None


def type_by_magic(body: bytes) -> str | None:
    """What the first bytes give away."""
    head = body[:1024].lstrip()
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[4:8] == b"ftyp" or (head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE", b"AVI ")):
        return "a picture, audio or video"
    return None


def is_whole(body: bytes) -> bool:
    """Whether a page or feed ends as its markup says, or an object of JSON with its bracket."""
    end = body[-LONGEST_EPILOGUE:].rstrip()
    if body[:100].lstrip()[:1] == b"{":
        return end.endswith(b"}")
    return _DOCUMENT_END.search(end) is not None


def ends_early(body: bytes) -> bool:
    """Whether a page breaks off in its middle, although the transfer says that all of it came.

    A Content-Length that is too short, or a server that gave up and ended its answer properly,
    gives half of a page. The end tags of <html> and <body> may be left out by right: where both
    lack, a page broke off that closes its head, or opens it and does not, or stops inside boxes.
    """
    if not _PAGE.search(body[:4000]) or _PAGE_END.search(body):
        return False
    if _HEAD.search(body):
        return True
    marks = [match[1] for match in _BOX.finditer(body)]
    left_open = len(marks) - 2 * marks.count(b"/")
    return left_open >= OPEN_BOXES or (left_open > 0 and not body.rstrip().endswith(b">"))
