"""Impact of planted changes: a fix is found, a season or chance is not taken for one."""

import json

import numpy as np
import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.impact import build_impact, impact_of_days
from cxtopics.measure.costs import Costs
from cxtopics.measure.trends.before_after import largest_move
from cxtopics.measure.trends.topic_days import TopicDays
from cxtopics.taxonomy import Taxonomy

N_TOPICS = 12
CHANGE = pd.Timestamp("2025-08-04")


def shop(seed=0, *, factor=1.0, weeks_after=8, season=1.0, own_peak=1.0, weeks_before=26, n=60):
    """Return counts by day: 12 topics, the first with a fifth of contacts, and a change."""
    rng = np.random.default_rng(seed)
    days = pd.date_range(
        CHANGE - pd.Timedelta(weeks=weeks_before), periods=7 * (weeks_before + weeks_after)
    )
    after = np.asarray(days >= CHANGE)
    orders = n * np.where(after, season, 1.0)
    mean = np.full((len(days), N_TOPICS), 0.03)
    mean[:, 0] = 0.08 * np.where(after, factor, 1.0)
    late = np.asarray((days < CHANGE) & (days >= CHANGE - pd.Timedelta(weeks=5)))
    mean[:, 0] *= np.where(late, own_peak, 1.0)
    contacts = rng.poisson(mean * orders[:, None]).astype(float)
    names = [f"topic_{number}" for number in range(N_TOPICS)]
    table = pd.DataFrame(contacts, index=days, columns=names)
    placed = pd.Series(orders, index=days)
    exposure = pd.DataFrame(dict.fromkeys(names, placed))
    return TopicDays(table, placed, exposure, {}, n_linked=1)


def impact(days, topic="topic_0", changed_on="2025-08-04", **options):
    return impact_of_days(days, topic=topic, changed_on=changed_on, windows=(), **options)


def test_a_fix_is_found_with_its_size_and_its_worth():
    found = impact(shop(factor=0.3), costs=Costs.model_validate({"cost_per_contact": 4.5}))
    assert found.verdict == "fell"
    assert found.ratio.low < 0.3 < found.ratio.high < 0.5
    # 8 weeks x 7 days x 60 orders x .08 x .7 contacts avoided, at 4.50 - .50 each
    expected = 8 * 7 * 60 * 0.08 * 0.7
    assert found.contacts_avoided.low < expected < found.contacts_avoided.high
    assert found.money_saved.value == pytest.approx(4 * found.contacts_avoided.value)
    assert found.per_order_before.value == pytest.approx(0.08, rel=0.1)
    assert found.per_order_after.value == pytest.approx(0.024, rel=0.25)
    assert found.share_after.value < found.share_before.value
    json.dumps(found.to_dict(), allow_nan=False)


def test_chance_alone_is_seldom_called_a_success():
    verdicts = [impact(shop(seed, weeks_after=4)).verdict for seed in range(60)]
    assert verdicts.count("fell") <= 5  # 1.5 expected at 2.5 %; 6 or more: once in 270
    assert verdicts.count("cannot_tell") + verdicts.count("no_clear_change") >= 52


def test_a_quieter_shop_is_no_success():
    found = impact(shop(season=0.4))
    assert found.verdict != "fell"
    assert found.ratio.low < 1 < found.ratio.high


def test_after_a_peak_of_the_topic_alone_nobody_can_tell():
    verdicts = {impact(shop(seed, own_peak=2.5)).verdict for seed in range(12)}
    assert "fell" not in verdicts


def test_a_fall_no_larger_than_the_topic_s_own_moves_is_not_credited():
    found = impact(shop(factor=0.8, weeks_after=26, n=30))
    assert found.ratio.high < 1
    assert found.verdict == "cannot_tell"
    assert "moved as much by itself" in found.why
    assert found.more_weeks is None


def test_the_largest_move_is_that_of_a_month():
    contacts, exposure = np.full((24, 3), 100.0), np.full((24, 3), 50.0)
    assert largest_move(contacts, exposure, 0) == pytest.approx(0)
    contacts[10:14, 0] = 300
    assert largest_move(contacts, exposure, 0) == pytest.approx(np.log(3), rel=0.01)
    contacts[10:14] = 300  # everybody: a season
    assert largest_move(contacts, exposure, 0) == pytest.approx(0)
    assert largest_move(contacts[:7], exposure[:7], 0) == 0


def test_another_topic_that_fell_is_no_control():
    days = shop()
    days.contacts.loc[CHANGE:, "topic_1"] = 0.0
    found = impact(days)
    assert found.ratio.low < 1 < found.ratio.high
    assert any("1 other topic changed much" in caveat for caveat in found.caveats)


def test_too_early_says_how_long_to_wait():
    found = impact(shop(weeks_after=1))
    assert (found.verdict, found.more_weeks) == ("cannot_tell", 1)
    assert "needs about 1 more week" in found.why
    small = impact(shop(weeks_after=2, n=20))
    assert small.verdict == "cannot_tell"
    assert small.more_weeks is None or small.more_weeks > 1


def test_a_long_quiet_record_rules_a_large_fall_out():
    found = impact(shop(weeks_after=26, n=600))
    assert found.verdict == "no_clear_change"
    assert "ruled out" in found.why


def test_a_short_record_is_no_basis():
    found = impact(shop(weeks_before=5))
    assert found.verdict == "cannot_tell"
    assert "usable weeks before" in found.why


def test_holiday_weeks_are_left_out_by_default():
    days = shop()
    shifted = days.contacts.index + pd.Timedelta(days=119)  # the change falls on 1 December
    moved = TopicDays(
        days.contacts.set_index(shifted),
        pd.Series(days.orders.to_numpy(), index=shifted),
        days.exposure.set_index(shifted),
        {},
        1,
    )
    found = impact_of_days(moved, topic="topic_0", changed_on="2025-12-01")
    left_out = found.weeks[found.weeks["left_out"] == "holiday window"]
    assert left_out["week_start"].min() == "2025-11-24"
    assert left_out["week_start"].max() == "2026-01-12"
    assert any("holiday window" in caveat for caveat in found.caveats)


@pytest.mark.parametrize(
    ("topic", "changed_on", "words"),
    [
        ("nothing", "2025-08-04", "no contact"),
        ("topic_0", "soon", "no date"),
        ("topic_0", "2031-01-01", "outside the contacts"),
    ],
)
def test_what_cannot_be_measured_is_refused(topic, changed_on, words):
    with pytest.raises(InputError, match=words) as caught:
        impact(shop(), topic, changed_on)
    assert caught.value.hint


def test_from_tables_with_costs_of_the_lever():
    rng = np.random.default_rng(5)
    start = pd.Timestamp("2025-02-03", tz="UTC")
    order_day = np.sort(rng.integers(0, 238, 9000))
    order_at = start + pd.to_timedelta(order_day, unit="D")
    orders = pd.DataFrame({"order_id": [f"o{k}" for k in range(9000)], "created_at": order_at})
    share = np.where(order_at >= CHANGE.tz_localize("UTC"), 0.03, 0.15)
    picked = {"late": rng.random(9000) < share, "lost": rng.random(9000) < 0.2}
    parts = [
        pd.DataFrame({"topic": name, "order_id": orders["order_id"][hit],
                      "created_at": orders["created_at"][hit] + pd.Timedelta(days=3)})
        for name, hit in picked.items()
    ]  # fmt: skip
    tagged = pd.concat(parts, ignore_index=True)
    tagged["contact_id"] = [f"c{k}" for k in range(len(tagged))]
    topics = [
        {"id": name, "label": name, "description": "-", "group": "gg", "lever": "proactive",
         "deflectable": {"low": 0.1, "likely": 0.2, "high": 0.3, "source": "-"}}
        for name in picked
    ]  # fmt: skip
    taxonomy = Taxonomy.model_validate(
        {"name": "tiny", "version": 1, "groups": {"gg": "G"}, "topics": topics}
    )
    costs = Costs.model_validate({"one_off": {"proactive": 100}})
    found = build_impact(
        tagged, orders, topic="late", changed_on="2025-08-07", taxonomy=taxonomy, costs=costs
    )
    assert found.verdict == "fell"
    assert found.ratio.low < 0.2 < found.ratio.high
    assert found.money_saved.value == pytest.approx(4.5 * found.contacts_avoided.value - 100)
    assert not any("No contact names its order" in caveat for caveat in found.caveats)
