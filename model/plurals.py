"""Counts as sentences of every layer show them."""


def count_of(number: int, singular: str, plural: str = "") -> str:
    """Such as "1 feed", "1,204 feeds" and "2 misses"; without `plural`, an s is added."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"
