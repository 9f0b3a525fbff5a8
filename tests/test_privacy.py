"""What is masked, and what stays: 200 planted places of people, 100 addresses that are the news.

The sentences were written before the patterns were first run on them.
"""

import random
from itertools import product

import pytest

import privacy

HOMES = (
    "118 Maple Street", "4402 N. Larkspur Ave.", "9 Old Mill Road", "27 SW 14th Court", "1530 Quarry Ridge Drive, Apt. 4B", "88-12 Fenwick Boulevard",
    "6 Tamarack Ln", "2210 East 9th Street", "71 County Road 12", "303 Dove Hollow Way #7", "14B Chestnut Terrace", "5001 Saint Brigid Circle", "12 O'Malley Place", "640 W Harbor View Pkwy",
)  # fmt: skip
AT_HOME = (
    "Deputies were sent to her home at {} after a caller claimed to hold hostages.",
    "A post on the forum gave the election director's address as {} and asked readers to visit.",
    "The poll worker, who lives at {}, said she had stopped opening her mail.",
    "Someone threw a brick through the window of {} while the clerk's children slept.",
    "“We know you are at {},” the message said, according to the complaint.",
)
PHONES = (
    "(202) 555-0143", "602-555-0188", "415.555.0199", "+1 312 555 0117", "7045550162", "+44 20 7946 0958", "+52 55 5123 4567", "503 555 0131", "1-919-555-0176", "616/555-0104",
)  # fmt: skip
BY_PHONE = (
    "Her cell number, {}, was read out during the livestream.",
    "The man left three voicemails from {} on Tuesday night.",
    "Prosecutors say he texted the supervisor at {} more than forty times.",
    "Contact details in the post included {} and a photograph.",
    "“Call the traitor: {}” stood on the leaflet.",
    "The threats came to {}, a line that the commissioner has had for years.",
    "On the list: the registrar, {}; two deputies; a temporary worker.",
)
MAILBOXES = (
    "jane.doe@example.org", "m_okafor82@mail.example", "clerk.ana.ruiz@county.example.gov", "t.whitfield+polls@inbox.example.net", "danny@example.co.uk", "r-lopez@correo.example.mx",
    "pat.oneil [at] example [dot] com", "sue99@example.com", "K.Lindqvist@EXAMPLE.SE", "o'brien@example.ie",
)  # fmt: skip
BY_MAIL = (
    "The message to {} said that she would not see the canvass.",
    "A spreadsheet with the officials' addresses, {} among them, circulated for a week.",
    "Write to her at {}, the caption urged.",
    "The threat was sent from {} at 3:12 a.m.",
    "Investigators traced {} to an apartment in another state.",
    "{}: “you will pay for the count”.",
)
HOMES_ABROAD = (
    "3 Rue des Lilas", "24 bis, avenue Victor-Hugo", "Lindenstraße 14", "Am Alten Markt 7", "Hauptstr. 22a", "Via Garibaldi 19", "Piazza San Marco 5", "Calle Mayor, 33, 2º B", "Av. Insurgentes Sur 1602",
    "Carrera 7 # 45-10", "Calle 100 #8A-55", "Avenida Corrientes 1234, piso 5", "Rua das Flores, 120", "Av. Paulista, 1578, apto 42", "Jalan Merdeka 45", "221B Baker Street", "Flat 4, 18 Acacia Road",
    "Rose Cottage, 9 Church Lane", "14 Kifissias Avenue", "ul. Marszałkowska 8/12", "Keizersgracht 241", "Kungsgatan 12", "Storgata 5B", "Nevsky Prospekt 28", "12/4 MG Road", "Plot 7, Sector 18",
    "House No. 56, Street 9", "Unit 5/38 George Street", "P.O. Box 90210", "RR 2 Box 118", "N6W23001 Bluemound Rd", "One Lincoln Plaza, Apt 30C", "400 block of Pine Street", "9 Maple", "Los Robles 455",
)  # fmt: skip
AT_HOME_ABROAD = (
    "Deputies found a dead rat on the porch of her home at {}.", "His address, {}, was posted on the channel with the words “pay him a visit”.",
    "La funcionaria vive en {} con sus dos hijos, según la denuncia.", "The letter was addressed to the clerk's residence:\n{}\nand had no stamp.",
)  # fmt: skip
PHONES_ABROAD = (
    "555-0123, ext. 7", "+49 30 901820", "030/901820-11", "+33 6 12 34 56 78", "06.12.34.56.78", "612 34 56 78", "+57 310 555 0199", "9 8765 4321", "(11) 91234-5678", "09876543210", "+44 (0)7700 900456",
    "(+358) 752418338", "415 555\n0132", "five five five, zero one nine nine", "0412 345 678", "(0351) 4567890", "+972-54-123-4567",
)  # fmt: skip
BY_PHONE_ABROAD = (
    "Her mobile number, {}, was read aloud on the stream.", "The man left a voicemail from {} saying she would hang.", "Su número de celular, {}, fue publicado en el grupo.",
)  # fmt: skip
MAILBOXES_ABROAD = (
    "müller.hans@post.example.de", "name AT example DOT com", "name [arroba] example.com", "name @ example.com", "ana.garcia@\ncorreo.example.com", "o’neil@example.ie",
)  # fmt: skip
BY_MAIL_ABROAD = ("The threat went to {} at dawn.", "Se publicó su correo, {}, junto con una foto.")
OFFICES = (
    "Voters in Precinct 14 cast ballots at the polling place, {}, until 8 p.m.",
    "The Quill County election office at {} was evacuated for two hours.",
    "Lincoln Elementary School, {}, will replace the flooded site.",
    "A drop box outside the public library at {} was set on fire.",
    "White powder was found at the clerk's office, {}, on Monday morning.",
    "Early voting runs through Friday at the Harbor Recreation Center, {}.",
    "Tabulators are stored in the county warehouse at {}.",
    "The hearing is at the courthouse, {}, in room 4.",
    "St. Anne's Church ({}) opened its hall as a vote center.",
    "Protesters gathered at {}, the headquarters of the state election board.",
)
SITES = (
    "400 Oak Street", "1200 W. Washington St.", "55 Civic Center Plaza", "2010 North Main Avenue", "7 Library Lane", "815 Courthouse Square", "3300 Highway 61", "19 Academy Road",
    "600 S. 4th Street, Suite 210", "101 Memorial Drive",
)  # fmt: skip


def planted() -> list[tuple[str, str]]:
    groups = (
        list(product(AT_HOME, HOMES)),
        list(product(BY_PHONE, PHONES)),
        list(product(BY_MAIL, MAILBOXES)),
    )
    return [(sentence.format(private), private) for group in groups for sentence, private in group]


def planted_abroad() -> list[tuple[str, str]]:
    """Formats of other countries, lines that break, Spanish: of these a first version masked 55 of 100."""
    groups = (
        (AT_HOME_ABROAD, HOMES_ABROAD),
        (BY_PHONE_ABROAD, PHONES_ABROAD),
        (BY_MAIL_ABROAD, MAILBOXES_ABROAD),
    )
    return [
        (sentence.format(private), private)
        for group in groups
        for sentence, private in product(*group)
    ]


def hidden(text: str, private: str) -> bool:
    """Whether no word of two or more letters or digits of it is left where it stood."""
    at = text.index(private)
    shown = privacy.masked(text)[at : at + len(private)]
    return sum(letter.isalnum() for letter in shown) < 2


def test_of_200_planted_places_99_in_100_are_masked() -> None:
    cases = planted()
    missed = [text for text, private in cases if not hidden(text, private)]

    assert len(cases) == 200
    assert len(missed) <= 2, missed


def test_of_200_planted_places_of_other_countries_99_in_100_are_masked() -> None:
    cases = planted_abroad()
    missed = [text for text, private in cases if not hidden(text, private)]

    assert len(cases) == 203
    assert len(missed) <= 2, missed


OFFICES_ABROAD = (
    "La junta electoral, en {}, recibió una llamada.", "El centro de votación de la escuela, {}, fue evacuado.", "Das Wahllokal in der Schule, {}, wurde geräumt.",
    "Un colis suspect a été trouvé à la mairie, {}, lundi.", "Il seggio della scuola, {}, è stato evacuato.", "A seção eleitoral na escola, {}, foi fechada.",
)  # fmt: skip
SITES_ABROAD = (
    "Av. Paseo Colón 755", "Calle San José 1200", "12 Place de la République", "Marktplatz 1", "Rathausstraße 3", "Carrera 10 # 12-30", "Via Roma 1", "Rua da Assembleia, 10", "33 King Street East",
)  # fmt: skip


@pytest.mark.parametrize("sentence", OFFICES_ABROAD)
def test_offices_of_other_countries_stay(sentence: str) -> None:
    assert [
        site for site in SITES_ABROAD if site not in privacy.masked(sentence.format(site))
    ] == []


def test_of_100_offices_and_polling_places_95_stay() -> None:
    cases = [(sentence.format(site), site) for sentence, site in product(OFFICES, SITES)]
    masked = [text for text, site in cases if site not in privacy.masked(text)]

    assert len(cases) == 100
    assert len(masked) <= 5, masked


@pytest.mark.parametrize("text", [
    "The measure passed 1,204,551 to 998,203 on Nov. 3, 2026.", "Case 2024-00123 was heard on 12/11/2026.", "In 2020 President Street signs were stolen.",
    "The office of 12 Republican Party members.", "Call the voter hotline at 866-555-0134.", "Ask the county election office at 602-555-0100 for a new ballot.",
    "Write to elections@county.example.gov or press@state.example.gov.", "It costs $400 Million Road funds.", "About 300 voters waited; 14 Court rulings followed.", "The count ended on 03.11.2026 at 14:05.", "Headed home, Ada Lane, 41, said that she had voted.", "She lives in Precinct 14, in Ward 7.",
    "Back home in Springfield, 12 voters waited.", "A study gave 0.123456789 as the share.", "They met at five; one or two left.",
])  # fmt: skip
def test_what_is_no_private_place_stays(text: str) -> None:
    assert privacy.masked(text) == text


def test_length_and_spaces_stay_so_that_offsets_hold() -> None:
    rng = random.Random(3)
    letters = "ab 1289@.-()\n•é–中\u202e"
    for text, _ in planted():
        for changed in (text, text + "".join(rng.choices(letters, k=60))):
            masked = privacy.masked(changed)
            assert len(masked) == len(changed)
            assert [c.isspace() for c in masked] == [c.isspace() for c in changed]
            assert privacy.masked(masked) == masked


def test_a_passage_is_masked_by_what_surrounds_it() -> None:
    whole = "Ballots are counted at the county annex, 400 Oak Street. They went to her home, 12 Elm Road, at night."
    office, home = whole.index("400"), whole.index("12 Elm")

    assert privacy.masked(whole)[office : office + 14] == "400 Oak Street"
    assert privacy.masked(whole)[home : home + 11] == "•• ••• ••••"


def test_only_stories_about_people_are_masked() -> None:
    text = "Her home at 12 Elm Road was watched."

    assert privacy.masked_for(["legal-policy-security"], text) == text
    assert privacy.masked_for(["legal-policy-security", "election-worker-threats"], text) != text
    assert privacy.masked_for(["Threats to canvassers"], text) != text  # anybody's own category


@pytest.mark.parametrize("text", ["1 " * 40_000, "A" * 60_000, "a@" * 30_000, "12 Aa " * 15_000, "(" * 50_000, "call " * 20_000])  # fmt: skip
@pytest.mark.slow
def test_hostile_text_takes_no_forever(text: str) -> None:
    assert len(privacy.masked(text)) == len(text)
