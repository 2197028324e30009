"""Audits from files to files, for the commands of `cxtopics audit`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from cxtopics.audit import (
    AuditSheet,
    draw_audit,
    factor_from,
    lay_out_audit,
    plan_audit,
    read_audit,
)
from cxtopics.measure.audits.frame import AuditFrame
from cxtopics.measure.prevalence.audit_design import PLANNING_FACTOR
from cxtopics.schemas import TAGGED
from cxtopics.tables import check_output, coerce, read_provenance, read_table, write_table
from cxtopics.taxonomy import Taxonomy, load_taxonomy

__all__ = ["draw_to_file", "plan_from_file", "read_sheet_file"]


def draw_to_file(
    tagged: str | Path,
    out: str | Path,
    *,
    n: int,
    period: str | None = None,
    seed: int = 0,
    double: float = 0.0,
    redacted: bool = True,
    timezone: str | None = None,
) -> tuple[pd.DataFrame, AuditFrame]:
    """Draw an audit from a tagged table and write its sheet; see `audit.draw_audit`."""
    check_output(out)
    table, about = _table_of(tagged)
    design = lay_out_audit(
        table, n, estimation=_estimation(about), period=period, seed=seed,
        timezone=timezone or _zone(about),
    )  # fmt: skip
    sheet = draw_audit(table, design, double=double, redacted=redacted)
    write_table(sheet, out)
    return sheet, design.frame


def plan_from_file(
    tagged: str | Path, audit: str | Path | None = None, **options: Any
) -> tuple[pd.DataFrame, float]:
    """Plan an audit of a tagged table; return the plan and the factor it was made with.

    Parameters
    ----------
    audit
        The last audit's filled sheet: how far the model overrates itself is learnt from it.
    options
        Of `audit.plan_audit`.
    """
    table, about = _table_of(tagged)
    estimation = _estimation(about)
    options["timezone"] = options.get("timezone") or _zone(about)
    factor = PLANNING_FACTOR
    if audit:
        found = read_audit(audit, table, estimation=estimation, taxonomy=_travelling_topics(about))
        factor = factor_from(found.labels, table, estimation=estimation)
    return plan_audit(table, estimation=estimation, factor=factor, **options), factor


def read_sheet_file(
    sheet: str | Path, tagged: str | Path | None = None, *, topics: str | Path | None = None
) -> AuditSheet:
    """Read and check a filled sheet, with the table it was drawn from where given."""
    table, about = _table_of(tagged) if tagged else (None, {})
    taxonomy = load_taxonomy(topics) if topics else _travelling_topics(about)
    return read_audit(sheet, table, estimation=_estimation(about), taxonomy=taxonomy)


def _table_of(path: str | Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a tagged table, times read where it has them, and what it says of its origin."""
    table = read_table(path)
    if "created_at" in table.columns:
        table = coerce(table, TAGGED.select_columns(["created_at"]), str(path))
    return table, read_provenance(path)


def _estimation(about: dict[str, Any]) -> dict[str, Any] | None:
    return (about.get("tagging") or {}).get("estimation")


def _zone(about: dict[str, Any]) -> str:
    return (about.get("contacts") or {}).get("timezone") or "UTC"


def _travelling_topics(about: dict[str, Any]) -> Taxonomy | None:
    content = about.get("taxonomy")
    return Taxonomy.model_validate(content) if content else None
