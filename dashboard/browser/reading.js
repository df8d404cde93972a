// For those who hear the page: the heading of a page that was opened has the focus, and the list of
// pages is one. Streamlit leaves the focus on what was clicked, which is often gone.
if (!window.fencepostReading) {
  window.fencepostReading = true
  const PATIENCE = 10000 // milliseconds for a page to be drawn
  const WRITING = "input, textarea, select, [contenteditable=true]"
  const headings = () => [...document.querySelectorAll("[data-testid=stMain] h1")]
  const focus = heading => {
    heading.tabIndex = -1
    heading.focus({ preventScroll: true })
  }
  let last // the title of the page that was read last
  addEventListener("fencepost-page", () => {
    const came = performance.now()
    const step = now => {
      const [heading, ...others] = headings()
      if (document.activeElement.matches(WRITING) || now - came > PATIENCE) {
        last = heading?.textContent
      } else if (heading && !others.length && heading.textContent !== last) {
        last = heading.textContent
        focus(heading)
      } else requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })

  // Streamlit puts a div between a list and its items, and begins below the page's title with the
  // third level of headings.
  const mend = () => {
    waiting = false
    last ??= headings()[0]?.textContent
    const list = document.querySelector("[data-testid=stSidebarNavItems]:not([role])")
    list?.setAttribute("role", "group")
    for (const part of document.querySelectorAll("[data-testid=stSidebarNavItems] > div:not([role])")) {
      part.role = "list"
    }
    for (const level of [3, 4, 5]) {
      for (const heading of document.querySelectorAll(`.stApp h${level}:not([aria-level])`)) {
        heading.ariaLevel = level - 1
      }
    }
  }
  let waiting = false
  new MutationObserver(() => {
    if (!waiting) requestAnimationFrame(mend)
    waiting = true
  }).observe(document.body, { childList: true, subtree: true })
  mend()
}
