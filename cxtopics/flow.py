"""The whole flow in one go: exports and orders in, a ranking out.

Each station reads what the one before wrote, so every step can be looked at, and run
again, alone:

    DIR/2-contacts/contacts.parquet, orders.parquet
    DIR/3-tagged/tagged.parquet
    DIR/4-report/
    DIR/5-ranking/
    DIR/model/      only where no model was given: trained from the topics' examples
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxtopics import __version__
from cxtopics.audit import read_audit
from cxtopics.classify import TopicModel, load_model
from cxtopics.contacts import read_contacts, save_contacts
from cxtopics.errors import InputError, ModelError
from cxtopics.measure.audit_labels import AuditLabels
from cxtopics.measure.costs import Costs
from cxtopics.orders import read_orders, save_orders
from cxtopics.ranking import Ranking, build_ranking
from cxtopics.records import Reconciliation
from cxtopics.render import evaluation_svg, read_report, write_ranking, write_report
from cxtopics.report import Report, build_report
from cxtopics.tables import read_provenance
from cxtopics.tagging import tag_file
from cxtopics.taxonomy import Taxonomy, load_taxonomy
from cxtopics.training import train_model

__all__ = [
    "Folders",
    "bundled",
    "bundled_topics",
    "cold_model",
    "rank_folder",
    "report_folder",
    "run_flow",
]

Bar = Callable[[str], AbstractContextManager[Callable[[int], None] | None]]
"""Opens a progress bar by its label; yields what is called with the steps done."""


@dataclass(frozen=True)
class Folders:
    """Where a run of the flow keeps its tables, pages and model."""

    contacts: Path
    orders: Path
    tagged: Path
    report: Path
    ranking: Path
    model: Path

    @classmethod
    def under(cls, root: str | Path) -> Folders:
        """Return the places under one folder."""
        root = Path(root)
        return cls(
            contacts=root / "2-contacts" / "contacts.parquet",
            orders=root / "2-contacts" / "orders.parquet",
            tagged=root / "3-tagged" / "tagged.parquet",
            report=root / "4-report",
            ranking=root / "5-ranking",
            model=root / "model",
        )


def bundled(name: str) -> Path:
    """Return a file or folder that comes with the program (`topics`, `1-export`)."""
    here = Path(__file__).parent
    installed = here / "bundled" / name
    if installed.exists():
        return installed
    return here.parent / {"1-export": "data/1-export"}.get(name, name)


def bundled_topics() -> Path:
    """Return the topics file that comes with the program."""
    return bundled("topics") / "ecommerce.yaml"


def run_flow(
    exports: Sequence[str | Path],
    orders: Sequence[str | Path],
    out: str | Path,
    *,
    model: str | Path | None = None,
    contacts_options: dict[str, Any] | None = None,
    orders_options: dict[str, Any] | None = None,
    timezone: str | None = None,
    costs: Costs | None = None,
    bar: Bar = lambda label: nullcontext(),
    tell: Callable[[Reconciliation, Path], None] = lambda account, path: None,
) -> Ranking:
    """Run every station; without a model, train one from the bundled topics' examples.

    Parameters
    ----------
    exports, orders
        Files of the helpdesk and of the shop.
    out
        The folder for everything, see the top of this module.
    contacts_options, orders_options
        Passed to `read_contacts` and `read_orders` (dialect, mapping, ...).
    timezone
        The shop's zone: of stamps without offset, and of the months in the report.
    bar
        Shows progress; by default nothing is shown.
    tell
        Called with the account of the rows, and the table, of contacts and of orders.
    """
    folders = Folders.under(out)
    with bar("contacts") as step:
        contacts = read_contacts(
            exports, timezone=timezone, progress=step, **(contacts_options or {})
        )
        save_contacts(contacts, folders.contacts)
    tell(contacts.reconciliation, folders.contacts)
    with bar("orders") as step:
        shop = read_orders(orders, timezone=timezone, progress=step, **(orders_options or {}))
        save_orders(shop, folders.orders)
    tell(shop.reconciliation, folders.orders)
    with bar("model") as step:
        tagger = load_model(model) if model else cold_model(folders.model, progress=step)
    with bar("tag") as step:
        tag_file(folders.contacts, tagger, folders.tagged, progress=step)
    with bar("report"):
        report_folder(folders.tagged, folders.orders, folders.report, timezone=timezone)
        return rank_folder(folders.report, folders.ranking, costs=costs)


def cold_model(folder: Path, progress: Callable[[int], None] | None = None) -> TopicModel:
    """Return a model of the bundled topics' examples, trained unless `folder` holds it already."""
    taxonomy = load_taxonomy(bundled_topics())
    try:
        model = load_model(folder)
        made_by = (model.details["taxonomy_fingerprint"], model.details["cxtopics"])
        if made_by == (taxonomy.fingerprint, __version__) and not model.details["n_labels"]:
            return model
    except ModelError:
        pass  # none yet, or not whole: made (again) below
    return train_model(folder, taxonomy=taxonomy, draw=evaluation_svg, progress=progress)


def report_folder(
    tagged: str | Path,
    orders: str | Path,
    out: str | Path,
    *,
    by: Any = "month",
    timezone: str | None = None,
    topics: str | Path | None = None,
    audits: Sequence[str | Path] = (),
    **options: Any,
) -> Report:
    """Make a report from files and write its folder.

    Parameters
    ----------
    tagged, orders
        Files of any format, or folders of Parquet parts; Parquet is never held in memory.
    timezone
        The zone of months and weeks; default: the one the orders were read with, else UTC.
    topics
        A topics file; default: the topics that travel with the tagged table.
    audits
        Filled audit sheets.
    options
        Passed to `build_report` (slices, holidays, visits, ...).

    Raises
    ------
    InputError
        Among other things, if a sheet holds two different answers to one contact.
    """
    about, about_orders = read_provenance(tagged), read_provenance(orders)
    taxonomy = load_taxonomy(topics) if topics else _travelling_topics(about)
    zone = timezone or about_orders.get("orders", {}).get("timezone") or "UTC"
    report = build_report(
        tagged,
        orders,
        taxonomy=taxonomy,
        by=by,
        timezone=zone,
        audits=[_usable_labels(path, taxonomy) for path in audits],
        provenance={**about_orders, **about},
        **options,
    )
    write_report(report, out, taxonomy)
    return report


def _usable_labels(path: str | Path, taxonomy: Taxonomy | None) -> AuditLabels:
    found = read_audit(path, taxonomy=taxonomy)
    if found.faults:
        raise InputError(found.faults[0], "`cxtopics audit read` lists all faults of a sheet")
    return found.labels


def rank_folder(
    report: str | Path,
    out: str | Path,
    *,
    costs: Costs | None = None,
    topics: str | Path | None = None,
    n_periods: int = 3,
) -> Ranking:
    """Rank the topics of a report's folder and write the ranking's folder."""
    found, taxonomy = read_report(report)
    ranking = build_ranking(
        found.rates,
        load_taxonomy(topics) if topics else taxonomy,
        costs,
        n_periods=n_periods,
        partial=found.partial_periods,
    )
    write_ranking(ranking, out, found)
    return ranking


def _travelling_topics(about: dict[str, Any]) -> Taxonomy | None:
    content = about.get("taxonomy")
    return Taxonomy.model_validate(content) if content else None
