"""The time of day and the zone that the words of a date name. Pure."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS = (
    "utc:0 gmt:0 z:0 ut:0 wet:0 bst:1 west:1 ist:5.5 cet:1 cest:2 mez:1 mesz:2 eet:2 eest:3 "
    "msk:3 sast:2 jst:9 kst:9 hkt:8 sgt:8 awst:8 acst:9.5 aest:10 aedt:11 nzst:12 nzdt:13 "
    "est:-5 edt:-4 et:-5 cst:-6 cdt:-5 ct:-6 mst:-7 mdt:-6 mt:-7 pst:-8 pdt:-7 pt:-8 akst:-9 "
    "akdt:-8 hst:-10 ast:-4 adt:-3 nst:-3.5 brt:-3 art:-3 clt:-4 cot:-5 pet:-5"
)
_ZONES = {name: float(hours) for name, _, hours in (pair.partition(":") for pair in _HOURS.split())}
_SUMMER_OR_WINTER = {  # names that do not say which; without a zone database winter counts
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
}  # fmt: skip
_PLACE = re.compile(r"\s*[(\[]?([a-z]{2,}(?:/[a-z_+-]+){1,2}|[ecmp]t\b(?!-))", re.IGNORECASE)
CLOCK = re.compile(
    r"(?<!\d)(?P<h>\d{1,2})[:.h](?P<m>\d{2})(?:[:.](?P<s>\d{2}))?(?:[.,]\d{1,9})?\s*(?P<half>[ap]\.?m\b\.?)?"
    r"(?:\s*(?P<sign>[+-])(?P<zh>\d{2}):?(?P<zm>\d{2})?)?",
    re.IGNORECASE,
)
_AHEAD = re.compile(r"\s*\(?(?:gmt|utc|ut)\s?([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)", re.IGNORECASE)


def moment_of(midnight: datetime, words: str) -> datetime:
    """That day at the time that the words name, in their zone; midnight where they name none."""
    clock = CLOCK.search(words)
    time = _time_of_day(clock) if clock else None
    if clock is None or time is None:
        return midnight
    rest = words[clock.end() :]
    place = None if clock["sign"] else _place(rest)
    moment = midnight + time
    return moment.replace(tzinfo=place) if place else moment - _ahead(clock, rest)


def _time_of_day(clock: re.Match[str]) -> timedelta | None:
    hour = int(clock["h"])
    if clock["half"] and hour <= 12:  # `13:14 pm` has its afternoon in the hour already
        hour = hour % 12 + (12 if clock["half"].lower().startswith("p") else 0)
    if hour > 24 or int(clock["m"]) > 59:
        return None
    return timedelta(hours=hour, minutes=int(clock["m"]), seconds=int(clock["s"] or 0))


def _place(rest: str) -> ZoneInfo | None:
    """The zone that is named by a place behind the time of day."""
    match = _PLACE.match(rest)
    if match is None:
        return None
    name = match[1].lower()
    key = _SUMMER_OR_WINTER.get(name) or "/".join(part.title() for part in name.split("/"))
    key = re.sub(r"^Us(?=/)", "US", key)
    try:
        return ZoneInfo(key.replace("_Of_", "_of_"))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the zone database
        return None


def _ahead(clock: re.Match[str], rest: str) -> timedelta:
    """How far the named zone is ahead of UTC."""
    if clock["sign"]:
        ahead = timedelta(hours=int(clock["zh"]), minutes=int(clock["zm"] or 0))
        return ahead if clock["sign"] == "+" else -ahead
    if ahead_of_utc := _AHEAD.match(rest):
        sign, hours, minutes = ahead_of_utc.groups()
        ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return ahead if sign == "+" else -ahead
    name = re.match(r"\s*\(?([A-Za-z]{1,4})\b", rest)
    return timedelta(hours=_ZONES.get(name[1].lower(), 0)) if name else timedelta()
