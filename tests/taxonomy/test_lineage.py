"""What became of an id, however many revisions ago."""

from datetime import date

import pytest

from cxtopics.taxonomy import Fate, Taxonomy, fate_of


def topic(name: str, **lineage: object) -> dict[str, object]:
    return {"id": name, "label": name.title(), "description": "-", **lineage}


DAY = date(2026, 3, 1)
SHOP = Taxonomy.model_validate(
    {
        "name": "shop",
        "version": 1,
        "groups": {},
        "topics": [
            topic("late", replaces=["delay", "slow"]),
            topic("stuck", merged_into="slow", retired_on=DAY),
            topic("frozen", merged_into="stuck"),
            topic("fit", split_into=["too_small", "big"], retired_on=DAY),
            topic("size", merged_into="fit"),
            topic("too_small"),
            topic("too_big", replaces=["big"]),
        ],
        "retired": [topic("fax", retired_on=DAY)],
    }
)


@pytest.mark.parametrize(
    ("old", "fate"),
    [
        ("late", Fate("late")),
        ("delay", Fate("late", "renamed")),
        ("stuck", Fate("late", "merged", on=DAY)),
        ("frozen", Fate("late", "merged", on=DAY)),
        ("fit", Fate("fit", "split", ("too_small", "too_big"), DAY)),
        ("size", Fate("fit", "split", ("too_small", "too_big"), DAY)),
        ("fax", Fate("fax", "retired", on=DAY)),
        ("other_shop", Fate("other_shop", "unknown")),
    ],
)
def test_the_way_is_followed_to_its_end(old: str, fate: Fate) -> None:
    assert fate_of(old, SHOP) == fate


def test_topics_that_ended_are_set_apart_and_keep_their_labels() -> None:
    assert [found.id for found in SHOP.topics] == ["late", "too_small", "too_big"]
    assert SHOP.label("fit") == "Fit (split on 2026-03-01)"
    assert SHOP.label("fax") == "Fax (retired on 2026-03-01)"
    again = Taxonomy.model_validate_json(SHOP.model_dump_json())
    assert again == SHOP
    assert again.fingerprint == SHOP.fingerprint
