"""Which coding some bytes are in, by how they begin. Pure."""

import codecs
import re
import zlib
from collections.abc import Callable
from functools import partial

import brotli

TELLING_BYTES = 16  # bytes by which a coding is recognised
_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"  # the bytes 1 to 3 of a zstd frame that may be passed over
_TAG = re.compile(rb"\s*<[!?/a-zA-Z]")
_TEXT = bytes({*range(0x20, 0x7F), *range(0x80, 0x100), 9, 10, 13})


def may_be_brotli(head: bytes) -> bool:
    """Brotli has no first bytes of its own; most that is none cannot begin it."""
    try:
        brotli.Decompressor().process(head)
    except brotli.error:
        return False
    return True


def by_magic(head: bytes) -> str | None:
    """The coding that bytes of it cannot but begin with."""
    if head.startswith(_GZIP):
        return "gzip"
    if head.startswith(_ZSTD) or (head[1:4] == _SKIPPABLE and head[0] & 0xF0 == 0x50):
        return "zstd"
    return None


def unasked(chunk: bytes) -> str | None:
    """The coding of bytes that came without one named, by what a first look at them gives.

    Deflate and brotli have no magic number: they are taken for it if markup comes out.
    """
    if (name := by_magic(chunk)) is not None or is_text(chunk):
        return name
    if is_zlib(chunk) and _gives_markup(lambda: zlib.decompressobj().decompress(chunk, 256)):
        return "deflate"
    first = chunk[:4096]
    unpack = partial(brotli.Decompressor().process, first, output_buffer_limit=256)
    return "br" if _gives_markup(unpack) else None


def _gives_markup(unpack: Callable[[], bytes]) -> bool:
    try:
        return _TAG.match(unpack().removeprefix(codecs.BOM_UTF8)) is not None
    except (zlib.error, brotli.error):
        return False


def is_text(head: bytes) -> bool:
    """Whether this is not packed data but markup or other plain text."""
    head = head.removeprefix(codecs.BOM_UTF8)[:64]
    if head.translate(None, _TEXT):
        return False
    if _TAG.match(head):
        return True
    if len(head) < TELLING_BYTES:
        return head.isascii() and head.lstrip()[:1] in (b"<", b"{", b"[")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return head[:TELLING_BYTES].isascii()
    return True


def is_zlib(head: bytes) -> bool:
    """Whether the two bytes of a zlib header stand at the beginning."""
    return len(head) > 1 and head[0] & 15 == 8 and int.from_bytes(head[:2], "big") % 31 == 0
