"""Keys of customers, order numbers, and mails by machines."""

import hashlib

import pandas as pd
import pytest

from cxtopics.sources import (
    OrderNumbers,
    customer_key,
    email_key,
    find_order_field,
    one_id_per_person,
    order_key,
)
from cxtopics.sources.automated import is_automated


def test_a_key_hides_the_address_and_not_its_spelling() -> None:
    key = "e:" + hashlib.sha256(b"ann@example.com").hexdigest()[:16]
    assert email_key(" Ann@Example.COM ") == key == customer_key("ann@example.com")


@pytest.mark.parametrize("odd", [None, "", "Ann", "@x.com", "ann@", "ann@host", "a b@x.com", 7])
def test_what_is_no_address_has_no_key(odd: object) -> None:
    assert email_key(odd) is None


def test_ids_stay_as_they_are() -> None:
    assert customer_key("007") == "007"
    assert order_key(" #HP10 ") == "HP10"
    assert order_key("0012") == "0012"
    assert order_key("#") is None


def test_the_shape_of_order_numbers_is_learnt() -> None:
    numbers = OrderNumbers.learn(["HP10001", "#hp10002", "HP10003", " HP99999 "])
    assert numbers == OrderNumbers("HP", (5, 5))
    assert numbers.normalise("#hp10077") == "HP10077"
    assert numbers.normalise("call me") is None


def test_a_text_is_linked_only_where_it_names_one_order() -> None:
    numbers = OrderNumbers("HP", (5, 5))
    assert numbers.find("where is #hp10077? HP 10077!") == "HP10077"
    assert numbers.find("HP10077 or HP10078") is None
    assert numbers.find("HP100771, XHP10077, 10077") is None
    assert OrderNumbers("", (4, 5)).find("order 10077, call 20555") is None
    assert OrderNumbers("", (4, 5)).find("order #10077, call 20555") == "10077"


@pytest.mark.parametrize(
    "values", [[], ["HP1000", "HP1001"], ["AB1000", "CD1001", "EF1002"], ["yes", "no", "maybe"]]
)
def test_what_has_no_shape_teaches_none(values: list[str]) -> None:
    assert OrderNumbers.learn(values) is None


def test_the_order_field_must_be_certain() -> None:
    orders = [{"5": f"HP100{n}", "6": f"07700{n}", "7": "blue"} for n in range(10, 20)]
    assert find_order_field(orders) == "5"
    assert find_order_field([{**row, "8": f"RMA{n}123"} for n, row in enumerate(orders)]) is None
    assert find_order_field([{"6": row["6"]} for row in orders]) is None


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Your order", "Out of Office", "AutoReply", "Auto: thanks",
        "Abwesenheitsnotiz: Ihre Bestellung", "Réponse automatique : Bonjour",
        "Respuesta automática: hola", "Undelivered Mail Returned to Sender",
        "Delivery Status Notification (Failure)", "Undeliverable: Your order",
        "Mail delivery failed: returning message", "RE: Out of office", "Automatisch antwoord: x",
    ],
)  # fmt: skip
def test_mails_by_machines(subject: str) -> None:
    assert is_automated(subject, "ann@example.com")


@pytest.mark.parametrize(
    "subject",
    [
        "", "Your automatic reply is wrong", "Undeliverable parcel", "Delivery failed",
        "Failure notice from your courier", "Returned mail bag",
        "Out of office address for delivery", "Auto parts", "Delivery to my office", "Autumn",
    ],
)  # fmt: skip
def test_mails_by_customers(subject: str) -> None:
    assert not is_automated(subject, "ann@example.com")


def test_senders() -> None:
    assert is_automated("Hi", "Mailer-Daemon@mx.example.com")
    assert not is_automated("Hi", "noreply@example.com")


def test_a_person_whose_address_any_row_tells_has_one_id() -> None:
    ids = pd.Series(["11", "e:aa", None, "12", "e:bb", "13"])
    people = pd.Series(["p", "p", "p", "q", None, None])
    found = one_id_per_person(ids, people)
    assert found.tolist() == ["e:aa", "e:aa", "e:aa", "12", "e:bb", "13"]
    nobody = one_id_per_person(ids, pd.Series([None] * 6, dtype="str"))
    assert nobody.equals(ids)
