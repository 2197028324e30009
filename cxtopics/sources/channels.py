"""The seven channels every helpdesk's own words are brought down to."""

from __future__ import annotations

import re

__all__ = ["CHANNELS", "channel_of"]

CHANNELS = ("email", "chat", "phone", "social", "web_form", "sms", "other")
"""Values of the column `channel`, as far as a dialect fills it."""

_WORDS = {
    "email": "email mail e_mail gmail outlook outbound_email email_integration closed_ticket",
    "chat": (
        "chat live_chat native_messaging messaging web_messaging sunshine_conversations_api"
        " conversation messenger chat_contact_form beaconchat beacon_chat bot chatbot push"
    ),
    "phone": "voice phone phone_call call voicemail abandoned_call aircall ringcentral",
    "social": (
        "facebook twitter instagram whatsapp telegram viber wechat line fb_messenger x tiktok"
        " youtube any_channel_integration google_business_messages"
    ),
    "web_form": (
        "web web_form web_widget form contact_form portal help_center helpdesk help_centre"
        " feedback_widget widget mobile_sdk mobile customer_portal"
    ),
    "sms": "sms text text_message mms",
    "other": "api web_service other internal_note internal rule ecommerce system",
}
_KNOWN = {word: channel for channel, words in _WORDS.items() for word in words.split()}
_FIRST_WORDS = {  # `facebook_post`, `Phone call (incoming)`, `Instagram direct message`
    **dict.fromkeys(("facebook", "fb", "twitter", "instagram", "whatsapp", "yotpo"), "social"),
    **dict.fromkeys(("phone", "voice", "call"), "phone"),
    **dict.fromkeys(("email", "mail"), "email"),
    **dict.fromkeys(("chat",), "chat"),
    **dict.fromkeys(("sms",), "sms"),
}


def channel_of(word: str | None, *, unknown: str | None = "other") -> str | None:
    """Return the channel that a helpdesk's word for one means.

    Parameters
    ----------
    word
        In any capitals, with blanks, dashes or underscores; None stays None.
    unknown
        What a word becomes that is not known.

    Examples
    --------
    >>> channel_of("Web Widget"), channel_of("instagram-ad-comment"), channel_of("pigeon")
    ('web_form', 'social', 'other')
    """
    if not word:
        return None
    parts = [part for part in re.split(r"[^a-z0-9]+", word.lower()) if part]
    known = _KNOWN.get("_".join(parts)) or (_FIRST_WORDS.get(parts[0]) if parts else None)
    return known or unknown
