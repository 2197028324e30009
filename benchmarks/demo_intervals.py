"""Do the intervals of the demo's report hold? Twenty sample shops whose truth is known.

    python benchmarks/demo_intervals.py [--seeds 20] [--keep DIR]

`data/sample/make_sample.py` makes a shop for each seed: orders, tickets, and the true topic
of every ticket. Each goes through the flow as `cxtopics demo` runs it, with one model for all
of them: contacts, orders, tag, report by month. Every interval of every topic and month is
then held against the truth of the same contacts:

    contacts per order     true contacts on the topic / orders of the month
    share of contacts      true contacts on the topic / true contacts of the month
    contact rate           customers who truly wrote about it / active customers

A second model learns from labels: the true topics of one more shop (seed 0), beside the
topics' examples. Its report is estimated (EMQ) where the demo's is counted. Contacts that
the truth says are none (`no_reply_needed`, ...) are no contacts in the truth.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from cxtopics.classify import TextFeatures, TopicModel, load_model
from cxtopics.classify.vector_cache import CachingEncoder
from cxtopics.contacts import contacts_file
from cxtopics.flow import Folders, bundled_topics, cold_model
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.orders import orders_file
from cxtopics.report import build_report
from cxtopics.tables import read_provenance
from cxtopics.tagging import tag_file
from cxtopics.taxonomy import NOT_COUNTED, load_taxonomy
from cxtopics.training import LabelledTexts, train_model

ROOT = Path(__file__).parent.parent
ZONE = "Europe/London"
RATES = ("contacts_per_order", "topic_share", "customer_contact_rate")
BANDS = ((0, 0), (1, 4), (5, 24), (25, 10**9))
LABELLED_SEED = 0
MODELS = {"cold": "demo, no labels", "labelled": "trained on the labels of another shop"}


def main() -> None:
    """Print a table of coverage for each model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="Models, vectors and results; goes on there.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cxtopics-demo-") as room:
        keep = given.keep or Path(room) / "keep"
        keep.mkdir(parents=True, exist_ok=True)
        cells: dict[str, list[pd.DataFrame]] = {name: [] for name in MODELS}
        for seed in range(1, given.seeds + 1):
            for name, found in seed_cells(seed, keep, Path(room)).items():
                cells[name].append(found)
        for name, parts in cells.items():
            print_coverage(MODELS[name], pd.concat(parts))


def seed_cells(seed: int, keep: Path, room: Path) -> dict[str, pd.DataFrame]:
    """Return the checked cells of a shop by model, as kept by an earlier run or new."""
    files = {name: keep / f"{name}-{seed}.csv" for name in MODELS}
    if not all(file.exists() for file in files.values()):
        folders = read_shop(room / "shop", seed)
        for name, file in files.items():
            checked_cells(folders, open_model(name, keep, room), room / "shop").to_csv(file)
    return {name: pd.read_csv(file) for name, file in files.items()}


def open_model(name: str, keep: Path, room: Path) -> TopicModel:
    """Return a model, trained at first; all read each text's vector once."""
    make = cold_model if name == "cold" else partial(labelled_model, room=room)
    model = make(keep / name)
    encoder = CachingEncoder(model.features.encoder, keep / "vectors.sqlite")
    return replace(model, features=TextFeatures(encoder, model.features.words))


def read_shop(room: Path, seed: int) -> Folders:
    """Make the shop of a seed and read its exports."""
    script = ROOT / "data" / "sample" / "make_sample.py"
    subprocess.run([sys.executable, script, "--seed", str(seed), "--out", room], check=True)
    folders, exports = Folders.under(room), room / "1-export"
    tickets = sorted(exports.glob("zendesk_tickets_*.ndjson"))
    contacts_file(tickets, folders.contacts, timezone=ZONE, workers=1)
    orders_file([exports / "shopify_orders.csv"], folders.orders, timezone=ZONE)
    return folders


def labelled_model(folder: Path, room: Path) -> TopicModel:
    """Train on the true topics of a shop of its own, unless the model is there."""
    if folder.exists():
        return load_model(folder)
    contacts = pd.read_parquet(read_shop(room / "labels", LABELLED_SEED).contacts)
    contacts["topic"] = contacts["contact_id"].map(true_topics(room / "labels"))
    told = contacts.dropna(subset=["text", "topic"])
    labels = LabelledTexts(tuple(told["text"]), tuple(told["topic"]))
    return train_model(folder, labels=labels, taxonomy=load_taxonomy(bundled_topics()))


def true_topics(room: Path) -> pd.Series:
    """Return the true topic of each ticket of a shop, by its id."""
    truth = pd.read_csv(room / "sample" / "truth.csv", dtype=str)
    return truth.drop_duplicates("ticket_id").set_index("ticket_id")["topic"]


def checked_cells(folders: Folders, model: TopicModel, room: Path) -> pd.DataFrame:
    """Return every topic and month of the report: true contacts, hits and errors by rate."""
    tag_file(folders.contacts, model, folders.tagged)
    report = build_report(
        folders.tagged,
        folders.orders,
        taxonomy=load_taxonomy(bundled_topics()),
        timezone=ZONE,
        slices=(),  # of the whole only
        provenance={**read_provenance(folders.orders), **read_provenance(folders.tagged)},
    )
    rates = report.rates.set_index(["period_start", "topic"])
    tagged = pd.read_parquet(folders.tagged)
    tagged["truth"] = tagged["contact_id"].map(true_topics(room))
    local = tagged["created_at"].dt.tz_convert(ZONE)
    tagged["period_start"] = local.dt.strftime("%Y-%m-01")
    whole = rates.xs(ALL, level="topic")
    wrote = tagged[~tagged["topic"].isin(NOT_COUNTED)].groupby("period_start")["customer_id"]
    n_active = wrote.nunique() / whole["customer_contact_rate"]
    true = tagged[~tagged["truth"].isin(NOT_COUNTED)]
    by_cell = true.groupby(["period_start", "truth"])
    rows = rates[~rates.index.get_level_values("topic").isin([ALL, ABSTAINED, NO_TEXT])]
    month = rows.index.get_level_values("period_start")
    n = by_cell.size().reindex(rows.index, fill_value=0)
    people = by_cell["customer_id"].nunique().reindex(rows.index, fill_value=0)
    truths = {
        "contacts_per_order": n / rows["n_orders"],
        "topic_share": n / true.groupby("period_start").size().reindex(month).to_numpy(),
        "customer_contact_rate": people / n_active.reindex(month).to_numpy(),
    }
    cells = pd.DataFrame({"n": n})
    for name, value in truths.items():
        low, high = rows[f"{name}_low"], rows[f"{name}_high"]
        cells[f"{name}_hit"] = (low <= value + 1e-12) & (value <= high + 1e-12)
        cells[f"{name}_error"] = (rows[name] - value).abs()
        cells[f"{name}_bias"] = rows[name] - value
    return cells


def print_coverage(name: str, cells: pd.DataFrame) -> None:
    """Print coverage by rate and true size, and bias as a share of the truth."""
    print(f"\n{name}: 95 % intervals that cover the truth")
    print(f"{'contacts a month':<18}{'cells':>9}" + "".join(f"{rate:>24}" for rate in RATES))
    for low, high in (*BANDS, (0, 10**9)):
        kept = cells[cells["n"].between(low, high)]
        label = (
            "all" if (low, high) == (0, 10**9) else f"{low}-{high}" if high < 10**9 else f"{low}+"
        )
        shares = "".join(f"{kept[f'{rate}_hit'].mean():>24.1%}" for rate in RATES)
        print(f"{label:<18}{len(kept):>9,}{shares}")
    by_topic = cells.groupby("topic").agg(
        n=("n", "sum"), hit=("contacts_per_order_hit", "mean"), bias=("topic_share_bias", "mean")
    )
    worst = by_topic.sort_values("hit").head(5)
    print("least covered: " + ", ".join(f"{t} {row.hit:.0%}" for t, row in worst.iterrows()))
    error = np.mean([cells[f"{rate}_error"].mean() for rate in RATES[1:2]])
    print(f"mean absolute error of a share: {100 * error:.3f} points")


if __name__ == "__main__":
    main()
