"""The tables of the flow on one page: columns, types, units.

    helpdesk export -> CONTACTS -> TAGGED -+
    shop export     -> ORDERS  ------------+-> TOPIC_RATES -> TOPIC_RANKS

Times are UTC, shares are 0-1, money is in the currency of the costs file. Missing is
missing (null), never 0 and never an empty string. Tables with more columns than these
are welcome where rows come from people (`CONTACTS`, `ORDERS`, `TAGGED`): the extra
columns travel along.
"""

from __future__ import annotations

import pandas as pd

from cxtopics._pandera import pa

__all__ = [
    "CONTACTS",
    "LEFT_OUT_REASONS",
    "ORDERS",
    "TAGGED",
    "TAG_COLUMNS",
    "TOPIC_RANKS",
    "TOPIC_RATES",
]

LEFT_OUT_REASONS = ("outbound", "automated", "spam", "deleted", "merged", "duplicate")
"""Why a row of a helpdesk export is no contact, as the source itself shows it."""

UTC = pd.DatetimeTZDtype(unit="us", tz="UTC")
_SHARE = pa.Check.in_range(0, 1)
_NOT_NEGATIVE = pa.Check.ge(0)


def _text(*, required: bool = False, unique: bool = False) -> pa.Column:
    return pa.Column(str, nullable=not required, unique=unique, required=required)


def _time(*, required: bool = True) -> pa.Column:
    return pa.Column(UTC, nullable=not required, required=required)


def _number(*checks: pa.Check) -> pa.Column:
    return pa.Column(float, checks=list(checks), nullable=True)


def _optional(column: pa.Column) -> pa.Column:
    column.required = False
    return column


def _table(name: str, columns: dict[str, pa.Column], *, strict: bool) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, name=name, strict=strict)


def _service(*, checked: bool) -> dict[str, pa.Column]:
    """Return what a helpdesk may say of how a contact went; none of it is needed.

    Unchecked in tables of others: a figure says for itself which values it cannot use.
    """
    share, positive = ((_SHARE,), (_NOT_NEGATIVE,)) if checked else ((), ())
    return {
        "first_response_at": _time(required=False),  # a person's first answer to the customer
        "resolved_at": _time(required=False),  # solved or closed, the last time; null = open
        "csat": _optional(_number(*share)),  # 1.0 satisfied, 0.0 not; null = not surveyed
        "nps": _optional(_number()),  # 0-10, would recommend
        "ces": _optional(_number()),  # 1 (very hard) to 5 (very easy)
        "handle_time_s": _optional(_number(*positive)),  # people's working time
        "status": _text(),  # open, pending, resolved, closed, or the helpdesk's own word
        "n_agent_messages": _optional(_number(*positive)),  # public, by people
        "language": _text(),  # as the helpdesk says, mostly ISO 639-1
        "link_method": _text(),  # how order_id is known: column, field, text
    }


CONTACTS = _table(
    "contacts",
    {
        "contact_id": _text(required=True, unique=True),
        "created_at": _time(),
        "channel": _text(),
        "customer_id": _text(),
        "order_id": _text(),
        "text": _text(),  # what the classifier reads: subject + first message, cleaned; null = none
        **_service(checked=True),
        "tags": _text(),  # the helpdesk's, joined with ", "
    },
    strict=False,
)

ORDERS = _table(
    "orders",
    {
        "order_id": _text(required=True, unique=True),
        "created_at": _time(),
        "customer_id": _text(),
        "total": _optional(_number()),  # in the shop's currency
        "sku": _text(),
        "carrier": _text(),
        "country": _text(),
        "returned": pa.Column("boolean", nullable=True, required=False),
        "currency": _text(),  # ISO 4217, of total
    },
    strict=False,
)

_TAGS = {
    "topic": _text(),  # id; null = abstained, or no text
    "confidence": _number(_SHARE),  # calibrated probability of topic_forced; null = no text
    "runner_up": _text(),
    "runner_up_confidence": _number(_SHARE),
    "needs_review": pa.Column(bool),  # there is text, and the model would rather not say
    "topic_forced": _text(),  # the best topic, said even where `topic` abstains
    "familiarity": _number(_SHARE),  # share of the training texts that are odder than this one
}
TAG_COLUMNS = tuple(_TAGS)

TAGGED = _table(
    "tagged",
    {
        "contact_id": _text(required=True, unique=True),
        "created_at": _time(),
        "customer_id": _text(),
        "topic": pa.Column(str, nullable=True),
        "channel": _text(),
        "order_id": _text(),
        **_service(checked=False),
    },
    strict=False,
)
"""What `report` needs of a tagged table; `tag` writes `TAG_COLUMNS` beside the rest."""

_BOUNDED = {
    "contacts_per_order": (_NOT_NEGATIVE,),
    "topic_share": (_SHARE,),
    "customer_contact_rate": (_NOT_NEGATIVE,),
}

TOPIC_RATES = _table(
    "rates",
    {
        "period_start": pa.Column(str),  # YYYY-MM-DD in the shop's zone, first day
        "period_end": pa.Column(str),  # YYYY-MM-DD, last day
        "slice": pa.Column(str),  # "all", or the column the rows are cut by
        "slice_value": pa.Column(str),
        "topic": pa.Column(str),  # topic id, or "all", "abstained", "no_text"
        "n_contacts": _number(_NOT_NEGATIVE),
        "n_contacts_low": _number(_NOT_NEGATIVE),
        "n_contacts_high": _number(_NOT_NEGATIVE),
        "n_orders": _number(_NOT_NEGATIVE),
        **{
            f"{rate}{end}": _number(*checks)
            for rate, checks in _BOUNDED.items()
            for end in ("", "_low", "_high")
        },
        "method": pa.Column(str),  # how n_contacts was estimated, and under what assumption
    },
    strict=True,
)

TOPIC_RANKS = _table(
    "ranking",
    {
        "rank": pa.Column("Int64", nullable=True),  # null: kept apart, see `reason`
        "rank_low": pa.Column("Int64", nullable=True),
        "rank_high": pa.Column("Int64", nullable=True),
        "p_top5": _number(_SHARE),
        "topic": pa.Column(str),
        "lever": pa.Column(str),
        "deflectable_contacts_per_month": _number(_NOT_NEGATIVE),
        "deflectable_contacts_per_month_low": _number(_NOT_NEGATIVE),
        "deflectable_contacts_per_month_high": _number(_NOT_NEGATIVE),
        "savings_per_month": _number(),
        "savings_per_month_low": _number(),
        "savings_per_month_high": _number(),
        "reason": pa.Column(str),
        "p_net_positive": _number(_SHARE),  # share of draws in which the lever pays for itself
    },
    strict=True,
)
