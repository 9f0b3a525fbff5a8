"""Terms that ask how something is written, held against the original text."""

from matchers.query.ast import Variant
from matchers.text.normalize import cased_words, runs_on, word_places


def case_holds(original: str, start: int, end: int, variant: Variant) -> bool:
    """Whether a stretch has the capital letters, or the dots, that a term asks for."""
    if variant.kind == "dotted":
        return is_dotted(original, start, end, variant)
    return same_case(cased_words(original[start:end]), variant)


def is_unbroken(piece: str, variant: Variant) -> bool:
    """Whether characters that the term joins are joined in the text, too."""
    places = word_places(piece)
    return all(runs_on(piece, places[gap], places[gap + 1]) for gap in variant.tight)


def same_case(words: tuple[str, ...], variant: Variant) -> bool:
    cased = variant.cased or ()
    if not variant.prefix:
        return words == cased
    return words[:-1] == cased[:-1] and words[-1:] != () and words[-1].startswith(cased[-1])


def is_dotted(original: str, start: int, end: int, variant: Variant) -> bool:
    """C.I.S.A and not a part of a longer chain of letters and dots."""
    letters = original[start:end].split(".")
    if tuple(word for part in letters for word in cased_words(part)) != variant.cased:
        return False
    if len(letters) != len(variant.cased) or any(part != part.strip() for part in letters):
        return False
    goes_on = original[end : end + 1] == "." and original[end + 1 : end + 2].isalnum()
    began = start >= 2 and original[start - 1] == "." and original[start - 2].isalnum()
    return not goes_on and not began
