"""Order numbers in custom fields and in what customers write.

The shape of the shop's order numbers (`HP` and five digits) is learnt from the helpdesk's
own order field, never assumed: a wrong order is worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["OrderNumbers", "find_order_field"]

_SHAPE = re.compile(r"#?([A-Za-z]{1,6}[-_]?)(\d{3,12})")
_PLAIN = re.compile(r"#?()(\d{3,12})")
_MIN_DISTINCT = 3
_MIN_SHARE = 0.95  # of a field's values that have the shape, and of those with one prefix


@dataclass(frozen=True)
class OrderNumbers:
    """The shape of a shop's order numbers: one prefix (may be empty), so many digits."""

    prefix: str
    n_digits: tuple[int, int]

    @classmethod
    def learn(cls, values: Iterable[str]) -> OrderNumbers | None:
        """Learn the shape from order numbers; None where they have none in common."""
        distinct = {value.strip().upper() for value in values}
        for form in (_SHAPE, _PLAIN):
            found = [match for value in distinct if (match := form.fullmatch(value))]
            prefixes = Counter(match[1] for match in found).most_common(1)
            if len(found) >= _MIN_DISTINCT and prefixes[0][1] >= _MIN_SHARE * len(distinct):
                prefix = prefixes[0][0]
                lengths = [len(match[2]) for match in found if match[1] == prefix]
                return cls(prefix, (min(lengths), max(lengths)))
        return None

    def normalise(self, value: str) -> str | None:
        """Return an order id in the shop's spelling, None for what is no order number."""
        match = self._pattern(sign="#?").fullmatch(value.strip())
        return f"{self.prefix}{match[1]}" if match else None

    def find(self, text: str) -> str | None:
        """Return the one order number that a text names; None if it names none or several.

        Numbers without a prefix count only after a `#`: they may be anything.
        """
        found = self._pattern(sign="#?" if self.prefix else "#").findall(text)
        return f"{self.prefix}{found[0]}" if len(set(found)) == 1 else None

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches an order number in a text, by which `text.redact` keeps them apart."""
        return self._pattern(sign="#?")

    def _pattern(self, sign: str) -> re.Pattern[str]:
        low, high = self.n_digits
        prefix = re.escape(self.prefix)
        return re.compile(
            rf"(?<![\w#]){sign}{prefix}[ -]?(\d{{{low},{high}}})(?!\w)", re.IGNORECASE
        )


def find_order_field(rows: Iterable[Mapping[str, str]]) -> str | None:
    """Return the one custom field that holds order numbers, None if that is not certain.

    Almost all its values must be letters and digits with one prefix in common (`HP14384`).
    Numbers alone might be telephone numbers or postcodes; for those the field must be named.
    """
    values: dict[str, list[str]] = {}
    for fields in rows:
        for name, value in fields.items():
            values.setdefault(name, []).append(value)
    learnt = {name: OrderNumbers.learn(cells) for name, cells in values.items()}
    certain = [name for name, numbers in learnt.items() if numbers and numbers.prefix]
    return certain[0] if len(certain) == 1 else None
