"""Exports and orders in, a ranking out: every station after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from cxtopics import __version__
from cxtopics.classify import TopicModel, load_model
from cxtopics.contacts import contacts_file
from cxtopics.errors import ModelError
from cxtopics.flow.folders import Folders, bundled_topics
from cxtopics.flow.reporting import rank_folder, report_folder
from cxtopics.measure.costs import Costs
from cxtopics.orders import orders_file
from cxtopics.ranking import Ranking
from cxtopics.records import Progress, Reconciliation
from cxtopics.render.evaluation_chart import evaluation_svg
from cxtopics.tagging import tag_file
from cxtopics.taxonomy import load_taxonomy
from cxtopics.training import train_model

__all__ = ["cold_model", "run_flow"]


Bar = Callable[[str], AbstractContextManager[Progress | None]]
"""Opens a progress bar by its label; yields what is called with the steps done."""


def run_flow(
    exports: Sequence[str | Path],
    orders: Sequence[str | Path],
    out: str | Path,
    *,
    model: str | Path | None = None,
    contacts_options: dict[str, Any] | None = None,
    orders_options: dict[str, Any] | None = None,
    timezone: str | None = None,
    workers: int | None = None,
    costs: Costs | None = None,
    changes: str | Path | None = None,
    n_messages: int = 0,
    bar: Bar = lambda label: nullcontext(),
    tell: Callable[[Reconciliation, Path], None] = lambda account, path: None,
) -> Ranking:
    """Run every station; without a model, train one from the bundled topics' examples.

    Parameters
    ----------
    exports, orders
        Files of the helpdesk and of the shop.
    out
        The folder for everything, see `cxtopics.flow`.
    contacts_options, orders_options
        Passed to `contacts_file` and `orders_file` (dialect, mapping, ...).
    timezone
        The shop's zone: of stamps without offset, and of the months in the report.
    workers
        Cores to use; default: all.
    changes, n_messages
        See `report_folder`.
    bar
        Shows progress; by default nothing is shown.
    tell
        Called with the account of the rows, and the table, of contacts and of orders.
    """
    folders = Folders.under(out)
    with bar("contacts") as step:
        account = contacts_file(
            exports,
            folders.contacts,
            timezone=timezone,
            workers=workers,
            progress=step,
            **(contacts_options or {}),
        )
    tell(account, folders.contacts)
    with bar("orders") as step:
        account = orders_file(
            orders, folders.orders, timezone=timezone, progress=step, **(orders_options or {})
        )
    tell(account, folders.orders)
    with bar("model") as step:
        tagger = (
            load_model(model, workers)
            if model
            else cold_model(folders.model, workers, progress=step)
        )
    with bar("tag") as step:
        tag_file(folders.contacts, tagger, folders.tagged, progress=step)
    with bar("report"):
        report_folder(
            folders.tagged,
            folders.orders,
            folders.report,
            timezone=timezone,
            costs=costs,
            changes=changes,
            model=model or folders.model,
            n_messages=n_messages,
        )
        return rank_folder(folders.report, folders.ranking, costs=costs)


def cold_model(
    folder: Path, workers: int | None = None, *, progress: Progress | None = None
) -> TopicModel:
    """Return a model of the bundled topics' examples, trained unless `folder` holds it already."""
    taxonomy = load_taxonomy(bundled_topics())
    try:
        model = load_model(folder, workers)
        made_by = (model.details["taxonomy_fingerprint"], model.details["cxtopics"])
        if made_by == (taxonomy.fingerprint, __version__) and not model.details["n_labels"]:
            return model
    except ModelError:
        pass  # none yet, or not whole: made (again) below
    return train_model(folder, taxonomy=taxonomy, draw=evaluation_svg, progress=progress)
