"""Machines' mails told from people's by their subject, sender and header fields."""

import pytest

from cxtopics.sources.automated import has_automated_headers, is_automated


@pytest.mark.parametrize(
    "subject",
    ["Automatic reply: Lamp", "AW: Abwesenheitsnotiz", "Réponse automatique : lampe",
     "Respuesta automática: x", "Fuori ufficio", "Resposta automática: x", "Afwezig: x",
     "Undelivered Mail Returned to Sender", "Onbestelbaar: Lamp", "Não entregue: x"],
)  # fmt: skip
def test_subjects_of_machines(subject: str) -> None:
    assert is_automated(subject, "")


@pytest.mark.parametrize("subject", ["Your automatic reply is wrong", "Out of office delivery"])
def test_subjects_of_people(subject: str) -> None:
    assert not is_automated(subject, "noreply@example.com")


@pytest.mark.parametrize(
    ("headers", "automated"),
    [
        ({"Auto-Submitted": "auto-replied"}, True),
        ({"auto-submitted": "no"}, False),
        ({"Return-Path": "<>"}, True),
        ({"Content-Type": "multipart/report; report-type=delivery-status"}, True),
        ({"X-Autoreply": "yes"}, True),
        ({"Precedence": "bulk", "Subject": "Lamp"}, False),
        ({}, False),
    ],
)
def test_headers(headers: dict[str, str], automated: bool) -> None:
    assert has_automated_headers(headers) is automated
