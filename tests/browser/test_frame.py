"""The frame around every page: the name, the theme, help, the drawer on a phone."""

from playwright.sync_api import expect

from tests.browser.screen import settled, title, wait_until


def test_the_name_leads_to_the_overview(visit):
    page = visit("runs")
    settled(page)
    page.get_by_test_id("stSidebarLogo").click()
    title(page, "Overview")


def test_the_theme_goes_round_and_stays_on_every_page(visit):
    page = visit("gallery?true=deer")
    settled(page)
    page.get_by_role("button", name="Theme: system. Change to light").click()
    settled(page)
    page.get_by_role("button", name="Theme: light. Change to dark").click()
    settled(page)
    assert "true=deer" in page.url
    dark = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
    wait_until(page, lambda: page.evaluate(dark) == "rgb(20, 24, 26)")
    page.goto(page.url.replace("gallery", "runs"))
    wait_until(page, lambda: page.evaluate(dark) == "rgb(20, 24, 26)")
    expect(page.get_by_role("button", name="Theme: dark. Change to system")).to_be_visible()


def test_help_tells_words_and_keys(visit):
    page = visit()
    settled(page)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Help", exact=True).click()
    expect(page.get_by_text("was held out and judges")).to_be_visible()
    page.get_by_role("tab", name="Keys").click()
    expect(page.get_by_text("previous and next image of the selection")).to_be_visible()
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_text("Nothing leaves this machine")).to_be_visible()


def test_on_a_phone_the_drawer_closes_when_a_page_is_chosen(visit):
    page = visit("gallery")
    page.set_viewport_size({"width": 400, "height": 800})
    settled(page)
    sidebar = page.get_by_test_id("stSidebar")
    if sidebar.get_attribute("data-collapsed") == "true":
        page.get_by_test_id("stExpandSidebarButton").click()
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    page.get_by_test_id("stSidebarNav").get_by_text("Runs", exact=True).click()
    title(page, "Runs")
    expect(sidebar).to_have_attribute("data-collapsed", "true")
