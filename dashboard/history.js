// One entry for the Back button a click. Streamlit adds one for each widget that the click sets and
// another for the page that it opens, so Back would lead through selections that nobody made.
if (!window.fencepostHistory) {
  window.fencepostHistory = true
  const push = history.pushState.bind(history)
  // Whether what a person did last has its entry; what opened the page has one.
  let answered = !navigator.userActivation?.hasBeenActive
  const asked = () => (answered = false)
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, asked, { capture: true })
  addEventListener("popstate", () => (answered = true)) // Back itself is no new entry
  history.pushState = (...entry) => {
    if (answered) history.replaceState(...entry)
    else push(...entry)
    answered = true
  }
}
