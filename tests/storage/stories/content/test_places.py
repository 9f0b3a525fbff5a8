import pytest

from storage.stories.content.places import place_named


@pytest.mark.parametrize(("title", "text", "region", "place"), [
    ("Jordan: Why I refuse to speak to the panel", "The congressman said so to the panel on Friday.", "US", None),
    ("Candidate repeats claim of a rigged vote", "At a rally in Dayton, Ohio on Monday, Ada Lane told the crowd that the presidential election in the United States is rigged.", "US", "US"),
    ("Man shot at a rally", "A man was shot at a rally in Butler, Pennsylvania, the police of the United States said.", "US", "US-PA"),
    ("Officials meet on threats", "Officials of the United States met.\n\nA voter in Sacramento, California, March 2, 2020. REUTERS/Ada Lane\n\nSince 2016, the U.S. has done more.", "US", "US"),
    ("Leaker speaks to the press", "He spoke in London's Ecuadorian embassy about a vote in the United States.", "US", "US"),
    ("Paper takes no side", "The Oregon Tribune and the Times of Malta did not endorse anybody; voters in Kenya noticed.", "US", "KE"),
    ("He marched on the Capitol", "He now says that he was wrong.", "US", "US"),
    ("Georgia board delays certification", "The state election board in Atlanta voted on Friday.", "US", "US-GA"),
    ("Georgia vote: Tbilisi streets full", "Georgian opposition parties said the count was rigged.", "GB", "GE"),
    ("Clerk charged with copying drives", "LANSING, Mich. (AP) — A township clerk was charged.", "US", "US-MI"),
    ("County loses its results page", "DES MOINES — A county lost its results page for an hour.", "US", "US-IA"),
    ("Russian hackers scanned Arizona voter rolls", "The FBI said Russia's military was behind it.", "US", "US-AZ"),
    ("Russia denies meddling in the vote", "Moscow called the charge a fantasy.", "US", "US"),
    ("Kremlin critic barred from the ballot", "Russian officials struck the candidate off.", None, "RU"),
    ("U.S. sanctions Serbian troll farm", "The Serbian group paid for posts, the Treasury said.", "US", "US"),
    ("Kenya's commission shuts down its portal", "The portal went dark in the afternoon.", "GB", "KE"),
    ("Trustee Virginia Hale leaves the board", "The New York Times said so first. Jim Jordan praised her.", "US", None),
    ("West Virginia tests its pollbooks", "Every county in West Virginia took part.", "US", "US-WV"),
    ("Perú: denuncian fraude en el conteo", "El jurado electoral respondió.", "CL", "PE"),
    ("Help us protect the 2020 vote", "William Barr, Chad Wolf and Jordan Ames write that Americans have high expectations.", "US", "US"),
    ("Russian officers indicted for hacking a campaign", "The Justice Department charged twelve of them on Friday.", None, "US"),
    ("Russian hackers targeting conservative US thinktanks", "The Russian group has been launching fresh attacks.", None, "US"),
    ("Iran linked to a fake-news site", "Tehran, and Moscow, denied it. Nobody was charged.", None, "IR"),
    ("Moldova says Moscow paid for votes", "Russian money reached 130,000 people, police in Moldova said.", None, "MD"),
    ("Observers barred from Russian election", "In Russia monitors were kept out; the FBI said nothing.", None, "RU"),
    ("Russian election meddling worries clerks", "Clerks in Ohio asked for help.", None, "US-OH"),
    ("Former British spy admits dossier is unverified", "John McCain, Arizona Republican, gave it to the FBI.", None, "US"),
    ("Panel subpoenas comedian in Russia election meddling probe", "A comedian must appear before Congress.", None, "US"),
    ("Republican debate: candidates blast media", "BOULDER, Colorado — Candidates from Florida, Ohio and Texas met.", None, "US-CO"),
    ("Are they stealing the midterms?", "By Ann Poe\nCOLUMBUS, Ga.—Ed Harbison remembers the lines.", None, "US-GA"),
    ("Assange: no state gave us the e-mails", "He spoke in the Ecuadorian Embassy; American officials doubt it.", None, "US"),
    ("Survey: clerks fear outages", "It was made by Unisys, headquartered in Pennsylvania, for Americans abroad.", None, "US"),
    ("French prosecutors look into interference", "PARIS, May 20 - Prosecutors are looking into it.", None, "FR"),
    ("US urges parties to accept Honduras vote outcome", "WASHINGTON, Dec 24 - President Donald Trump's administration urged it.", None, "HN"),
    ("Researchers say fake news moved votes", "Ohio State University scholars asked Americans what they had read.", None, "US"),
    ("Super Tuesday brings a security challenge", "Tennessee, Maine and Vermont vote on paper; machines are old.", None, "US"),
    ("Fake news divides voters", "Protesters gather in Philadelphia, Pennsylvania. Mark Mak/Getty Images\nA survey found that Americans disagree. " + "It asked many. " * 12, None, "US"),
    ("High court voids ruling on mail ballots", "Sign up for our newsletter. HARRISBURG — The court ruled.", None, "US-PA"),
    ("Trump Looms Over Brazil’s Closely Fought Election", "The leader accuses the U.S. president of interfering.", None, "BR"),
    ("Honduras: candidata acusa a Trump de injerencias", "La candidata denunció al presidente estadounidense, Donald Trump.", None, "HN"),
    ("Trump Denies Russia’s Election Meddling", "Congress heard it on Friday.", None, "US"),
    ("Chad votes on a new constitution", "Polling stations opened in Chad on Sunday.", None, "TD"),
    ("Jordan's parliament dissolved", "The king of Jordan called an election.", None, "JO"),
    ("Board hears complaint", "Virginia Hale and Israel Moss told the board that seals were broken.", "US", None),
    ("Recount ends", "In Virginia Republicans asked for a recount; the Georgia Senate did not.", "US", "US-VA"),
    ("Mueller says meddling goes on", "Washington (CNN) A Mississippi Democrat asked Robert Mueller on Capitol Hill about Russia.", None, "US"),
    ("House intel members introduce election bill", "Rep. Tom Rooney (R-Fla.) and Terri Sewell of Alabama, an Alabama Democrat, introduced it.", None, "US"),
    ("FBI seizes servers of an election office", "Agents came to the office in Cobb County, Georgia, on Monday.", None, "US-GA"),
    ("FBI arrests a Florida man for threats to a clerk", "The Justice Department said so.", None, "US-FL"),
    ("Trump chides adviser over Russian meddling", "The president said Russia did nothing.", None, "US"),
    ("Device detonates near Lehigh Valley polling site", "Nobody was hurt.", "US", "US-PA"),
    ("Ariz. senator wants answers", "Sen. Ann Poe (R-Ariz.) wrote the letter.", "US", "US-AZ"),
    ("Nothing is named here", "Not here either.", "US", None),
])  # fmt: skip
def test_the_place_is_the_one_that_headline_and_opening_name(
    title: str, text: str, region: str | None, place: str | None
) -> None:
    assert place_named(title, text, region) == place


def test_a_place_named_late_is_a_comparison() -> None:
    assert (
        place_named("Tally stops", "The tally stopped. " * 60 + "As in Ohio and Ohio.", "US")
        is None
    )
