"""Sheets out to people and back: drawn, filled, mangled by spreadsheets, read, reported."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cxtopics.audit import draw_audit, lay_out_audit, plan_audit, read_audit
from cxtopics.cli import app
from cxtopics.errors import InputError
from cxtopics.measure.audits.learnt_from import LearntFrom
from cxtopics.measure.prevalence.prevalence_error import fit_prevalence_error
from cxtopics.report import build_report
from cxtopics.tables import write_table
from cxtopics.taxonomy import Taxonomy

TOPICS = ["late", "lost_parcel", "size", "voucher"]
PRIOR = [0.25, 0.25, 0.25, 0.25]


def taxonomy():
    share = {"low": 0.3, "likely": 0.5, "high": 0.7, "source": "guess"}
    topics = [
        {"id": topic, "label": f"My {topic.replace('_', ' ')}?", "description": "-",
         "group": "gg", "lever": "proactive", "deflectable": share}
        for topic in TOPICS
    ]  # fmt: skip
    return Taxonomy.model_validate(
        {"name": "tiny", "version": 1, "groups": {"gg": "G"}, "topics": topics}
    )


def shop(n=3000, seed=0, months=("2026-01", "2026-02", "2026-03")):
    """Return a tagged table, its truth and orders; the model confuses late with lost."""
    rng = np.random.default_rng(seed)
    mix = np.array([0.5, 0.3, 0.17, 0.03])
    truth = rng.choice(4, n, p=mix)
    weight = np.full((4, 4), 0.3) + 8 * np.eye(4)
    weight[0, 1] = weight[1, 0] = 5
    g = np.stack([rng.dirichlet(weight[one]) for one in truth])
    stamps = [
        pd.Timestamp(f"{months[number]}-01", tz="UTC") + pd.Timedelta(minutes=int(minute))
        for number, minute in zip(
            rng.integers(len(months), size=n), rng.integers(28 * 1440, size=n), strict=True
        )
    ]
    names = np.array(TOPICS, dtype=object)
    order = np.argsort(-g, axis=1)
    tagged = pd.DataFrame(
        {
            "contact_id": [f"{number:05d}" for number in range(n)],
            "created_at": pd.Series(stamps).astype("datetime64[us, UTC]"),
            "customer_id": [f"u{one}" for one in rng.integers(0, n, n)],
            "text": [f"- made-up words number {number}" for number in range(n)],
            "topic": names[order[:, 0]],
            "confidence": np.sort(g, axis=1)[:, -1],
            "runner_up": names[order[:, 1]],
            "runner_up_confidence": np.sort(g, axis=1)[:, -2],
            "needs_review": False,
            "topic_forced": names[order[:, 0]],
            "probabilities": list(g.astype(np.float32)),
        }
    )
    orders = pd.DataFrame(
        {
            "order_id": [f"o{number}" for number in range(2 * n)],
            "created_at": pd.Series(rng.choice(stamps, 2 * n)).astype("datetime64[us, UTC]"),
            "customer_id": [f"u{one}" for one in rng.integers(0, n, 2 * n)],
        }
    )
    return tagged, pd.Series(names[truth], index=tagged["contact_id"]), orders


ESTIMATION = {"classes": TOPICS, "training_prior": PRIOR}
ABOUT = {"tagging": {"estimation": ESTIMATION}}


@pytest.fixture(scope="module")
def made():
    return shop()


def filled(tagged, truth, n=300, path=None, **options):
    """Draw, and fill in the truth."""
    double = options.pop("double", 0.0)
    design = lay_out_audit(tagged, n, estimation=ESTIMATION, **options)
    sheet = draw_audit(tagged, design, double=double)
    sheet["topic"] = sheet["contact_id"].map(truth)
    if path:
        write_table(sheet, path)
    return sheet


def labels(sheet, tmp_path, tagged, name="audit.csv"):
    write_table(sheet, tmp_path / name)
    return read_audit(tmp_path / name, tagged, estimation=ESTIMATION, taxonomy=taxonomy())


def hits(report, truth, tagged):
    """Tell which topic-months the intervals cover, for three columns."""
    rates = report.rates[report.rates["topic"].isin(TOPICS)]
    months = tagged["created_at"].dt.strftime("%Y-%m-01").to_numpy()
    counts = pd.crosstab(months, truth.to_numpy())
    true = np.array(
        [counts.loc[p, t] for p, t in zip(rates["period_start"], rates["topic"], strict=True)]
    )
    whole = counts.sum(axis=1)[rates["period_start"]].to_numpy()
    return [
        (rates[f"{name}_low"] <= value + 1e-9) & (value - 1e-9 <= rates[f"{name}_high"])
        for name, value in (
            ("n_contacts", true),
            ("topic_share", true / whole),
            ("contacts_per_order", true / rates["n_orders"]),
        )
    ]


def test_a_sheet_is_drawn_and_comes_out_the_same_again(made):
    tagged, truth, _ = made
    sheet = filled(tagged, truth, 200)
    assert len(sheet) == sheet["contact_id"].nunique() == 200
    assert list(sheet.columns) == [
        "contact_id", "text", "topic_forced", "runner_up", "topic", "inclusion_probability",
        "labeller", "audit",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(sheet, filled(tagged, truth, 200))
    assert set(filled(tagged, truth, 200, seed=1)["contact_id"]) != set(sheet["contact_id"])
    pi = sheet["inclusion_probability"].astype(float)
    # Horvitz-Thompson: the weights add up to about the number of contacts
    assert (1 / pi).sum() == pytest.approx(len(tagged), rel=0.2)


def test_a_period_is_that_of_the_shops_zone(made):
    tagged, truth, _ = made
    utc = filled(tagged, truth, 5000, period="2026-02")
    tokyo = filled(tagged, truth, 5000, period="2026-02", timezone="Asia/Tokyo")
    local = tagged["created_at"].dt.tz_convert("Asia/Tokyo").dt.strftime("%Y-%m")
    assert set(tokyo["contact_id"]) == set(tagged.loc[local == "2026-02", "contact_id"])
    assert len(utc) != len(tokyo)
    for period in ("2026-W07", "2026-Q1", "2026"):
        assert len(filled(tagged, truth, 50, period=period)) == 50
    for period in ("2026-13", "soon", "2025-01"):
        with pytest.raises(InputError):
            filled(tagged, truth, 50, period=period)


def test_audited_months_are_estimated_from_the_audit(made, tmp_path):
    tagged, truth, orders = made
    sheets = [
        labels(filled(tagged, truth, 300, period=f"2026-0{month}"), tmp_path, tagged).labels
        for month in (1, 2, 3)
    ]
    report = build_report(tagged, orders, audits=sheets, provenance=ABOUT, taxonomy=taxonomy())
    assert report.rates["method"].str.startswith("score_guided_audit; 300 of").all()
    assert "abstained" not in set(report.rates["topic"])
    assert all(np.mean(column) >= 11 / 12 for column in hits(report, truth, tagged))
    by_period = report.rates[report.rates["topic"] != "all"].groupby("period_start")
    assert by_period["n_contacts"].sum().tolist() == pytest.approx(
        report.rates.loc[report.rates["topic"] == "all", "n_contacts"].tolist()
    )
    assert report.basis["n_audited"] == report.basis["n_drawn"] == 900
    assert report.caveats[0].startswith(
        "3 of 3 periods rest on an audit: people checked 900 of 900"
    )
    # counts of tags are far off for the topics that are confused
    counted = tagged["topic"].value_counts()
    totals = report.by_topic.set_index("topic")
    cells = report.rates[report.rates["topic"].isin([*TOPICS, "other"])]["n_contacts"]
    small = int(((cells >= 0.5) & (cells < 30)).sum())
    assert any(note.startswith(f"{small} of {len(cells)} cells") for note in report.caveats)
    true = truth.value_counts()
    off = abs(totals["n_contacts"] - true).dropna().sum()
    assert off < 0.7 * abs(counted - true).sum()


def test_parts_on_disk_are_estimated_as_the_table_in_memory(made, tmp_path):
    tagged, truth, orders = made
    audit = labels(filled(tagged, truth, 300, period="2026-02"), tmp_path, tagged).labels
    (tmp_path / "parts").mkdir()
    for number in range(3):
        part = tagged.iloc[number::3]
        write_table(part, tmp_path / "parts" / f"{number}.parquet", vectors=["probabilities"])
    found, expected = (
        build_report(table, orders, audits=[audit], provenance=ABOUT)
        for table in (tmp_path / "parts", tagged)
    )
    pd.testing.assert_frame_equal(found.rates, expected.rates)
    assert found.caveats == expected.caveats


def test_one_draw_over_the_whole_table_estimates_each_month(made, tmp_path):
    tagged, truth, orders = made
    read = labels(filled(tagged, truth, 600), tmp_path, tagged)
    assert read.notes == ()
    report = build_report(tagged, orders, audits=[read.labels], provenance=ABOUT)
    assert report.basis["n_audited"] == 600
    assert all(np.mean(column) >= 11 / 12 for column in hits(report, truth, tagged))
    assert len(report.changes) == 0 or "difference_low" in report.changes
    matrix = report.covariance
    assert set(matrix["period_start"]) == {"2026-01-01", "2026-02-01", "2026-03-01", "all"}
    whole = matrix[matrix["period_start"] == "all"].drop(columns="period_start").set_index("topic")
    totals = report.by_topic.set_index("topic").loc[whole.index]
    reach = (totals["n_contacts_high"] - totals["n_contacts"]) / 1.96
    deviation = pd.Series(np.sqrt(np.diag(whole.astype(float))), whole.index)
    known = [topic for topic in whole.index if topic != "other"]  # that one reaches further
    assert deviation[known].to_numpy() == pytest.approx(reach[known].to_numpy(), rel=0.2)
    assert deviation["other"] <= 1.01 * reach["other"]


def test_a_month_without_an_audit_is_estimated_without_one_and_says_so(made, tmp_path):
    tagged, truth, orders = made
    audit = labels(filled(tagged, truth, 300, period="2026-02"), tmp_path, tagged).labels
    counted = build_report(tagged, orders, audits=[audit], provenance=ABOUT)
    methods = counted.rates.groupby("period_start")["method"].first()
    assert methods["2026-01-01"].startswith("classify_and_count")
    assert methods["2026-02-01"].startswith("score_guided_audit")
    assert "abstained" in set(counted.rates["topic"])
    assert any("Counts of predicted topics" in caveat for caveat in counted.caveats)

    g = np.stack(tagged["probabilities"].to_numpy()).astype(float)
    codes = truth.map({topic: code for code, topic in enumerate(TOPICS)}).to_numpy()
    error = fit_prevalence_error(g, codes, PRIOR, n_months=15).to_dict()
    about = {"tagging": {"estimation": {**ESTIMATION, "prevalence_error": error}}}
    estimated = build_report(tagged, orders, audits=[audit], provenance=about)
    methods = estimated.rates.groupby("period_start")["method"].first()
    assert methods["2026-01-01"].startswith("calibrated_emq; assumes only the topic mix changed")
    assert "prevalence_error" not in str(estimated.to_dict()["provenance"])
    assert all(np.mean(column) >= 11 / 12 for column in hits(estimated, truth, tagged))


def test_an_audited_week_leaves_the_rest_of_its_month_to_the_model(made, tmp_path):
    tagged, truth, orders = made
    audit = labels(filled(tagged, truth, 100, period="2026-W07"), tmp_path, tagged).labels
    g = np.stack(tagged["probabilities"].to_numpy()).astype(float)
    codes = truth.map({topic: code for code, topic in enumerate(TOPICS)}).to_numpy()
    error = fit_prevalence_error(g, codes, PRIOR, n_months=15).to_dict()
    about = {"tagging": {"estimation": {**ESTIMATION, "prevalence_error": error}}}
    report = build_report(tagged, orders, audits=[audit], provenance=about)
    method = report.rates.groupby("period_start")["method"].first()["2026-02-01"]
    assert "score_guided_audit" in method
    assert "by calibrated_emq" in method
    assert any("fewer than 200 audited contacts in Feb 2026" in note for note in report.caveats)
    # and without EMQ's error nothing can be said of the other weeks: the month is counted
    counted = build_report(tagged, orders, audits=[audit], provenance=ABOUT)
    assert counted.rates["method"].str.startswith("classify_and_count").all()


def test_a_sheet_comes_back_from_excel(made, tmp_path):
    tagged, truth, orders = made
    sheet = filled(tagged, truth, 200)
    expected = build_report(
        tagged, orders, audits=[labels(sheet, tmp_path, tagged).labels], provenance=ABOUT
    )
    excel = sheet.iloc[::-1, ::-1].copy()  # other order of rows and columns
    excel["contact_id"] = excel["contact_id"].astype(int).astype(str)  # lost its zeros
    excel["inclusion_probability"] = [
        f"{float(pi):.9f}".replace(".", ",") for pi in excel["inclusion_probability"]
    ]
    named = {t.id: t.label for t in taxonomy().topics}
    excel["topic"] = [f" {named[topic].upper()} " for topic in excel["topic"]]
    excel.to_csv(tmp_path / "back.csv", sep=";", index=False, encoding="cp1252")
    excel.to_excel(tmp_path / "back.xlsx", index=False)
    for name in ("back.csv", "back.xlsx"):
        read = read_audit(tmp_path / name, tagged, estimation=ESTIMATION, taxonomy=taxonomy())
        assert (read.faults, read.notes, read.unknown) == ((), (), {})
        report = build_report(tagged, orders, audits=[read.labels], provenance=ABOUT)
        pd.testing.assert_frame_equal(report.rates, expected.rates)


def test_ids_that_look_like_formulas_match_again(made, tmp_path):
    tagged, truth, _ = made
    strange = tagged.assign(contact_id="=" + tagged["contact_id"])
    sheet = filled(strange, truth, 50)
    sheet["topic"] = "late"
    read = labels(sheet, tmp_path, strange)
    assert "'=" in (tmp_path / "audit.csv").read_text()
    assert set(read.labels.contact_ids) == set(sheet["contact_id"])
    assert read.notes == ()


def test_what_is_wrong_with_a_sheet_is_told(made, tmp_path):
    tagged, truth, orders = made
    sheet = filled(tagged, truth, 200)
    sheet.loc[:9, "topic"] = "latte"
    sheet.loc[10:29, "topic"] = None
    read = labels(sheet, tmp_path, tagged)
    assert read.unknown["latte"][0] == 10
    assert read.unknown["latte"][1][0] == "late"
    assert read.n_unfilled == 20
    assert any("20 of 200 drawn contacts were not answered" in note for note in read.notes)
    report = build_report(tagged, orders, audits=[read.labels], provenance=ABOUT)
    assert any("topics that the model does not know (latte)" in note for note in report.caveats)
    assert "contacts not answered are like those that were" in report.rates["method"].iloc[0]
    other = report.rates[report.rates["topic"] == "other"]
    assert other["n_contacts"].sum() > 50

    torn = pd.concat([sheet, sheet.tail(3).assign(topic="size")])
    assert "different answers" in labels(torn, tmp_path, tagged).faults[0]
    changed = sheet.assign(inclusion_probability="0.5")
    assert any("cells were changed" in note for note in labels(changed, tmp_path, tagged).notes)
    strangers = sheet.assign(contact_id="x" + sheet["contact_id"])
    assert any("not in the table" in note for note in labels(strangers, tmp_path, tagged).notes)
    with pytest.raises(InputError, match="inclusion_probability"):
        labels(sheet.assign(inclusion_probability="soon"), tmp_path, tagged)
    with pytest.raises(InputError, match="no column 'topic'"):
        labels(sheet.drop(columns="topic"), tmp_path, tagged)


def test_the_table_has_grown_since_the_draw(made, tmp_path):
    tagged, truth, orders = made
    early = tagged[tagged["created_at"] < "2026-02-20"]
    sheet = filled(early, truth, 300, period="2026-02")
    read = labels(sheet, tmp_path, tagged)
    assert "the table now has" in read.notes[0]
    report = build_report(tagged, orders, audits=[read.labels], provenance=ABOUT)
    february = report.rates[report.rates["period_start"] == "2026-02-01"]
    assert february["method"].iloc[0].startswith("score_guided_audit")
    # a draw from the whole table knows its last day: later months are not its business
    whole = filled(early, truth, 300)
    assert labels(whole, tmp_path, tagged).notes == ()


def test_a_draw_split_between_people_is_one_draw_and_two_draws_are_two(made, tmp_path):
    tagged, truth, orders = made
    sheet = filled(tagged, truth, 400)
    halves = [
        labels(part, tmp_path, tagged, f"{number}.csv").labels
        for number, part in enumerate((sheet.head(200), sheet.tail(200)))
    ]
    whole = [labels(sheet, tmp_path, tagged).labels]
    one, two = (
        build_report(tagged, orders, audits=audits, provenance=ABOUT) for audits in (whole, halves)
    )
    pd.testing.assert_frame_equal(one.rates, two.rates)
    more = labels(filled(tagged, truth, 400, seed=5), tmp_path, tagged).labels
    both = build_report(tagged, orders, audits=[*whole, more], provenance=ABOUT)
    assert both.basis["n_audited"] > 600
    assert all(np.mean(column) >= 10 / 12 for column in hits(both, truth, tagged))

    def width(report):
        return (report.rates["n_contacts_high"] - report.rates["n_contacts_low"]).sum()

    assert width(both) < width(one)


def test_labelled_twice_gives_kappa(made, tmp_path):
    tagged, truth, _ = made
    sheet = filled(tagged, truth, 200, double=0.1)
    assert len(sheet) == 220
    assert labels(sheet, tmp_path, tagged).agreement.kappa.value == pytest.approx(1)
    second = sheet["labeller"] == "second"
    sheet.loc[second, "topic"] = np.where(np.arange(20) < 5, "voucher", sheet.loc[second, "topic"])
    read = labels(sheet, tmp_path, tagged)
    assert 0.5 < read.agreement.kappa.value < 0.9
    assert len(read.labels.contact_ids) == 200


def test_a_model_trained_on_the_audit_does_not_estimate_that_month(made, tmp_path):
    tagged, truth, orders = made
    sheet = filled(tagged, truth, 300, period="2026-02")
    audit = labels(sheet, tmp_path, tagged).labels
    learnt = LearntFrom.of(sheet["text"], sheet["contact_id"]).to_dict()
    about = {"tagging": {"estimation": {**ESTIMATION, "learnt_from": learnt}}}
    report = build_report(tagged, orders, audits=[audit], provenance=about)
    assert report.rates["method"].str.startswith("classify_and_count").all()
    assert any("trained on the audit of 1 of the periods" in note for note in report.caveats)
    by_text = {**ESTIMATION, "learnt_from": LearntFrom.of(sheet["text"]).to_dict()}
    report = build_report(
        tagged, orders, audits=[audit], provenance={"tagging": {"estimation": by_text}}
    )
    assert report.basis["n_audited"] == 0


def test_a_table_with_the_two_best_topics_only_serves_too(made, tmp_path):
    tagged, truth, orders = made
    plain = tagged.drop(columns="probabilities").astype({"confidence": str})
    design = lay_out_audit(plain, 500)
    sheet = draw_audit(plain, design)
    sheet["topic"] = sheet["contact_id"].map(truth)
    write_table(sheet, tmp_path / "audit.csv")
    read = read_audit(tmp_path / "audit.csv", plain)
    report = build_report(plain, orders, audits=[read.labels])
    assert report.rates["method"].str.startswith("score_guided_audit").all()
    assert all(np.mean(column) >= 11 / 12 for column in hits(report, truth, tagged))
    with pytest.raises(InputError, match="no scores"):
        lay_out_audit(plain.drop(columns="confidence"), 10)


def test_a_plan_names_what_is_needed(made):
    tagged, _, _ = made
    plan = plan_audit(tagged, estimation=ESTIMATION, period="2026-02").set_index("topic")
    assert plan["share"].is_monotonic_decreasing
    assert "other" not in plan.index
    assert (plan[200] > plan[500]).all()
    assert plan.loc["voucher", "needed"] > plan.loc["size", "needed"]
    only = plan_audit(tagged, estimation=ESTIMATION, topic="size", sizes=(50,))
    assert only["topic"].tolist() == ["size"]
    with pytest.raises(InputError, match="nearest: voucher"):
        plan_audit(tagged, estimation=ESTIMATION, topic="vouchers")


def test_the_commands_from_draw_to_report(made, tmp_path, monkeypatch):
    tagged, truth, orders = made
    monkeypatch.chdir(tmp_path)
    write_table(tagged, "tagged.parquet", ABOUT, vectors=["probabilities"])
    write_table(orders, "orders.csv")
    run = CliRunner().invoke

    def ok(*words):
        done = run(app, list(words))
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    assert "voucher" in ok("audit", "plan", "tagged.parquet", "--period", "2026-03")
    ok("audit", "draw", "tagged.parquet", "-n", "300", "--period", "2026-03")
    sheet = pd.read_csv("audit.csv", dtype=str)
    assert sheet["topic"].isna().all()
    sheet.assign(topic=sheet["contact_id"].map(truth)).to_csv("audit.csv", index=False)
    assert "300 contacts, 300 answered, 0 not" in ok("audit", "read", "audit.csv", "tagged.parquet")
    factor = ok("audit", "plan", "tagged.parquet", "--audit", "audit.csv").splitlines()[-1]
    assert "1.40 times" not in factor
    ok("report", "tagged.parquet", "--orders", "orders.csv", "--audit", "audit.csv")
    rates = pd.read_csv("report/rates.csv").groupby("period_start")["method"].first()
    assert rates["2026-03-01"].startswith("score_guided_audit; 300 of")
    sheet.loc[0, "topic"] = "late"
    torn = pd.concat([sheet, sheet.head(1).assign(topic="size")])
    torn.to_csv("torn.csv", index=False)
    assert run(app, ["audit", "read", "torn.csv"]).exit_code == 1
