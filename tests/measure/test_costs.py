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
    assert set(costs.defaults) == {"self_service_cost", "horizon_months", "one_off"}


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
        ("cost_per_contact: {chat: 3}\n", "cost_per_contact -> chat"),
        ("self_service_cost: .inf\n", "self_service_cost"),
        ("- a\n", "expected keys"),
        ("a: [", "not readable as YAML"),
    ],
)
def test_faults_are_named(tmp_path, text, fault):
    with pytest.raises(InputError, match=fault):
        load_costs(_file(tmp_path, text))


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_costs(tmp_path / "none.yaml")
