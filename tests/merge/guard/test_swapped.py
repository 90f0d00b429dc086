"""A word in the place of another, in a line that a note speaks of, that nobody said: a month, a
unit, a name. The rest of the line is the memory's or the note's, so that no share of words tells.
"""

from __future__ import annotations

import pytest

from memsync.merge.guard.verdict import judge

ENGLISH = """\
# Memory

## Me

- Daughter Ivy (6), allergic to peanuts and kiwi
- Husband: Ben, eats no gluten

## Now

- Finish the Harewood plan by 14 March
- Quote for Mr Bell: £12,400, valid until 30 June
- Flour from Sala, smallest order 25 kg
- The school term ends on March 28
"""
FRENCH = """\
# Mémoire

- Commander 300 pots de 500 g chez Verrerie du Midi
- Déclarer les ruches avant le 31 décembre
"""
GERMAN = "# Gedächtnis\n\n- Steuererklärung bis 31. Juli abgeben\n- Malte (9) mag Judo\n"
SPANISH = "# Memoria\n\n- Preparar la oposición del 17 de octubre\n- Caldera vieja\n"
RUSSIAN = "# Память\n\n- Сдать перевод каталога до 5 апреля\n- Кошка Муся\n"
ARABIC = "# ذاكرة\n\n- تسليم التقرير قبل 12 مايو\n- شراء ثلاجة\n"
TURKISH = "# Hafıza\n\n- Klinik ruhsatını 9 Eylül'e kadar yenile\n- Köpeğim Pamuk\n"

SWAPPED = [
    (ENGLISH, "Ivy is 7 now", [("(6)", "(7)"), ("peanuts", "walnuts")], "walnuts"),
    (ENGLISH, "Ben works in Leeds", [("Ben, eats no gluten", "Ben, works in Leeds, eats no sugar")],
     "sugar"),
    (ENGLISH, "Harewood is tight", [("14 March", "14 May, tight")], "may"),
    (ENGLISH, "Harewood is put off to 2 April", [("14 March", "2 May")], "2 may"),
    (ENGLISH, "the school term ends on March 31 now", [("March 28", "May 31")], "May 31"),
    (ENGLISH, "Mr Bell's quote is now £13,150", [("£12,400", "€13,150")], "€"),
    (ENGLISH, "Sala delivers on Thursdays", [("25 kg", "25 t, delivers on Thursdays")], "25 t"),
    (ENGLISH, "the hedge is 14 m long", [("30 June\n", "30 June\n- The hedge is 14 km long\n")],
     "14 km"),
    (FRENCH, "Les pots arrivent jeudi", [("500 g", "500 kg, arrivent jeudi,")], "500 kg"),
    (FRENCH, "Les pots arrivent jeudi", [("Midi", "Nord, arrivent jeudi")], "nord"),
    (FRENCH, "Déclarer les ruches : numéro NAPI", [("décembre", "janvier (numéro NAPI)")],
     "janvier"),
    (GERMAN, "Steuererklärung: Belege bei Krug", [("Juli abgeben", "Juni abgeben (Belege: Krug)")],
     "juni"),
    (SPANISH, "la oposición pasa al 21 de noviembre", [("17 de octubre", "21 de diciembre")],
     "21 diciembre"),
    (SPANISH, "Para la oposición estudio con Rosa", [("octubre", "enero (estudio con Rosa)")],
     "enero"),
    (RUSSIAN, "В каталог добавили главу про обувь", [("апреля", "июня (добавили главу про обувь)")],
     "июня"),
    (ARABIC, "التقرير عن اللقاحات", [("مايو", "يونيو عن اللقاحات")], "يونيو"),
    (TURKISH, "Klinik ruhsatı için noter lazım",
     [("Eylül'e", "Ekim'e"), ("yenile", "yenile, noter lazım")], "ekim"),
]  # fmt: skip
AS_SAID = [
    (ENGLISH, "Harewood is put off to 2 April", [("14 March", "2 April")]),
    (ENGLISH, "Harewood is put off to May", [("14 March", "14 May")]),
    (ENGLISH, "Harewood is put off to 2026-04-02", [("14 March", "2 April 2026")]),
    (ENGLISH, "Harewood: el plan pasa al 21 de noviembre", [("14 March", "21 November")]),
    (ENGLISH, "Harewood сдвинули на 2 апреля", [("14 March", "2 April")]),
    (ENGLISH, "the order at Sala is 50 kg at least", [("25 kg", "50 kg")]),
    (ENGLISH, "ferns need 12 minutes of water",
     [("30 June\n", "30 June\n- Ferns: 12 min of water\n")]),
    (ENGLISH, "Mr Bell pays in euros: 13,150", [("£12,400", "€13,150")]),
    (ENGLISH, "Mr Bell's quote is £12,400 net", [("£12,400", "£12,400 net")]),
    (ENGLISH, "Ivy was given kiwi and is fine, only peanuts now", [(" and kiwi", "")]),
    (ENGLISH, "Ivy is allergic to walnuts, not peanuts", [("peanuts", "walnuts")]),
    (ENGLISH, "Harewood plan is finished", [("Finish the Harewood plan by 14 March",
                                             "Finished the Harewood plan")]),
    (GERMAN, "Steuererklärung erst zum 30. September", [("31. Juli", "30. September")]),
    (FRENCH, "il faut 400 pots", [("300 pots", "400 pots")]),
]  # fmt: skip


def _edited(text: str, changes: list[tuple[str, str]]) -> str:
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return text


@pytest.mark.parametrize(("old", "note", "changes", "word"), SWAPPED)
def test_a_word_in_the_place_of_another_that_nobody_said_is_asked_about(
    old: str, note: str, changes: list[tuple[str, str]], word: str
) -> None:
    verdict = judge(old, _edited(old, changes), [note])
    assert verdict.kind == "ask"
    assert any(word.casefold() in reason.casefold() for reason in verdict.unsaid)


@pytest.mark.parametrize(("old", "note", "changes"), AS_SAID)
def test_a_word_that_a_note_said_takes_the_place_of_another(
    old: str, note: str, changes: list[tuple[str, str]]
) -> None:
    reply = _edited(old, changes)
    verdict = judge(old, reply, [note])
    assert (verdict.kind, verdict.reasons) == ("accept", ())
    assert verdict.body == reply


ALTERED = [
    (ENGLISH, "Ivy is 7 now", [("(6), allergic", "(7), not allergic")], "not allergic"),
    ("# M\n\n- Mari : Bastien, ne mange pas de gluten\n", "Bastien a trouvé du travail à Nîmes",
     [("Bastien, ne mange pas", "Bastien, travaille à Nîmes, mange")], "mange de gluten"),
    ("# П\n\n- Кошка Муся, 11 лет, диета без курицы\n", "Мусе исполнилось 12",
     [("11 лет, диета без курицы", "12 лет, диета с курицей")], "с курицей"),
    ("# メモリ\n\n- 息子は蓮(8歳)、卵アレルギー\n", "蓮は9歳になった",
     [("8歳)、卵アレルギー", "9歳)、卵アレルギーなし")], "アレルギーなし"),
    ("# M\n\n- Malte (9): darf allein Rad fahren\n", "Malte ist 10",
     [("(9): darf allein", "(10): darf nicht allein")], "nicht allein"),
]  # fmt: skip
SHORTENED = [
    (ENGLISH, "Ivy is 7 now", [("(6), allergic to peanuts and kiwi", "(7), allergic to peanuts")]),
    (ENGLISH, "Ivy is 7 now, and no longer allergic",
     [("(6), allergic", "(7), no longer allergic")]),
    (ENGLISH, "Mr Bell's quote is now £13,150", [("£12,400", "£13,150")]),
    ("# M\n\n## Family\n\n- Ben, eats no gluten\n- Ivy, likes tea\n- Jo, cook\n",
     "say in Family who is who, and Ben is 40",
     [("- Ben, eats no gluten", "- Ben, my husband, 40, who eats no gluten")]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "note", "changes", "part"), ALTERED)
def test_a_part_of_a_line_that_no_note_speaks_of_and_that_has_a_new_word_is_asked_about(
    old: str, note: str, changes: list[tuple[str, str]], part: str
) -> None:
    verdict = judge(old, _edited(old, changes), [note])
    assert verdict.kind == "ask"
    assert any("no note explains" in reason and part in reason for reason in verdict.unsaid)


@pytest.mark.parametrize(("old", "note", "changes"), SHORTENED)
def test_a_part_of_a_line_that_a_note_speaks_of_or_that_is_shorter_is_no_question(
    old: str, note: str, changes: list[tuple[str, str]]
) -> None:
    assert "no note explains" not in "".join(judge(old, _edited(old, changes), [note]).reasons)


RULES = "\n## Hard constraints\n\n- {}\n- {}\n"
WITHOUT = [
    (("Do not push to main", "Never post photos"), "Mr Bell does not want a pond.",
     "Mr Bell wants a pond", "not"),
    (("Keine Termine am Freitag", "Nie auf main pushen"), "Malte darf kein Ibuprofen bekommen.",
     "Malte darf Ibuprofen bekommen", "kein"),
    (("Ne pas vendre en ligne", "Ne rien commander"), "Bastien ne veut pas de coriandre.",
     "Bastien veut de coriandre", "pas"),
    (("Никогда не пушить", "Не показывать паспорт"), "Муся никогда ест курицу.",
     "Муся ест курицу", "никогда"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "note", "new", "word"), WITHOUT)
def test_a_word_that_begins_constraints_is_not_cut_out_of_what_a_note_says(
    rules: tuple[str, str], note: str, new: str, word: str
) -> None:
    old = f"# M\n\n- Tea\n{RULES.format(*rules)}"
    verdict = judge(old, old.replace("- Tea\n", f"- Tea\n- {new}\n"), [note])
    assert verdict.kind == "ask"
    assert any(f'"{word}", which a note says, is gone' in reason for reason in verdict.unsaid)


@pytest.mark.parametrize(
    ("note", "new"),
    [
        ("Mr Bell does not want a pond.", "Mr Bell doesn't want a pond"),
        ("Mr Bell does not want a pond.", "Mr Bell does not want a pond"),
        ("Mr Bell does not want a pond.", "Mr Bell: no pond"),
        ("Ivy is 7, not 6", "Ivy is 7"),
        ("The house is now sold.", "The house sold"),
    ],
)
def test_other_words_of_a_note_may_go(note: str, new: str) -> None:
    old = f"# M\n\n- Tea\n{RULES.format('Do not push to main', 'Never post photos')}"
    reply = old.replace("- Tea\n", f"- Tea\n- {new}\n")
    assert "which a note says" not in "".join(judge(old, reply, [note]).reasons)
