// The name leads to the Overview, and on a phone the drawer closes when a page is chosen. Both are
// clicks on Streamlit's own links and buttons, so that nothing is loaded anew.
if (!window.fencepostFrame) {
  window.fencepostFrame = true
  const PHONE = 768 // pixels: below, Streamlit lays the sidebar over the page
  const LOGO = "[data-testid=stSidebarLogo], [data-testid=stHeaderLogo]"
  const NAV = "[data-testid=stSidebarNav] a"
  const find = selector => document.querySelector(selector)
  const closeDrawer = () => {
    if (innerWidth < PHONE) find("[data-testid=stSidebarCollapseButton] button")?.click()
  }
  const home = () => find(NAV)?.click()
  addEventListener("click", event => {
    if (event.target.closest?.(LOGO)) home()
    else if (event.target.closest?.(NAV)) closeDrawer()
  })
  addEventListener("keydown", event => {
    if (event.key === "Enter" && event.target.closest?.(LOGO)) home()
  })
  // A picture is no link to a keyboard or a screen reader until it is told so.
  new MutationObserver(() => {
    for (const logo of document.querySelectorAll(LOGO)) {
      if (logo.tabIndex === 0) continue
      logo.tabIndex = 0
      logo.setAttribute("role", "link")
      logo.setAttribute("aria-label", "Fencepost: to the Overview")
    }
  }).observe(document.body, { childList: true, subtree: true })
}
