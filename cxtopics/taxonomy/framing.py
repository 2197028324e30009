"""Labels that say what the agent did, or who dealt with it, instead of what went wrong.

"Refund issued" hides twenty problems, and "Email - tier 2" all of them; only a problem can
be fixed. The words are English. benchmarks/lint.py measures how often this is right.
"""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["Framing", "framing_of"]

Framing = Literal["problem", "resolution", "channel_or_team"]

# What a customer would say, or what only goes wrong: such a label is a problem, whatever
# else it says ("Replacement was broken too", "Nobody picks up the phone").
_TROUBLE = re.compile(
    r"""\b(i|my|me|we|our|mine|
    not|no\ longer|never|nobody|nothing|none|without|cannot|can't|cant|won't|doesn't|didn't|isn't|
    hasn't|wasn't|no\ (answer|order|tracking|reply|confirmation|refund|code|receipt|invoice|link)|
    wrong|missing|missed|late|delay\w*|lost|stolen|broken|broke|breaks|damaged|faulty|defect\w*|
    leak\w*|fail\w*|error\w*|crash\w*|slow|down|stuck|twice|double|duplicate\ (order|charge)|
    unexpected|unknown|unwanted|unclear|unrecogni[sz]ed|unauthori[sz]ed|overcharged|declined|
    rejected|refused|rude|mistake|too|different|still|but|poor|bad|expired|want\w*|forgot\w*|
    how|why|where|when|which|who|what|can\ i|do\ you|is\ it|problem|issue\ with|question|
    complain\w*|works?|working)\b|\?""",
    re.IGNORECASE | re.VERBOSE,
)
# The customer speaks: stronger than any word about the state of a ticket.
_CUSTOMER = re.compile(
    r"\b(i|my|me|we|our|how|why|where|when|which|what|nobody|without|never|missing|wants?)\b|\?",
    re.IGNORECASE,
)
# What was done about it: an agent's action as a participle.
_DONE = re.compile(
    r"""\b(issued|refunded|reimbursed|given|granted|processed|approved|authori[sz]ed|denied|
    accepted|sent|resent|re-sent|shipped|reshipped|re-shipped|replaced|dispatched|arranged|
    created|updated|corrected|amended|edited|fixed|emailed|mailed|provided|shared|linked|
    applied|offered|waived|credited|compensated|informed|advised|educated|explained|notified|
    instructed|answered|replied|responded|contacted|called|scheduled|booked|unlocked|
    deactivated|reactivated|deleted|removed|changed|cancell?ed|paused|skipped|resumed|filed|
    opened|submitted|raised|logged|reported|forwarded|transferred|assigned|routed|redirected|
    escalated|de-escalated|resolved|solved|closed|completed|done|merged|archived|marked|
    tagged|saved|honou?red|extended|upgraded|confirmed|verified|handled|investigated|
    followed\ up|matched|reviewed|added|acknowledged|noted|triaged|rerouted|snoozed|actioned|
    attempted|passed\ on|handed\ (over|off)|posted|recorded|
    unresolved|unsolved|reopened|responded|processed|completed)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_STATE = re.compile(
    r"""^(full|partial|goodwill|courtesy)\b.*\b(refund|credit|discount|gesture|exception)\b|
    \b(goodwill|compensation|apology|workaround|macro|canned|template|closure|call\ ?back|
    in\ progress|investigation|follow[- ]?ups?|auto[- ]?(reply|response|responder|close\w*)|
    first\ (response|contact)|sign[- ]?off|wrap[- ]?up|hand[- ]?(over|off)|
    (resolved|solved|fixed|unresolved|closed|escalated))\b|\b(reply|response|callback)$|
    \b(approval|action|development|callback|rca|review)\ (required|needed|denied|given)\b|
    ^(pending|awaiting|waiting\ (for|on)|on\ hold|no\ (action|response|further)|
    needs?\ (\w+\ )?(approval|callback|review|help|info|information|escalation)|
    (post|mail|send)\ ?(brochure|catalogue|letter)|one-time\ exception)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_ORDER_TO_AGENT = re.compile(
    r"""^(issue|process|approve|provide|offer|escalate|forward|transfer|assign|inform|advise|
    apologi[sz]e|compensate|waive|reship|resend|re-send|close|reply|respond|notify|
    send\ (a\ |the\ |out\ )?(\w+\ )?(replacement|label|tracking|invoice|link|coupon|code|refund|
    macro|reply|email|form|survey|confirmation))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WHERE_OR_WHO = re.compile(
    r"""\b(e-?mails?|live\ chat|chats?|chat\ ?bot|phone|telephone|calls?|voice\ ?mail|sms|texts?|
    whats\ ?app|instagram|facebook|messenger|twitter|tiktok|youtube|linkedin|social(\ media)?|dms?|
    contact\ form|web\ ?form|form|inbox|mailbox|messages|comments|mentions?|reviews?|
    trustpilot|amazon|ebay|etsy|marketplace|
    tier\ ?\d|level\ ?\d|l[1-4]|(first|second|third|1st|2nd|3rd)[- ](line|level)|
    team|teams|department|dept|desk|queue|squad|crew|shift|staff|agents?|bot|ai|supervisor|
    manager|lead|vip|priority|escalations?|support|helpdesk|back[- ]?office|front[- ]?desk|
    outsourced|in-house|warehouse|finance|accounting|legal|logistics|marketing|engineering|
    operations|ops|hq|headquarters|cx|customer\ (success|care|service|support|experience)|
    in[- ]?store|walk[- ]?in|on-?site\ visit|web\ ?site\ form|portal|app\ store|channel)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def framing_of(label: str) -> Framing:
    """Return how a label is framed.

    Examples
    --------
    >>> [framing_of(label) for label in ("Where is my refund?", "Refund issued", "Email - tier 2")]
    ['problem', 'resolution', 'channel_or_team']
    """
    words = re.sub(r"(?<=[a-z]{4})(?=[A-Z][a-z]{3})", " ", label.replace("’", "'"))  # CamelCase
    words = re.sub(r"[_/]+", " ", words).strip()
    if _ORDER_TO_AGENT.search(words):
        return "resolution"
    if _STATE.search(words) and not _CUSTOMER.search(words):
        return "resolution"
    if _TROUBLE.search(words):
        return "problem"
    if _DONE.search(words):
        return "resolution"
    return "channel_or_team" if _WHERE_OR_WHO.search(words) else "problem"
