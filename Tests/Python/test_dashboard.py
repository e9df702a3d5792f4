"""The dashboard in Debian's chromium."""

import json
import signal
from pathlib import Path

import pytest
from conftest import Emulator
from postgres import Postgres
from test_operations import Daemon

pytest.importorskip("playwright")
from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

PAGES = ["/", "/money", "/history", "/misses", "/what-if", "/scopes/support"]
# Kept to be looked at.
PICTURES = Path(__file__).parents[2] / ".build/screenshots"
PICTURES.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def daemon(tmp_path):
    emulator = Emulator()
    daemon = Daemon(tmp_path, emulator)
    daemon.start()
    daemon.until(lambda: '"state":"warm"' in daemon.get("/v1/scopes"), "warming")
    yield daemon
    daemon.stop()
    emulator.stop()


def opened(browser, **options):
    page = browser.new_context(**options).new_page()
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 380])
def test_every_page_is_accessible_and_fits(browser, daemon, scheme, width):
    page = opened(browser, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in PAGES:
        page.goto(daemon.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        name = path.strip("/").replace("/", "-") or "now"
        page.screenshot(path=PICTURES / f"{name}-{scheme}-{width}.png", full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, (path, found.generate_report())
        assert "Be kind" not in page.content()
    assert page.faults == []
    page.context.close()


def test_what_changes_shows_up_by_itself(browser, daemon):
    page = opened(browser)
    page.goto(daemon.url)
    assert page.locator(".scope.warm").count() == 1
    daemon.command("pause", "support")
    page.wait_for_selector(".scope.paused")
    daemon.command("off")
    page.wait_for_selector("text=Warming is off")
    assert page.faults == []
    page.context.close()


def test_actions_ask_first_and_need_the_token(browser, daemon):
    page = opened(browser)
    page.goto(daemon.url)
    page.click("button[aria-label='Pause support']")
    page.fill("#token", "wrong")
    page.click("#ask-yes")
    page.wait_for_selector("text=That is not the token.")
    assert '"paused":false' in daemon.get("/v1/scopes")
    page.fill("#token", (daemon.folder / "state/control.token").read_text().strip())
    page.click("#ask-yes")
    page.wait_for_selector(".scope.paused")
    page.click("text=Stop spending")
    page.click("#ask-no")
    assert '"on":true' in daemon.get("/v1/daemon")
    page.click("text=Stop spending")
    page.click("#ask-yes")
    page.wait_for_selector("text=Warming is off")
    assert '"on":false' in daemon.get("/v1/daemon")
    page.context.close()


def test_money_history_and_what_if_come_from_requests(browser, daemon):
    written = {"input_tokens": 12, "cache_creation_input_tokens": 5000, "cache_read_input_tokens": 0, "output_tokens": 9}
    read = {"input_tokens": 12, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 5000, "output_tokens": 9}
    for usage in (written, read, read):
        daemon.post("/v1/scopes/support/arrivals", {"usage": usage})
    daemon.until(lambda: "66 %" in daemon.get("/money"), "counting requests")
    page = opened(browser)
    page.goto(daemon.url + "/money")
    row = page.locator("tbody tr", has_text="support").inner_text().split()
    assert row[:5] == ["support", "3", "66", "%", "1"]
    page.goto(daemon.url + "/history")
    assert page.locator(".mark.arrival").count() == 3 and page.locator(".mark.write").count() == 1
    assert "3 requests, 1 first writes" in page.locator(".strip").first.get_attribute("aria-label")
    page.goto(daemon.url + "/what-if")
    assert "3 requests to 1 scopes" in page.inner_text(".verdict") and page.locator("tbody tr").count() > 8
    assert page.faults == []
    page.context.close()


def test_a_scope_is_kept_and_dropped(browser, daemon):
    page = opened(browser)
    page.goto(daemon.url + "/scopes/support")
    page.click("text=Keep for 2 h")
    page.fill("#token", (daemon.folder / "state/control.token").read_text().strip())
    page.click("#ask-yes")
    page.wait_for_selector("text=Kept until")
    assert '"kept_until":"2' in daemon.get("/v1/scopes")
    page.click("button:has-text('Drop')")
    page.click("#ask-yes")
    page.wait_for_selector("text=Keep for 2 h")
    assert '"kept_until":null' in daemon.get("/v1/scopes")
    assert page.faults == []
    page.context.close()


@pytest.fixture
def replicas(tmp_path):
    """Two daemons with one store."""
    emulator, postgres = Emulator(), Postgres()
    daemons = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        daemon = Daemon(folder, emulator)
        daemon.write(more=f"store: {{ postgres: '{postgres.url}' }}")
        daemon.start()
        daemons.append(daemon)
    yield daemons
    for daemon in daemons:
        if daemon.process.poll() is None:
            daemon.stop()
    postgres.stop()
    emulator.stop()


def test_replicas_and_who_holds_what(browser, replicas):
    one, two = replicas
    holds = '"holds":1'
    one.until(lambda: holds in one.get("/v1/fleet") and holds in two.get("/v1/fleet"), "holding")
    fleet = json.loads(one.get("/v1/fleet"))
    assert [replica["is_this"] for replica in fleet["replicas"]] == [True, False]
    assert sum(replica["holds"] for replica in fleet["replicas"]) == 1 and one.pings() == 1
    holder = next(replica["name"] for replica in fleet["replicas"] if replica["holds"])
    for daemon in replicas:
        daemon.until(lambda: holder in daemon.get("/v1/scopes"), "hearing who holds it")
    status = two.command("status")
    assert "(this one)" in status.stdout and "1 of 1" in status.stdout and "held by" in status.stdout, status
    assert json.loads(two.command("status", "--json").stdout)["fleet"]["replica"] != fleet["replica"]
    assert "(this one)" in two.command("top").stdout
    assert f"held by  {holder}" in two.command("explain", "support").stdout
    for scheme, width in [("light", 1200), ("dark", 1200), ("light", 380), ("dark", 380)]:
        page = opened(browser, viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.goto(one.url)
        page.click("nav >> text=Fleet")
        page.wait_for_selector("h1:has-text('Fleet')")
        assert page.locator(".replicas li").count() == 2
        assert page.inner_text(".holders .who") == holder
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=PICTURES / f"fleet-{scheme}-{width}.png", full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.faults == []
        page.context.close()


def test_a_replica_that_goes_and_one_that_dies_show_up_by_themselves(browser, replicas):
    one, two = replicas
    page = opened(browser)
    page.goto(one.url + "/fleet")
    page.wait_for_selector(".replicas li >> nth=1")
    two.stop(signal.SIGKILL)
    page.wait_for_selector(".replicas li.stopped", timeout=60_000)
    page.screenshot(path=PICTURES / "fleet-silent.png", full_page=True)
    assert "silent" in one.command("status").stdout
    two.start()
    page.wait_for_selector(".replicas li >> nth=2")
    two.stop()
    page.wait_for_selector(".replicas li >> nth=2", state="detached")
    assert page.faults == []
    page.context.close()
