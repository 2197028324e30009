"""An explanation of files as text: what was recognised, what is missing, what that costs."""

from __future__ import annotations

from collections.abc import Iterator

from cxtopics.records import show_columns
from cxtopics.sources import SAMPLE_ROWS, Explanation, TracedFile

__all__ = ["explanation_text"]

_COSTS = {
    "contacts": {
        "text": "contacts without text get no topic",
        "customer_id": "no customer contact rate, and no link to orders by customer",
        "order_id": "no contacts per order by the order's own month, product or carrier",
        "channel": "no figures by channel",
        "first_response_at": "no time to first answer by topic",
        "resolved_at": "no time to resolution by topic",
        "csat": "no satisfaction by topic",
        "handle_time_s": "costs per contact are the same for every topic",
        "status": "open and closed contacts cannot be told apart",
        "n_agent_messages": "no agents' messages per contact",
        "language": "no figures by language",
        "tags": "the helpdesk's own tags cannot be held against the topics",
    },
    "orders": {
        "customer_id": "no customer contact rate, and no link from contacts by customer",
        "total": "no figures by order value",
        "sku": "no contacts per order by product",
        "carrier": "no contacts per order by carrier",
        "country": "no contacts per order by country",
        "returned": "no figures by whether goods came back",
    },
}
_SPARSE = 0.5  # share filled, below which a column is told among the missing ones


def explanation_text(explanation: Explanation) -> str:
    """Return an explanation as lines of text, without a word of any customer."""
    lines = [line for file in explanation.files for line in _file_lines(file)]
    lines += ["", *_row_lines(explanation)]
    if missing := list(_missing_lines(explanation)):
        lines += ["", "Missing, and what that costs", *missing]
    lines += ["", *(f"Note: {notice}" for notice in explanation.account.notices)]
    return "\n".join([*lines, "Nothing was written."])


def _file_lines(file: TracedFile) -> Iterator[str]:
    yield f"{file.name}: {file.dialect} ({file.kind})"
    yield f"  known by {file.reason}"
    width = max((len(name) for name in file.became), default=0)
    for name, columns in file.became.items():
        yield f"  {name:<{min(width, 40)}}  -> {', '.join(columns)}"
    for what, names in (("without effect", file.unused), ("empty", file.empty)):
        if names:
            yield f"  {what} (first {SAMPLE_ROWS} rows): {show_columns(names)}"


def _row_lines(found: Explanation) -> Iterator[str]:
    account = found.account
    left_out = ", ".join(f"{n:,} {reason}" for reason, n in account.left_out.items())
    yield (
        f"Rows     {account.n_read:,} read = {account.n_counted:,} {found.kind}"
        f" + {sum(account.left_out.values()):,} left out ({left_out or 'none'})"
        f" + {account.n_rejected:,} rejected"
    )
    yield f"Dates    {found.first_at:%Y-%m-%d} to {found.last_at:%Y-%m-%d}, UTC"
    shares = (f"{name} {_percent(found.share(name))}" for name, n in found.n_filled.items() if n)
    yield f"Filled   {', '.join(shares)}"
    if found.n_linked:
        links = (f"{n:,} by {method}" for method, n in sorted(found.n_linked.items()))
        yield f"Orders   known for {', '.join(links)}"


def _missing_lines(found: Explanation) -> Iterator[str]:
    for name, cost in _COSTS[found.kind].items():
        share = found.share(name)
        if share == 0:
            yield f"  {name}: {cost}"
        elif share < _SPARSE:
            yield f"  {name}: filled in {_percent(share)} of the rows; for the rest, {cost}"


def _percent(share: float) -> str:
    return f"{100 * share:.{0 if share in (0, 1) else 1}f} %"
