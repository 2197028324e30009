"""Seven channels for the words of every helpdesk."""

import pytest

from cxtopics.sources.channels import CHANNELS, channel_of


@pytest.mark.parametrize(
    ("word", "channel"),
    [
        ("Mail", "email"), ("email", "email"), ("Outbound Email", "email"),
        ("native_messaging", "chat"), ("Native messaging", "chat"), ("Live chat", "chat"),
        ("PHONE_CALL", "phone"), ("Phone call (incoming)", "phone"), ("Voicemail", "phone"),
        ("FB_MESSENGER", "social"), ("instagram-ad-comment", "social"), ("WhatsApp", "social"),
        ("Web Form", "web_form"), ("Feedback Widget", "web_form"), ("contact_form", "web_form"),
        ("SMS", "sms"), ("api", "other"), ("carrier pigeon", "other"), ("???", "other"),
    ],
)  # fmt: skip
def test_words(word: str, channel: str) -> None:
    assert channel_of(word) == channel
    assert channel in CHANNELS


def test_nothing_and_unknown_words() -> None:
    assert channel_of(None) is None
    assert channel_of("") is None
    assert channel_of("Marketplace", unknown="Marketplace") == "Marketplace"
