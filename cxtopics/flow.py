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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cxtopics import __version__
from cxtopics.audit import read_audit
from cxtopics.classify import TopicModel, load_model
from cxtopics.contacts import contacts_file
from cxtopics.errors import InputError, ModelError
from cxtopics.forecast import Forecast, build_forecast
from cxtopics.impact import Impact, build_impact, measure_changes
from cxtopics.measure.audits.labels import AuditLabels
from cxtopics.measure.costs import Costs, load_costs
from cxtopics.measure.trends.change_log import load_change_log
from cxtopics.orders import load_orders, orders_file
from cxtopics.ranking import Ranking, build_ranking
from cxtopics.records import Progress, Reconciliation
from cxtopics.render.evaluation_chart import evaluation_svg
from cxtopics.render.evidence import Evidence, choose_messages, read_mistakes
from cxtopics.render.files import write_ranking, write_report
from cxtopics.render.impact_page import impact_page
from cxtopics.render.json_file import write_json, write_text
from cxtopics.render.reading import read_report
from cxtopics.report import Report, build_report
from cxtopics.schemas import TAGGED
from cxtopics.tables import load_table, read_provenance, read_table, write_table
from cxtopics.tagging import tag_file
from cxtopics.taxonomy import Taxonomy, load_taxonomy
from cxtopics.training import train_model
from cxtopics.watch import Watch, build_watch

__all__ = [
    "Folders",
    "bundled",
    "bundled_topics",
    "cold_model",
    "forecast_files",
    "impact_files",
    "rank_folder",
    "report_folder",
    "run_flow",
    "watch_files",
]

Bar = Callable[[str], AbstractContextManager[Progress | None]]
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
        The folder for everything, see the top of this module.
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


def report_folder(
    tagged: str | Path,
    orders: str | Path,
    out: str | Path,
    *,
    by: Any = "month",
    timezone: str | None = None,
    topics: str | Path | None = None,
    audits: Sequence[str | Path] = (),
    changes: str | Path | None = None,
    model: str | Path | None = None,
    n_messages: int = 0,
    workbook: bool = False,
    costs: Costs | None = None,
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
    changes
        A log of changes: marked in the trends, each with what followed.
    model
        The folder of the model that tagged: topic pages say which topics it mixes up.
    n_messages
        Redacted messages to show on each topic's page.
    workbook
        Write the tables as report.xlsx too.
    costs
        For the cost share, the cost of a topic's contacts, and what changes have saved.
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
    log = load_change_log(changes, taxonomy) if changes else ()
    mistakes = read_mistakes(model) if model else {}
    report = build_report(
        tagged,
        orders,
        taxonomy=taxonomy,
        by=by,
        timezone=zone,
        audits=[_usable_labels(path, taxonomy) for path in audits],
        costs=costs,
        provenance={**about_orders, **about},
        **options,
    )
    if log:
        measured = measure_changes(
            tagged, orders, log, taxonomy=taxonomy, costs=costs, timezone=zone
        )
        report = replace(report, change_log=measured)
    messages = choose_messages(tagged, taxonomy, n_messages) if n_messages else None
    evidence = Evidence(messages=messages, costs=costs, **mistakes)
    write_report(report, out, taxonomy, evidence=evidence, workbook=workbook)
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
    workbook: bool = False,
) -> Ranking:
    """Rank the topics of a report's folder and write the ranking's folder."""
    found, taxonomy = read_report(report)
    ranking = build_ranking(
        pd.concat([found.whole_rates, found.slices], ignore_index=True),  # costs by channel
        load_taxonomy(topics) if topics else taxonomy,
        costs,
        covariance=found.covariance,
        kpis=_kpis(Path(report)),
        n_periods=n_periods,
        partial=found.partial_periods,
    )
    write_ranking(ranking, out, found, report_folder=report, workbook=workbook)
    return ranking


def impact_files(
    tagged: str | Path,
    orders: str | Path,
    out: str | Path,
    *,
    topics: str | Path | None = None,
    timezone: str | None = None,
    costs: str | Path | None = None,
    **change: Any,
) -> Impact:
    """Measure a change from files; write JSON, and a page beside it. `change` as `build_impact`."""
    given = _Inputs.read(tagged, orders, topics, timezone)
    made = build_impact(
        given.tagged,
        given.shop(),
        taxonomy=given.taxonomy,
        timezone=given.timezone,
        costs=load_costs(costs) if costs else None,
        **change,
    )
    write_json(made.to_dict(), out)
    if Path(out).suffix != ".html":
        write_text(impact_page(made), Path(out).with_suffix(".html"))
    return made


def forecast_files(
    tagged: str | Path,
    orders: str | Path,
    planned: str | float,
    out: str | Path,
    *,
    n_weeks: int | None = None,
    topics: str | Path | None = None,
    timezone: str | None = None,
    costs: str | Path | None = None,
) -> Forecast:
    """Forecast contacts from files, and write the table; `planned` is a number or a file."""
    given = _Inputs.read(tagged, orders, topics, timezone)
    made = build_forecast(
        given.tagged,
        given.shop(),
        planned if isinstance(planned, float) else read_table(planned),
        n_weeks=n_weeks,
        taxonomy=given.taxonomy,
        timezone=given.timezone,
        costs=load_costs(costs) if costs else None,
    )
    write_table(made.by_week, out)
    write_json(made.to_dict(), Path(out).with_suffix(".json"))
    return made


def watch_files(
    tagged: str | Path,
    out: str | Path,
    *,
    orders: str | Path | None = None,
    topics: str | Path | None = None,
    timezone: str | None = None,
    **options: Any,
) -> Watch:
    """Look for rising topics in files, and write the result as JSON; see `build_watch`."""
    given = _Inputs.read(tagged, orders, topics, timezone)
    made = build_watch(
        given.tagged, given.orders, taxonomy=given.taxonomy, timezone=given.timezone, **options
    )
    write_json(made.to_dict(), out)
    return made


@dataclass(frozen=True, eq=False)
class _Inputs:
    """Tables with the topics and the zone that belong to them."""

    tagged: pd.DataFrame
    orders: pd.DataFrame | None
    taxonomy: Taxonomy | None
    timezone: str

    @classmethod
    def read(
        cls,
        tagged: str | Path,
        orders: str | Path | None,
        topics: str | Path | None,
        timezone: str | None,
    ) -> _Inputs:
        about = read_provenance(tagged)
        about_orders = read_provenance(orders) if orders else {}
        return cls(
            tagged=load_table(tagged, TAGGED),
            orders=load_orders(orders) if orders else None,
            taxonomy=load_taxonomy(topics) if topics else _travelling_topics(about),
            timezone=timezone or about_orders.get("orders", {}).get("timezone") or "UTC",
        )

    def shop(self) -> pd.DataFrame:
        if self.orders is None:
            raise ValueError("got no orders")
        return self.orders


def _kpis(report: Path) -> pd.DataFrame | None:
    """Return the KPIs of a report's folder, where it has any."""
    path = report / "kpis.csv"
    return read_table(path) if path.exists() else None


def _travelling_topics(about: dict[str, Any]) -> Taxonomy | None:
    content = about.get("taxonomy")
    return Taxonomy.model_validate(content) if content else None
