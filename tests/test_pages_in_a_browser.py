"""Pages opened in Chromium: they load nothing, read well everywhere, and run no words.

Playwright drives the Chromium that is installed (or `$CXTOPICS_CHROMIUM`); without one, these
tests are skipped.
"""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxtopics.impact import build_impact, measure_changes
from cxtopics.measure.trends.change_log import LoggedChange
from cxtopics.ranking import build_ranking
from cxtopics.render.evidence import Evidence
from cxtopics.render.files import write_ranking, write_report
from cxtopics.render.impact_page import impact_page
from cxtopics.report import build_report

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
HOSTILE = (
    "</blockquote><script>document.title = 'run'</script><img src=x onerror=alert(1)> "
    "\"quotes\" 'n' such & \u202eright to left\u202c \u200fשלום 😀 {{ 7 * 7 }} " + "x" * 400
)
PAGES = ("report/report.html", "report/topics/order_late.html", "ranking/ranking.html",
         "impact.html")  # fmt: skip
CHANNELS = ("email", "chat", "phone", "social", "web_form", "sms")
START = pd.Timestamp("2024-01-01", tz="UTC")


@pytest.fixture(scope="module")
def room(ecommerce, tmp_path_factory):
    """A shop of 50 topics, 24 months and six channels, with changes and hostile messages."""
    room = tmp_path_factory.mktemp("pages")
    rng = np.random.default_rng(5)
    topics = np.array([topic.id for topic in ecommerce.topics])
    n, n_orders = 20_000, 30_000
    place = rng.choice(len(topics), n, p=np.linspace(3, 0.5, len(topics)) / sum(
        np.linspace(3, 0.5, len(topics))))  # fmt: skip
    orders = pd.DataFrame(
        {
            "order_id": [f"o{k}" for k in range(n_orders)],
            "created_at": START + pd.to_timedelta(rng.uniform(0, 731, n_orders), unit="D"),
            "customer_id": [f"u{k}" for k in rng.integers(0, 10_000, n_orders)],
            "carrier": rng.choice(["Slowpost", "Fastpost"], n_orders),
        }
    )
    tagged = pd.DataFrame(
        {
            "contact_id": [f"c{k}" for k in range(n)],
            "created_at": START + pd.to_timedelta(rng.uniform(0, 731, n), unit="D"),
            "customer_id": [f"u{k}" for k in rng.integers(0, 10_000, n)],
            "order_id": [f"o{k}" for k in rng.integers(0, n_orders, n)],
            "topic": topics[place],
            "channel": rng.choice(CHANNELS, n),
            "csat": rng.choice([0.0, 1.0, np.nan], n),
        }
    )
    log = [
        LoggedChange(date=f"2025-0{k}-03", topic="order_late", what=f"Try {k}: {HOSTILE}")
        for k in (3, 6)
    ]
    report = replace(
        build_report(tagged, orders, taxonomy=ecommerce),
        change_log=measure_changes(tagged, orders, log),
    )
    evidence = Evidence(
        messages={topic: [HOSTILE] * 5 for topic in topics}, confused=[("order_late", "other", 3)]
    )
    write_report(report, room / "report", ecommerce, evidence=evidence)
    ranking = build_ranking(report.rates, ecommerce, partial=report.partial_periods)
    write_ranking(ranking, room / "ranking", report, report_folder=room / "report")
    change = build_impact(
        tagged, orders, topic="order_late", changed_on="2025-03-03", taxonomy=ecommerce
    )
    (room / "impact.html").write_text(impact_page(change), encoding="utf-8")
    return room


@pytest.fixture(scope="module")
def browser():
    found = os.environ.get("CXTOPICS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
    if not found:
        pytest.skip("no Chromium is installed; set CXTOPICS_CHROMIUM to one")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield opened
        opened.close()


class Opened:
    """A page, and what it asked for and said while it was open."""

    def __init__(self, browser, path: Path, width=1280, scheme="light", **options):
        self.context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme=scheme, **options
        )
        self.page = self.context.new_page()
        self.requests, self.said = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.goto(path.as_uri())

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_fits_and_can_be_read_by_all(room, browser, name, width, scheme):
    with Opened(browser, room / name, width, scheme) as opened:
        assert opened.requests == [(room / name).as_uri()]
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
        serious = [
            (fault["id"], fault["nodes"][0]["html"][:200])
            for fault in axe.Axe().run(opened.page).response["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
        assert serious == []
        assert opened.said == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small_and_soon_there(room, browser, name):
    assert (room / name).stat().st_size < 3_000_000
    times = []
    for _ in range(3):  # the least of three: others may be busy on this machine
        with Opened(browser, room / name) as opened:
            paints = "performance.getEntriesByType('paint').map((paint) => paint.startTime)"
            for _ in range(100):
                if len(painted := opened.page.evaluate(paints)) > 1:
                    break
                opened.page.wait_for_timeout(20)
            times.append(max(painted))
    assert min(times) < 2000


def test_hostile_words_show_as_they_are(room, browser):
    with Opened(browser, room / "report/topics/order_late.html") as opened:
        shown = opened.page.locator("blockquote").first
        assert shown.evaluate("(quote) => quote.textContent") == HOSTILE
        assert shown.evaluate("(quote) => quote.children.length") == 0
        assert HOSTILE.split("\u202e")[0].strip() in opened.page.locator("main").text_content()
        assert opened.page.evaluate("[document.scripts.length, document.images.length]") == [1, 0]
        assert opened.page.title() != "run"
        assert opened.said == []


def test_a_page_runs_no_script_but_its_own(room, browser):
    with Opened(browser, room / "report/report.html") as opened:
        opened.page.evaluate(
            "const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
            "document.body.append(s)"
        )
        assert opened.page.evaluate("window.ran") is None
        assert any("Content Security Policy" in said for said in opened.said)


def rows(page, table):
    """Return the rows that are seen: the first cell, and the value of the third."""
    return page.evaluate(
        """(n) => [...document.querySelectorAll("table.live")[n].tBodies[0].rows]
            .filter((row) => !row.hidden && !row.classList.contains("group"))
            .map((row) => [row.cells[0].textContent, Number(row.cells[2].dataset.value)])""",
        table,
    )


def test_tables_sort_by_keyboard_and_come_back(room, browser):
    with Opened(browser, room / "report/report.html") as opened:
        page = opened.page
        table, before = page.locator("table.live").nth(1), rows(page, 1)
        head = table.locator("th", has_text="Per 100 orders")
        assert head.get_attribute("aria-sort") == "none"
        head.locator("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        values = [value for _, value in rows(page, 1)]
        assert values == sorted(values, reverse=True)
        assert len(values) == len(before) == 50
        assert table.locator("tr.group:visible").count() == 0
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert [value for _, value in rows(page, 1)] == values[::-1] or sorted(values) == [
            value for _, value in rows(page, 1)
        ]
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "none"
        assert rows(page, 1) == before
        table.locator("th button").first.click()  # texts begin with A
        names = [name.casefold() for name, _ in rows(page, 1)]
        assert names[0][0] <= names[-1][0]


def test_tables_show_the_rows_with_some_words(room, browser):
    with Opened(browser, room / "report/report.html") as opened:
        page = opened.page
        field = page.get_by_label("Show rows with").nth(1)
        field.fill("REFUND")
        found = rows(page, 1)
        assert 1 < len(found) < 15
        assert all("refund" in name.casefold() for name, _ in found)
        assert page.locator("output").nth(1).text_content() == f"{len(found)} of 50 rows"
        field.fill("nothing has these words")
        assert rows(page, 1) == []
        field.fill("")
        assert len(rows(page, 1)) == 50


def test_without_script_everything_reads_and_on_paper_no_controls_show(room, browser):
    with Opened(browser, room / "ranking/ranking.html", 390, java_script_enabled=False) as opened:
        assert opened.page.locator(".controls").count() == 0
        assert opened.page.locator("table.cards tbody tr").count() > 10
    with Opened(browser, room / "ranking/ranking.html") as opened:
        assert opened.page.locator(".controls").first.is_visible()
        opened.page.emulate_media(media="print")
        assert not opened.page.locator(".controls").first.is_visible()
