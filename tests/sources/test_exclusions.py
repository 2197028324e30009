"""Every reason is known, the first that is not overruled counts."""

import pytest

from cxtopics.errors import InputError
from cxtopics.sources import check_keep
from cxtopics.sources.exclusions import first_reason, kept_notice, tag_reasons


def test_the_first_reason_that_is_not_overruled() -> None:
    found = {"merged", "spam", "deleted"}
    assert first_reason(found) == "spam"
    assert first_reason(found, frozenset({"spam"})) == "deleted"
    assert first_reason(found, frozenset(found)) is None
    assert first_reason(()) is None


def test_tags_of_helpdesks() -> None:
    assert tag_reasons(["VIP", "Closed_by_merge", "proactive"]) == {"merged", "outbound"}


def test_what_may_be_kept() -> None:
    assert check_keep(["Merged ", "spam"]) == {"merged", "spam"}
    with pytest.raises(InputError, match="got 'boring', expected one of outbound, automated"):
        check_keep(["boring"])
    with pytest.raises(InputError, match="two contacts would have one id"):
        check_keep(["duplicate"])
    assert kept_notice([]) == []
    assert kept_notice(["spam", "merged"])[0].endswith("marks them: merged, spam")
