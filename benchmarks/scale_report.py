"""`cxtopics report` on as many contacts and orders as wanted, beside a recount in pandas.

    python benchmarks/scale_report.py [--contacts 1_000_000] [--orders 1_000_000] [--data DIR]
                                      [--scores]

Makes two folders of Parquet parts (14 months, 50 topics, customers, order ids on half of
the contacts, channel, response times, surveys; totals, carrier, country, returns), runs the
command in a process of its own, and prints its CPU time and peak memory. Then one period is
read into pandas and every figure of `rates.csv` and `slices.csv` in it is counted again.
With `--scores` contacts have a probability for each topic, as `tag` leaves them, and every
month is estimated (EMQ); what is estimated is not counted again.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.parquet as pq

from cxtopics.measure.prevalence.prevalence_error import PrevalenceError
from cxtopics.tables.writing import PROVENANCE

START, N_DAYS, PART = pd.Timestamp("2025-01-01", tz="UTC"), 424, 1_000_000
TOPICS = np.array([f"topic_{number:02d}" for number in range(50)])
ZONE = "Europe/Berlin"


def main() -> None:
    """Generate, report, recount, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, help="Keep or reuse the tables here.")
    parser.add_argument("--scores", action="store_true", help="Estimate every month.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cxtopics-scale-") as room:
        data = given.data or Path(room)
        make_tables(data, given.contacts, given.orders, scores=given.scores)
        cpu, elapsed, peak = run_report(data)
        print(f"contacts {given.contacts:,}, orders {given.orders:,}")
        print(f"CPU {cpu:.0f} s (user + system), elapsed {elapsed:.0f} s, peak {peak:.2f} GB")
        if not given.scores:
            recount(data)


def make_tables(data: Path, n_contacts: int, n_orders: int, *, scores: bool) -> None:
    """Write `orders/` and `tagged/` unless they are there."""
    if (data / "tagged").exists():
        return
    n_customers = max(n_orders // 3, 1)
    for name, n, make in (("orders", n_orders, order_part), ("tagged", n_contacts, contact_part)):
        (data / name).mkdir(parents=True)
        for number, first in enumerate(range(0, n, PART)):
            rng = np.random.default_rng([number, len(name)])
            part = arrow.table(make(rng, first, min(PART, n - first), n_orders, n_customers))
            if scores and name == "tagged":
                part = with_scores(part, rng)
            pq.write_table(part, data / name / f"part-{number:03d}.parquet")


def order_part(
    rng: np.random.Generator, first: int, n: int, n_orders: int, n_customers: int
) -> dict[str, arrow.Array]:
    """Return rows of orders, spread evenly over the days so that their number tells the day."""
    number = np.arange(first, first + n)
    return {
        "order_id": arrow.array([f"HP{value}" for value in number]),
        "created_at": moments((N_DAYS * 86400 - 7200) * number / n_orders),
        "customer_id": arrow.array(customers(number, n_customers)),
        "total": arrow.array(rng.gamma(2, 25, n).round(2)),
        "carrier": words(rng, ["Post", "DHL", "UPS", "DPD"], n),
        "country": words(rng, [f"country {k}" for k in range(15)], n),
        "returned": arrow.array(rng.random(n) < 0.1),
    }


def contact_part(
    rng: np.random.Generator, first: int, n: int, n_orders: int, n_customers: int
) -> dict[str, arrow.Array]:
    """Return contacts of the customers of random orders, some days after them."""
    delay = np.minimum(rng.gamma(1.5, 3 * 86400, n), 60 * 86400)
    order = (rng.random(n) * n_orders * (1 - delay / (N_DAYS * 86400))).astype(int)
    at = (N_DAYS * 86400 - 7200) * order / n_orders + delay
    topic = TOPICS[np.minimum(rng.geometric(0.08, n) - 1, len(TOPICS) - 1)]
    told = rng.random(n) < 0.85
    answered, named = rng.random(n) < 0.95, rng.random(n) < 0.5
    wait = rng.gamma(1, 4 * 3600, n)
    return {
        "contact_id": arrow.array([f"c{value}" for value in range(first, first + n)]),
        "created_at": moments(at),
        "channel": words(rng, ["email", "chat", "web", "phone"], n),
        "customer_id": arrow.array(customers(order, n_customers)),
        "order_id": arrow.array([f"#HP{value}" for value in order], mask=~named),
        "topic": arrow.array(topic, mask=~told),
        "topic_forced": arrow.array(topic),
        "needs_review": arrow.array(~told),
        "confidence": arrow.array(rng.random(n)),
        "first_response_at": moments(at + wait, ~answered),
        "resolved_at": moments(at + 2 * wait, ~answered),
        "csat": arrow.array((rng.random(n) < 0.85).astype(float), mask=rng.random(n) < 0.8),
        "handle_time_s": arrow.array(rng.gamma(2, 240, n).round()),
    }


def with_scores(part: arrow.Table, rng: np.random.Generator) -> arrow.Table:
    """Return contacts with probabilities, most of them sure of `topic_forced`."""
    k = len(TOPICS)
    topic = np.searchsorted(TOPICS, part.column("topic_forced").to_numpy(zero_copy_only=False))
    known = rng.dirichlet(np.full(k, 0.2), 4096).astype(np.float32)  # dealt out again and again
    rows = 0.3 * known[rng.integers(len(known), size=len(topic))]
    rows[np.arange(len(topic)), topic] += 0.7
    lists = arrow.FixedSizeListArray.from_arrays(arrow.array(rows.ravel()), k)
    sizes = [50.0, 5000.0]
    error = PrevalenceError(
        np.array(sizes), np.full((2, k), 0.05), np.ones(2), np.full(k, 50.0), {}, np.full(k, 0.25)
    )
    estimation = {
        "classes": TOPICS.tolist(),
        "training_prior": [1 / k] * k,
        "prevalence_error": error.to_dict(),
    }
    note = {PROVENANCE: json.dumps({"tagging": {"estimation": estimation}})}
    return part.append_column("probabilities", lists).replace_schema_metadata(note)


def customers(order: np.ndarray, n_customers: int) -> list[str]:
    """Return the customer of each order, the same wherever it is asked for."""
    return [f"u{value}" for value in (order * 2_654_435_761 % 4_294_967_291) % n_customers]


def words(rng: np.random.Generator, values: list[str], n: int) -> arrow.Array:
    """Return one of a few words for each row."""
    return arrow.array(np.array(values)[rng.integers(0, len(values), n)])


def moments(seconds: np.ndarray, mask: np.ndarray | None = None) -> arrow.Array:
    """Return UTC times so many seconds after the start."""
    stamps = START.value // 1000 + (1e6 * seconds).astype(np.int64)
    return arrow.array(stamps, type=arrow.timestamp("us", tz="UTC"), mask=mask)


def run_report(data: Path) -> tuple[float, float, float]:
    """Run the command; return CPU seconds, elapsed seconds, peak memory in GB."""
    command = [
        sys.executable, "-m", "cxtopics.cli", "report", data / "tagged", "--orders",
        data / "orders", "--timezone", ZONE, "-o", data / "report",
    ]  # fmt: skip
    began = time.perf_counter()
    subprocess.run([str(word) for word in command], check=True, stderr=subprocess.DEVNULL)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    elapsed = time.perf_counter() - began
    return used.ru_utime + used.ru_stime, elapsed, used.ru_maxrss / 1e6


def recount(data: Path, period: str = "2025-06-01") -> None:
    """Count one month again in pandas and print what differs."""
    start = pd.Timestamp(period, tz=ZONE)
    inside = [("created_at", ">=", start), ("created_at", "<", start + pd.DateOffset(months=1))]
    columns = ["topic", "customer_id", "channel"]
    tagged = pd.read_parquet(data / "tagged", columns=columns, filters=inside)
    orders = pd.read_parquet(data / "orders", columns=["country"], filters=inside)
    tagged["topic"] = tagged["topic"].fillna("abstained")
    tables = [
        pd.read_csv(data / "report" / name, dtype={"slice_value": str})
        for name in ("rates.csv", "slices.csv")
    ]
    rates = pd.concat(tables)
    rates = rates[rates["period_start"] == period].set_index(["slice", "slice_value", "topic"])
    by_topic = tagged["topic"].value_counts()
    by_channel = tagged.groupby(["channel", "topic"]).size()
    writers = tagged.groupby("topic")["customer_id"].nunique()
    whole = rates.sort_index().loc["all", "all"]
    checks = {
        "contacts": whole.loc["all", "n_contacts"] == len(tagged),
        "orders": whole.loc["all", "n_orders"] == len(orders),
        "contacts by topic": (whole["n_contacts"].reindex(by_topic.index) == by_topic).all(),
        "contacts by channel and topic": all(
            rates.loc[("channel", *key), "n_contacts"] == n for key, n in by_channel.items()
        ),
        "distinct customers by topic": np.allclose(
            (whole["customer_contact_rate"] / whole.loc["all", "customer_contact_rate"])[
                writers.index
            ],
            writers / tagged["customer_id"].nunique(),
            rtol=1e-5,
        ),
        "orders by country": all(
            rates.loc[("country", name, "all"), "n_orders"] == n
            for name, n in orders["country"].value_counts().head(5).items()
            if ("country", name, "all") in rates.index
        ),
    }
    for name, same in checks.items():
        print(f"{name:<32}{'as pandas counts' if same else 'DIFFERS'}")


if __name__ == "__main__":
    main()
