"""Fingerprints: the same text gives the same ones everywhere and for ever, as they are stored."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ingest.fingerprints import shingles, sketch
from storage.times import iso, parse
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


def test_times_are_utc_with_milliseconds() -> None:
    moment = datetime(2026, 11, 3, 7, 8, 9, 123999, timezone(timedelta(hours=-5)))

    assert iso(moment) == "2026-11-03T12:08:09.123Z"
    assert parse(iso(moment)) == datetime(2026, 11, 3, 12, 8, 9, 123000, UTC)
    assert iso(datetime(2026, 11, 3, tzinfo=UTC)) == "2026-11-03T00:00:00.000Z"
