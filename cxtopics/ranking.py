"""Report + Taxonomy -> Ranking: which problem to work on first, and how sure that is.

Contacts of the last complete periods x the share a lever could spare x what a spared
contact saves. All of it is estimated beforehand: nothing here was deflected yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxtopics import __version__
from cxtopics.errors import InputError
from cxtopics.measure.calendar.periods import months_long
from cxtopics.measure.costs import DEFAULT_SOURCES, Costs
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.measure.deflection.guards import revenue_after_contact
from cxtopics.measure.deflection.information import value_of_information
from cxtopics.measure.deflection.rank_table import (
    KEEP_HUMAN,
    TOP,
    count_in_words,
    kept_rows,
    paying_rows,
    rank_table,
    ranked_rows,
)
from cxtopics.measure.deflection.savings import RANGE, draw_unknowns, prices
from cxtopics.measure.jsonable import identity, to_jsonable
from cxtopics.measure.prevalence.cold_start import COLD_METHOD
from cxtopics.measure.rates.bands import METHOD
from cxtopics.measure.rates.topic_covariance import joint_covariance, topic_covariance
from cxtopics.schemas import TOPIC_RATES
from cxtopics.tables import check_table
from cxtopics.taxonomy import OTHER, Taxonomy, Topic

__all__ = ["Ranking", "build_ranking"]


@dataclass(frozen=True)
class Ranking:
    """Topics in the order of what working on them would save.

    Attributes
    ----------
    ranks
        By `schemas.TOPIC_RANKS`: ranked topics first, then those kept apart (no rank).
    basis
        `first_day`, `last_day`, `n_periods`, `n_months` of the periods it rests on.
    costs
        The settings used; `costs.defaults` names the placeholders among them.
    contacts_per_month
        Of every row of the report in the basis, "all" included.
    labels
        Topic id to the customer's words.
    worth_knowing
        What measuring each unknown could be worth, see `measure.information`.
    caveats
        Plain sentences, the one that everything rests on first.
    provenance
        Options, versions, taxonomy.
    """

    ranks: pd.DataFrame
    basis: dict[str, Any]
    costs: Costs
    contacts_per_month: dict[str, float]
    labels: dict[str, str]
    worth_knowing: pd.DataFrame
    caveats: tuple[str, ...]
    provenance: dict[str, Any]

    @property
    def ranked(self) -> pd.DataFrame:
        """The topics with a rank, best first."""
        return self.ranks[self.ranks["rank"].notna()]

    @property
    def apart(self) -> pd.DataFrame:
        """The topics that are not proposed, each with its reason."""
        return self.ranks[self.ranks["rank"].isna()]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON (NaN becomes null)."""
        content = {
            "kind": "cxtopics ranking",
            "caveats": self.caveats,
            "basis": self.basis,
            "costs": self.costs.model_dump(),
            "costs_by_default": self.costs.defaults,
            "defaults": {
                name: {"value": self.costs.in_words()[name], "source": DEFAULT_SOURCES[name]}
                for name in self.costs.defaults
            },
            "ranges": f"{RANGE[0]:.0%} to {RANGE[1]:.0%} percentile of the draws",
            "ranking": self.ranks.assign(label=self.ranks["topic"].map(self.labels)),
            "worth_knowing": self.worth_knowing,
            "contacts_per_month": self.contacts_per_month,
            "provenance": self.provenance,
        }
        return {key: to_jsonable(value) for key, value in content.items()}


def build_ranking(
    rates: pd.DataFrame,
    taxonomy: Taxonomy | None,
    costs: Costs | None = None,
    *,
    covariance: pd.DataFrame | None = None,
    kpis: pd.DataFrame | None = None,
    n_periods: int = 3,
    partial: Collection[str] = (),
    n_draws: int = 4000,
    seed: int = 0,
) -> Ranking:
    """Rank topics by the savings expected a month.

    Parameters
    ----------
    rates
        A report's rates, by `schemas.TOPIC_RATES`.
    taxonomy
        Gives each topic its lever and the share that lever could spare.
    costs
        The user's costs; None takes placeholders, and says so.
    covariance
        A report's `Report.covariance`. Without it, or where a period that counts was not
        estimated, the variances are those behind the intervals of `rates`.
    kpis
        A report's KPIs; used for revenue after a contact, see `measure.guards`.
    n_periods
        How many of the last complete periods count: a problem fixed last summer must not be
        ranked today.
    partial
        First days of the periods to pass over, `Report.partial_periods`.
    n_draws, seed
        Draws for ranks and ranges; the same seed gives the same ranking.

    Notes
    -----
    Deflectable contacts = contacts a month x deflectable share x adoption x (1 - rebound),
    net savings = those x (cost of a contact - cost of the self-service answer) - running cost
    - one-off cost / horizon. Values are products of expected factors; ranges run from the
    10th to the 90th percentile of the draws, see `measure.savings`. Topics whose lever is
    `keep_human`, and those whose conversations pay, get no rank; `other`, contacts without a
    topic and topics that the taxonomy does not know are not ranked.

    Raises
    ------
    InputError
        Without a taxonomy that has levers, without a complete period, or if the costs name
        an unknown topic or lever.
    """
    costs = costs or Costs()
    known = _topics_with_levers(taxonomy)
    _check_names(costs, known)
    rates = check_table(rates, TOPIC_RATES, "rates")
    used, basis = _basis(rates, n_periods, partial)
    every = _every_topic(used, known)
    months = basis["n_months"]
    per_month = used.groupby("topic")["n_contacts"].sum().reindex(every, fill_value=0.0) / months
    joint = joint_covariance(covariance, set(used["period_start"]))
    spread = (topic_covariance(used) if joint is None else joint).reindex(
        index=every, columns=every, fill_value=0.0
    ) / months**2
    mix = _channel_mix(rates, used)
    revenue = revenue_after_contact(kpis)
    pays = _paying(known, revenue, costs, mix)
    rivals = [topic for topic in known if topic.lever != KEEP_HUMAN and topic.id not in pays]
    unknowns = draw_unknowns(rivals, per_month, spread, costs, n_draws, seed)
    price = prices(rivals, costs, mix)
    return Ranking(
        ranks=rank_table(
            ranked_rows(rivals, unknowns, price, _notes(rivals, revenue, costs, mix)),
            paying_rows([t for t in known if t.id in pays], revenue, per_month, costs.currency),
            kept_rows([t for t in known if t.lever == KEEP_HUMAN], per_month),
        ),
        basis=basis,
        costs=costs,
        contacts_per_month={str(topic): float(n) for topic, n in per_month.items()},
        labels={topic.id: topic.label for topic in known},
        worth_knowing=value_of_information(
            [topic.id for topic in rivals], unknowns, price, costs.horizon_months, TOP
        ),
        caveats=tuple(_caveats(per_month, costs, basis, n_periods, bool(mix), set(used["method"]))),
        provenance={
            "cxtopics": __version__,
            "n_draws": n_draws,
            "seed": seed,
            "taxonomy": identity(taxonomy),
        },
    )


def _every_topic(used: pd.DataFrame, known: list[Topic]) -> list[str]:
    return list(dict.fromkeys([*used["topic"], *(topic.id for topic in known)]))


def _channel_mix(rates: pd.DataFrame, used: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return each topic's share of contacts by channel, where the report is cut by channel."""
    cut = rates[
        (rates["slice"] == "channel") & rates["period_start"].isin(used["period_start"].unique())
    ]
    counts = cut.groupby(["topic", "slice_value"])["n_contacts"].sum()
    totals = counts.groupby("topic").transform("sum")
    mix: dict[str, dict[str, float]] = {}
    for topic, channel, share in (counts / totals).dropna().reset_index().to_numpy():
        mix.setdefault(str(topic), {})[str(channel)] = float(share)
    return mix


def _paying(
    known: list[Topic],
    revenue: pd.DataFrame,
    costs: Costs,
    mix: dict[str, dict[str, float]],
) -> set[str]:
    """Return the topics whose contacts surely bring more revenue than they cost."""
    return {
        topic.id
        for topic in known
        if topic.lever != KEEP_HUMAN
        and topic.id in revenue.index
        and revenue["low"][topic.id] > costs.cost_of_contact(mix.get(topic.id))
    }


def _notes(
    rivals: list[Topic],
    revenue: pd.DataFrame,
    costs: Costs,
    mix: dict[str, dict[str, float]],
) -> dict[str, str]:
    """Return a remark on topics whose conversations may pay, but not surely."""
    return {
        topic.id: "; perhaps a conversation that pays "
        f"({costs.currency} {revenue['value'][topic.id]:,.2f} of orders follow each contact)"
        for topic in rivals
        if topic.id in revenue.index
        and revenue["value"][topic.id] > costs.cost_of_contact(mix.get(topic.id))
    }


def _topics_with_levers(taxonomy: Taxonomy | None) -> list[Topic]:
    known = [topic for topic in (taxonomy.topics if taxonomy else ()) if topic.lever]
    if not known:
        what = "the topics have no levers" if taxonomy else "the report was made without topics"
        raise InputError(
            f"{what}, so nothing says what could be spared",
            "make the report with --topics topics/ecommerce.yaml, or your own topics file",
        )
    return known


def _check_names(costs: Costs, known: list[Topic]) -> None:
    topics = {topic.id for topic in known}
    levers = {str(topic.lever) for topic in known}
    for key, names in costs.names.items():
        if wrong := sorted(names - topics - (set() if key == "pilots" else levers)):
            what = "no topic" if key == "pilots" else "no topic and no lever in use"
            raise InputError(
                f"costs: {key} names {', '.join(wrong)}, which is {what}",
                "use topic ids or levers of the topics file",
            )


def _basis(
    rates: pd.DataFrame, n_periods: int, partial: Collection[str]
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows of the last complete periods, and what time they span."""
    whole = rates[(rates["slice"] == ALL) & ~rates["period_start"].isin(list(partial))]
    periods = whole[["period_start", "period_end"]].drop_duplicates().sort_values("period_start")
    periods = periods.tail(n_periods)
    if periods.empty:
        raise InputError(
            "the report has no complete period, so nothing says how many contacts come a month",
            "report a longer time, or shorter periods with --by week",
        )
    spans = zip(periods["period_start"], periods["period_end"], strict=True)
    return whole[whole["period_start"].isin(periods["period_start"])], {
        "first_day": periods["period_start"].iloc[0],
        "last_day": periods["period_end"].iloc[-1],
        "n_periods": len(periods),
        "n_months": sum(months_long(pd.Timestamp(a), pd.Timestamp(b)) for a, b in spans),
    }


def _caveats(
    per_month: pd.Series[float],
    costs: Costs,
    basis: dict[str, Any],
    n_periods: int,
    channels_known: bool,
    methods: set[str],
) -> Iterator[str]:
    if methods == {COLD_METHOD}:
        mistakes = "the model is taken to err as cold starts did on three public data sets"
    elif METHOD in methods:
        mistakes = "the classifier's mistakes are not in the ranges"
    else:
        mistakes = "the ranges hold the classifier's mistakes as far as the report knows them"
    yield (
        "Estimated beforehand, from counts of predicted topics and from ranges in the topics "
        f"file: nothing was deflected yet, and {mistakes}."
    )
    if costs.defaults:
        yield f"Default, not yours: {_in_words(costs)}. Give your own with --costs."
    if basis["n_periods"] < n_periods:
        yield f"Only {basis['n_periods']} complete periods, fewer than the {n_periods} asked for."
    if costs.cost_per_contact.by_channel and not channels_known:
        yield "The report is not cut by channel: every contact costs the default."
    if costs.saved_per_contact <= 0:
        yield "A self-service answer costs as much as a contact: sparing contacts saves nothing."
    names = [topic for topic in (ABSTAINED, OTHER, NO_TEXT) if per_month.get(topic)]
    if names:
        parts = [f"{count_in_words(float(per_month[topic]))} {topic}" for topic in names]
        yield f"Counted and not ranked, contacts a month: {', '.join(parts)}."


def _in_words(costs: Costs) -> str:
    values = costs.in_words()
    hidden = {"handle_minutes"}  # of no effect here
    return ", ".join(f"{name} {values[name]}" for name in costs.defaults if name not in hidden)
