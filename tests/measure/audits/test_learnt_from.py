"""A model knows what it learnt from, without keeping the words."""

import json

import numpy as np

from cxtopics.measure.audits.learnt_from import LearntFrom

TEXTS = [f"my order number {n} is late" for n in range(50)]


def test_audited_contacts_are_known_by_id_and_else_by_text():
    ids = [f"c{n}" for n in range(50)]
    by_id, by_text = LearntFrom.of(TEXTS, ids), LearntFrom.of(TEXTS)
    assert by_id.knows(ids[:20], ["other words"] * 20)
    assert not by_id.knows([f"d{n}" for n in range(20)], TEXTS[:20])
    assert by_text.knows([f"d{n}" for n in range(20)], [text.upper() + "!" for text in TEXTS[:20]])
    # customers repeat one another: a third of the texts known is no sign
    assert not by_text.knows([], [*TEXTS[:10], *(f"quite another matter {n}" for n in range(20))])
    assert not LearntFrom.from_dict(None).knows(ids, TEXTS)


def test_a_few_labels_among_many_audited_contacts_are_no_training_on_the_audit():
    model = LearntFrom.of(TEXTS[:5], [f"c{n}" for n in range(5)])
    assert not model.knows([f"c{n}" for n in range(200)], [])


def test_it_travels_as_json_without_the_words():
    model = LearntFrom.of(TEXTS, ["c1"])
    content = json.dumps(model.to_dict())
    assert "order" not in content
    again = LearntFrom.from_dict(json.loads(content))
    assert np.array_equal(again.texts, model.texts)
    assert np.array_equal(again.contacts, model.contacts)
