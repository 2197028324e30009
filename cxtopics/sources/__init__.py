"""Exports of helpdesks and shops: one module per dialect; nothing else knows their columns.

    files -> detect -> Dialect.read -> ContactRow | OrderRow | Rejected -> settle -> table

A new dialect is a module with a `Dialect` and a line in `DIALECTS`.
"""

from cxtopics.sources.detection import DIALECTS, Recognised, detect
from cxtopics.sources.explanation import Explanation
from cxtopics.sources.extra import read_extra
from cxtopics.sources.identity import customer_key, email_key, order_key
from cxtopics.sources.intake import Intake
from cxtopics.sources.mapping import Mapping, load_mapping
from cxtopics.sources.order_links import FieldValues, OrderLinks
from cxtopics.sources.order_numbers import OrderNumbers, find_order_field
from cxtopics.sources.rows import (
    EXTRA_COLUMNS,
    ContactRow,
    Dialect,
    Kind,
    Message,
    OrderRow,
    ReadOptions,
)
from cxtopics.sources.settling import REJECTED, Settled, raw_time, settle
from cxtopics.sources.shopify_csv import CONTINUATION
from cxtopics.sources.tracing import SAMPLE_ROWS, TracedFile, trace_file

__all__ = [
    "CONTINUATION",
    "DIALECTS",
    "EXTRA_COLUMNS",
    "REJECTED",
    "SAMPLE_ROWS",
    "ContactRow",
    "Dialect",
    "Explanation",
    "FieldValues",
    "Intake",
    "Kind",
    "Mapping",
    "Message",
    "OrderLinks",
    "OrderNumbers",
    "OrderRow",
    "ReadOptions",
    "Recognised",
    "Settled",
    "TracedFile",
    "customer_key",
    "detect",
    "email_key",
    "find_order_field",
    "load_mapping",
    "order_key",
    "raw_time",
    "read_extra",
    "settle",
    "trace_file",
]
