"""The one place that guesses what somebody meant by a name that is not known."""

import difflib
from collections.abc import Iterable

FEWEST_LETTERS = 3  # of a beginning
SPELT_ALIKE = 0.6  # of 1, by difflib: two letters swapped in a word of four are 0.75


def nearest_name(name: str, names: Iterable[str], *, alike: float = SPELT_ALIKE) -> str | None:
    """The known name that begins with this one, else the one that is spelled most like it, if any
    is; large and small letters are one."""
    by_folded = {name.casefold(): name for name in sorted(names, reverse=True)}
    begun = [folded for folded in by_folded if folded.startswith(name.casefold())]
    if begun and len(name) >= FEWEST_LETTERS:
        return by_folded[min(begun, key=len)]
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=alike)
    return by_folded[close[0]] if close else None


def did_you_mean(
    name: str, names: Iterable[str], *, shown: str = '"{}"', alike: float = SPELT_ALIKE
) -> str | None:
    """The question as a hint, or None. `shown`: how the name is written, as `title:` or `$ballots`."""
    close = nearest_name(name, names, alike=alike)
    return f"did you mean {shown.format(close)}?" if close else None
