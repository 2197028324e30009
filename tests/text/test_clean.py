"""Messages to the customer's own words; nothing of theirs is lost."""

import re
import time
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtopics.text import MAX_LENGTH, clean_message, clean_subject, join_text
from text.marked import count, load_messages

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
        "Wrong size\nThanks\nmy email is now ann@example.com",
        "Gracias\nmi correo es ana@example.com",
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


def test_a_parcel_sent_in_error_is_no_disclaimer() -> None:
    own = (
        "Hello,\n\nThe lamp was delivered in error, the e-mail says it is intended for a "
        "neighbour and the sender is unknown.\n\nWhat now?"
    )
    assert clean_message(own, html=False) == own


def test_words_above_a_disclaimer_in_the_same_paragraph_are_kept() -> None:
    body = (
        "Please send the invoice again.\nThis e-mail is confidential.\nIf you are not the\n"
        "intended recipient, delete it."
    )
    assert clean_message(body, html=False) == "Please send the invoice again."


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


HOSTILE = [
    "<div>", "<ul><li>", "<blockquote>", "<b></b>", "<a", "<p>x", "<pre>", "<pre>a</pre>", "<",
    "&#",
    "<blockquote>a</blockquote>", "data:image/png;base64,", "<i>x</i>", "On ", "On\n", ">", "__\n",
    "From: a\n", "-- \n", "- ", "wrote:\n", "On 1 May 2026 10:12 a@b.cd wrote:\n\n> q\n",
    "From: a@b.cd\nTo: x\n", "Sent from my ", "thanks ", "confidential ", "é â€™ ", "am 1 schrieb ",
    "---------- Forwarded message ---------\n", "-----Original Message-----\n> a\n",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_huge_body_does_not_hang(piece: str) -> None:
    body = piece * (500_000 // len(piece))
    start = time.process_time()
    for html in (False, True):
        assert len(clean_message(body, html=html)) <= MAX_LENGTH
    assert time.process_time() - start < 2


@pytest.mark.parametrize("tag", ["div", "blockquote", "b"])
def test_a_hundred_thousand_nested_tags_do_not_hang(tag: str) -> None:
    body = f"<{tag}>" * 100_000 + "words" + f"</{tag}>" * 100_000
    start = time.process_time()
    assert "words" in clean_message(body[:1_000_000], html=True) or tag != "b"
    assert time.process_time() - start < 2


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


PIECES = st.sampled_from([
    "lamp", "caf&eacute;", "<p>", "</p>", "<div>", "</div>", "<br>", "<b>", "</b>", "<blockquote>",
    "</blockquote>", "<td>", "\n", "> ", "> two", "&gt; x", "--", "Ann", HEADERS[0], HEADERS[13],
    "Kind regards,\n", "0113 496 0000", "Sent from my iPhone", "<pre>", "</pre>", "&lt;b&gt;",
])  # fmt: skip


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30), st.booleans())
def test_no_word_is_invented_and_nothing_is_left_only_of_nothing(
    pieces: list[str], html: bool
) -> None:
    body = " ".join(pieces)
    shown = unescape(re.sub(r"<[^<>]*>", " ", body)) if html else body
    cleaned = clean_message(body, html=html)
    assert words_of(cleaned) <= words_of(shown) | words_of(body)
    assert bool(cleaned) or not words_of(shown)


@given(st.text(st.sampled_from("ab <>&;:\n-@>/1"), max_size=200))
def test_words_of_plain_text_are_the_customers(body: str) -> None:
    assert words_of(clean_message(body, html=False)) <= words_of(body)


@pytest.mark.parametrize(("name", "own", "cut"), [("tuned", 0.99, 0.99), ("held_out", 0.99, 0.95)])
def test_marked_messages_keep_their_own_lines_and_lose_the_others(
    name: str, own: float, cut: float
) -> None:
    n = count(load_messages(name))
    assert n["o", True] >= own * (n["o", True] + n["o", False])
    for mark in "qs":
        assert n[mark, False] >= cut * (n[mark, True] + n[mark, False])
    assert min(n["o", True], n["q", False], n["s", False]) >= 40


def test_a_forwarded_mail_is_kept_where_nothing_else_is_said() -> None:
    mail = (
        "---------- Forwarded message ---------\nFrom: Bo <bo@example.com>\n"
        "Date: Mon, 5 Jan 2026 10:12\nSubject: x\nTo: a@example.com\n\nThe chair broke."
    )
    assert clean_message(f"FYI\n\n{mail}", html=False) == "FYI\n\nThe chair broke."
    assert clean_message(mail, html=False) == "The chair broke."
    said = "The refund you promise below has not come."
    assert clean_message(f"{said}\n\n{mail}", html=False) == said


def test_a_mail_with_a_long_style_sheet_is_read() -> None:
    html = f"<style>{'p {color: red} ' * 20_000}</style><p>{ASK}</p>"
    assert clean_message(html, html=True) == ASK


def test_cells_of_a_table_are_kept_apart() -> None:
    html = "<table><tr><td>Lamp</td><td>12.00</td></tr></table>"
    assert clean_message(html, html=True) == "Lamp 12.00"


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
