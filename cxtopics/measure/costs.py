"""What contacts cost and what a lever is known to do: the user's numbers, from one YAML file.

    currency: EUR
    cost_per_contact:            # or one number for all
      default: 5.00
      chat: 3.50                 # by channel, as the contacts name it
    self_service_cost: 0.50
    horizon_months: 12
    one_off:
      proactive: 3000            # per topic that uses this lever
      order_not_shipped: 8000    # this topic's own cost, instead of its lever's
    running:
      self_service: 40           # a month, per topic
    adoption:                    # or one number; a number, or a range read as 5th-95th percentile
      default: 0.9
      self_service: {low: 0.5, high: 0.8}
    rebound: 0.05
    handle_minutes: 7            # for staffing; or `default` and topics
    pilots:
      - {topic: order_late, contacts_offered: 240, contacts_deflected: 101}

What the file leaves out is filled with placeholders, and shown as such everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from cxtopics.errors import InputError
from cxtopics.taxonomy import Topic
from cxtopics.taxonomy.places import load_yaml

__all__ = ["DEFAULT_SOURCES", "CostPerContact", "Costs", "Pilot", "ShareRange", "load_costs"]

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12)]

DEFAULT_SOURCES = {
    "currency": "placeholder",
    "cost_per_contact": "placeholder: costs differ tenfold between shops, take your own",
    "self_service_cost": "placeholder",
    "horizon_months": "convention: one budget year",
    "one_off": "nothing given, so levers count as free to build",
    "running": "nothing given, so levers count as free to run",
    "adoption": "the topics file's ranges are shares of all of a topic's contacts, so that "
    "adoption is in them; give it where a lever reaches fewer",
    "rebound": "no measurement given: nobody spared is taken to write all the same",
    "handle_minutes": "placeholder",
    "pilots": "none given: shares rest on the topics file alone",
}
"""Where each default comes from, in words that stand beside it."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CostPerContact(_Frozen):
    """Cost of one contact handled by a person, in the currency of the file, by channel.

    Every key but `default` is a channel; channels that are not named cost the default.
    """

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Amount] = Field(init=False)

    default: Amount = 5.0

    @property
    def by_channel(self) -> dict[str, float]:
        """The channels with a cost of their own."""
        return dict(self.__pydantic_extra__ or {})


class ShareRange(_Frozen):
    """A share that is not known exactly: its 5th and 95th percentile, or twice one number."""

    low: Share
    high: Share

    @model_validator(mode="after")
    def _in_order(self) -> ShareRange:
        if self.low > self.high:
            raise ValueError("expected low <= high")
        return self


def _number_to_range(given: Any) -> Any:
    return {"low": given, "high": given} if isinstance(given, int | float) else given


def _to_default(given: Any) -> Any:
    """Read one number, or one range, as that of every topic."""
    alone = isinstance(given, int | float) or (isinstance(given, dict) and set(given) <= _ENDS)
    return {"default": given} if alone and given != {} else given


_ENDS = {"low", "high"}
Range = Annotated[ShareRange, BeforeValidator(_number_to_range)]
Ranges = Annotated[dict[str, Range], BeforeValidator(_to_default)]
Amounts = Annotated[dict[str, Amount], BeforeValidator(_to_default)]
_FULL, _NONE = ShareRange(low=1, high=1), ShareRange(low=0, high=0)


class Pilot(_Frozen):
    """What a trial of a topic's lever measured: contacts it was offered to, and those spared."""

    topic: str
    contacts_offered: Annotated[int, Field(ge=1)]
    contacts_deflected: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _in_order(self) -> Pilot:
        if self.contacts_deflected > self.contacts_offered:
            raise ValueError("more contacts deflected than offered")
        return self


class Costs(_Frozen):
    """What contacts, self-service answers and levers cost, and what levers are known to do.

    Attributes
    ----------
    currency
        How amounts are labelled, such as EUR.
    cost_per_contact
        A number, or a mapping with the key `default` and channels.
    self_service_cost
        Cost of answering the same question without a person.
    horizon_months
        A lever's one-off cost is spread over so many months.
    one_off, running
        One-off cost, and cost a month, by topic id or by lever (for each topic that uses it).
    adoption
        Share of a topic's contacts that meet the lever, by topic id, lever or `default`.
    rebound
        Share of the contacts spared that come all the same, later or by another channel.
    handle_minutes
        Working time a contact takes, by topic id or `default`, minutes.
    pilots
        Trials of levers; they update the shares of the topics file.
    """

    currency: Word = "EUR"
    cost_per_contact: CostPerContact = CostPerContact()
    self_service_cost: Amount = 0.5
    horizon_months: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 12
    one_off: dict[str, Amount] = Field(default_factory=dict)
    running: dict[str, Amount] = Field(default_factory=dict)
    adoption: Ranges = Field(default_factory=dict)
    rebound: Ranges = Field(default_factory=dict)
    handle_minutes: Amounts = Field(default_factory=dict)
    pilots: tuple[Pilot, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _accept_plain_number(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("cost_per_contact"), int | float):
            return {**given, "cost_per_contact": {"default": given["cost_per_contact"]}}
        return given

    @property
    def saved_per_contact(self) -> float:
        """Cost of a contact less the cost of the self-service answer; may be negative."""
        return self.cost_per_contact.default - self.self_service_cost

    def cost_of_contact(self, mix: Mapping[str, float] | None = None) -> float:
        """Return the cost of a contact whose channels have the shares `mix` (they sum to 1)."""
        by_channel = self.cost_per_contact.by_channel
        default = self.cost_per_contact.default
        return default + sum(
            share * (by_channel[name] - default)
            for name, share in (mix or {}).items()
            if name in by_channel
        )

    def one_off_per_month(self, topic: Topic) -> float:
        """Return the topic's own one-off cost, else its lever's, spread over the horizon."""
        return self._own_or_lever(self.one_off, topic) / self.horizon_months

    def running_per_month(self, topic: Topic) -> float:
        """Return what the topic's lever costs a month: the topic's own figure, else its lever's."""
        return self._own_or_lever(self.running, topic)

    def adoption_of(self, topic: Topic) -> ShareRange:
        """Return the adoption of the topic's lever: its own, its lever's, the default, or all."""
        return self._range_of(self.adoption, topic, _FULL)

    def rebound_of(self, topic: Topic) -> ShareRange:
        """Return the rebound of the topic's lever: its own, its lever's, the default, or none."""
        return self._range_of(self.rebound, topic, _NONE)

    def minutes_of(self, topic: str) -> float:
        """Return the handling time of a topic's contact, minutes."""
        return self.handle_minutes.get(topic, self.handle_minutes.get("default", 6.0))

    @staticmethod
    def _own_or_lever(amounts: Mapping[str, float], topic: Topic) -> float:
        return amounts.get(topic.id, amounts.get(topic.lever or "", 0.0))

    @staticmethod
    def _range_of(ranges: Mapping[str, ShareRange], topic: Topic, last: ShareRange) -> ShareRange:
        names = (topic.id, topic.lever or "", "default")
        return next((ranges[name] for name in names if name in ranges), last)

    @property
    def names(self) -> dict[str, set[str]]:
        """Topic ids and levers that each setting names, to be checked against the topics."""
        settings = {
            key: set(getattr(self, key)) - {"default"}
            for key in ("one_off", "running", "adoption", "rebound")
        }
        return {**settings, "pilots": {pilot.topic for pilot in self.pilots}}

    @property
    def defaults(self) -> tuple[str, ...]:
        """Names of the settings that are placeholders, not the user's."""
        names = [name for name in type(self).model_fields if name not in self.model_fields_set]
        given = self.cost_per_contact.model_fields_set
        if "cost_per_contact" not in names and "default" not in given:
            names.append("cost_per_contact")
        return tuple(names)

    def in_words(self) -> dict[str, str]:
        """Return every setting as a page shows it, without the currency of amounts."""
        channels = self.cost_per_contact.by_channel
        return {
            "currency": self.currency,
            "cost_per_contact": _listed({"": self.cost_per_contact.default, **channels}),
            "self_service_cost": f"{self.self_service_cost:.2f}",
            "horizon_months": f"{self.horizon_months:g}",
            "one_off": _listed(self.one_off) or "none",
            "running": _listed(self.running) or "none",
            "adoption": _ranges(self.adoption) or "100 %",
            "rebound": _ranges(self.rebound) or "0 %",
            "handle_minutes": _listed(self.handle_minutes) or f"{self.minutes_of(''):.2f}",
            "pilots": "; ".join(
                f"{p.topic} {p.contacts_deflected} of {p.contacts_offered}" for p in self.pilots
            )
            or "none",
        }


def _listed(amounts: Mapping[str, float]) -> str:
    return "; ".join(f"{name} {amount:,.2f}".strip() for name, amount in amounts.items())


def _ranges(ranges: Mapping[str, ShareRange]) -> str:
    return "; ".join(
        f"{name} {100 * r.low:g}" + (f"-{100 * r.high:g} %" if r.high > r.low else " %")
        for name, r in ranges.items()
    )


def load_costs(path: str | Path) -> Costs:
    """Read and check a costs file.

    Raises
    ------
    InputError
        With every fault of the file as `key -> key: message`.
    """
    hint = f"the keys are {', '.join(Costs.model_fields)}"
    try:
        content = load_yaml(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})", hint) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: not readable as YAML: {' '.join(str(error).split())}", hint
        ) from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected keys with values, such as currency: EUR", hint)
    try:
        return Costs.model_validate(content)
    except ValidationError as error:
        faults = [
            f"{' -> '.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        ]
        raise InputError(f"{path}: {'; '.join(faults)}", hint) from None
