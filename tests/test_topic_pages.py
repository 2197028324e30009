"""Topic pages: what they say where everything is there, where nothing is, and next steps."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtopics.impact import measure_changes
from cxtopics.measure.costs import Costs
from cxtopics.measure.trends.change_log import LoggedChange
from cxtopics.ranking import build_ranking
from cxtopics.render.canvas import to_png
from cxtopics.render.drawing import _ticks
from cxtopics.render.evidence import Evidence
from cxtopics.render.files import write_ranking, write_report
from cxtopics.render.next_steps import next_steps
from cxtopics.render.reading import read_report
from cxtopics.render.topic_page import topic_pages, topics_with_page
from cxtopics.report import build_report
from cxtopics.taxonomy import Taxonomy, Topic

HOSTILE = (
    '</blockquote><script>alert(1)</script> "it\'s" <b>bold</b> \u202eabc\u202c 😀 {{ 7 * 7 }}'
)
START = pd.Timestamp("2025-01-06", tz="UTC")


def topic(name, label, lever, **more):
    share = {"low": 0.2, "likely": 0.4, "high": 0.6, "source": "a guess"}
    return {"id": name, "label": label, "description": f"About {name}.", "group": "gg",
            "lever": lever, "deflectable": share, **more}  # fmt: skip


TOPICS = Taxonomy.model_validate(
    {
        "name": "shop",
        "version": 1,
        "groups": {"gg": "Everything"},
        "topics": [
            topic("late", "It is late", "proactive", includes=["When will it come?"]),
            topic("size", "Which size?", "self_service", excludes={"late": "It has not come"},
                  includes=["Is it true to size?", "Where is the table?"]),
            topic("broken", "It broke", "fix_root", also="keep_human"),
        ],
    }
)  # fmt: skip


def tables(weeks=40, per_day=60, seed=11):
    """A shop in which `late` falls by four fifths after 30 weeks; one carrier breaks things."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(7 * weeks), per_day)
    placed = START + pd.to_timedelta(day, unit="D") + pd.Timedelta(hours=8)
    orders = pd.DataFrame(
        {
            "order_id": [f"o{k}" for k in range(len(day))],
            "created_at": placed,
            "carrier": np.where(rng.random(len(day)) < 0.3, "Slowpost", "Fastpost"),
        }
    )
    slow = (orders["carrier"] == "Slowpost").to_numpy()
    rates = {
        "late": np.where(day >= 210, 0.02, 0.10),
        "size": np.full(len(day), 0.05),
        "broken": np.where(slow, 0.10, 0.02),
        "Not an id!": np.full(len(day), 0.01),
    }
    parts = [
        orders.assign(topic=name, created_at=placed + pd.Timedelta(days=3))[
            rng.random(len(day)) < rate
        ]
        for name, rate in rates.items()
    ]
    tagged = pd.concat(parts, ignore_index=True).drop(columns="carrier")
    tagged = tagged[tagged["created_at"] < START + pd.Timedelta(weeks=weeks)]
    tagged.insert(0, "contact_id", [f"c{k}" for k in range(len(tagged))])
    return tagged.assign(channel="email"), orders


@pytest.fixture(scope="module")
def shop():
    return tables()


LOG = (
    LoggedChange(date="2025-05-05", topic="late", what="Nothing much", lever="proactive"),
    LoggedChange(date="2025-08-04", topic="late", what=HOSTILE, lever="fix_root"),
    LoggedChange(date="2027-01-01", topic="size", what="Still to come"),
)


@pytest.fixture(scope="module")
def report(shop):
    log = measure_changes(*shop, LOG, taxonomy=TOPICS)
    return replace(build_report(*shop, taxonomy=TOPICS), change_log=log)


@pytest.fixture(scope="module")
def room(report, tmp_path_factory):
    """A folder with a report, its workbook, and a ranking in the report's own folder."""
    room = tmp_path_factory.mktemp("rooms")
    write_report(report, room / "4 report", TOPICS, workbook=True)
    ranking = build_ranking(report.rates, TOPICS, partial=report.partial_periods)
    for place in ("4 report", "5-ranking", "far/away/ranking"):
        write_ranking(ranking, room / place, report, report_folder=room / "4 report", workbook=True)
    return room


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("</style>")[1]).split())


def pages(report, **evidence):
    return {made.topic: made.html for made in topic_pages(report, TOPICS, Evidence(**evidence))}


def test_only_topic_ids_become_names_of_files(report):
    assert topics_with_page(report) == ["late", "size", "broken"]


def test_each_change_is_measured_between_its_neighbours(report):
    table = report.change_log.set_index("date")
    assert table["verdict"].tolist() == ["cannot_tell", "fell", "cannot_tell"] or table[
        "verdict"
    ].tolist() == ["no_clear_change", "fell", "cannot_tell"]
    assert table["until"]["2025-05-05"] == "2025-08-03"  # the day before the next change
    assert table["ratio_low"]["2025-08-04"] < 0.2 < table["ratio_high"]["2025-08-04"]
    assert "lies outside the contacts" in table["why"]["2027-01-01"]
    assert pd.isna(table["ratio"]["2027-01-01"])


def test_changes_count_contacts_tagged_under_an_older_id(shop):
    tagged, orders = shop
    content = TOPICS.model_dump(mode="json", exclude_defaults=True)
    content["topics"][0] |= {"id": "delayed", "replaces": ["late"]}
    content["topics"][1]["excludes"] = {}
    renamed = Taxonomy.model_validate(content)
    log = [LoggedChange(date="2025-08-04", topic="delayed", what="A fix")]
    assert measure_changes(tagged, orders, log, taxonomy=renamed)["verdict"][0] == "fell"


def test_the_page_says_all_there_is(report):
    made = pages(
        report,
        messages={"late": ["Where is it, the parcel of mine?"]},
        confused=[("late", "size", 4), ("size", "late", 2)],
        scores={"late": {"recall": 0.9, "recall_low": 0.8, "recall_high": 0.95}},
        costs=Costs.model_validate({"cost_per_contact": 4}),
    )
    late, size, broken = (text_of(made[name]) for name in ("late", "size", "broken"))
    assert re.search(r"“It is late” fell from \d+\.\d\d to \d+\.\d\d per 100 orders", late)
    assert "Contacts per order fell by" in late
    assert "by day 2 after the order" in late
    assert "Where is it, the parcel of mine?" in late
    assert "share this page with care" in late
    assert "found 90 % (80–95)" in late
    assert "Which size?" in late  # a neighbour by the model's mistakes
    assert "EUR 4.00" in late
    assert "lies outside the contacts" in size
    assert "Is it true to size? Where is the table?" in size
    assert "It has not come" in size
    assert "carrier: Slowpost" in broken
    assert re.search(r"carrier Slowpost: \d+\.\d % of the contacts about its orders", broken)
    assert "Benjamini and Hochberg" in broken
    assert "Nothing here is to be deflected" in broken


def test_the_page_says_why_something_is_absent(shop):
    tagged, orders = shop
    plain = tagged[["contact_id", "created_at", "topic"]]
    report = build_report(plain, orders[["order_id", "created_at"]])
    (late, *_) = (text_of(made.html) for made in topic_pages(report))
    for words in (
        "made without a topics file",
        "No log of changes was given",
        "no column to cut by",
        "no answers in csat",
        "the cost of a contact is not given (--costs)",
        "not asked for (report --messages 5)",
        "no model was given (report --model)",
        "This page holds no customer's words",
    ):
        assert words in late, words


def test_one_contact_makes_a_page():
    day = pd.to_datetime(["2026-01-05T00:00Z"], utc=True)
    tagged = pd.DataFrame({"contact_id": ["c"], "created_at": day, "topic": ["late"]})
    report = build_report(tagged, pd.DataFrame({"order_id": ["o"], "created_at": day}))
    (made,) = topic_pages(report)
    assert "too few complete periods for a trend" in made.html
    assert made.figure.wide.count("<circle") == 1


@given(st.floats(1e-6, 1e7))
def test_axes_have_round_steps_that_reach_the_top(top):
    step, n_steps = _ticks(top)
    assert step * n_steps >= top * (1 - 1e-6)
    assert step * (n_steps - 1) < top
    assert 1 <= n_steps <= 5
    assert f"{step:e}"[0] in "125"


def test_hostile_words_are_text(report):
    made = pages(report, messages={"late": [HOSTILE]})["late"]
    assert made.count("<script") == 1
    assert "<b>bold" not in made
    assert made.count("&lt;script&gt;alert(1)") == 2  # the message, and what was done
    assert "{{ 7 * 7 }}" in made
    assert '<blockquote dir="auto">' in made


def test_next_steps_say_what_is_missing():
    (step,) = next_steps(TOPICS.by_id["late"], {"n": 3}, [], set())
    assert "Only 3 contacts name their order" in step.sentences[0]
    (cause, _) = next_steps(TOPICS.by_id["broken"], None, [], set())
    assert "name no product, carrier or country" in cause.sentences[0]
    (cause, _) = next_steps(TOPICS.by_id["broken"], None, [], {"carrier", "all"})
    assert "No carrier stands out" in cause.sentences[0]
    both = Topic.model_validate(topic("both", "Both", "self_service", also="proactive"))
    first, second = next_steps(both, None, [], set())
    assert (first.points, second.points) == (("About both.",), ())


def test_folders_link_to_the_pages_and_carry_the_changes(report, room):
    again, _ = read_report(room / "4 report")
    assert again.to_dict() == report.to_dict()
    html = (room / "4 report" / "report.html").read_text("utf-8")
    assert 'href="topics/late.html"' in html
    assert "What the changes did" in html
    assert "Not an id!" in html
    assert sorted(path.name for path in (room / "4 report" / "topics").iterdir()) == sorted(
        f"{name}.{ending}" for name in ("late", "size", "broken") for ending in ("html", "svg")
    )


def test_every_picture_stands_alone(room):
    pictures = sorted(room.rglob("*.svg"))
    assert len(pictures) > 8
    for path in pictures:
        drawn = path.read_text("utf-8")
        texts = [node.text for node in ElementTree.fromstring(drawn).iter() if node.text]
        assert "currentColor" not in drawn
        assert any("orders" in text or "a month" in text for text in texts), path.name
        assert to_png(drawn).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("place", "link"),
    [
        ("5-ranking", 'href="../4%20report/topics/late.html"'),
        ("4 report", 'href="topics/late.html"'),
        ("far/away/ranking", None),
    ],
)
def test_a_ranking_links_to_pages_that_lie_beside_it(room, place, link):
    html = (room / place / "ranking.html").read_text("utf-8")
    assert (link in html) if link else ("href=" not in html)


def test_the_workbook_holds_what_the_csv_files_hold(room):
    folder = room / "4 report"
    book = openpyxl.load_workbook(folder / "report.xlsx")
    assert book.sheetnames == ["rates", "slices", "kpis", "cohorts", "changes"]
    ranks = openpyxl.load_workbook(folder / "ranking.xlsx")
    for sheet in (*book, *ranks):
        table = pd.read_csv(folder / f"{sheet.title}.csv")
        head, *rows = sheet.iter_rows(values_only=True)
        assert list(head) == table.columns.tolist()
        assert len(rows) == len(table)
        shown = pd.DataFrame(rows, columns=head)
        for column in table.select_dtypes("number"):
            got = pd.to_numeric(shown[column]).to_numpy(float)
            np.testing.assert_allclose(got, table[column].to_numpy(float), rtol=1e-12)
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
