"""Machines' messages told from people's who write about machines and absences."""

import pytest

from cxtopics.text.machines import is_automated_message

MACHINES = [
    "Thank you for your mail. I am out of the office until 5 May with limited access to email.",
    "Hello,\nI'm on annual leave. In urgent cases please contact bo@example.com.",
    "This is an automated response. We have received your message.",
    "This is the mail system at host mail.example.com. I'm sorry to inform you",
    "Your message to ann@example.com couldn't be delivered.",
    "Guten Tag,\nich bin bis 5. Mai nicht im Büro. Ihre E-Mails werden nicht weitergeleitet.",
    "Ihre Nachricht an anna@example.com konnte nicht zugestellt werden.",
    "Dies ist eine automatisch erzeugte Antwort.",
    "Bonjour, je suis en congés jusqu'au 5 mai. Je vous répondrai à mon retour.",
    "Ceci est une réponse automatique.",
    "Estoy de vacaciones hasta el 5 de mayo. Responderé a mi regreso.",
    "Este es un mensaje automático, no responda.",
    "Sono in ferie fino al 5 maggio, risponderò al mio rientro.",
    "Questo messaggio è generato automaticamente.",
    "Estou de férias até 5 de maio. Respondo quando voltar.",
    "Esta é uma resposta automática.",
    "Ik ben met vakantie tot 5 mei en lees uw bericht bij terugkomst.",
    "Dit is een automatisch antwoord.",
]
PEOPLE = [
    "I am out of the office until Friday, please deliver on Monday.",
    "I am on holiday next week. Can you hold the parcel? In urgent cases call me.",
    "Your automated response says five days. It has been ten.",
    "My mail to you could not be delivered, so I use the form.",
    "Ich bin im Urlaub, bitte erst ab Montag liefern.",
    "Je suis absent lundi, livrez mardi.",
    "Estoy de vacaciones, entréguenlo al vecino.",
    "Sono in ferie, consegnate al vicino.",
    "Estou de férias, entreguem ao vizinho.",
    "Ik ben met vakantie, lever bij de buren.",
    "I was on holiday and got no email about my order.",
    "Votre réponse automatique dit cinq jours.",
    "Ich bin im Urlaub, dringend Kontakt aufnehmen wegen der Lampe.",
    "",
]


@pytest.mark.parametrize("text", MACHINES)
def test_machines_are_known_by_what_they_write(text: str) -> None:
    assert is_automated_message(text)


@pytest.mark.parametrize("text", PEOPLE)
def test_people_who_are_away_are_people(text: str) -> None:
    assert not is_automated_message(text)
