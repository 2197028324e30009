"""Topics that are more frequent in one slice."""

import pandas as pd

from cxtopics.measure.rates.over_represented import over_represented


def test_only_what_is_clear_is_listed():
    counts = {  # topic: contacts by e-mail, by chat
        "all": (1000, 1000), "late": (300, 100), "lost": (205, 195), "rare": (20, 0),
        "abstained": (475, 705),
    }  # fmt: skip
    rows = [
        {"slice": "channel", "slice_value": value, "topic": topic, "n_contacts": float(n)}
        for topic, cells in counts.items()
        for value, n in zip(("email", "chat"), cells, strict=True)
    ]
    found = over_represented(pd.DataFrame(rows))
    assert found[["slice_value", "topic"]].to_numpy().tolist() == [["email", "late"]]
    row = found.iloc[0]
    assert (row["share"], row["share_elsewhere"], row["excess"]) == (0.3, 0.1, 200)


def test_contacts_without_a_value_are_no_elsewhere():
    """Late parcels name their order, questions of size do not: no carrier is to blame."""
    counts = {"all": (1000, 1000, 2000), "late": (300, 300, 0)}  # two carriers, not linked
    rows = [
        {"slice": "carrier", "slice_value": value, "topic": topic, "n_contacts": float(n)}
        for topic, cells in counts.items()
        for value, n in zip(("Slowpost", "Fastpost", "not linked"), cells, strict=True)
    ]
    assert over_represented(pd.DataFrame(rows)).empty
