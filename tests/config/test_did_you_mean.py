"""Guesses at what a name was meant to be."""

from config.did_you_mean import did_you_mean, nearest_name

NAMES = ("osint-consejera-ine", "osint-drones-over-counting", "elections", "electors")


def test_a_name_that_begins_like_this_one_comes_before_those_that_look_like_it() -> None:
    assert nearest_name("osint-drone", NAMES) == "osint-drones-over-counting"
    assert nearest_name("osint-consejeras-ine", NAMES) == "osint-consejera-ine"
    assert nearest_name("elect", NAMES) == "electors", "the shortest of several"


def test_what_is_like_nothing_is_not_guessed_at() -> None:
    assert did_you_mean("zzz", NAMES) is None
    assert did_you_mean("el", NAMES) is None
