"""The ranking on a case worked by hand."""

import json

import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.measure.costs import Costs
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
    """Return rates with the same contacts by topic in each period."""
    rows = [
        {"period_start": start, "period_end": end, "topic": topic, "n_contacts": float(n)}
        for start, end in periods
        for topic, n in {"all": sum(counts.values()), **counts}.items()
    ]
    table = pd.DataFrame(rows).assign(slice="all", slice_value="all", method="by hand")
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
    assert (first["topic"], first["rank"], first["savings_per_month"]) == ("late", 1, 650)
    assert first["deflectable_contacts_per_month"] == 150
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
        (taxonomy(), None, ["2026-01-01"], "no complete period"),
    ],
)
def test_what_cannot_be_ranked_is_refused(topics, costs, partial, words):
    with pytest.raises(InputError, match=words) as caught:
        build_ranking(rates(COUNTS), topics, costs, partial=partial)
    assert caught.value.hint
