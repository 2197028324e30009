"""Export to ranking on the bundled sample with the real encoder, held against its truth."""

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from conftest import ROOT

from cxtopics.flow import Folders, bundled, run_flow
from cxtopics.schemas import TOPIC_RANKS, TOPIC_RATES
from cxtopics.tables import read_provenance
from cxtopics.taxonomy import NOT_COUNTED, Taxonomy, load_taxonomy, normalise_text

SOURCE_REASONS = ("outbound", "automated", "spam", "deleted", "merged", "duplicate")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """The whole flow, run once."""
    out = tmp_path_factory.mktemp("flow")
    sample = bundled("1-export")
    run_flow(
        sorted(sample.glob("zendesk_tickets_*.ndjson")),
        [sample / "shopify_orders.csv"],
        out,
        timezone="Europe/London",
    )
    return Folders.under(out)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return pd.read_csv(ROOT / "data" / "sample" / "truth.csv", dtype=str)


@pytest.fixture(scope="module")
def rates(done: Folders) -> pd.DataFrame:
    return pd.read_csv(done.report / "rates.csv")


@pytest.fixture(scope="module")
def report(done: Folders) -> dict:
    return json.loads((done.report / "report.json").read_text("utf-8"))


def test_contacts_are_those_of_the_truth_file(done: Folders, truth: pd.DataFrame) -> None:
    contacts = pd.read_parquet(done.contacts)
    expected = truth[truth["kind"].isin(["contact", "no_text"])]
    assert set(contacts["contact_id"]) == set(expected["ticket_id"])
    assert contacts["text"].isna().sum() == (truth["kind"] == "no_text").sum()
    about = read_provenance(done.contacts)["contacts"]
    for reason in SOURCE_REASONS:
        assert about["left_out"].get(reason, 0) == (truth["kind"] == reason).sum(), reason


def test_orders_are_counted_once(done: Folders) -> None:
    lines = pd.read_csv(bundled("1-export") / "shopify_orders.csv", dtype=str)
    placed = lines.dropna(subset="Created at").drop_duplicates("Name")
    orders = pd.read_parquet(done.orders)
    assert len(lines) > lines["Name"].nunique() > 5000
    kept = placed.loc[placed["Cancelled at"].isna(), "Name"]
    assert set(orders["order_id"]) == set(kept.str.lstrip("#"))


def test_every_row_read_is_accounted_for(report: dict, truth: pd.DataFrame) -> None:
    rows = report["reconciliation"]
    assert rows["balances"] is True
    assert rows["n_read"] == len(truth) + 1  # and one line that breaks off
    assert rows["n_rejected"] == 1
    assert rows["n_read"] == rows["n_counted"] + sum(rows["left_out"].values()) + 1


def test_overall_rate_is_the_hand_count(report: dict, truth: pd.DataFrame, done: Folders) -> None:
    counted = truth[truth["kind"].isin(["contact", "no_text"])]
    n_contacts = (~counted["topic"].isin(NOT_COUNTED)).sum()
    overall = report["overall"]
    assert overall["n_contacts"] == n_contacts
    assert overall["n_orders"] == len(pd.read_parquet(done.orders))
    assert overall["contacts_per_order"] == pytest.approx(n_contacts / overall["n_orders"])
    assert overall["contacts_per_order_low"] < overall["contacts_per_order"]


def test_report_says_first_what_it_rests_on(report: dict) -> None:
    assert report["caveats"][0].startswith("Counts of predicted topics")
    assert report["caveats"][1].startswith("Cold start")


def test_readme_shows_the_ranking_that_the_demo_prints(done: Folders) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    taxonomy = load_taxonomy(done.report / "taxonomy.yaml")
    ranked = pd.read_csv(done.ranking / "ranking.csv")["topic"].head(3)
    first_words = [taxonomy.label(topic)[:18] for topic in ranked]
    places = [readme.index(f"     {n}   {words}") for n, words in enumerate(first_words, start=1)]
    assert places == sorted(places)


def test_totals_are_conserved_from_station_to_station(
    done: Folders, rates: pd.DataFrame, report: dict
) -> None:
    n_tagged = len(pd.read_parquet(done.tagged, columns=["contact_id"]))
    assert n_tagged == len(pd.read_parquet(done.contacts, columns=["contact_id"]))
    everything = rates[rates["topic"] == "all"]
    topics = rates[rates["topic"] != "all"]
    assert everything["n_contacts"].sum() == report["overall"]["n_contacts"]
    by_period = topics.groupby("period_start")["n_contacts"].sum()
    assert (by_period == everything.set_index("period_start")["n_contacts"]).all()
    assert len(everything) == 14


def test_the_fixed_problem_falls_and_the_new_one_rises(rates: pd.DataFrame) -> None:
    cpo = rates.pivot_table("contacts_per_order", "period_start", "topic")
    promo, customs = cpo["promo_code_not_working"], cpo["customs_charge"]
    assert promo["2025-01-01":"2025-07-01"].mean() > 4 * promo["2025-08-01":].mean()
    assert customs["2025-10-01":].mean() > 4 * customs["2025-01-01":"2025-08-01"].mean()


def test_topics_of_most_contacts_are_right(done: Folders, truth: pd.DataFrame) -> None:
    tagged = pd.read_parquet(done.tagged).merge(
        truth[truth["kind"] == "contact"], left_on="contact_id", right_on="ticket_id"
    )
    right = tagged["topic_forced"] == tagged["topic_y"]
    assert right.mean() > 0.8
    sure = tagged["topic_x"].notna()
    assert right[sure].mean() > right.mean()


def test_tables_have_their_columns(rates: pd.DataFrame, done: Folders) -> None:
    assert list(rates.columns) == list(TOPIC_RATES.columns)
    ranking = pd.read_csv(done.ranking / "ranking.csv")
    assert list(ranking.columns) == list(TOPIC_RANKS.columns)
    ranked = ranking.dropna(subset="rank")
    assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
    assert ranked["savings_per_month"].is_monotonic_decreasing
    assert ranked["topic"].iloc[0] == "order_on_the_way"
    # fixed last summer: must not be proposed now
    assert "promo_code_not_working" not in ranked["topic"].head(10).tolist()
    apart = ranking[ranking["rank"].isna()]
    assert "arrived_damaged" in apart["topic"].tolist()
    assert apart["reason"].str.len().min() > 10


def test_pages_hold_no_words_of_customers(done: Folders) -> None:
    texts = pd.read_parquet(done.contacts)["text"].dropna()
    lines = {line.strip() for text in texts for line in text.splitlines() if len(line) > 40}
    for page in (done.report / "report.html", done.ranking / "ranking.html"):
        html = page.read_text("utf-8")
        assert not [line for line in lines if line in html]
        assert html.count("<script") == 1
    for page in (done.report / "topics").iterdir():  # nobody asked for messages
        assert not [line for line in lines if line in page.read_text("utf-8")], page.name


def test_a_second_run_gives_the_same_bytes(done: Folders, tmp_path: Path) -> None:
    sample = bundled("1-export")
    run_flow(
        sorted(sample.glob("zendesk_tickets_*.ndjson")),
        [sample / "shopify_orders.csv"],
        tmp_path,
        timezone="Europe/London",
        model=done.model,
    )
    again = Folders.under(tmp_path)
    for one, two in (
        (done.tagged, again.tagged),
        *(
            (done.report / name, again.report / name)
            for name in ("rates.csv", "slices.csv", "kpis.csv", "cohorts.csv")
        ),
        (done.ranking / "ranking.csv", again.ranking / "ranking.csv"),
    ):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_sample_is_what_its_script_makes(tmp_path: Path) -> None:
    import subprocess
    import sys

    script = ROOT / "data" / "sample" / "make_sample.py"
    subprocess.run([sys.executable, script, "--out", tmp_path], check=True, capture_output=True)
    for name in (
        "1-export/zendesk_tickets_1.ndjson",
        "1-export/zendesk_tickets_2.ndjson",
        "1-export/shopify_orders.csv",
        "sample/truth.csv",
    ):
        assert (tmp_path / name).read_bytes() == (ROOT / "data" / name).read_bytes(), name


def test_sample_sentences_do_not_occur_among_the_examples(ecommerce: Taxonomy) -> None:
    sentences = yaml.safe_load((ROOT / "data" / "sample" / "sentences.yaml").read_text("utf-8"))
    messages = [text for topic in sentences["topics"].values() for text in topic["messages"]]
    cores = {normalise_text(text) for text in messages}
    assert len(cores) > 1000
    examples = {normalise_text(example) for topic in ecommerce for example in topic.examples}
    assert not cores & examples
