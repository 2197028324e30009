"""The commands: each parses its words, calls one station, and writes what that returns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from cxtopics import __version__
from cxtopics.cli.options import (
    Changes,
    CostsFile,
    Dialect,
    EffortOption,
    Explain,
    Files,
    Keep,
    Mapping,
    MaxUnpacked,
    Messages,
    Model,
    Redact,
    Slices,
    TextColumn,
    TopicColumn,
    Topics,
    Workers,
    Xlsx,
    Zone,
    n_bytes,
)
from cxtopics.cli.output import bar, say, say_blank, say_reconciled

__all__ = ["app"]

app = typer.Typer(
    help="Why customers write, per order: a helpdesk export and a shop's orders in, a ranked"
    " list of problems worth fixing out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        typer.echo(f"cxtopics {__version__}")
        raise typer.Exit


@app.command()
def demo(
    out: Annotated[Path, typer.Option("-o", help="Folder for everything.")] = Path("cxtopics-demo"),
) -> None:
    """Run the whole flow on the bundled sample and print the ranking."""
    from cxtopics.flow import bundled

    sample = bundled("1-export")
    exports = sorted(sample.glob("zendesk_tickets_*.ndjson"))
    # every message of the sample is made up: here they may be shown
    _run(exports, [sample / "shopify_orders.csv"], out, timezone="Europe/London", n_messages=5)


@app.command()
def contacts(
    files: Files,
    dialect: Dialect = None,
    mapping: Mapping = None,
    timezone: Zone = None,
    order_field: Annotated[
        Optional[str], typer.Option(help="Custom field with the order number; default: found out.")
    ] = None,
    messages: Annotated[
        Literal["first", "all"], typer.Option(help="Which of the customer's messages to read.")
    ] = "first",
    keep: Keep = None,
    redact: Redact = False,
    max_unpacked: MaxUnpacked = None,
    workers: Workers = None,
    explain: Explain = False,
    out: Annotated[Path, typer.Option("-o", help="The table to write.")] = Path("contacts.parquet"),
) -> None:
    """Read helpdesk exports: clean the texts, leave out what is no contact, and reconcile."""
    from cxtopics.contacts import ContactOptions, contacts_file, explain_contacts

    options: ContactOptions = {
        "dialect": dialect,
        "mapping": mapping,
        "timezone": timezone,
        "order_field": order_field,
        "messages": messages,
        "keep": keep or (),
        "redacted": redact,
        "workers": workers,
        "max_unpacked": n_bytes(max_unpacked),
    }
    if explain:
        _print_explanation(explain_contacts(files, **options))
        return
    with bar("contacts") as step:
        options["progress"] = step
        account = contacts_file(files, out, **options)
    say_reconciled(account, out)


@app.command()
def orders(
    files: Files,
    dialect: Dialect = None,
    mapping: Mapping = None,
    timezone: Zone = None,
    keep_cancelled: Annotated[bool, typer.Option(help="Count cancelled orders too.")] = False,
    max_unpacked: MaxUnpacked = None,
    explain: Explain = False,
    out: Annotated[Path, typer.Option("-o", help="The table to write.")] = Path("orders.parquet"),
) -> None:
    """Read a shop's orders, each counted once."""
    from cxtopics.orders import OrderOptions, explain_orders, orders_file

    options: OrderOptions = {
        "dialect": dialect,
        "mapping": mapping,
        "timezone": timezone,
        "keep_cancelled": keep_cancelled,
        "max_unpacked": n_bytes(max_unpacked),
    }
    if explain:
        _print_explanation(explain_orders(files, **options))
        return
    with bar("orders") as step:
        options["progress"] = step
        account = orders_file(files, out, **options)
    say_reconciled(account, out)


@app.command()
def train(
    out: Annotated[Path, typer.Option("-o", help="The model's folder, e.g. models/shop.")],
    labels: Annotated[
        Optional[list[Path]], typer.Argument(help="Tables with a text and a topic column.")
    ] = None,
    topics: Annotated[
        Optional[Path], typer.Option("--topics", help="Topics file; its examples join in.")
    ] = None,
    encoder: Annotated[
        Optional[str], typer.Option(help="Sentence-transformers model: a name or a folder.")
    ] = None,
    text_column: TextColumn = "text",
    topic_column: TopicColumn = "topic",
    precision: Annotated[
        Optional[float],
        typer.Option(
            min=0.5,
            max=0.999,
            show_default=False,
            help="Wanted where it does not abstain; default: 0.95, without labels 0.9.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a better model too.")] = False,
    queue: Annotated[
        Optional[Path],
        typer.Option(
            help="Sheet for labels of split topics; default: the folder's name + .queue.csv."
        ),
    ] = None,
) -> None:
    """Train a model from labels, from a topics file's examples, or from both."""
    from cxtopics.classify.export import DEFAULT_ENCODER
    from cxtopics.classify.succession import Succession
    from cxtopics.cli.retraining import carry_over, queue_waiting, tell_change
    from cxtopics.render.evaluation_chart import evaluation_svg
    from cxtopics.taxonomy import load_taxonomy
    from cxtopics.training import read_labels, train_model

    if not labels and not topics:
        raise typer.BadParameter("give LABELS, --topics, or both")
    taxonomy = load_taxonomy(topics) if topics else None
    given = (
        read_labels(labels, text_column=text_column, topic_column=topic_column) if labels else None
    )
    given, waiting = carry_over(given, taxonomy)
    succession = Succession(out, force)
    with bar("encode texts") as step:
        model = train_model(
            out,
            labels=given,
            taxonomy=taxonomy,
            encoder=encoder or DEFAULT_ENCODER,
            target_precision=precision,
            draw=evaluation_svg,
            progress=step,
            succession=succession,
        )
    say_blank(given)
    tell_change(succession, model)
    queue_waiting(model, waiting, queue or out.with_name(f"{out.name}.queue.csv"))
    say(f"{out}: {len(model.classes)} topics; {out / 'README.md'} says how good it is")


@app.command()
def evaluate(
    model: Annotated[Path, typer.Argument(help="Folder that `train` wrote.", show_default=False)],
    labels: Annotated[Path, typer.Argument(help="Table with text and topic.", show_default=False)],
    text_column: TextColumn = "text",
    topic_column: TopicColumn = "topic",
    out_of_scope: Annotated[str, typer.Option(help="Label of what no topic covers.")] = "other",
    effort: EffortOption = "balanced",
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to print.")
    ] = "table",
) -> None:
    """Hold a model against labelled contacts it was not trained on."""
    import json

    from cxtopics.classify import load_model
    from cxtopics.render.evaluation import evaluation_text
    from cxtopics.training import evaluate_model, read_labels

    given = read_labels([labels], text_column=text_column, topic_column=topic_column)
    loaded = load_model(model)
    with bar("evaluate") as step:
        found = evaluate_model(
            loaded, given, out_of_scope=out_of_scope, effort=effort, progress=step
        )
    say_blank(given)
    typer.echo(json.dumps(found.to_dict(), indent=1) if form == "json" else evaluation_text(found))


@app.command()
def tag(
    contacts: Annotated[
        Path, typer.Argument(help="Any table with a text; a folder of them.", show_default=False)
    ],
    model: Model,
    text_column: TextColumn = "text",
    id_column: Annotated[Optional[str], typer.Option(help="Column with the contact's id.")] = None,
    engine: Annotated[
        Literal["local", "spark"], typer.Option(help="Where to run; spark: folders of Parquet.")
    ] = "local",
    master: Annotated[
        str, typer.Option(help="Where Spark runs, e.g. yarn, spark://host:7077.")
    ] = "local[*,4]",
    workers: Workers = None,
    effort: EffortOption = "balanced",
    out: Annotated[
        str, typer.Option("-o", help="By its ending; - is stdout (CSV); of a folder, a folder.")
    ] = "tagged.parquet",
) -> None:
    """Tag contacts with topics; row order is kept, an interrupted run goes on."""
    from cxtopics.tagging import tag_any

    with bar("tag") as step:
        done = tag_any(
            contacts,
            model,
            out,
            engine=engine,
            master=master,
            workers=workers,
            text_column=text_column,
            id_column=id_column,
            effort=effort,
            progress=step,
        )
    say(
        f"{out}: {done.n_rows:,} rows; {done.n_tagged:,} tagged, {done.n_abstained:,} abstained"
        f" (needs_review), {done.n_no_text:,} without text, {done.n_rejected:,} rejected"
    )


@app.command()
def report(
    tagged: Annotated[Path, typer.Argument(help="What `tag` wrote.", show_default=False)],
    orders: Annotated[Path, typer.Option(help="What `orders` wrote.", show_default=False)],
    by: Annotated[Literal["month", "week", "quarter"], typer.Option(help="Periods.")] = "month",
    timezone: Annotated[
        Optional[str], typer.Option(help="The shop's zone; default: as the orders were read.")
    ] = None,
    topics: Topics = None,
    audit: Annotated[
        Optional[list[Path]], typer.Option(help="Filled sheet of `audit draw` (repeatable).")
    ] = None,
    cuts: Slices = None,
    costs: CostsFile = None,
    visits: Annotated[
        Optional[Path], typer.Option(help="Table of site visits: day, visits.")
    ] = None,
    holidays: Annotated[
        Optional[Path], typer.Option(help="YAML file of holiday windows; default: the bundled one.")
    ] = None,
    link_days: Annotated[
        int, typer.Option(min=0, help="A contact may be about an order so many days old.")
    ] = 30,
    changes: Changes = None,
    model: Annotated[
        Optional[Path], typer.Option("--model", help="The model that tagged: what it mixes up.")
    ] = None,
    messages: Messages = 0,
    xlsx: Xlsx = False,
    out: Annotated[Path, typer.Option("-o", help="Folder to write.")] = Path("report"),
) -> None:
    """Contacts per order by topic, period and slice, as pages and as tables."""
    from cxtopics.flow import report_folder
    from cxtopics.measure.calendar.holidays import load_holidays
    from cxtopics.measure.kpis.visits import read_visits

    made = report_folder(
        tagged,
        orders,
        out,
        by=by,
        timezone=timezone,
        topics=topics,
        audits=audit or (),
        slices=cuts,
        costs=_costs(costs),
        visits=read_visits(visits) if visits else None,
        holidays=load_holidays(holidays),
        link_window_days=link_days,
        changes=changes,
        model=model,
        n_messages=messages,
        workbook=xlsx,
    )
    for caveat in made.caveats:
        say(f"Note: {caveat}")
    typer.echo(out / "report.html")


@app.command()
def rank(
    report: Annotated[Path, typer.Argument(help="Folder of a report.", show_default=False)],
    costs: CostsFile = None,
    topics: Annotated[
        Optional[Path], typer.Option("--topics", help="Topics file; default: the report's.")
    ] = None,
    xlsx: Xlsx = False,
    out: Annotated[Path, typer.Option("-o", help="Folder to write.")] = Path("ranking"),
) -> None:
    """Rank topics by what a lever could save, and print the first ten."""
    from cxtopics.flow import rank_folder

    made = rank_folder(report, out, costs=_costs(costs), topics=topics, workbook=xlsx)
    _print_ranking(made, out)


@app.command()
def run(
    exports: Files,
    orders: Annotated[list[Path], typer.Option(help="The shop's orders (repeatable).")],
    model: Annotated[
        Optional[Path], typer.Option("--model", help="Default: trained from the bundled topics.")
    ] = None,
    mapping: Mapping = None,
    orders_mapping: Annotated[
        Optional[Path], typer.Option("--orders-map", help="The same for the orders.")
    ] = None,
    timezone: Zone = None,
    keep: Keep = None,
    redact: Redact = False,
    max_unpacked: MaxUnpacked = None,
    workers: Workers = None,
    costs: CostsFile = None,
    changes: Changes = None,
    messages: Messages = 0,
    out: Annotated[Path, typer.Option("-o", help="Folder for everything.")] = Path("cxtopics-run"),
) -> None:
    """From exports and orders to the ranking, in one go."""
    unpacked = {"max_unpacked": n_bytes(max_unpacked)}
    _run(
        exports,
        orders,
        out,
        model=model,
        contacts_options={"mapping": mapping, "keep": keep or (), "redacted": redact, **unpacked},
        orders_options={"mapping": orders_mapping, **unpacked},
        timezone=timezone,
        workers=workers,
        costs=_costs(costs),
        changes=changes,
        n_messages=messages,
    )


def _run(exports: list[Path], orders: list[Path], out: Path, **options: Any) -> None:
    from cxtopics.flow import Folders, run_flow

    ranking = run_flow(exports, orders, out, bar=bar, tell=say_reconciled, **options)
    _print_ranking(ranking, Folders.under(out).ranking)
    typer.echo(Folders.under(out).report / "report.html")


def _print_explanation(explanation: Any) -> None:
    from cxtopics.render.explanation import explanation_text

    typer.echo(explanation_text(explanation))


def _print_ranking(ranking: Any, out: Path) -> None:
    from cxtopics.render.terminal import ranking_text

    typer.echo(ranking_text(ranking))
    typer.echo(out / "ranking.html")


def _costs(path: Path | None) -> Any:
    from cxtopics.measure.costs import load_costs

    return load_costs(path) if path else None
