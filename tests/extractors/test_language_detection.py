"""The language of a text, by its words, where the declared one contradicts it."""

import pytest

from extractors.language_detection import language_of

TEXTS = {
    "en": "The county clerk said on Friday that the logs of a ballot scanner had been altered after the machine was left unattended overnight, and that officials of the election office would look into it with the police before the next vote is held in the spring.",
    "es": "La junta electoral dijo el viernes que los registros del escáner de papeletas fueron alterados después de que la máquina quedara sin vigilancia en un almacén, pero que no se perdió ningún voto y que el recuento a mano empezará el lunes por la mañana.",
    "fr": "La commission électorale a dit vendredi que les journaux du scanner avaient été modifiés après que la machine est restée sans surveillance dans un entrepôt, mais que les bulletins sont en sécurité et que le recomptage aura lieu lundi avec les partis.",
    "de": "Die Wahlleitung sagte am Freitag, dass die Protokolle des Scanners verändert wurden, nachdem das Gerät über Nacht nicht bewacht war, und dass die Stimmzettel sicher sind und am Montag von Hand gezählt werden, auch wenn das für die Helfer viel Arbeit ist.",
    "pt": "A junta eleitoral disse na sexta-feira que os registos do scanner foram alterados depois de a máquina ficar sem vigilância num armazém, mas que não se perdeu nenhum voto e que a recontagem com os partidos também será feita na segunda-feira pelos serviços.",
    "it": "La commissione elettorale ha detto venerdì che i registri dello scanner sono stati alterati dopo che la macchina è rimasta senza sorveglianza, ma che non è andato perso alcun voto e che il riconteggio nella palestra della scuola si terrà anche lunedì con gli osservatori.",
    "ru": "Избирательная комиссия сообщила в пятницу, что журналы сканера были изменены после того, как устройство осталось без присмотра на складе, но ни один голос не был потерян.",
    "zh": "選舉委員會週五表示掃描器的記錄在機器無人看管一夜之後被改動但沒有丟失任何選票人工重新計票將於週一上午在各政黨的見證下開始" * 2,
    "ja": "選挙管理委員会は金曜日、投票用紙を読み取る機械の記録が改ざんされたと発表した。票は失われておらず、手作業による集計は月曜日に始まる。" * 2,
}  # fmt: skip


@pytest.mark.parametrize("language", TEXTS)
def test_a_wrong_tag_is_overruled(language: str) -> None:
    for declared in {"en", "es", "de", None} - {language}:
        assert language_of(TEXTS[language], declared) == language


@pytest.mark.parametrize("language", TEXTS)
def test_a_right_tag_stays(language: str) -> None:
    assert language_of(TEXTS[language], language) == language


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("La junta electoral dijo el viernes que los registros.", "en"),
        (TEXTS["en"], "eu"),
        (TEXTS["ru"], "bg"),
        (TEXTS["zh"], "yue"),
        ("42 17 8 " * 100, "en"),
        (TEXTS["en"][:120] + TEXTS["es"][:120], "en"),
        ("", None),
    ],
    ids=["short", "unknown tag", "same letters", "same script", "numbers", "mixed", "nothing"],
)
def test_in_doubt_the_declared_one_stays(text: str, declared: str | None) -> None:
    assert language_of(text, declared) == declared


@pytest.mark.parametrize("declared", [None, "fi", "en"])
def test_a_text_without_one_word_that_tells_keeps_its_tag(declared: str | None) -> None:
    """It ended whole runs: the text of a feed without `language` in Finnish, or of names alone."""
    text = "Vaalivirkailija kertoi perjantaina laskentakoneen lokitietoja muutetun yön aikana. " * 9

    assert language_of(text, declared) == declared
