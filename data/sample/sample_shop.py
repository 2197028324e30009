"""The sample shop as a random world: people, orders day by day, and who writes about what when.

Nothing here has words yet: a `Ticket` leaves this module with a topic, a moment, a person and
mostly an order; make_sample.py writes it. shop.yaml holds every number that is not a date below.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import yaml

SHOP: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("shop.yaml").read_text("utf-8"))
LONDON, UTC = ZoneInfo("Europe/London"), timezone.utc
FIRST_DAY, LAST_DAY = date(2025, 1, 1), date(2026, 2, 28)
EXPORTED_AT = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
N_ORDERS = 5600
HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 10, 10, 11, 10, 9, 9, 9, 9, 10, 11, 12, 11, 7, 3)
WEEKDAYS = (1.1, 1.0, 0.95, 0.95, 0.9, 0.9, 1.2)
CHANNELS = {"email": 55, "web": 25, "chat": 15, "api": 5}


@dataclass
class Person:
    """Somebody who buys or writes; `id` is the helpdesk's requester id."""

    id: int
    first: str
    last: str
    email: str
    country: str
    city: str
    postcode: str
    phone: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}".strip()


@dataclass
class Line:
    """One product in an order, in the size and colour chosen (empty where it has none)."""

    product: dict[str, Any]
    size: str = ""
    colour: str = ""
    quantity: int = 1


@dataclass
class Order:
    """One order; `topics` are those of the contacts that it caused."""

    name: str
    at: datetime
    person: Person
    lines: list[Line]
    topics: set[str] = field(default_factory=set)

    @property
    def subtotal(self) -> float:
        """Price of all lines in pounds."""
        return float(sum(line.product["price"] * line.quantity for line in self.lines))

    @property
    def shipping(self) -> float:
        """Postage in pounds; nothing from 60 pounds on."""
        return 0.0 if self.subtotal >= 60 else 4.95


@dataclass
class Ticket:
    """One ticket; `target` is the ticket that it was merged into or follows up."""

    kind: str
    topic: str
    at: datetime
    person: Person
    order: Order | None = None
    channel: str = "email"
    target: Ticket | None = None
    repeat: bool = False
    id: int = 0
    subject: str = ""
    thread: list[dict[str, Any]] = field(default_factory=list)


People = dict[str, Person]  # by e-mail address
Key = TypeVar("Key")


def pick(rng: random.Random, weights: Mapping[Key, float]) -> Key:
    """Draw one key of `weights`."""
    return rng.choices(list(weights), list(weights.values()))[0]


def draw_person(rng: random.Random, people: People) -> Person:
    """Draw somebody with an unused e-mail address and add him or her to `people`."""
    country = pick(rng, {code: spec["weight"] for code, spec in SHOP["countries"].items()})
    language = country if country in SHOP["first_names"] else "GB"
    first, last = (rng.choice(SHOP[key][language]) for key in ("first_names", "last_names"))
    local = (f"{first}.{last}" if rng.random() < 0.4 else f"{first[0]}{last}").lower()
    email = f"{local}@example.com".replace(" ", "")
    while email in people:
        email = f"{local}{rng.randint(2, 999)}@example.com".replace(" ", "")
    city, area = rng.choice(list(SHOP["countries"][country]["places"].items()))
    two, end = rng.randint(10, 99), "".join(rng.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
    postcode = f"{area} {two % 9 + 1}{end}" if country in ("GB", "IE") else f"{area}{two}"
    phone = f"(617) 555-01{two}" if country == "US" else f"07700 900{rng.randint(0, 999):03}"
    number = 380000 + 7 * len(people)
    people[email] = Person(number, first, last, email, country, city, postcode, phone)
    return people[email]


def draw_line(rng: random.Random, product: dict[str, Any] | None = None) -> Line:
    """Draw a product by its weight, and a size and a colour where it comes in them."""
    catalogue = SHOP["products"]
    product = product or rng.choices(catalogue, [p["weight"] for p in catalogue])[0]
    assert product is not None
    size = rng.choice(SHOP["sizes"][1:-1]) if "garment" in product["kinds"] else ""
    coloured = set(SHOP["coloured"]) & set(product["kinds"])
    colour = rng.choice(SHOP["colours"]) if coloured else ""
    return Line(product, size, colour, 2 if rng.random() < 0.1 else 1)


def weigh_day(day: date) -> float:
    """Return how busy a day is, 1 being a usual one: the week, Black Friday, December."""
    if date(2025, 11, 28) <= day <= date(2025, 12, 1):
        return 6.0
    season = 1.0
    if day.month == 12:
        season = 1.6 if day.day <= 18 else 0.7
    return season * WEEKDAYS[day.weekday()]


def at_daytime(rng: random.Random, day: date) -> datetime:
    """Draw a moment of a day (shop time), more in the evening than at night."""
    hour = rng.choices(range(24), HOURS)[0]
    return datetime.combine(day, time(hour, rng.randint(0, 59), rng.randint(0, 59)), LONDON)


def add_hours(at: datetime, hours: float) -> datetime:
    """Return the moment so many hours later, in UTC and in whole seconds."""
    return at.astimezone(UTC) + timedelta(seconds=round(3600 * hours))


def draw_orders(rng: random.Random, people: People) -> list[Order]:
    """Draw the orders of all days in the order of time; about one in eight is a repeat."""
    days = [FIRST_DAY + timedelta(n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    scale = N_ORDERS / math.fsum(map(weigh_day, days))
    orders: list[Order] = []
    for day in days:
        expected = scale * weigh_day(day)
        n_orders = max(1, round(rng.gauss(expected, expected**0.5)))
        for at in sorted(at_daytime(rng, day) for _ in range(n_orders)):
            repeat = orders and rng.random() < 0.13
            person = rng.choice(orders).person if repeat else draw_person(rng, people)
            n_lines = pick(rng, {1: 71, 2: 22, 3: 7})
            lines = {ln.product["sku"]: ln for ln in (draw_line(rng) for _ in range(n_lines))}
            name = f"#HP{10001 + len(orders)}"
            orders.append(Order(name, at, person, list(lines.values())))
    return orders


def rate_of(topic: dict[str, Any], order: Order, at: datetime) -> float:
    """Return the contacts per 100 orders that orders like this have on a topic at a moment."""
    if "only" in topic and all(topic["only"] not in ln.product["kinds"] for ln in order.lines):
        return 0.0
    within = topic.get("from", date.min) <= at.date() <= topic.get("until", date.max)
    rate = topic["rate"] if within else topic["rate_otherwise"]
    peak = SHOP["peak"]
    boosted = topic.get("peak") and peak["from"] <= order.at.date() <= peak["until"]
    return float(rate * (peak["factor"] if boosted else 1))


def draw_of_order(rng: random.Random, order: Order, people: People) -> list[Ticket]:
    """Draw what one order leads its customer, or somebody looking around then, to write."""
    contacts: list[Ticket] = []
    for topic, spec in SHOP["topics"].items():
        low, high = spec["delay"]
        hours = rng.triangular(low, high, low + (high - low) / 3)
        at = add_hours(order.at, hours)
        if abs(hours) > 24:
            at = at_daytime(rng, at.date()).astimezone(UTC)
        if rng.random() * 100 >= rate_of(spec, order, at):
            continue
        about: Order | None = order
        person = order.person
        if rng.random() >= spec.get("linked", 1):
            about = None
            person = draw_person(rng, people) if rng.random() < 0.5 else person
        if about:
            order.topics.add(topic)
        contacts.append(Ticket("contact", topic, at, person, about, pick(rng, CHANNELS)))
    stopped = [ticket for ticket in contacts if ticket.topic == "ordered_by_mistake"]
    return stopped or contacts  # a cancelled order has nothing more to ask about


def at_any_time(
    rng: random.Random, orders: list[Order], people: People, kind: str, topic: str, n: int
) -> list[Ticket]:
    """Draw `n` tickets by customers or by others at any time, busier when more is ordered."""
    tickets = []
    for order in rng.sample(orders, n):
        at = at_daytime(rng, order.at.date()).astimezone(UTC)
        known = kind != "spam" and rng.random() < 0.5
        person = order.person if known else draw_person(rng, people)
        channel = "email" if kind == "spam" else pick(rng, CHANNELS)
        tickets.append(Ticket(kind, topic, at, person, None, channel))
    return tickets


def draw_contacts(rng: random.Random, orders: list[Order], people: People) -> list[Ticket]:
    """Draw all contacts; about one in 25 is followed by a second one on the same matter."""
    contacts = [ticket for order in orders for ticket in draw_of_order(rng, order, people)]
    for topic, n in SHOP["reserved"].items():
        contacts += at_any_time(rng, orders, people, "contact", topic, n)
    for first in rng.sample(contacts, len(contacts) // 25):
        if first.topic in SHOP["topics"]:
            day = first.at.date() + timedelta(rng.randint(1, 8))
            at = at_daytime(rng, day).astimezone(UTC)
            again = Ticket("contact", first.topic, at, first.person, first.order, repeat=True)
            again.target = first if rng.random() < 0.4 else None
            contacts.append(again)
    start = datetime.combine(FIRST_DAY, time(), LONDON)
    return [ticket for ticket in contacts if start <= ticket.at < EXPORTED_AT]


def draw_excluded(
    rng: random.Random, contacts: list[Ticket], orders: list[Order], people: People
) -> list[Ticket]:
    """Draw the tickets that are no contacts (some contacts become deleted ones in place)."""
    n_of = SHOP["excluded"]
    first_ones = [t for t in contacts if t.topic in SHOP["topics"] and not t.repeat]
    *chosen, cut = rng.sample(first_ones, n_of["deleted"] + n_of["merged"] + 1)
    for ticket in chosen[: n_of["deleted"]]:
        ticket.kind = "deleted"
    cut.kind = "cut"  # the last line of the export, torn off in the middle
    tickets = []
    for target in chosen[n_of["deleted"] :]:
        at = min(add_hours(target.at, rng.uniform(0.3, 40)), EXPORTED_AT - timedelta(hours=1))
        tickets.append(Ticket("merged", target.topic, at, target.person, target.order))
        tickets[-1].target = target
    for kind, topic in (("spam", "not_a_contact"), ("no_text", "")):
        tickets += at_any_time(rng, orders, people, kind, topic, n_of[kind])
    for kind, topic in (("outbound", "not_a_contact"), ("automated", "no_reply_needed")):
        for order in rng.sample(orders[:-60], n_of[kind]):
            at = add_hours(order.at, rng.uniform(24, 90))
            channel = "web" if kind == "outbound" else "email"
            at = at.replace(hour=9 + at.hour % 8) if kind == "outbound" else at
            tickets.append(Ticket(kind, topic, at, order.person, order, channel))
    return tickets
