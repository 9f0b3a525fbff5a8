"""Labels of encodings, as they stand in headers, in XML and on pages."""

import pytest

from extractors.articles.decoding import decode
from extractors.encodings import encoding_of
from extractors.feeds.parsing.parse import parse_feed
from extractors.feeds.parsing.text import decoded_feed

LABELS = (
    ("x-sjis", "cp932", "投票機①が改ざん"),
    ("Windows-31J", "cp932", "投票機①が改ざん"),
    ("x-euc-jp", "euc-jp", "投票機が改ざん"),
    ("x-gbk", "gbk", "朱镕基的投票机"),
    ("ks_c_5601-1987", "cp949", "투표 기계가 변경"),
    ("x-x-big5", "big5", "投票機被更改"),
    ("x-cp1251", "cp1251", "Сканер изменён"),
    ("windows1251", "cp1251", "Сканер изменён"),
    ("x-mac-cyrillic", "mac-cyrillic", "Сканер изменён"),
    ("iso-8859-8-i", "iso8859-8", "הסורק שונה"),
    ("windows-874", "cp874", "เครื่องสแกน"),
    ("unicode-1-1-utf-8", "utf-8", "Scanner café"),
    ("latin1", "cp1252", "Scanner “café”"),
)


@pytest.mark.parametrize(("label", "codec", "words"), LABELS)
def test_feeds_and_pages_are_read_under_labels_that_browsers_know(
    label: str, codec: str, words: str
) -> None:
    body = words.encode(codec)

    assert decoded_feed(f"<?xml version='1.0' encoding='{label}'?><a>".encode() + body)[0].endswith(
        words
    )
    assert decoded_feed(b"<a>" + body, f'text/xml; charset="{label}"')[0] == f"<a>{words}"
    assert decode(f'<meta charset="{label}">'.encode() + body).endswith(words)
    assert decode(body, f"text/html; charset={label}") == words


@pytest.mark.parametrize(
    "label", ["", "none", "binary", "punycode", "base64", "hex", "utf-7", "idna"]
)
def test_what_names_no_encoding_of_documents_is_passed_over(label: str) -> None:
    assert encoding_of(label) is None


def test_a_page_that_says_utf_16_in_ascii_letters_is_not_utf_16() -> None:
    assert decode('<meta charset="utf-16"><p>Scanner café'.encode()).endswith("Scanner café")
    body = '<?xml version="1.0" encoding="utf-16"?><rss version="2.0"><channel><title>Café</title></channel></rss>'
    assert parse_feed(body.encode(), url="https://a.example/").title == "Café"


@pytest.mark.parametrize(
    ("language", "codec", "words"),
    [
        ("es", "cp1252", "El escáner fue alterado en la noche, según dijo el señor Muñoz ayer."),
        ("pl", "cp1250", "Skaner został w nocy zmieniony, powiedział urzędnik wyborczy."),
        ("ru", "cp1251", "Сканер был изменён ночью, сказал секретарь округа."),
        ("tr", "cp1254", "Tarayıcı gece değiştirildi, dedi seçim görevlisi."),
        ("el", "cp1253", "Ο σαρωτής άλλαξε τη νύχτα, είπε ο υπάλληλος."),
    ],
)
def test_a_page_that_names_no_encoding_is_read_by_its_language(
    language: str, codec: str, words: str
) -> None:
    assert words in decode(f'<html lang="{language}"><p>{words}'.encode(codec))


def test_rare_accents_alone_are_western() -> None:
    words = "El escáner fue alterado en la noche, según dijo el señor Muñoz a los periodistas."

    assert words in decode(f"<html><body class=page><p>{words}</p>".encode("cp1252"))


def test_a_page_in_the_seven_bits_of_iso_2022_jp_is_read_without_being_told() -> None:
    words = "投票機が改ざんされたと選挙管理委員会が発表した。"

    assert (
        decode(f"<html><body><p>{words}</p></body></html>".encode("iso2022_jp")).count(words) == 1
    )
