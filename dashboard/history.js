// One entry for the Back button a click. Streamlit adds one for each widget that the click sets and
// another for the page that it opens, so Back would lead through selections that nobody made.
// And Back returns to the place of the page that was left, which Streamlit begins at its top.
if (!window.fencepostHistory) {
  window.fencepostHistory = true
  const PATIENCE = 5000 // milliseconds for the page to grow as long as it was
  const push = history.pushState.bind(history)
  const places = new Map() // a URL -> how far its page was scrolled when a click led on from it
  const main = () => document.querySelector("[data-testid=stMain]")
  // Whether what a person did last has its entry; what opened the page has one.
  let answered = !navigator.userActivation?.hasBeenActive
  let touched = 0 // when a person last did something
  const touch = () => (touched = performance.now())
  const ask = () => {
    answered = false
    touch()
  }
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, ask, { capture: true })
  for (const kind of ["wheel", "touchstart"]) {
    addEventListener(kind, touch, { capture: true, passive: true })
  }

  const scrollBack = () => {
    const wanted = places.get(location.href)
    const came = performance.now()
    const step = now => {
      if (touched > came || now - came > PATIENCE) return
      const page = main()
      if (page && page.scrollHeight - page.clientHeight >= wanted) page.scrollTop = wanted
      requestAnimationFrame(step)
    }
    if (wanted) requestAnimationFrame(step)
  }

  addEventListener("popstate", () => {
    answered = true // Back itself is no new entry
    scrollBack()
  })
  history.pushState = (...entry) => {
    places.set(location.href, main()?.scrollTop ?? 0)
    if (answered) history.replaceState(...entry)
    else push(...entry)
    answered = true
  }
}
