"""Make the bundled sample: a shop's orders, its helpdesk's export, the truth about each ticket.

    python data/sample/make_sample.py [--seed N] [--out data]

The same seed writes the same bytes. sample_shop.py draws who orders and who writes about what,
sample_words.py gives the tickets their words; here they get the forms of Shopify's and Zendesk's
exports, quirks included: part files in no order, one wrapped, tickets twice, a last line torn off.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sample_shop import (
    EXPORTED_AT,
    LONDON,
    SHOP,
    UTC,
    Line,
    Order,
    People,
    Ticket,
    draw_contacts,
    draw_excluded,
    draw_orders,
    pick,
)
from sample_words import AGENTS, WORDS, write

ORDER_COLUMNS = [column.strip() for column in SHOP["order_columns"].split(",")]
ORDER_FIELD = 360001  # the helpdesk's custom field "order number"
HELP_DESK = {"name": "Harbour & Pine", "address": "help@example.com"}
PRESALES = [topic for topic, spec in SHOP["topics"].items() if spec.get("linked") == 0]


def to_utc(at: datetime) -> str:
    """Return a moment as Zendesk writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def to_shop_time(at: datetime) -> str:
    """Return a moment as Shopify writes it, in the shop's time with its offset."""
    return f"{at.astimezone(LONDON):%Y-%m-%d %H:%M:%S %z}"


def to_via(ticket: Ticket) -> dict[str, Any]:
    """Return the channel of a ticket with its source."""
    source: dict[str, Any] = {"from": {}, "to": {}, "rel": None}
    if ticket.target and ticket.kind == "contact":
        source["from"] = {"ticket_id": ticket.target.id, "subject": ticket.target.subject}
        source["rel"] = "follow_up"
    elif ticket.channel == "email":
        source["from"] = {"address": ticket.person.email, "name": ticket.person.name}
        source["to"] = HELP_DESK
    return {"channel": ticket.channel, "source": source}


def to_tags(rng: random.Random, ticket: Ticket) -> list[str]:
    """Return the tags: those by which an exclusion shows, and a few that mean little."""
    tags = [tag for tag, chance in (("vip", 0.03), ("mobile", 0.08)) if rng.random() < chance]
    tags += {"merged": ["closed_by_merge"], "spam": ["spam"]}.get(ticket.kind, [])
    return tags + (["proactive"] if ticket.kind == "outbound" and ticket.id % 2 else [])


def to_status(ticket: Ticket) -> str:
    """Return the status of a ticket on the day of the export."""
    if ticket.kind == "deleted":
        return "deleted"
    if ticket.kind == "merged" or ticket.at < EXPORTED_AT - timedelta(days=32):
        return "closed"
    answered = any(comment["author"] in AGENTS for comment in ticket.thread)
    fresh = ticket.at > EXPORTED_AT - timedelta(days=5)
    return ("pending" if answered else "open") if fresh else "solved"


def to_comment(ticket: Ticket, number: int, comment: dict[str, Any]) -> dict[str, Any]:
    """Return one comment of a ticket as Zendesk exports it."""
    text = comment["text"]
    return {
        "id": ticket.id * 10 + number, "author_id": comment["author"],
        "public": comment["public"], "body": text, "html_body": comment["html"],
        "plain_body": text, "created_at": to_utc(comment["at"]),
    }  # fmt: skip


def to_zendesk(rng: random.Random, ticket: Ticket, follow_ups: list[int]) -> dict[str, Any]:
    """Return a ticket as a line of Zendesk's JSON export."""
    who, thread = ticket.person, ticket.thread
    agents = [comment["author"] for comment in thread if comment["author"] in AGENTS]
    number = ticket.order.name[1:] if ticket.order and rng.random() < 0.36 else None
    rated = pick(rng, {"unoffered": 30, "offered": 58, "good": 9, "bad": 3})
    return {
        "id": ticket.id, "subject": ticket.subject, "raw_subject": ticket.subject,
        "description": thread[0]["text"], "status": to_status(ticket),
        "tags": to_tags(rng, ticket), "via": to_via(ticket), "requester_id": who.id,
        "requester": {"id": who.id, "name": who.name, "email": who.email},
        "submitter_id": thread[0]["author"], "assignee_id": agents[0] if agents else None,
        "created_at": to_utc(ticket.at), "updated_at": to_utc(thread[-1]["at"]),
        "custom_fields": [{"id": ORDER_FIELD, "value": number}],
        "satisfaction_rating": {"score": rated if agents else "unoffered"},
        "followup_ids": follow_ups,
        "comments": [to_comment(ticket, n, comment) for n, comment in enumerate(thread)],
    }  # fmt: skip


def number_tickets(rng: random.Random, tickets: list[Ticket]) -> None:
    """Give the tickets their ids in the order of time, with gaps, and close merged ones."""
    tickets.sort(key=lambda ticket: (ticket.at, ticket.person.id, ticket.kind))
    number = 20400
    for ticket in tickets:
        number += rng.randint(1, 3)
        ticket.id = number
    for ticket in tickets:
        if ticket.kind == "merged" and ticket.target:
            note = WORDS["merge_note"].format(
                ticket=ticket.target.id, subject=ticket.target.subject
            )
            at = min(ticket.thread[-1]["at"] + timedelta(minutes=9), EXPORTED_AT)
            comment = {"author": rng.choice(list(AGENTS)), "public": True, "text": note}
            ticket.thread.append(comment | {"html": f"<p>{note}</p>", "at": at})


def write_tickets(rng: random.Random, tickets: list[Ticket], folder: Path) -> list[list[str]]:
    """Write the two part files and return the rows of the truth, in the order of their lines."""
    follow_ups: dict[int, list[int]] = {}
    for ticket in tickets:
        if ticket.target and ticket.kind == "contact":
            follow_ups.setdefault(ticket.target.id, []).append(ticket.id)
    lines = {t.id: to_zendesk(rng, t, follow_ups.get(t.id, [])) for t in tickets}
    whole = [ticket for ticket in tickets if ticket.kind != "cut"]
    rng.shuffle(whole)
    first, second = whole[: len(whole) // 2], whole[len(whole) // 2 :]
    contacts = [ticket for ticket in first if ticket.kind == "contact"]
    twice = rng.sample(contacts, SHOP["excluded"]["duplicate"])
    for ticket in twice:
        second.insert(rng.randrange(len(second)), ticket)
    cut = next(dump({"ticket": lines[t.id]}) for t in tickets if t.kind == "cut")
    bare = "".join(dump(lines[t.id]) + "\n" for t in first)
    wrapped = "".join(dump({"ticket": lines[t.id]}) + "\n" for t in second)
    save(folder / "zendesk_tickets_1.ndjson", bare)
    save(folder / "zendesk_tickets_2.ndjson", wrapped + cut[: len(cut) * 3 // 5])
    repeated = {ticket.id for ticket in twice}
    rows = [to_truth(ticket, ticket.kind) for ticket in first]
    return rows + [to_truth(t, "duplicate" if t.id in repeated else t.kind) for t in second]


def dump(value: dict[str, Any]) -> str:
    """Return a value as one compact line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def save(path: Path, text: str) -> None:
    """Write a text file with the same bytes on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def to_truth(ticket: Ticket, kind: str) -> list[str]:
    """Return what is true of one line of the export."""
    order = ticket.order.name if ticket.order else ""
    at, email = to_utc(ticket.at), ticket.person.email
    return [str(ticket.id), kind, ticket.topic, order, at, email]


def write_table(path: Path, header: Sequence[str], rows: list[list[str]]) -> None:
    """Write a CSV file with Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def to_line_columns(line: Line) -> dict[str, str]:
    """Return the Lineitem columns of one product."""
    variant = " / ".join(part for part in (line.size, line.colour.title()) if part)
    product = line.product
    return {
        "Lineitem quantity": str(line.quantity),
        "Lineitem name": product["name"] + (f" - {variant}" if variant else ""),
        "Lineitem price": f"{product['price']:.2f}",
        "Lineitem sku": "-".join(filter(None, (product["sku"], line.size))),
    }  # fmt: skip


def to_money_columns(rng: random.Random, order: Order) -> dict[str, str]:
    """Return what was paid for an order and what was paid back."""
    total = order.subtotal + order.shipping
    returned = any("return" in topic or "refund" in topic for topic in order.topics)
    refunded = rng.random() < (0.7 if returned else 0.015)
    partly = len(order.lines) > 1 and rng.random() < 0.6
    back = order.lines[0].product["price"] if partly else total
    status = ("partially_refunded" if partly else "refunded") if refunded else "paid"
    return {
        "Financial Status": status, "Currency": "GBP", "Subtotal": f"{order.subtotal:.2f}",
        "Shipping": f"{order.shipping:.2f}", "Taxes": f"{total / 6:.2f}",
        "Total": f"{total:.2f}",
        "Refunded Amount": f"{back if refunded else 0:.2f}",
        "Payment Method": pick(rng, {"Shopify Payments": 60, "PayPal": 30, "Klarna": 10}),
    }  # fmt: skip


def to_time_columns(rng: random.Random, order: Order) -> dict[str, str]:
    """Return when an order was placed, paid, sent or cancelled."""
    created = to_shop_time(order.at)
    columns = {"Created at": created, "Paid at": created, "Fulfillment Status": "unfulfilled"}
    mistaken = "ordered_by_mistake" in order.topics
    if rng.random() < (0.7 if mistaken else 0.012):
        gone = to_shop_time(order.at + timedelta(seconds=rng.randint(2000, 50000)))
        return columns | {"Cancelled at": gone, "Financial Status": "refunded"}
    wait = timedelta(hours=160 if "order_not_shipped" in order.topics else 0)
    sent = order.at + wait + timedelta(seconds=rng.randint(20000, 150000))
    if sent < EXPORTED_AT:
        columns |= {"Fulfillment Status": "fulfilled", "Fulfilled at": to_shop_time(sent)}
    return columns


def to_shopify(rng: random.Random, order: Order) -> list[dict[str, str]]:
    """Return an order's rows: the first one whole, one more for each further product.

    Names and streets are left out, as a shop does before it hands its orders to somebody.
    """
    who, key = order.person, {"Name": order.name, "Email": order.person.email}
    whole = key | to_money_columns(rng, order) | to_time_columns(rng, order)
    if whole.get("Cancelled at"):
        whole["Refunded Amount"] = whole["Total"]
    whole |= {
        "Accepts Marketing": rng.choice(["yes", "no"]),
        "Shipping Country": who.country,
        "Shipping Method": rng.choice(["Standard", "Standard", "Tracked", "Express"]),
        "Notes": rng.choice(WORDS["order_notes"]) if rng.random() < 0.03 else "",
        "Id": str(6100000000000 + 4099 * int(order.name[3:])),
    }  # fmt: skip
    first, *others = (to_line_columns(line) for line in order.lines)
    return [whole | first, *(key | other for other in others)]


def main(argv: Sequence[str] | None = None) -> None:
    """Make the sample."""
    parser = argparse.ArgumentParser(description="Make the bundled sample shop.")
    parser.add_argument("--seed", type=int, default=20260301)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args(argv)
    rng = random.Random(options.seed)
    people: People = {}
    orders = draw_orders(rng, people)
    contacts = draw_contacts(rng, orders, people)
    tickets = contacts + draw_excluded(rng, contacts, orders, people)
    for ticket in sorted(tickets, key=lambda ticket: ticket.at):
        write(rng, ticket)
    number_tickets(rng, tickets)
    rows = [row for order in orders for row in to_shopify(rng, order)]
    table = [[row.get(column, "") for column in ORDER_COLUMNS] for row in rows]
    write_table(options.out / "1-export" / "shopify_orders.csv", ORDER_COLUMNS, table)
    truth = write_tickets(rng, tickets, options.out / "1-export")
    header = ["ticket_id", "kind", "topic", "order_name", "created_at", "customer_email"]
    write_table(options.out / "sample" / "truth.csv", header, truth)


if __name__ == "__main__":
    main()
