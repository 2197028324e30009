"""The words of a ticket: slots from its order and person, a sentence, and what surrounds it.

`write` gives a drawn ticket its subject and its thread of comments, using sentences.yaml.
"""

from __future__ import annotations

import html
import random
import string
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sample_shop import EXPORTED_AT, SHOP, Line, Ticket, add_hours, draw_line

WORDS: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("sentences.yaml").read_text("utf-8")
)
AGENTS = {
    7101: "Amy", 7102: "Bea", 7103: "Callie", 7104: "Dev", 7105: "Erin", 7106: "Femi",
    7107: "Gwen", 7108: "Hamid", 7109: "Ines", 7110: "Jude", 7111: "Kit", 7112: "Lorna",
}  # fmt: skip
MAILER_DAEMON = 380001  # requester id of bounces
Slots = dict[str, str]


def say_day(at: datetime) -> str:
    """Return a day as people write it, such as 3 March."""
    return f"{at.day} {at:%B}"


def spell_order(rng: random.Random, name: str) -> str:
    """Return an order's name in one of the ways in which customers type it."""
    digits = name.removeprefix("#HP")
    return rng.choice([name, name, name[1:], name[1:], f"hp{digits}", f"HP {digits}", digits])


def ticket_slots(rng: random.Random, ticket: Ticket) -> Slots:
    """Return the slots that hold for a whole ticket; those of the order only where it has one."""
    who, at, order = ticket.person, ticket.at, ticket.order
    age = (at - order.at).total_seconds() / 86400 if order else 2.0 * rng.randint(3, 9)
    recent = at - timedelta(days=max(0, min(rng.randint(1, 4), int(age))))
    paid = order.subtotal + order.shipping if order else rng.randint(15, 150) + 0.95
    month = order.at if order else at - timedelta(days=31)
    slots = {
        "name": who.name, "first": who.first, "email": who.email, "phone": who.phone,
        "city": who.city, "postcode": who.postcode, "country": rng.choice(SHOP["ship_to"]),
        "agent": rng.choice(list(AGENTS.values())), "carrier": rng.choice(SHOP["carriers"]),
        "tracking": f"{''.join(rng.choices('QTXZ', k=2))}{rng.randint(10**8, 10**9 - 1)}GB",
        "code": rng.choice(SHOP["codes"]), "ago": str(max(2, min(14, round(age / 2)))),
        "date_recent": say_day(recent), "weekday": f"{recent:%A}",
        "date_next": say_day(at + timedelta(days=rng.randint(4, 12))),
        "weekday_next": f"{at + timedelta(days=rng.randint(2, 5)):%A}", "month": f"{month:%B}",
        "month_past": f"{at - timedelta(days=rng.randint(32, 90)):%B}",
        "month_next": f"{at + timedelta(days=rng.randint(32, 70)):%B}",
        "lower": f"£{paid * rng.uniform(0.4, 0.9):.2f}", "fee": f"£{rng.uniform(9, 48):.2f}",
        "shipping": rng.choice(["£4.95", "£6.95", "£3.50"]),
    }  # fmt: skip
    if order:
        slots |= {
            "order": spell_order(rng, order.name), "date": say_day(order.at),
            "days": str(max(2, round(age))), "amount": f"£{paid:.2f}",
            "eta": say_day(order.at + timedelta(days=5)),
        }  # fmt: skip
    return slots


def line_slots(rng: random.Random, line: Line) -> Slots:
    """Return the slots of one product: names, price, and size and colour where it has them."""
    product, others = line.product, [p for p in SHOP["products"] if p is not line.product]
    name = product["name"].lower() if rng.random() < 0.3 else product["name"]
    slots = {
        "product": name, "item": product["item"], "other": rng.choice(others)["name"],
        "price": f"£{product['price']}", "price_low": f"£{product['price'] * 4 // 5}",
    }  # fmt: skip
    word = product["item"].replace(" ", "_").replace("-", "_")
    slots[word] = product["item"]  # {jacket} asks for an order with a jacket
    for kind in product["kinds"]:
        slots |= {kind: name, f"{kind}_item": product["item"]}
    if line.colour:
        colours = [colour for colour in SHOP["colours"] if colour != line.colour]
        slots |= {"colour": line.colour, "colour2": rng.choice(colours)}
    if line.size:
        at = SHOP["sizes"].index(line.size)
        down, up = SHOP["sizes"][at - 1], SHOP["sizes"][at + 1]
        slots |= {"size": line.size, "size_down": down, "size_up": up}
    return slots


def choose(
    rng: random.Random, texts: list[str], slots: Slots, lines: list[Line]
) -> tuple[str, Line]:
    """Draw one of `texts` that can be filled, filled, and the product that it speaks of."""
    for text in rng.sample(texts, len(texts)):
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for line in rng.sample(lines, len(lines)):
            filled = slots | line_slots(rng, line)
            if names <= filled.keys():
                return text.format_map(filled), line
    raise ValueError(f"no text can be filled from {sorted(slots)}: {texts}")


def to_html(rng: random.Random, text: str) -> str:
    """Return plain text as a mail program's HTML, quoted lines inside <blockquote>."""
    top, _, quoted = text.partition("\n> ")
    escaped = html.escape(top).replace("£", "&pound;")
    if rng.random() < 0.5:
        body = "".join(f"<p>{part}</p>" for part in escaped.split("\n\n"))
    else:
        body = f"<div>{escaped}</div>"
    if quoted:
        body += f"<blockquote>{html.escape(quoted.replace(chr(10) + '> ', chr(10)))}</blockquote>"
    return body.replace("\n", "<br>")


def quote_mail(rng: random.Random, ticket: Ticket, slots: Slots, line: Line) -> str:
    """Return an earlier mail of the shop as the customer's mail program quotes it."""
    sent = (ticket.order.at if ticket.order else ticket.at - timedelta(days=3)) + timedelta(hours=1)
    stamp = f"{sent:%a}, {sent.day} {sent:%b %Y} at {sent:%H:%M}"
    days = {"sent": stamp, "sent_de": f"{sent:%d.%m.%Y} um {sent:%H:%M}",
            "sent_fr": f"{sent:%d/%m/%Y} à {sent:%H:%M}"}  # fmt: skip
    language = {"DE": "de", "FR": "fr"}.get(ticket.person.country, "en")
    language = "outlook" if rng.random() < 0.3 else language
    header, _ = choose(rng, WORDS["quote_headers"][language], slots | days, [line])
    official = {"order": ticket.order.name} if ticket.order else {}
    mails = WORDS["quoted_mails" if ticket.order else "quoted_newsletters"]
    mail, _ = choose(rng, mails, slots | official, [line])
    if language == "outlook":
        return f"{header}\n\n{mail}"
    return header + "".join(f"\n> {row}" for row in mail.split("\n"))


def type_in_chat(rng: random.Random, text: str) -> str:
    """Return a sentence as it is typed in a chat: small first letter, no full stop."""
    text = text[0].lower() + text[1:] if not text.startswith(("I ", "I'")) else text
    return (text.replace("'", "") if rng.random() < 0.3 else text).removesuffix(".")


def write_body(rng: random.Random, ticket: Ticket, slots: Slots, core: str, line: Line) -> str:
    """Put greeting, matter, order number and closing around the core of a first message."""
    opener = f"{rng.choice(WORDS['repeat_openers'])} " if ticket.repeat else ""
    mention = ""
    if "order" in slots and slots["order"] not in core + ticket.subject and rng.random() < 0.24:
        mention = choose(rng, WORDS["order_mentions"], slots, [line])[0]
    if ticket.channel in ("chat", "api"):
        hello = f"{rng.choice(WORDS['greetings']['chat'])}\n" if rng.random() < 0.3 else ""
        bye = f" {rng.choice(WORDS['chat_endings'])}" if rng.random() < 0.2 else ""
        core = type_in_chat(rng, opener + core) if rng.random() < 0.6 else opener + core
        return f"{hello}{core}{bye}" + (f"\n{type_in_chat(rng, mention)}" if mention else "")
    greeted = core.lower().startswith(("hi", "hey", "hello", "good ", "bonjour", "afternoon"))
    if not greeted and rng.random() < 0.7:
        core = f"{rng.choice(WORDS['greetings']['email'])}\n\n{opener}{core}"
    else:
        core = opener + core
    wants_answer = WORDS["topics"][ticket.topic]["group"] != "reserved"
    if wants_answer and core.endswith((".", "!", "?")) and rng.random() < 0.18:
        core += " " + choose(rng, WORDS["extras"], slots, [line])[0]
    parts = [core, mention]
    if rng.random() < 0.75:
        name = ticket.person.name if rng.random() < 0.4 else ticket.person.first
        parts.append(f"{rng.choice(WORDS['closings'])}\n{name}")
    if ticket.channel == "email" and rng.random() < 0.14:
        small_print = {"disclaimer": rng.choice(WORDS["disclaimers"])}
        parts.append(choose(rng, WORDS["signatures"], slots | small_print, [line])[0])
    if ticket.channel == "email" and rng.random() < 0.14:
        parts.append(quote_mail(rng, ticket, slots, line))
    text = "\n\n".join(part for part in parts if part)
    text = text.replace("'", "\u2019") if rng.random() < 0.35 else text  # as phones write it
    broken = ticket.channel == "email" and rng.random() < 0.006
    return text.encode("utf-8").decode("cp1252", "replace") if broken else text


def write_subject(rng: random.Random, ticket: Ticket, slots: Slots, line: Line) -> str:
    """Return the subject of a contact, which often says little."""
    if ticket.channel == "chat":
        return f"Chat with {ticket.person.name}"
    if ticket.target and ticket.kind == "contact" and ticket.target.subject:
        return f"Re: {ticket.target.subject}"
    chance = rng.random()
    texts = WORDS["topics"][ticket.topic]["subjects"]
    if chance < 0.1 and ticket.order:
        texts = WORDS["order_subjects"]
    elif chance > 0.88:
        texts = WORDS["plain_subjects"]
    subject = choose(rng, [*texts, *WORDS["plain_subjects"][:1]], slots, [line])[0]
    return subject.lower() if rng.random() < 0.15 else subject


def add_comment(
    rng: random.Random, ticket: Ticket, author: int, text: str, hours: float, public: bool = True
) -> None:
    """Add a comment to a ticket unless it falls behind the day of the export.

    Agents answer in office hours, and nobody before the one who wrote last.
    """
    at = add_hours(ticket.at, hours)
    if hours and author in AGENTS and not 8 <= at.hour < 18:
        at = at.replace(hour=8 + at.hour % 10) + timedelta(days=at.hour >= 18)
    if ticket.thread:
        at = max(at, add_hours(ticket.thread[-1]["at"], rng.uniform(0.05, 0.5)))
    if at < EXPORTED_AT:
        comment = {"author": author, "public": public, "text": text, "at": at}
        ticket.thread.append(comment | {"html": to_html(rng, text)})


def write_answers(rng: random.Random, ticket: Ticket, slots: Slots, line: Line) -> None:
    """Add the agent's private note and answer and the customer's reply, each by chance."""
    group = WORDS["topics"][ticket.topic]["group"] if ticket.topic in WORDS["topics"] else ""
    agent = rng.choice(list(AGENTS))
    slots = slots | {"agent": AGENTS[agent]}
    steps = [
        (0.08, agent, WORDS["private_notes"]),
        (0.72, agent, WORDS["agent_answers"].get(group, [])),
        (0.13, ticket.person.id, WORDS["customer_replies"]),
    ]
    hours = 0.0
    for chance, author, texts in steps:
        hours += rng.uniform(0.2, 20)
        if texts and rng.random() < chance and len(ticket.thread) > (author not in AGENTS):
            text, _ = choose(rng, texts, slots, [line])
            add_comment(rng, ticket, author, text, hours, texts is not WORDS["private_notes"])


def write_contact(rng: random.Random, ticket: Ticket, slots: Slots, lines: list[Line]) -> None:
    """Write what a customer sends, and what follows."""
    core, line = choose(rng, WORDS["topics"][ticket.topic]["messages"], slots, lines)
    ticket.subject = write_subject(rng, ticket, slots, line)
    body = write_body(rng, ticket, slots, core, line)
    if ticket.channel == "api":
        ticket.subject = body.replace("\n", " ")[:40] + "..."
    add_comment(rng, ticket, ticket.person.id, body, 0)
    write_answers(rng, ticket, slots, line)


def write_form_letter(rng: random.Random, ticket: Ticket, slots: Slots, lines: list[Line]) -> None:
    """Write what no customer wrote: spam, an automatic reply, a bounce, an agent's mail."""
    letter = rng.choice(WORDS[ticket.kind])
    text, line = choose(rng, [letter["body"]], slots, lines)
    ticket.subject = choose(rng, [letter["subject"]], slots, [line])[0]
    author = ticket.person.id
    if ticket.kind == "outbound":
        agents = [number for number, name in AGENTS.items() if name == slots["agent"]]
        author = agents[0]
    elif letter.get("from") == "daemon":
        ticket.person = replace(
            ticket.person, id=MAILER_DAEMON, first="Mail Delivery System", last="",
            email="mailer-daemon@example.com",
        )  # fmt: skip
        author = MAILER_DAEMON
    add_comment(rng, ticket, author, text, 0)
    if ticket.kind == "outbound" and rng.random() < 0.3:
        reply, _ = choose(rng, WORDS["customer_replies"], slots, [line])
        add_comment(rng, ticket, ticket.person.id, reply, rng.uniform(0.3, 20))


def write(rng: random.Random, ticket: Ticket) -> None:
    """Give a drawn ticket its subject and its comments."""
    lines = ticket.order.lines if ticket.order else [draw_line(rng, p) for p in SHOP["products"]]
    slots = ticket_slots(rng, ticket)
    if ticket.kind == "no_text":
        add_comment(rng, ticket, ticket.person.id, "", 0)
    elif ticket.kind in ("spam", "automated", "outbound"):
        write_form_letter(rng, ticket, slots, lines)
    else:
        write_contact(rng, ticket, slots, lines)
