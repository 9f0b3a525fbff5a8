"""Fingerprints: the same text gives the same ones everywhere and for ever, as they are stored."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ingest.grouping.fingerprints import (
    WholeText,
    headlines_alike,
    of_two_subjects,
    shared_text,
    shingles,
    sketch,
)
from storage.times import iso, parse_time
from tests.storage.making import prose


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6), max_size=40))
@pytest.mark.slow
def test_shingles_are_every_five_words_hashed_one_in_sixteen_kept(words: list[str]) -> None:
    runs = [" ".join(words[i : i + 5]) for i in range(len(words) - 4)]
    hashes = {
        int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), signed=True) for run in runs
    }

    assert shingles(words) == {number for number in hashes if number % 16 == 0}


def test_case_and_punctuation_make_no_difference() -> None:
    text = prose(1)

    assert sketch("t", text) == sketch("t", text.upper().replace(" ", ", "))


def test_more_is_kept_of_the_opening_so_that_a_summary_is_found() -> None:
    whole = sketch("t", prose(1, 600)).shingles
    summaries = [
        sketch("t", " ".join(prose(seed, 600).split()[:35])).shingles for seed in range(40)
    ]

    assert len(whole) < 600 / 16 * 1.9
    assert all(len(shingled) >= 2 for shingled in summaries)
    assert sketch("t", " ".join(prose(1, 600).split()[:35])).shingles <= whole


def test_what_two_texts_share_is_told_of_the_shorter_one_of_the_first_and_of_where_it_stands() -> (
    None
):
    half = WholeText.of("t", " ".join(prose(1, 200).split()[100:]))
    shared = shared_text(half, WholeText.of("t", prose(1, 200)))

    assert shared.similarity == shared.coverage == 1
    assert shared_text(WholeText.of("t", prose(1, 200)), half).coverage == pytest.approx(96 / 196)
    assert shared.lengths == pytest.approx(96 / 196)
    assert shared.opening == 1
    assert shared.begins == pytest.approx((160 - 100 - 4) / 96)


def test_headlines_name_two_subjects_only_where_each_text_tells_of_its_own() -> None:
    alder = WholeText.of("Results in Alder County", "Results of Alder County are in.")
    birch = WholeText.of("Results in Birch County", "Results of Birch County are in.")
    reworded = WholeText.of("Alder figures final", "Results of Alder County are in, and final.")

    assert headlines_alike(alder, birch)
    assert of_two_subjects(alder, birch)
    assert not of_two_subjects(alder, reworded)


def test_times_are_utc_with_milliseconds() -> None:
    moment = datetime(2026, 11, 3, 7, 8, 9, 123999, timezone(timedelta(hours=-5)))

    assert iso(moment) == "2026-11-03T12:08:09.123Z"
    assert parse_time(iso(moment)) == datetime(2026, 11, 3, 12, 8, 9, 123000, UTC)
    assert iso(datetime(2026, 11, 3, tzinfo=UTC)) == "2026-11-03T00:00:00.000Z"
