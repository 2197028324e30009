"""How contacts were served: what is missing stays missing, scales and clocks are known."""

from datetime import timedelta

import pandas as pd
import pytest

from cxtopics.sources.service import (
    SERVICE_COLUMNS,
    Service,
    csat_of,
    seconds_of,
    service_cells,
    service_columns,
    status_of,
)

CREATED = pd.Series(pd.to_datetime(["2026-04-13T10:00:00Z", "2026-04-14T10:00:00Z"]).as_unit("us"))


def columns(*served: Service, **options: str) -> tuple[pd.DataFrame, list[str]]:
    kept = pd.DataFrame([service_cells(each) for each in served], columns=SERVICE_COLUMNS)
    return service_columns(lambda name: kept[name], CREATED[: len(served)], "x.csv", **options)


@pytest.mark.parametrize(
    ("score", "satisfied"),
    [
        ("good", 1.0), ("Good with comment", 1.0), ("Very Happy", 1.0), ("bad", 0.0),
        ("Extremely Unhappy", 0.0), ("Neutral", 0.0), ("offered", None), ("", None),
        (None, None), ("5", 1.0), (4, 1.0), (3, 0.0), (0, None), ("9", None),
    ],
)  # fmt: skip
def test_scores(score: object, satisfied: float | None) -> None:
    assert csat_of(score) == satisfied


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("01:30:00", 5400), ("36:00", 129600), ("2 days 03:00:00", 183600), ("90", 90),
        ("1,200.5", 1200.5), ("soon", None), ("-5", None), (float("nan"), None), ("inf", None),
    ],
)  # fmt: skip
def test_durations(cell: object, seconds: float | None) -> None:
    assert seconds_of(cell) == seconds


def test_status_words() -> None:
    words = ("new", "Solved", "on-hold", 5, "snoozed", "Waiting on Customer", None)
    told = ["open", "resolved", "pending", "closed", "pending", "waiting on customer", None]
    assert [status_of(word) for word in words] == told


def test_only_columns_with_a_value_and_only_moments_after_the_start() -> None:
    table, notices = columns(
        Service(first_response_at=timedelta(hours=1), resolved_at="2026-04-12 10:00"),
        Service(first_response_at="2026-04-14 13:00", status="open"),
        timezone="Europe/Berlin",
    )
    assert list(table) == ["first_response_at", "status"]  # resolved before it was created: none
    assert table["first_response_at"].tolist() == [
        pd.Timestamp("2026-04-13T11:00:00Z"), pd.Timestamp("2026-04-14T11:00:00Z"),
    ]  # fmt: skip
    assert notices == []


def test_times_that_cannot_be_read_cost_their_column_only() -> None:
    table, notices = columns(Service(resolved_at="4/5/2026", status="closed"), Service())
    assert list(table) == ["status"]
    assert "resolved_at" in notices[0]
    assert notices[0].endswith("the column resolved_at is left out")


def test_the_scale_of_scores_is_that_of_the_column() -> None:
    table, notices = columns(Service(csat=5.0), Service(csat=1.0))
    assert table["csat"].tolist() == [1.0, 0.0]
    assert notices == ["csat: read as scores up to 5; above 3 counts as satisfied"]
    assert columns(Service(csat=1.0), Service(csat=0.0))[0]["csat"].tolist() == [1.0, 0.0]
