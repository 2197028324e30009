"""What tests share: the bundled taxonomy, a small real model, the benchmark data."""

import os
from pathlib import Path

import pytest

from cxtopics.classify import TopicModel
from cxtopics.taxonomy import Taxonomy, load_taxonomy
from cxtopics.training import train_model

ROOT = Path(__file__).parent.parent
BENCHMARK_DATA = Path(
    os.environ.get("CXTOPICS_BENCHMARK_DATA", ROOT.parent / "shared" / "data")
).resolve()
FEW = ("order_on_the_way", "arrived_damaged", "refund_not_received", "cannot_log_in")


@pytest.fixture(scope="session")
def benchmark_data() -> Path:
    """Public data sets, which are not part of the project."""
    if not BENCHMARK_DATA.is_dir():
        pytest.skip("benchmark data are not here; set CXTOPICS_BENCHMARK_DATA")
    return BENCHMARK_DATA


@pytest.fixture(scope="session")
def ecommerce() -> Taxonomy:
    return load_taxonomy(ROOT / "topics" / "ecommerce.yaml")


@pytest.fixture(scope="session")
def few_topics(ecommerce: Taxonomy) -> Taxonomy:
    """Four topics and the reserved classes: small enough to train in seconds."""
    topics = [
        topic.model_copy(update={"excludes": {}}) for topic in ecommerce.topics if topic.id in FEW
    ]
    reserved = [topic.model_copy(update={"excludes": {}}) for topic in ecommerce.reserved]
    return ecommerce.model_copy(update={"topics": tuple(topics), "reserved": tuple(reserved)})


@pytest.fixture(scope="session")
def model_folder(few_topics: Taxonomy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cold-start model of the few topics, on the real default encoder."""
    folder = tmp_path_factory.mktemp("models") / "few"
    train_model(folder, taxonomy=few_topics)
    return folder


@pytest.fixture(scope="session")
def model(model_folder: Path) -> TopicModel:
    from cxtopics.classify import load_model

    return load_model(model_folder)
