// On a phone the drawer closes when a page is chosen, by a click on Streamlit's own button.
if (!window.fencepostFrame) {
  window.fencepostFrame = true
  const PHONE = 768 // pixels: below, Streamlit lays the sidebar over the page
  addEventListener("click", event => {
    if (innerWidth >= PHONE || !event.target.closest?.("[data-testid=stSidebarNav] a")) return
    document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click()
  })
}
