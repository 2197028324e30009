"""The costs file: what is given, what is a placeholder, what is refused."""

import pytest

from cxtopics.errors import InputError
from cxtopics.measure.costs import Costs, load_costs


def _file(tmp_path, text):
    path = tmp_path / "costs.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_are_named():
    assert set(Costs().defaults) == set(Costs.model_fields)


def test_given_values_are_no_defaults(tmp_path):
    costs = load_costs(_file(tmp_path, "currency: GBP\ncost_per_contact:\n  default: 4\n"))
    assert (costs.currency, costs.saved_per_contact) == ("GBP", 3.5)
    assert set(costs.defaults) == set(Costs.model_fields) - {"currency", "cost_per_contact"}


def test_a_plain_number_is_the_default_cost(tmp_path):
    costs = load_costs(_file(tmp_path, "cost_per_contact: 7.5\n"))
    assert costs.cost_per_contact.default == 7.5
    assert "cost_per_contact" not in costs.defaults


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("colour: red\n", "colour"),
        ("self_service_cost: -1\n", "self_service_cost"),
        ("horizon_months: 0\n", "horizon_months"),
        ("cost_per_contact: {chat: -3}\n", "cost_per_contact -> chat"),
        ("adoption: {low: 0.6, high: 0.3}\n", "adoption -> default: .*low <= high"),
        ("rebound: 1.5\n", "rebound -> default"),
        (
            "pilots: [{topic: late, contacts_offered: 3, contacts_deflected: 4}]\n",
            "more contacts deflected than offered",
        ),
        ("self_service_cost: .inf\n", "self_service_cost"),
        ("- a\n", "expected keys"),
        ("a: [", "not readable as YAML"),
    ],
)
def test_faults_are_named(tmp_path, text, fault):
    with pytest.raises(InputError, match=fault):
        load_costs(_file(tmp_path, text))


def test_costs_by_channel_adoption_and_minutes(tmp_path):
    text = "cost_per_contact: {default: 6, chat: 2}\nadoption: {low: 0.5, high: 0.7}\n"
    costs = load_costs(_file(tmp_path, text + "handle_minutes: {default: 5, late: 9}\n"))
    assert costs.cost_of_contact() == 6
    assert costs.cost_of_contact({"chat": 0.25, "email": 0.75}) == 5
    assert costs.adoption["default"].high == 0.7
    assert (costs.minutes_of("late"), costs.minutes_of("lost")) == (9, 5)
    assert costs.in_words()["adoption"] == "default 50-70 %"


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_costs(tmp_path / "none.yaml")
