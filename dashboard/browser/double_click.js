// A double click on a chart is one click. The second would be a click of its own, on a page that
// the first has already changed or left.
if (!window.fencepostDoubleClick) {
  window.fencepostDoubleClick = true
  const SOON = 400 // milliseconds
  const NEAR = 8 // pixels
  let last = { time: -Infinity, x: 0, y: 0 }
  let second = false
  const near = event => Math.hypot(event.clientX - last.x, event.clientY - last.y) < NEAR
  const judge = event => {
    second = event.timeStamp - last.time < SOON && near(event)
    last = { time: event.timeStamp, x: event.clientX, y: event.clientY }
  }
  const drop = event => {
    if (second && event.target.closest(".js-plotly-plot")) event.stopImmediatePropagation()
  }
  addEventListener("pointerdown", judge, { capture: true })
  for (const kind of ["mousedown", "touchstart"]) {
    addEventListener(kind, drop, { capture: true, passive: true })
  }
}
