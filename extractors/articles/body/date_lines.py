"""Lines that only say when a story was published, or how long reading it takes. Pure."""

import re

_SAID = (
    r"(?:published|posted|(?:last )?(?:updated|modified|reviewed)|(?:release|post) date|date|publicado|publicada|actualizado"
    r"|fecha|veröffentlicht|aktualisiert|stand|publié|mis à jour|pubblicato|aggiornato|опубликовано|обновлено|дата)"
    r"(?: (?:on|at|el|am|le|il|em))?"
)
_DAY = (
    r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|(?:[^\W\d]{2,12}\.?,? )?\d{1,2}(?:st|nd|rd|th|\.|º)?(?: de| of)? [^\W\d]{3,12}\.?,?(?: de)? \d{4}"
    r"|(?:[^\W\d]{2,12}\.?,? )?[^\W\d]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})"
)
_CLOCK = r"(?:\W{0,3}(?:at |um |à |a las |às )?\d{1,2}[:.h]\d{2}(?::\d\d)?(?: ?[ap]\.?m\.?)?(?: ?(?:[A-Z]{2,4}|Uhr))?)?"
_BY = r"(?: by (?:[^\W\d][\w.’'-]*[ .]?){1,4})?"
_MOMENT = re.compile(rf"\W*(?:{_SAID}\W{{0,3}})?{_DAY}{_CLOCK}{_BY}\W*", re.IGNORECASE)
_READING = re.compile(
    r"\W*\d{1,2}[ -]?min(?:ute|uto|uten|utes|utos)?s?[ -](?:read|de lectura|de leitura|lesezeit|de lecture)\W*",
    re.IGNORECASE,
)
LONGEST_DATE_LINE = 100  # characters


def is_moment(line: str) -> bool:
    """Whether the line is a date, or a time for reading, and nothing else."""
    if len(line) > LONGEST_DATE_LINE or not any(map(str.isdigit, line)):
        return False
    return bool(_MOMENT.fullmatch(line) or _READING.fullmatch(line))
