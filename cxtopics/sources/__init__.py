"""Exports of helpdesks and shops: one module per dialect; nothing else knows their columns.

    files -> detect -> Dialect.read -> ContactRow | OrderRow | Rejected -> settle -> table

A new dialect is a module with a `Dialect` and a line in `detection`.
"""

from cxtopics.sources.detection import DIALECTS, Recognised, detect
from cxtopics.sources.exclusions import check_keep, kept_notice
from cxtopics.sources.explanation import Explanation
from cxtopics.sources.identity import customer_key, email_key, one_id_per_person, order_key
from cxtopics.sources.intake import Intake
from cxtopics.sources.mapping import Mapping, load_mapping
from cxtopics.sources.order_links import FieldValues, OrderLinks
from cxtopics.sources.order_numbers import OrderNumbers, find_order_field
from cxtopics.sources.rows import ContactRow, Dialect, Kind, Message, OrderRow, ReadOptions
from cxtopics.sources.service import SERVICE_COLUMNS, service_cells, service_columns
from cxtopics.sources.settling import REJECTED, Settled, settle
from cxtopics.sources.shopify_csv import CONTINUATION
from cxtopics.sources.tracing import SAMPLE_ROWS, TracedFile

__all__ = [
    "CONTINUATION",
    "DIALECTS",
    "REJECTED",
    "SAMPLE_ROWS",
    "SERVICE_COLUMNS",
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
    "check_keep",
    "customer_key",
    "detect",
    "email_key",
    "find_order_field",
    "kept_notice",
    "load_mapping",
    "one_id_per_person",
    "order_key",
    "service_cells",
    "service_columns",
    "settle",
]
