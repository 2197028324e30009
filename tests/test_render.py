"""Pages and folders: whole or not at all, and safe from hostile labels."""

import base64
import hashlib
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.ranking import build_ranking
from cxtopics.render.files import write_ranking, write_report
from cxtopics.render.reading import read_report
from cxtopics.render.terminal import ranking_text
from cxtopics.report import build_report
from cxtopics.taxonomy import Taxonomy

HOSTILE = "<script>alert('1')</script> & [bold red]=HYPERLINK(\"http://x.example\")\x1b[31m"
LEVERS = ["self_service", "proactive", "fix_root", "keep_human"]


def make_taxonomy(label="Where is my order?"):
    topics = [
        {"id": f"topic_{number}", "label": label if number == 0 else f"Problem {number}",
         "description": "-", "group": "gg", "lever": LEVERS[number % 4],
         "deflectable": {"low": 0.2, "likely": 0.4, "high": 0.6, "source": label}}
        for number in range(12)
    ]  # fmt: skip
    content = {"name": "tiny", "version": 1, "groups": {"gg": label}, "topics": topics}
    return Taxonomy.model_validate(content)


def make_report(taxonomy, n=4000, n_orders=9000):
    """Build a report of 14 months; topic_0 triples, one topic is no one's."""
    rng = np.random.default_rng(3)
    start, n_days = pd.Timestamp("2025-01-01", tz="UTC"), 424
    day, number = rng.integers(0, n_days, n), rng.integers(0, 12, n)
    number = np.where(rng.random(n) < 0.5 * day / n_days, 0, number)
    topics = np.array([f"topic_{k}" for k in range(12)] + ["=1+1<i>"], dtype=object)
    tagged = pd.DataFrame(
        {
            "contact_id": [f"c{k}" for k in range(n)],
            "created_at": start + pd.to_timedelta(day, unit="D"),
            "customer_id": [f"u{k}" for k in rng.integers(0, 2000, n)],
            "topic": pd.Series(topics[np.where(rng.random(n) < 0.02, 12, number)]),
            "needs_review": rng.random(n) < 0.1,
            "text": "a customer's secret words",
        }
    )
    tagged.loc[tagged["needs_review"], "topic"] = None
    orders = pd.DataFrame(
        {
            "order_id": [f"o{k}" for k in range(n_orders)],
            "created_at": start + pd.to_timedelta(rng.integers(0, n_days, n_orders), unit="D"),
            "customer_id": [f"u{k}" for k in rng.integers(0, 2000, n_orders)],
        }
    )
    return build_report(tagged, orders, taxonomy=taxonomy)


@pytest.fixture(scope="module")
def taxonomy():
    return make_taxonomy(HOSTILE.replace("\x1b", ""))


@pytest.fixture(scope="module")
def report(taxonomy):
    return make_report(taxonomy)


@pytest.fixture(scope="module")
def folder(report, taxonomy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "report"
    write_report(report, folder, taxonomy)
    return folder


def test_the_folder_holds_what_the_contract_says(folder):
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "charts", "cohorts.csv", "kpis.csv", "rates.csv", "report.html", "report.json",
        "slices.csv", "taxonomy.yaml", "topics",
    ]  # fmt: skip
    pictures = sorted(path.stem for path in (folder / "charts").glob("*.svg"))
    assert pictures == ["composition", "most_frequent", "movers", "trend"]
    assert pictures == sorted(path.stem for path in (folder / "charts").glob("*.png"))
    for path in (folder / "charts").glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")


def test_a_report_reads_back_as_it_was(folder, report, taxonomy):
    again, topics = read_report(folder)
    assert topics == taxonomy
    assert again.to_dict() == report.to_dict()
    pd.testing.assert_frame_equal(again.rates, report.rates, check_dtype=False)
    assert "=1+1<i>" in set(again.rates["topic"])


def test_spreadsheets_run_nothing(folder):
    text = (folder / "rates.csv").read_text(encoding="utf-8")
    assert "'=1+1<i>" in text
    assert not re.search(r",=1", text)


def check_page(html):
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL)
    assert len(scripts) == 1  # ours, which the page's policy names by its hash
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src &#39;sha256-{digest}&#39;" in html or f"'sha256-{digest}'" in html
    assert "<i>" not in html
    assert "secret" not in html
    links = re.findall(r"""(?:src|href|action)\s*=\s*["']?([^"'>]*)""", html.replace("xlink:", ""))
    assert all(re.fullmatch(r"#.*|(\.\./[\w-]+/)?topics/\w+\.html", link) for link in links)
    assert "&lt;script&gt;alert" in html


def test_hostile_labels_are_only_text(folder, report, taxonomy, tmp_path):
    check_page((folder / "report.html").read_text(encoding="utf-8"))
    ranking = build_ranking(report.rates, taxonomy, partial=report.partial_periods)
    write_ranking(ranking, tmp_path / "ranking", report)
    check_page((tmp_path / "ranking" / "ranking.html").read_text(encoding="utf-8"))


def test_commands_in_caveats_are_code_and_the_rest_is_text(report, tmp_path):
    told = ("Do `cxtopics audit draw <FILE>`.", "`<b>x</b>` & 1 ` 2")
    write_report(replace(report, caveats=told), tmp_path / "told")
    html = (tmp_path / "told" / "report.html").read_text("utf-8")
    assert "Do <code>cxtopics audit draw &lt;FILE&gt;</code>." in html
    assert "<code>&lt;b&gt;x&lt;/b&gt;</code> &amp; 1 ` 2" in html


def test_titles_say_what_the_data_say(folder):
    html = (folder / "report.html").read_text(encoding="utf-8")
    titles = re.findall(r"<figcaption><h2>(.*?)</h2>", html)
    assert re.match(r"Contacts per 100 orders (rose|fell|show no clear change): ", titles[0])
    assert "is the most frequent topic" in titles[1]
    assert "rose most" in titles[2]
    assert "3 most frequent topics make up" in titles[3]


def test_pages_are_the_same_every_time(folder, report, taxonomy, tmp_path):
    write_report(report, tmp_path / "again", taxonomy)
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert len(names) > 20
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_ranking_may_join_the_report_and_notes_stay(report, taxonomy, tmp_path):
    write_report(report, tmp_path / "out", taxonomy)
    (tmp_path / "out" / "notes").mkdir()
    (tmp_path / "out" / "notes" / "mine.txt").write_text("keep me")
    (tmp_path / "out" / "topics" / "topic_99.html").write_text("of an older report")
    (tmp_path / "out" / "topics" / "My notes.txt").write_text("keep me too")
    ranking = build_ranking(report.rates, taxonomy)
    write_ranking(ranking, tmp_path / "out")
    write_report(report, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"report.html", "ranking.html", "ranking.csv", "ranking.json", "notes"} <= names
    assert "taxonomy.yaml" not in names  # of the report before
    assert not (tmp_path / "out" / "topics" / "topic_99.html").exists()
    assert (tmp_path / "out" / "topics" / "My notes.txt").read_text() == "keep me too"
    assert (tmp_path / "out" / "charts" / "savings.svg").exists()
    assert (tmp_path / "out" / "notes" / "mine.txt").read_text() == "keep me"
    content = json.loads((tmp_path / "out" / "ranking.json").read_text(encoding="utf-8"))
    assert content["costs_by_default"]


def test_strangers_folders_and_files_are_left_alone(report, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    (tmp_path / "photos" / "report.json").write_text('{"kind": "something else"}')
    (tmp_path / "file").write_text("mine")
    for name in ("photos", "file"):
        with pytest.raises(InputError) as caught:
            write_report(report, tmp_path / name)
        assert "-o" in caught.value.hint
    assert (tmp_path / "photos" / "cat.jpg").read_bytes() == b"cat"
    assert (tmp_path / "file").read_text() == "mine"


def test_a_failed_write_leaves_the_old_report(report, tmp_path, monkeypatch):
    write_report(report, tmp_path / "out")
    before = (tmp_path / "out" / "report.html").read_bytes()

    def fail(*_args):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("cxtopics.render.files.report_page", fail)
    with pytest.raises(RuntimeError):
        write_report(report, tmp_path / "out")
    assert (tmp_path / "out" / "report.html").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_without_a_report_is_refused(tmp_path):
    with pytest.raises(InputError, match="not a report folder"):
        read_report(tmp_path)


def test_a_report_of_another_version_is_refused(report, tmp_path):
    write_report(report, tmp_path / "out")
    (tmp_path / "out" / "report.json").write_text('{"kind": "cxtopics report"}')
    with pytest.raises(InputError, match="another version"):
        read_report(tmp_path / "out")


def test_without_a_taxonomy_the_page_shows_ids(tmp_path):
    write_report(make_report(None, 300), tmp_path / "out")
    assert "topic_3" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert read_report(tmp_path / "out")[1] is None


def test_the_smallest_report_still_makes_a_page(tmp_path):
    day = pd.to_datetime(["2026-01-05T00:00Z"], utc=True)
    tagged = pd.DataFrame({"contact_id": ["c"], "created_at": day, "topic": pd.Series([None])})
    report = build_report(tagged, pd.DataFrame({"order_id": ["o"], "created_at": day}))
    write_report(report, tmp_path / "out")
    assert "too few complete periods" in (tmp_path / "out" / "report.html").read_text("utf-8")
    assert read_report(tmp_path / "out")[0].to_dict() == report.to_dict()


def test_the_terminal_table_is_plain_and_steers_nothing():
    topics = make_taxonomy(HOSTILE)
    ranking = build_ranking(make_report(topics, 500).rates, topics)
    text = ranking_text(ranking, width=300)
    assert "\x1b" not in text
    assert "[bold red]" in text
    assert len([line for line in text.splitlines() if "Problem " in line]) >= 8
