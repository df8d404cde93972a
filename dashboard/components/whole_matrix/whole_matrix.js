// Draws every cell of a large confusion matrix. A click, a tap or Enter chooses a cell; + and -, the
// buttons, Ctrl and the wheel, or two fingers zoom; a drag moves what is zoomed; arrow keys step.

const FURTHEST = 60 // pixels of a cell, as large as can be
const READABLE = 22 // pixels of a cell that a number fits into
const SLACK = 5 // pixels that a click may wander
const views = new WeakMap()

export default function (component) {
  const { parentElement } = component
  if (!views.has(parentElement)) {
    views.set(parentElement, begin(parentElement.querySelector(".whole")))
  }
  const view = views.get(parentElement)
  view.send = component.setStateValue
  take(view, component.data)
  return () => {
    view.sizes.disconnect()
    views.delete(parentElement)
  }
}

function begin(root) {
  const canvas = make("canvas")
  canvas.tabIndex = 0
  canvas.setAttribute("role", "img")
  const told = make("div", "told")
  told.setAttribute("aria-live", "polite")
  const view = { root, canvas, told, zoom: 1, left: 0, top: 0, seq: 0, fingers: new Map() }
  const bar = make("div", "bar")
  for (const [sign, words, by] of [["+", "Zoom in", 2], ["−", "Zoom out", 0.5], ["Whole", "Show the whole matrix", 0]]) {
    const button = make("button", "", sign)
    button.title = button.ariaLabel = words
    button.onclick = () => zoom(view, by)
    bar.append(button)
  }
  bar.append(told)
  root.replaceChildren(canvas, bar)
  canvas.onpointerdown = event => onDown(view, event)
  canvas.onpointermove = event => onMove(view, event)
  canvas.onpointerup = canvas.onpointercancel = event => onUp(view, event)
  canvas.onkeydown = event => onKey(view, event)
  canvas.addEventListener("wheel", event => onWheel(view, event), { passive: false })
  view.sizes = new ResizeObserver(() => paint(view))
  view.sizes.observe(root)
  return view
}

async function take(view, data) {
  view.data = data
  view.canvas.ariaLabel = data.label
  // An answer older than the last click would undo it for a moment.
  if (data.seq >= view.seq) Object.assign(view, { seq: data.seq, chosen: data.chosen })
  if (view.source !== data.source) {
    view.source = data.source
    const answer = await fetch(data.source)
    if (!answer.ok) return (view.told.textContent = "The cells did not come: reload the page.")
    view.matrix = await answer.json()
    view.at = new Map(view.matrix.labels.map((a, k) => [`${a},${view.matrix.preds[k]}`, k]))
  }
  paint(view)
}

function paint(view) {
  const { canvas, matrix, data } = view
  const side = view.root.clientWidth
  if (!matrix || !side) return
  const dense = devicePixelRatio || 1
  canvas.width = canvas.height = Math.round(side * dense)
  const brush = canvas.getContext("2d")
  brush.scale(dense, dense)
  const look = getComputedStyle(view.root)
  view.cell = (side / matrix.classes.length) * view.zoom
  keepInside(view, side)
  canvas.classList.toggle("near", view.zoom > 1)
  const top = { true: 1, false: 1 }
  matrix.counts.forEach((count, k) => {
    const right = matrix.labels[k] === matrix.preds[k]
    top[right] = Math.max(top[right], count)
  })
  const size = Math.max(view.cell - (view.cell > 6 ? 1 : 0), 2.5) // smaller, one error is not seen
  matrix.counts.forEach((count, k) => {
    const [y, x] = [matrix.labels[k], matrix.preds[k]]
    const [down, across] = [y * view.cell - view.top, x * view.cell - view.left]
    if ((x === y && data.errorsOnly) || down < -size || across < -size || down > side || across > side) return
    const tone = Math.sqrt(count / top[x === y]) // most cells have one image, and few have many
    brush.globalAlpha = 0.3 + 0.7 * tone
    brush.fillStyle = look.getPropertyValue(x === y ? "--right" : "--wrong")
    brush.fillRect(across, down, size, size)
    if (view.cell >= READABLE) write(brush, look, String(count), across + size / 2, down + size / 2)
  })
  frame(view, brush, look, view.chosen, "--mark", 3)
  if (view.here) frame(view, brush, look, [view.here], "--st-text-color", 1.5)
}

function write(brush, look, text, x, y) {
  brush.globalAlpha = 1
  brush.fillStyle = look.getPropertyValue("--st-text-color")
  brush.font = `11px ${look.getPropertyValue("font-family")}`
  brush.textAlign = "center"
  brush.textBaseline = "middle"
  brush.fillText(text, x, y)
}

function frame(view, brush, look, cells, colour, width) {
  brush.globalAlpha = 1
  brush.strokeStyle = look.getPropertyValue(colour)
  brush.lineWidth = width
  const size = Math.max(view.cell, 8) // of a cell of a pixel the frame is what is seen
  for (const [y, x] of cells) {
    const middle = [x, y].map((at, k) => (at + 0.5) * view.cell - (k ? view.top : view.left))
    brush.strokeRect(middle[0] - size / 2, middle[1] - size / 2, size, size)
  }
}

function keepInside(view, side) {
  const most = side * view.zoom - side
  view.left = Math.min(Math.max(view.left, 0), most)
  view.top = Math.min(Math.max(view.top, 0), most)
}

// Zoom around a place of the canvas, its middle where none is given; by 0 back to the whole.
function zoom(view, by, x = view.root.clientWidth / 2, y = x) {
  const most = Math.max(1, (FURTHEST * view.matrix.classes.length) / view.root.clientWidth)
  const next = by ? Math.min(Math.max(view.zoom * by, 1), most) : 1
  const grown = next / view.zoom
  Object.assign(view, { left: (view.left + x) * grown - x, top: (view.top + y) * grown - y, zoom: next })
  paint(view)
}

function onWheel(view, event) {
  if (!event.ctrlKey && !event.metaKey) return // the page's own
  event.preventDefault()
  zoom(view, Math.exp(-event.deltaY / 200), event.offsetX, event.offsetY)
}

function onDown(view, event) {
  view.fingers.set(event.pointerId, [event.offsetX, event.offsetY])
  view.wandered = view.fingers.size > 1 ? Infinity : 0
  view.canvas.setPointerCapture(event.pointerId)
}

function onMove(view, event) {
  if (!view.matrix) return
  const before = view.fingers.get(event.pointerId)
  const place = [event.offsetX, event.offsetY]
  if (!before) return tell(view, cellAt(view, ...place))
  const other = [...view.fingers].find(([id]) => id !== event.pointerId)?.[1]
  view.fingers.set(event.pointerId, place)
  view.wandered += Math.hypot(place[0] - before[0], place[1] - before[1])
  if (other) {
    const apart = at => Math.max(Math.hypot(at[0] - other[0], at[1] - other[1]), 1)
    zoom(view, apart(place) / apart(before), (place[0] + other[0]) / 2, (place[1] + other[1]) / 2)
  } else if (view.zoom > 1 && view.wandered > SLACK) {
    view.left += before[0] - place[0]
    view.top += before[1] - place[1]
    paint(view)
  }
}

function onUp(view, event) {
  const was = view.fingers.delete(event.pointerId)
  if (!was || !view.matrix || event.type === "pointercancel" || view.wandered > SLACK) return
  choose(view, cellAt(view, event.offsetX, event.offsetY))
}

// The cell under a place; of cells too small to be hit, the nearest one that has images.
function cellAt(view, x, y) {
  const [across, down] = [(x + view.left) / view.cell, (y + view.top) / view.cell]
  const under = [Math.floor(down), Math.floor(across)]
  if (view.cell >= 8 || view.at.has(under.join())) return under
  const { labels, preds } = view.matrix
  let [nearest, least] = [under, (6 / view.cell) ** 2]
  labels.forEach((label, k) => {
    if (label === preds[k] && view.data.errorsOnly) return
    const far = (label + 0.5 - down) ** 2 + (preds[k] + 0.5 - across) ** 2
    if (far < least) [nearest, least] = [[label, preds[k]], far]
  })
  return nearest
}

const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }

function onKey(view, event) {
  if (!view.matrix || event.ctrlKey || event.metaKey || event.altKey) return
  const here = view.here ?? view.chosen[0] ?? [0, 0]
  const last = view.matrix.classes.length - 1
  if (WAYS[event.key]) tell(view, here.map((at, k) => Math.min(Math.max(at + WAYS[event.key][k], 0), last)))
  else if (event.key === "Enter" || event.key === " ") choose(view, here)
  else if (event.key === "+" || event.key === "-") zoom(view, event.key === "+" ? 2 : 0.5)
  else return
  event.preventDefault()
}

function tell(view, cell) {
  const [label, pred] = cell
  const { classes, counts } = view.matrix
  if (!(classes[label] && classes[pred]) || view.here?.join() === cell.join()) return
  view.here = cell
  const count = counts[view.at.get(cell.join())] ?? 0
  view.told.textContent = `${classes[label]} predicted as ${classes[pred]}: ${count} ${count === 1 ? "image" : "images"}`
  paint(view)
}

function choose(view, cell) {
  tell(view, cell)
  view.chosen = [cell]
  view.seq += 1
  paint(view)
  view.send("chosen", { seq: view.seq, steps: [[...cell, 1]] })
}
