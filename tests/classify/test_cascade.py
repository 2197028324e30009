"""The light stage answers only what it may."""

from types import SimpleNamespace

import numpy as np

from cxtopics.classify.cascade import Cascade, fit_gates


def head(right: np.ndarray, confidence: np.ndarray) -> SimpleNamespace:
    """Out-of-fold predictions of two topics; the true one is always the first."""
    first = np.where(right, confidence, 1 - confidence)
    chances = np.stack([first, 1 - first], axis=1)
    return SimpleNamespace(
        out_of_fold_=chances, familiarity_out_of_fold_=np.linspace(0, 1, len(right))
    )


def test_the_gate_keeps_what_the_effort_promises() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.5, 1, 20_000)
    light = head(rng.random(20_000) < confidence, confidence)  # calibrated
    full = head(rng.random(20_000) < 0.97, confidence)
    codes = np.zeros(20_000, dtype=np.intp)
    gates = fit_gates(light, full, codes)  # type: ignore[arg-type]
    assert gates["balanced"] > gates["fast"] > 0.5
    for effort, tolerance in (("balanced", 0.0075), ("fast", 0.02)):
        by_light = Cascade(light, gates).answers(  # type: ignore[arg-type]
            light.out_of_fold_, light.familiarity_out_of_fold_, effort
        )
        assert by_light.mean() > 0.02
        both = np.where(by_light, light.out_of_fold_.argmax(1), full.out_of_fold_.argmax(1))
        assert (full.out_of_fold_.argmax(1) == 0).mean() - (both == 0).mean() <= tolerance


def test_few_texts_all_go_to_the_encoder() -> None:
    rng = np.random.default_rng(1)
    confidence = rng.uniform(0.5, 1, 100)
    light, full = (head(rng.random(100) < 0.9, confidence) for _ in range(2))
    gates = fit_gates(light, full, np.zeros(100, dtype=np.intp))  # type: ignore[arg-type]
    answers = Cascade(light, gates).answers(  # type: ignore[arg-type]
        light.out_of_fold_, light.familiarity_out_of_fold_, "balanced"
    )
    assert not answers.any()


def test_best_never_asks_the_light_stage() -> None:
    chances = np.array([[1.0, 0.0]])
    answers = Cascade(None, {"balanced": 0.5}).answers(chances, np.ones(1), "best")  # type: ignore[arg-type]
    assert not answers.any()
