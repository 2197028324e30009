"""The ranking on a case worked by hand."""

import json

import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.measure.costs import Costs
from cxtopics.measure.intervals import garwood
from cxtopics.ranking import build_ranking
from cxtopics.schemas import TOPIC_RANKS, TOPIC_RATES
from cxtopics.tables import check_table
from cxtopics.taxonomy import Taxonomy

LEVERS = {"late": "proactive", "size": "fix_root", "login": "self_service", "fraud": "keep_human"}


def taxonomy(levers=LEVERS):
    share = {"low": 0.3, "likely": 0.5, "high": 0.7, "source": "a guess"}
    topics = [
        {"id": topic, "label": f"My {topic}", "description": "-", "group": "gg", "lever": lever,
         "deflectable": share if topic != "size" else {**share, "low": 0.5, "high": 0.5}}
        for topic, lever in levers.items()
    ]  # fmt: skip
    return Taxonomy.model_validate(
        {"name": "tiny", "version": 1, "groups": {"gg": "G"}, "topics": topics}
    )


def rates(counts, periods=(("2026-01-01", "2026-01-31"),)):
    """Return rates with the same contacts by topic in each period, Poisson intervals."""
    rows = [
        {"period_start": start, "period_end": end, "topic": topic, "n_contacts": float(n)}
        for start, end in periods
        for topic, n in {"all": sum(counts.values()), **counts}.items()
    ]
    table = pd.DataFrame(rows).assign(slice="all", slice_value="all", method="by hand")
    table["n_contacts_low"], table["n_contacts_high"] = garwood(table["n_contacts"])[1:]
    table = table.reindex(columns=list(TOPIC_RATES.columns))
    missing = [name for name in table.columns if table[name].isna().all()]
    return table.astype(dict.fromkeys(missing, float))


COUNTS = {"late": 300, "size": 120, "login": 2, "fraud": 90, "other": 30, "abstained": 15}
MONTHS = [
    (f"2026-0{month}-01", f"2026-0{month}-{last}")
    for month, last in ((1, 31), (2, 28), (3, 31), (4, 30))
]


def test_savings_by_hand():
    costs = Costs.model_validate(
        {"cost_per_contact": 6, "self_service_cost": 1, "one_off": {"late": 1200}}
    )
    ranking = build_ranking(rates(COUNTS, MONTHS), taxonomy(), costs)
    first, second = ranking.ranked.iloc[0], ranking.ranked.iloc[1]
    # 300 contacts a month x .5 = 150, x (6 - 1) = 750, less 1200 over 12 months = 650
    assert (first["topic"], first["rank"]) == ("late", 1)
    assert first["savings_per_month"] == pytest.approx(650)
    assert first["deflectable_contacts_per_month"] == pytest.approx(150)
    # 120 x .5 x 5 = 300; a fixed share leaves only the spread of 360 Poisson contacts
    assert (second["topic"], second["savings_per_month"]) == ("size", 300)
    assert 270 < second["savings_per_month_low"] < 300 < second["savings_per_month_high"] < 330
    assert first["reason"] == "300 contacts a month x 50 % (30-70 %) by proactive; range: a guess"
    assert ranking.ranked["p_top5"].tolist() == [1, 1, 1]
    check_table(ranking.ranks, TOPIC_RANKS, "ranking")
    json.dumps(ranking.to_dict(), allow_nan=False)


def test_range_of_a_wide_share_is_that_of_its_beta():
    ranking = build_ranking(rates({"late": 300_000}), taxonomy(), n_draws=20_000)
    row = ranking.ranked.iloc[0]
    # Beta(8.001, 8.001) has its 10th and 90th percentile at .3429 and .6571
    assert row["deflectable_contacts_per_month_low"] / 300_000 == pytest.approx(0.343, abs=0.005)
    assert row["deflectable_contacts_per_month_high"] / 300_000 == pytest.approx(0.657, abs=0.005)


def test_keep_human_is_apart_with_its_reason_and_others_are_not_ranked():
    ranking = build_ranking(rates(COUNTS), taxonomy())
    assert ranking.apart["topic"].tolist() == ["fraud"]
    assert ranking.apart["rank"].isna().all()
    assert "90 contacts a month, kept with people" in ranking.apart["reason"].iloc[0]
    assert set(ranking.ranks["topic"]) == set(LEVERS)
    assert "15 abstained, 30 other" in ranking.caveats[-1]


def test_only_the_last_complete_periods_count():
    months = [*MONTHS, ("2026-05-01", "2026-05-31")]
    table = rates(COUNTS, months)
    table.loc[table["period_start"].isin(["2026-01-01", "2026-05-01"]), "n_contacts"] *= 100
    ranking = build_ranking(table, taxonomy(), partial=["2026-05-01"])
    assert ranking.basis == {
        "first_day": "2026-02-01", "last_day": "2026-04-30", "n_periods": 3, "n_months": 3.0,
    }  # fmt: skip
    assert ranking.contacts_per_month["late"] == 300


def test_weeks_are_scaled_to_a_month():
    ranking = build_ranking(rates({"late": 70}, [("2026-02-09", "2026-02-15")]), taxonomy())
    assert ranking.contacts_per_month["late"] == pytest.approx(10 * 30.44)
    assert any("Only 1 complete period" in caveat for caveat in ranking.caveats)


def test_same_seed_same_ranking_and_new_topics_leave_old_draws_alone():
    one, two = (build_ranking(rates(COUNTS), taxonomy()).to_dict() for _ in range(2))
    assert one == two
    more = build_ranking(rates({**COUNTS, "new": 50}), taxonomy({"new": "fix_root", **LEVERS}))
    late = more.ranks.set_index("topic").loc["late", "savings_per_month_low"]
    assert late == one["ranking"][0]["savings_per_month_low"]


def test_close_topics_share_their_ranks():
    levers = dict.fromkeys(["late", "lost"], "proactive")
    ranking = build_ranking(rates({"late": 100, "lost": 99}), taxonomy(levers))
    assert ranking.ranked[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 2], [1, 2]]


def test_placeholders_are_named():
    caveats = " ".join(build_ranking(rates(COUNTS), taxonomy()).caveats)
    assert "Default, not yours: currency EUR, cost_per_contact 5.00" in caveats


@pytest.mark.parametrize(
    ("topics", "costs", "partial", "words"),
    [
        (None, None, (), "without topics"),
        (taxonomy({"late": None}), None, (), "no levers"),
        (taxonomy(), Costs(one_off={"lat": 1}), (), "one_off names lat"),
        (taxonomy(), Costs(running={"lat": 1}), (), "running names lat"),
        (taxonomy(), Costs(adoption={"lat": 1}), (), "adoption names lat"),
        (taxonomy(), None, ["2026-01-01"], "no complete period"),
    ],
)
def test_what_cannot_be_ranked_is_refused(topics, costs, partial, words):
    with pytest.raises(InputError, match=words) as caught:
        build_ranking(rates(COUNTS), topics, costs, partial=partial)
    assert caught.value.hint


def kpis(low, value, topic="login"):
    return pd.DataFrame(
        {"kpi": "revenue_per_contact", "period": "all", "topic": [topic], "value": [value],
         "low": [low], "high": [value * 2], "n": [50]}
    )  # fmt: skip


def test_adoption_rebound_channels_and_running_costs_by_hand():
    costs = Costs.model_validate(
        {"cost_per_contact": {"default": 6, "chat": 2}, "self_service_cost": 1,
         "adoption": {"proactive": 0.8}, "rebound": 0.1, "running": {"late": 40}}
    )  # fmt: skip
    table = rates(COUNTS)
    cut = table[table["topic"] == "late"].assign(slice="channel")
    parts = [cut.assign(slice_value="chat", n_contacts=75), cut.assign(slice_value="email")]
    parts[1]["n_contacts"] = 225.0
    ranking = build_ranking(pd.concat([table, *parts], ignore_index=True), taxonomy(), costs)
    late = ranking.ranks.set_index("topic").loc["late"]
    # 300 x .5 x .8 x .9 = 108; a contact costs .75 x 6 + .25 x 2 = 5, so 108 x 4 - 40
    assert late["deflectable_contacts_per_month"] == pytest.approx(108)
    assert late["savings_per_month"] == pytest.approx(392)
    assert "x 80 % adoption x 90 % who do not come back" in late["reason"]


def test_a_topic_whose_conversations_pay_is_apart():
    ranking = build_ranking(rates(COUNTS), taxonomy(), kpis=kpis(6.0, 9.5))
    assert "login" not in set(ranking.ranked["topic"])
    reason = ranking.apart.set_index("topic")["reason"]["login"]
    assert "conversation pays: EUR 9.50 of orders follow each contact (at least 6.00)" in reason
    unsure = build_ranking(rates(COUNTS), taxonomy(), kpis=kpis(4.0, 9.5))
    assert (
        "perhaps a conversation that pays" in (unsure.ranked.set_index("topic")["reason"]["login"])
    )


def test_costs_decide_how_surely_a_lever_pays():
    sure = build_ranking(rates(COUNTS), taxonomy()).ranks.set_index("topic")
    assert sure["p_net_positive"]["late"] == 1
    dear = Costs(running={"late": 300 * 0.5 * 4.5})
    row = build_ranking(rates(COUNTS), taxonomy(), dear).ranks.set_index("topic").loc["late"]
    assert row["p_net_positive"] == pytest.approx(0.5, abs=0.05)


def test_a_joint_covariance_is_used():
    names = ["late", "size"]
    square = pd.DataFrame([[900.0, -900.0], [-900.0, 900.0]], columns=names)
    square.insert(0, "topic", names)
    starts = rates({"late": 300})["period_start"].unique()
    covariance = pd.concat([square.assign(period_start=start) for start in starts[-3:]])
    levers = {"late": "proactive", "size": "fix_root"}
    alone = build_ranking(rates({"late": 300, "size": 300}), taxonomy(levers))
    joint = build_ranking(
        rates({"late": 300, "size": 300}), taxonomy(levers), covariance=covariance
    )
    width = [
        (row["savings_per_month_high"] - row["savings_per_month_low"]) / 4.5
        for row in (r.ranks.set_index("topic").loc["size"] for r in (alone, joint))
    ]
    # the share of "size" is fixed at .5: the width is 2.563 x .5 x the standard deviation
    assert width[1] == pytest.approx(2.563 * 0.5 * 30, rel=0.05)
    assert width[0] < width[1]


def test_pilots_sharpen_and_move_the_ranking():
    costs = Costs.model_validate(
        {"pilots": [{"topic": "login", "contacts_offered": 400, "contacts_deflected": 60}]}
    )
    before = build_ranking(rates(COUNTS), taxonomy()).ranks.set_index("topic")
    after = build_ranking(rates(COUNTS), taxonomy(), costs).ranks.set_index("topic")
    assert after["savings_per_month"]["login"] < 0.5 * before["savings_per_month"]["login"]
    # the other ranges turn out a little too hopeful as well
    late = after["savings_per_month"]["late"] / before["savings_per_month"]["late"]
    assert 0.6 < late < 1


def test_the_closest_call_is_worth_measuring_and_a_sure_thing_is_not():
    levers = dict.fromkeys(["aa", "bb", "cc", "dd", "ee", "ff", "gg"], "proactive")
    counts = dict(zip(levers, [9000, 8500, 8000, 7500, 1000, 990, 5], strict=True))
    found = build_ranking(rates(counts), taxonomy(levers)).worth_knowing
    assert found["topic"][0] == "all"
    single = found[found["topic"] != "all"]
    assert set(single["topic"].head(2)) == {"ee", "ff"}
    assert set(single["unknown"].head(2)) == {"deflectable share"}
    assert "gg" not in set(single["topic"])
    assert found["value"][0] > single["value"].iloc[0]


def test_every_default_has_its_source():
    content = build_ranking(rates(COUNTS), taxonomy()).to_dict()
    assert set(content["defaults"]) == set(Costs.model_fields)
    assert all(entry["source"] for entry in content["defaults"].values())


def test_the_first_caveat_tells_whose_mistakes_the_ranges_hold() -> None:
    from cxtopics.measure.prevalence.cold_start import COLD_METHOD
    from cxtopics.measure.rates.bands import METHOD
    from cxtopics.ranking import _caveats

    said = [
        next(_caveats(pd.Series(dtype=float), Costs(), {"n_periods": 3}, 3, False, {method}))
        for method in (METHOD, COLD_METHOD, "calibrated_emq; ...")
    ]
    assert "are not in the ranges" in said[0]
    assert "public data sets" in said[1]
    assert "hold the classifier's mistakes" in said[2]
