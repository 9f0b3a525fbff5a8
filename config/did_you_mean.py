"""The one place that guesses what somebody meant by a name that is not known."""

import difflib
from collections.abc import Iterable

ALIKE = 0.6  # of 1, by difflib: two letters swapped in a word of four are 0.75


def nearest_name(name: str, known: Iterable[str], *, alike: float = ALIKE) -> str | None:
    """The known name that is spelled most like this one, if any is; large and small letters are one."""
    by_folded = {one.casefold(): one for one in sorted(known, reverse=True)}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=alike)
    return by_folded[close[0]] if close else None


def did_you_mean(
    name: str, known: Iterable[str], *, shown: str = '"{}"', alike: float = ALIKE
) -> str | None:
    """The question as a hint, or None. `shown`: how the name is written, as `title:` or `$ballots`."""
    close = nearest_name(name, known, alike=alike)
    return f"did you mean {shown.format(close)}?" if close else None
