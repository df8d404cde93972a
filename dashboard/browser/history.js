// One entry for the Back button a click. Streamlit overwrites the last one where a person sets a
// widget, so what was seen under it is lost; and it adds one for each widget that the click sets
// besides and another for the page that it opens, so Back would lead through selections that nobody
// made. And Back returns to the place of the page that was left, which Streamlit begins at its top.
if (!window.fencepostHistory) {
  window.fencepostHistory = true
  const SETTLING = 1500 // milliseconds in which a page is drawn
  const PATIENCE = 5000 // milliseconds for the page to grow as long as it was
  const push = history.pushState.bind(history)
  const replace = history.replaceState.bind(history)
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
    dispatchEvent(new Event("fencepost-page"))
  })
  // What a URL names, in whatever order.
  const named = url => url.pathname + [...new URLSearchParams(url.search)].sort().join("&")
  // The page that a click opens begins at its top, also where it is drawn late: a click on a tile far
  // down would else show the end of a short page.
  const toTop = () => {
    const came = performance.now()
    const step = now => {
      if (touched > came || now - came > SETTLING) return
      main()?.scrollTo(0, 0)
      requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  }
  const write = (...entry) => {
    if (new URL(entry[2] ?? "", location.href).pathname !== location.pathname) {
      toTop()
      dispatchEvent(new Event("fencepost-page"))
    }
    places.set(location.href, main()?.scrollTop ?? 0)
    if (answered) replace(...entry)
    else push(...entry)
    answered = true
  }
  history.pushState = write
  history.replaceState = (...entry) => {
    if (named(new URL(entry[2] ?? "", location.href)) === named(location)) replace(...entry)
    else write(...entry)
  }
}
