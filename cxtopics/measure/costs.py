"""What a contact costs: the user's numbers, from a small YAML file.

    currency: EUR
    cost_per_contact:
      default: 5.00
    self_service_cost: 0.50
    horizon_months: 12
    one_off:
      proactive: 3000          # per topic that uses this lever
      order_not_shipped: 8000  # this topic's own cost, instead of its lever's

What the file leaves out is filled with placeholders, and shown as such everywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from cxtopics.errors import InputError
from cxtopics.taxonomy import Topic

__all__ = ["CostPerContact", "Costs", "load_costs"]

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CostPerContact(_Frozen):
    """Cost of one contact handled by a person, in the currency of the file."""

    default: Amount = 5.0


class Costs(_Frozen):
    """What contacts, self-service answers and levers cost.

    Attributes
    ----------
    currency
        How amounts are labelled, such as EUR.
    cost_per_contact
        A number, or a mapping with the key `default`.
    self_service_cost
        Cost of answering the same question without a person.
    horizon_months
        A lever's one-off cost is spread over so many months.
    one_off
        One-off cost by topic id, or by lever (for each topic that uses it).
    """

    currency: Word = "EUR"
    cost_per_contact: CostPerContact = CostPerContact()
    self_service_cost: Amount = 0.5
    horizon_months: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 12
    one_off: dict[str, Amount] = Field(default_factory=dict)

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

    def one_off_per_month(self, topic: Topic) -> float:
        """Return the topic's own one-off cost, else its lever's, spread over the horizon."""
        total = self.one_off.get(topic.id, self.one_off.get(topic.lever or "", 0.0))
        return total / self.horizon_months

    @property
    def defaults(self) -> tuple[str, ...]:
        """Names of the settings that are placeholders, not the user's."""
        names = [name for name in type(self).model_fields if name not in self.model_fields_set]
        given = self.cost_per_contact.model_fields_set
        if "cost_per_contact" not in names and "default" not in given:
            names.append("cost_per_contact")
        return tuple(names)


def load_costs(path: str | Path) -> Costs:
    """Read and check a costs file.

    Raises
    ------
    InputError
        With every fault of the file as `key -> key: message`.
    """
    hint = "the keys are currency, cost_per_contact, self_service_cost, horizon_months, one_off"
    try:
        content = yaml.safe_load(Path(path).read_bytes())
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
