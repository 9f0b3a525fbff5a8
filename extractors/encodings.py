"""The encodings that labels name, as browsers read them (WHATWG Encoding Standard), and what is
invisible in any of them. Pure."""

import codecs
import re

from w3lib.encoding import resolve_encoding

# Labels of the standard that neither w3lib nor Python knows, and what web servers write beside it.
_LABELS = {
    **dict.fromkeys(("x-mac-roman", "mac", "x-mac-ce"), "mac-roman"),
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), "mac-cyrillic"),
    **dict.fromkeys(("unicode-1-1-utf-8", "unicode11utf8", "x-unicode20utf8"), "utf-8"),
    **dict.fromkeys(("utf-8-bom", "utf8mb4", "utf-8n"), "utf-8"),
    **dict.fromkeys(("x-gbk", "csgb2312", "gb_2312"), "gb18030"),
    **dict.fromkeys(("x-euc-jp", "cseucpkdfmtjapanese"), "euc-jp"),
    **dict.fromkeys(("shift-jis", "cp943c"), "cp932"),
    **dict.fromkeys(("ks_c_5601-1989", "windows-949", "cseuckr"), "cp949"),
    **dict.fromkeys(("x-x-big5", "cn-big5"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e", "csiso88598i", "logical"), "iso8859-8"),
    **dict.fromkeys(("dos-874",), "cp874"),
    **dict.fromkeys(("iso-8859-6-i", "iso-8859-6-e"), "iso8859-6"),
    **{f"x-cp{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"cp-{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"ansi-{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"windows{number}": f"cp{number}" for number in range(1250, 1259)},
    "unicode": "utf-16",
    "x-user-defined": "cp1252",
    "ansi": "cp1252",
}
# Characters that nobody sees, or that turn what follows around: they hide words from rules and eyes.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Bytes that are none of the encoding, as `surrogateescape` keeps them.
STRAY_BYTE = re.compile("[\udc80-\udcff]")
# Not encodings of documents; some take quadratic time.
_REFUSED = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"}


def encoding_of(label: str) -> str | None:
    """The name of Python's codec for a label in a header, in XML or in a page; None for none."""
    label = label.strip(" \t\r\n\f\"'").lower()
    try:
        name = _LABELS.get(label) or resolve_encoding(label)
        codec = codecs.lookup(name or "")
        b"a".decode(codec.name)
    except (LookupError, ValueError):
        return None
    return None if codec.name.replace("-", "_") in _REFUSED else codec.name
