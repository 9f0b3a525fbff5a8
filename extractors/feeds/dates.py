"""Dates as feeds write them, as UTC moments. feedparser reads most; the rest is read here. Pure."""

import calendar
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

OLDEST = datetime(1970, 1, 2, tzinfo=UTC)  # zero timestamps of many systems lie before it
FURTHEST_AHEAD = timedelta(days=90)  # as Media Cloud: later ones are mistakes

# The first letters tell a month in English, Spanish, Portuguese, French, German, Italian, Dutch,
# Polish, Russian and Ukrainian, in that order of trust.
_MONTHS = {
    1: "jan ene gen jän sty янв січ",
    2: "feb fev fév lut фев лют",
    3: "mar mär mrt maa мар бер",
    4: "apr abr avr kwi апр кві",
    5: "may mai mag mei maj мая май тра",
    6: "jun jui giu cze июн чер",
    7: "jul lug lip июл лип",
    8: "aug ago aoû aou sie авг сер",
    9: "sep set wrz сен вер",
    10: "oct okt out ott paź paz окт жов",
    11: "nov lis ноя лис",
    12: "dec dez dic déc gru дек гру",
}
_MONTH = {prefix: month for month, names in _MONTHS.items() for prefix in names.split()}
_HOURS = (
    "utc:0 gmt:0 z:0 ut:0 wet:0 bst:1 west:1 ist:5.5 cet:1 cest:2 mez:1 mesz:2 eet:2 eest:3 "
    "msk:3 sast:2 jst:9 kst:9 hkt:8 sgt:8 awst:8 acst:9.5 aest:10 aedt:11 nzst:12 nzdt:13 "
    "est:-5 edt:-4 et:-5 cst:-6 cdt:-5 ct:-6 mst:-7 mdt:-6 mt:-7 pst:-8 pdt:-7 pt:-8 akst:-9 "
    "akdt:-8 hst:-10 ast:-4 adt:-3 nst:-3.5 brt:-3 art:-3 clt:-4 cot:-5 pet:-5"
)
_ZONES = {name: float(hours) for name, _, hours in (one.partition(":") for one in _HOURS.split())}
_CLOCK = re.compile(
    r"(?<!\d)(?P<h>\d{1,2})[:.h](?P<m>\d{2})(?:[:.](?P<s>\d{2}))?(?:[.,]\d{1,9})?\s*(?P<half>[ap]\.?m)?"
    r"(?:\s*(?P<sign>[+-])(?P<zh>\d{2}):?(?P<zm>\d{2})?)?",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_AMERICAN = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})[.-](\d{1,2})[.-](\d{4})")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.|º)?[\s-]+(?:de\s+)?([^\W\d_]{3,})\.?,?[\s-]+(?:de\s+)?(\d{4})"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")


def moment(parsed: Sequence[int] | None, said: object, now: datetime | None) -> datetime | None:
    """The moment that feedparser found, else what can be made of the words; None when absurd."""
    found = _from_struct(parsed) or (read_date(said) if isinstance(said, str) else None)
    return sane(found, now)


def sane(found: datetime | None, now: datetime | None) -> datetime | None:
    """`found`, unless it is before computers kept time or more than 90 days ahead of `now`."""
    if found is None or found < OLDEST or (now is not None and found > now + FURTHEST_AHEAD):
        return None
    return found.replace(microsecond=0)


def _from_struct(parsed: Sequence[int] | None) -> datetime | None:
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(tuple(parsed)), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def read_date(said: str) -> datetime | None:
    """A date in one of the forms that feeds use beyond the standards; no zone means UTC."""
    said = said.strip()[:120]
    if re.fullmatch(r"\d{9,10}(\.\d+)?|\d{12,13}", said):
        return datetime.fromtimestamp(int(said[:10]) if len(said) < 12 else int(said) / 1000, UTC)
    try:
        found = datetime.fromisoformat(said)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    day = _day(said.lower())
    if day is None:
        return None
    try:
        return (datetime(*day, tzinfo=UTC) + _time_of_day(said)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(said: str) -> tuple[int, int, int] | None:
    if found := _ISO.search(said):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _AMERICAN.search(said):
        first, second = int(found[1]), int(found[2])
        month, day = (second, first) if first > 12 else (first, second)
        return int(found[3]), month, day
    if found := _DOTTED.search(said):
        return int(found[3]), int(found[2]), int(found[1])
    if (found := _DAY_FIRST.search(said)) and (named := _month(found[2])):
        return int(found[3]), named, int(found[1])
    if (found := _MONTH_FIRST.search(said)) and (named := _month(found[1])):
        return int(found[3]), named, int(found[2])
    return None


def _month(name: str) -> int | None:
    if name.startswith(("juil", "juill")):
        return 7
    return _MONTH.get(name[:3])


def _time_of_day(said: str) -> timedelta:
    clock = _CLOCK.search(said)
    if clock is None:
        return timedelta()
    hour = int(clock["h"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].lower().startswith("p") else 0)
    if hour > 24 or int(clock["m"]) > 59:
        return timedelta()
    time = timedelta(hours=hour, minutes=int(clock["m"]), seconds=int(clock["s"] or 0))
    return time - _offset(clock, said[clock.end() :])


def _offset(clock: re.Match[str], rest: str) -> timedelta:
    if clock["sign"]:
        ahead = timedelta(hours=int(clock["zh"]), minutes=int(clock["zm"] or 0))
        return ahead if clock["sign"] == "+" else -ahead
    name = re.match(r"\s*\(?([A-Za-z]{1,4})\b", rest)
    return timedelta(hours=_ZONES.get(name[1].lower(), 0)) if name else timedelta()
