"""Which language codes articles carry (ISO 639-1), and what people write instead."""

import re

CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv "
    "sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
LANGUAGE_NAMES = {
    **dict.fromkeys(("eng", "english"), "en"),
    **dict.fromkeys(("sp", "spa", "spanish", "español", "castellano"), "es"),
    **dict.fromkeys(("fra", "fre", "french"), "fr"),
    **dict.fromkeys(("deu", "ger", "german"), "de"),
    **dict.fromkeys(("por", "portuguese"), "pt"),
    **dict.fromkeys(("rus", "russian"), "ru"),
    **dict.fromkeys(("zho", "chi", "chinese", "cn"), "zh"),
    **dict.fromkeys(("ara", "arabic"), "ar"),
    **dict.fromkeys(("vie", "vietnamese", "vn"), "vi"),
    **dict.fromkeys(("kor", "korean"), "ko"),
    **dict.fromkeys(("jpn", "japanese", "jp"), "ja"),
}


def primary(code: str) -> str:
    """The main part of a BCP 47 tag: es for es-MX."""
    return re.split("[-_]", code.strip().lower())[0]


def misnamed(code: str) -> str | None:
    """What is wrong with a language code, and what to write; None when nothing is."""
    main = primary(code)
    if main in LANGUAGE_NAMES:
        return f"write {LANGUAGE_NAMES[main]}"
    if main in CODES.split() or len(main) == 3:  # rarer languages have codes of three letters only
        return None
    return "such as en, es or es-MX"


def differs(language: str, languages: tuple[str, ...]) -> bool:
    """Whether a text's language is known and none of these."""
    own = primary(language)
    return bool(own) and own not in {primary(other) for other in languages}
