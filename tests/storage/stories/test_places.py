import pytest

from storage.stories.places import place_of


@pytest.mark.parametrize(("title", "text", "region", "place"), [
    ("Georgia board delays certification", "The state election board in Atlanta voted on Friday.", "US", "US-GA"),
    ("Georgia vote: Tbilisi streets full", "Georgian opposition parties said the count was rigged.", "GB", "GE"),
    ("Clerk charged with copying drives", "LANSING, Mich. (AP) — A township clerk was charged.", "US", "US-MI"),
    ("County loses its results page", "DES MOINES — A county lost its results page for an hour.", "US", "US-IA"),
    ("Russian hackers scanned Arizona voter rolls", "The FBI said Russia's military was behind it.", "US", "US-AZ"),
    ("Russia denies meddling in the vote", "Moscow called the charge a fantasy.", "US", "US"),
    ("Kremlin critic barred from the ballot", "Russian officials struck the candidate off.", None, "RU"),
    ("U.S. sanctions Serbian troll farm", "The Serbian group paid for posts, the Treasury said.", "US", "RS"),
    ("Kenya's commission shuts down its portal", "The portal went dark in the afternoon.", "GB", "KE"),
    ("Trustee Virginia Hale leaves the board", "The New York Times said so first. Jim Jordan praised her.", "US", None),
    ("West Virginia tests its pollbooks", "Every county in West Virginia took part.", "US", "US-WV"),
    ("Perú: denuncian fraude en el conteo", "El jurado electoral respondió.", "CL", "PE"),
    ("Nothing is named here", "Not here either.", "US", None),
])  # fmt: skip
def test_the_place_is_the_one_that_headline_and_opening_name(
    title: str, text: str, region: str | None, place: str | None
) -> None:
    assert place_of(title, text, region) == place


def test_a_place_named_late_is_a_comparison() -> None:
    assert (
        place_of("Tally stops", "The tally stopped. " * 60 + "As in Ohio and Ohio.", "US") is None
    )
