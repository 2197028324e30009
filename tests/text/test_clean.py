"""Messages to the customer's own words; nothing of theirs is lost."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtopics.text import MAX_LENGTH, clean_message, clean_subject, join_text

ASK = "Where is my parcel?"
HEADERS = [
    "On Mon, 19 Jan 2026 at 18:08, Shop <help@example.com> wrote:",
    "On Mon, 19 Jan 2026 at 18:08, A Shop With A Long Name\n<help@example.com> wrote:",
    "Am 03.12.2025 um 22:55 schrieb Shop <help@example.com>:",
    "Le 05/01/2026 à 12:00, Shop <help@example.com> a écrit :",
    "El lun, 5 ene 2026 a las 12:00, Shop (<help@example.com>) escribió:",
    "Il giorno lun 5 gen 2026 alle ore 12:00 Shop <help@example.com> ha scritto:",
    "Em seg., 5 de jan. de 2026 às 12:00, Shop <help@example.com> escreveu:",
    "Op ma 5 jan. 2026 om 12:00 schreef Shop <help@example.com>:",
    "Den mån 5 jan. 2026 kl 12:00 skrev Shop <help@example.com>:",
    "man. 5. jan. 2026 kl. 12:00 skrev Shop <help@example.com>:",
    "W dniu 5.01.2026 o 12:00, Shop pisze:",
    "pon., 5 sty 2026 o 12:00 Shop <help@example.com> napisał(a):",
    "2026年1月5日(月) 12:00 Shop <help@example.com>:",
    "-----Original Message-----",
    "-------- Weitergeleitete Nachricht --------",
    "---------- Forwarded message ---------",
    "From: Shop <help@example.com>\nSent: Monday, 5 January 2026 12:00\nTo: Ann\nSubject: Order",
    "*Von:* Shop <help@example.com>\n*Gesendet:* Montag, 5. Januar 2026 12:00\n*An:* Ann",
    "De : Shop <help@example.com>\nEnvoyé : lundi 5 janvier 2026 12:00\nÀ : Ann\nObjet : x",
    "##- Please type your reply above this line -##",
]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_quoted_mails_are_cut(header: str, mark: str) -> None:
    body = f"{ASK}\n\n{header}\n\n{mark}Your order is sent.\n{mark}Bye"
    assert clean_message(body, html=False) == ASK


@pytest.mark.parametrize(
    "own",
    [
        "From: London\nTo: Paris\nsize 3",
        "Il a écrit :\nbonjour",
        "On Monday your agent wrote: it is sent. It is not.",
        "On 3 May 2026 I ordered two lamps and got one:\n- the green one",
        "Date: 3 May\nTo: my old address\nFrom: your shop",
        "The label says:\nFrom: Leeds\nSent: 3 May\nwhat now?",
        "Gesendet mit DHL, sagt ihr",
        "Verzonden met PostNL maar niet aangekomen",
        "Sent the phone back on Monday",
        "-5 degrees in the parcel\n- a\n- b",
        "a -- b",
        "I wrote:\nnothing came",
    ],
)
def test_what_only_looks_like_a_quote_is_kept(own: str) -> None:
    assert clean_message(own, html=False) == own


def test_answers_below_and_between_quotes_are_kept() -> None:
    body = f"{HEADERS[0]}\n> Which size?\nMedium\n> Which colour?\nGreen, please"
    assert clean_message(body, html=False) == "Medium\nGreen, please"


def test_a_mail_that_is_nothing_but_a_quote_is_kept_whole() -> None:
    body = f"{HEADERS[0]}\n> Your order is sent."
    assert clean_message(body, html=False) == body
    html = "<blockquote>Your order <b>is</b> sent.</blockquote>"
    assert clean_message(html, html=True) == "Your order is sent."


def test_signatures_are_cut_and_long_ends_are_not() -> None:
    assert clean_message(f"{ASK}\n-- \nAnn Lee\nLeeds", html=False) == ASK
    assert clean_message(f"{ASK}\nSent from my iPhone", html=False) == ASK
    assert clean_message(f"{ASK}\nVon meinem iPhone gesendet", html=False) == ASK
    assert clean_message(f"{ASK}\nGet Outlook for Android", html=False) == ASK
    story = "\n".join(["First.", "--", *["And then more."] * 13])
    assert clean_message(story, html=False) == story


def test_html_becomes_lines_without_markup_and_quotes() -> None:
    html = (
        "<html><head><style>p {color: red}</style><title>x</title></head><body>"
        "<script>alert(1)</script><p>Hel<b>lo</b>,</p><div>caf&eacute;&nbsp;is\nclosed?</div>"
        "<ul><li>one</li><li>two</li></ul>"
        '<div class="gmail_quote"><div>On Mon, 5 Jan 2026 at 12:00 Shop wrote:<br></div>'
        "<blockquote>Sent.<blockquote>Deep</blockquote></blockquote></div></body></html>"
    )
    assert clean_message(html, html=True) == "Hello,\n\ncafé is closed?\n\none\n\ntwo"


def test_an_answer_between_two_quotes_in_html_is_kept() -> None:
    html = "<blockquote>Which size?</blockquote>Medium<blockquote>Colour?</blockquote>Green"
    assert clean_message(html, html=True) == "Medium\n\nGreen"


def test_plain_text_taken_for_html_is_unharmed() -> None:
    assert clean_message("a < b and\nc > d & e", html=True) == "a < b and\nc > d & e"


def test_mojibake_is_mended_and_odd_but_right_text_is_not() -> None:
    assert clean_message("It doesnâ€™t fit, cafÃ© closed", html=False) == (
        "It doesn’t fit, café closed"
    )
    assert clean_message("l’été à Zürich – 5 € 👩‍🚀", html=False) == "l’été à Zürich – 5 € 👩‍🚀"


def test_what_cannot_be_seen_is_removed_and_white_space_folded() -> None:
    body = "a\0b\u200b c\ud800\t  d \r\n\r\n\r\n\u2028e\x07"
    assert clean_message(body, html=False) == "ab c d\n\ne"
    assert clean_message(" \n\t\0", html=False) == ""


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<ul><li>", "<blockquote>", "On ", "On\n", ">", "<", "&#", "From: a\n", "-- \n",
     "<i>x</i>", "é â€™ ", "wrote:\n", "<p>On 1 May 2026"],
)  # fmt: skip
def test_a_huge_body_does_not_hang(piece: str) -> None:
    body = piece * (1_000_000 // len(piece))
    start = time.perf_counter()
    for html in (False, True):
        assert len(clean_message(body, html=html)) <= MAX_LENGTH
    assert time.perf_counter() - start < 3


@settings(deadline=None)
@given(st.text(max_size=300), st.booleans())
def test_any_text_is_cleaned_and_clean_text_can_be_written(body: str, html: bool) -> None:
    cleaned = clean_message(body, html=html)
    assert cleaned == cleaned.strip()
    cleaned.encode()


@given(st.lists(st.sampled_from([ASK, "> quoted", HEADERS[0], "--", "", "Ann", HEADERS[13]])))
def test_cutting_never_leaves_nothing(lines: list[str]) -> None:
    body = "\n".join(lines)
    assert bool(clean_message(body, html=False)) == bool(body.strip())


def test_subjects() -> None:
    assert clean_subject("Re: AW: Fwd:  Lamp\nbroken ") == "Lamp broken"
    assert clean_subject("Chat with Ann-Marie O'Lee") == ""
    assert clean_subject("Chat with your agent was useless") == "Chat with your agent was useless"
    assert clean_subject("Refund: when?") == "Refund: when?"


def test_subject_and_message_are_joined_without_saying_it_twice() -> None:
    assert join_text("Lamp", "It is broken") == "Lamp\nIt is broken"
    assert join_text("The lamp you se...", "the lamp you sent is broken") == (
        "the lamp you sent is broken"
    )
    assert join_text("Lamp", "") == "Lamp"
    assert join_text("", "Broken") == "Broken"
    assert join_text("", "") is None
