"""Typical messages: those that stand for many, redacted, no two alike, the same every time."""

from cxtopics.text.typical import typical_messages

DAYS = ("on Monday", "on Tuesday", "last week", "two days ago", "yesterday", "this morning")
USUAL = [f"Where is my parcel, it should have come {day} already" for day in DAYS]
ODD = "The lamp hums loudly and smells of burnt plastic after ten minutes"


def test_what_many_write_comes_first_and_the_odd_one_last():
    assert typical_messages([ODD, *USUAL], 1)[0] in USUAL
    assert ODD not in typical_messages([*USUAL, ODD], 3)[:1]
    assert len(typical_messages([*USUAL, ODD], 50)) == 7


def test_no_two_are_the_same_and_short_ones_are_passed_over():
    shown = typical_messages([USUAL[0]] * 5 + ["help!!", "asap", USUAL[1]], 5)
    assert sorted(shown) == sorted(USUAL[:2])


def test_what_names_a_person_or_an_order_is_hidden():
    text = "Please ring me on 0113 496 0000 or mail ann.lee@example.com about order HP20451, Ann"
    (shown,) = typical_messages([text], 3, ["#HP20451"])
    for secret in ("0113", "ann.lee", "HP20451"):
        assert secret not in shown
    assert "[order]" in shown
    assert "[email]" in shown


def test_long_ones_are_cut_after_redaction_between_words():
    text = "word " * 54 + "ann.lee@example.com and many more words after that address of mine"
    (shown,) = typical_messages([text], 1)
    assert len(shown) <= 282
    assert shown.endswith(" …")
    assert "ann" not in shown


def test_texts_without_any_word_and_none_at_all():
    assert typical_messages([], 5) == []
    assert typical_messages(["?? !! ?? !! ?? !! ??", "!! ?? !! ?? !! ?? !! ??"], 1) != []
    assert typical_messages(USUAL, 0) == []
