// Draws a confusion matrix. A click, a tap or Enter chooses a cell, or a whole row or column by its
// name; with Shift, with Space or after "Add cells up" it is added to what is chosen, or taken away.
// The mark comes at once, and all that is chosen is sent each time. Names are data: they reach the
// page through textContent and attributes only.

const ANY = -1
const matrices = new WeakMap()
let adding = false // stays while pages change

export default function (component) {
  const { parentElement } = component
  if (!matrices.has(parentElement)) {
    matrices.set(parentElement, begin(parentElement.querySelector(".matrix")))
  }
  const matrix = matrices.get(parentElement)
  matrix.send = component.setStateValue
  draw(matrix, component.data)
  return () => {
    matrix.sizes.disconnect()
    matrices.delete(parentElement)
  }
}

function begin(root) {
  const frame = make("div", "frame")
  const tip = make("div", "tip")
  tip.hidden = true
  root.replaceChildren(frame, tip)
  const matrix = { root, frame, tip, steps: [], seq: 0, at: [0, 0] }
  matrix.sizes = new ResizeObserver(() => fit(matrix))
  matrix.sizes.observe(frame)
  document.fonts?.ready.then(() => fit(matrix)) // another font, another width
  frame.onclick = event => onClick(matrix, event)
  frame.onkeydown = event => onKey(matrix, event)
  frame.onpointerover = event => event.pointerType !== "touch" && onHover(matrix, cellOf(event))
  frame.onpointerleave = () => onHover(matrix, null)
  frame.addEventListener("focusin", event => onFocus(matrix, cellOf(event)))
  frame.addEventListener("focusout", () => tell(matrix, null))
  return matrix
}

function draw(matrix, data) {
  const drawn = JSON.stringify([data.matrix, data.several, data.label])
  if (data.seq >= matrix.seq) {
    // An answer older than the last click would undo it for a moment.
    matrix.steps = data.chosen.map(([label, pred]) => [label, pred, 1])
    matrix.seq = data.seq
  }
  matrix.first = data.first
  matrix.ahead = data.ahead
  if (drawn !== matrix.drawn) {
    matrix.drawn = drawn
    matrix.data = data
    build(matrix)
  }
  mark(matrix)
}

function build(matrix) {
  const { frame, root, data } = matrix
  const { names, cells } = data.matrix
  const focused = frame.contains(frame.getRootNode().activeElement)
  const grid = make("div", names.length > 12 ? "grid many" : "grid")
  grid.role = "grid"
  grid.ariaLabel = data.label
  grid.ariaMultiSelectable = String(data.several)
  grid.style.setProperty("--k", names.length)
  const said = new Map(cells.map(cell => [`${cell[0]},${cell[1]}`, cell]))
  grid.append(drawHead(data.matrix), ...names.map((_, y) => drawRow(data.matrix, y, said)))
  matrix.grid = grid
  matrix.said = said
  frame.replaceChildren(grid)
  root.replaceChildren(frame, matrix.tip, ...(data.several ? [drawSwitch()] : []))
  tell(matrix, null)
  fit(matrix)
  stop(matrix, focused)
}

function drawHead({ names, columns }) {
  const row = make("div", "row head")
  row.role = "row"
  const corner = make("div", "corner")
  corner.role = "cell"
  corner.ariaLabel = "True class by predicted class"
  row.append(corner, ...names.map((name, x) => drawName(name, ANY, x, columns[x])))
  return row
}

function drawRow(drawn, y, said) {
  const row = make("div", "row")
  row.role = "row"
  row.append(drawName(drawn.names[y], y, ANY, drawn.rows[y]))
  row.append(...drawn.names.map((_, x) => drawCell(drawn, y, x, said.get(`${y},${x}`))))
  return row
}

function drawName(name, y, x, note) {
  const head = place(make("div", y === ANY ? "name column" : "name"), y, x)
  head.role = y === ANY ? "columnheader" : "rowheader"
  head.ariaLabel = note
  head.append(make("span", "letters", name))
  return head
}

function drawCell(drawn, y, x, said) {
  const [, , text, tone, right, note] = said ?? [y, x, "", 0, false, drawn.still]
  const box = place(make("div", "cell", text), y, x)
  box.role = "gridcell"
  box.ariaLabel = `${drawn.classes[y]} predicted as ${drawn.classes[x]}: ${note}`
  box.classList.toggle("diagonal", y === x)
  box.classList.toggle("filled", text !== "")
  box.classList.toggle("right", right)
  if (text !== "") box.style.setProperty("--tone", tone)
  return box
}

function place(box, y, x) {
  box.dataset.row = y
  box.dataset.column = x
  box.tabIndex = -1
  return box
}

function drawSwitch() {
  const label = make("label", "several")
  const box = make("input")
  box.type = "checkbox"
  box.role = "switch"
  box.checked = adding
  box.onchange = () => (adding = box.checked)
  label.title = "Each click adds a cell, a row or a column, or takes it away again"
  label.append(box, make("span", "", "Add cells up"))
  return label
}

// Names that are wider than a column stand aslant over it.
function fit(matrix) {
  const { grid } = matrix
  const cell = grid?.querySelector(".cell")?.offsetWidth
  if (!cell) return
  const letters = [...grid.querySelectorAll(".column .letters")]
  const widest = Math.max(...letters.map(name => name.offsetWidth))
  const turned = widest > cell - 4
  grid.classList.toggle("turned", turned)
  grid.style.setProperty("--rise", `${Math.round(widest * 0.71) + 22}px`)
  grid.style.setProperty("--beyond", `${turned ? Math.max(0, Math.round(widest * 0.71) - cell + 8) : 0}px`)
}

function cellOf(event) {
  return event.target.closest?.("[data-row]") ?? null
}

function pair(matrix, box) {
  const { ids } = matrix.data.matrix
  return [box.dataset.row, box.dataset.column].map(at => (at < 0 ? ANY : ids[at]))
}

function onClick(matrix, event) {
  const box = cellOf(event)
  if (box && event.detail < 2) choose(matrix, box, event.shiftKey || adding) // a double click is one
}

const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }

function onKey(matrix, event) {
  const box = cellOf(event)
  if (!box || event.metaKey || event.altKey) return
  const [y, x] = [Number(box.dataset.row), Number(box.dataset.column)]
  const last = matrix.data.matrix.names.length - 1
  if (event.key === "Enter" || event.key === " ") {
    choose(matrix, box, event.key === " " || event.shiftKey || adding)
  } else if (WAYS[event.key]) {
    move(matrix, y + WAYS[event.key][0], x + WAYS[event.key][1])
  } else if (event.key === "Home" || event.key === "End") {
    const end = event.key === "End"
    move(matrix, event.ctrlKey ? (end ? last : 0) : y, end ? last : 0)
  } else if (event.key === "Escape") {
    tell(matrix, null)
    return
  } else return
  event.preventDefault()
  event.stopPropagation()
}

function at(matrix, y, x) {
  return matrix.grid.querySelector(`[data-row="${y}"][data-column="${x}"]`)
}

function move(matrix, y, x) {
  at(matrix, y, x)?.focus()
}

function onHover(matrix, box) {
  tell(matrix, box)
  lookAhead(matrix, box)
}

function onFocus(matrix, box) {
  if (!box) return
  lookAhead(matrix, box)
  matrix.at = [Number(box.dataset.row), Number(box.dataset.column)]
  stop(matrix, false)
  if (box.matches(":focus-visible")) tell(matrix, box)
}

// One stop for Tab: where the keyboard was last.
function stop(matrix, focus) {
  for (const box of matrix.grid.querySelectorAll('[tabindex="0"]')) box.tabIndex = -1
  const here = at(matrix, ...matrix.at) ?? at(matrix, 0, 0)
  here.tabIndex = 0
  if (focus) here.focus()
}

function choose(matrix, box, add) {
  const [label, pred] = pair(matrix, box)
  if (add && matrix.data.several) {
    const on = isChosen(matrix, label, pred) ? 0 : 1
    matrix.steps = [...matrix.steps, [label, pred, on]]
  } else matrix.steps = [[label, pred, 1]]
  matrix.seq += 1
  mark(matrix)
  showAhead(matrix)
  matrix.send("chosen", { seq: matrix.seq, steps: matrix.steps })
}

// What is under the mouse, or under the keyboard, in words; its two names stand out.
function tell(matrix, box) {
  const { grid, tip, root, data } = matrix
  for (const lit of grid?.querySelectorAll(".lit") ?? []) lit.classList.remove("lit")
  tip.hidden = !box
  if (!box) return
  const [y, x] = [Number(box.dataset.row), Number(box.dataset.column)]
  at(matrix, y, ANY)?.classList.add("lit")
  at(matrix, ANY, x)?.classList.add("lit")
  const { classes, rows, columns, still } = data.matrix
  const words =
    y === ANY || x === ANY
      ? [y === ANY ? columns[x] : rows[y]]
      : [`${classes[y]} predicted as ${classes[x]}`, matrix.said.get(`${y},${x}`)?.[5] ?? still]
  tip.replaceChildren(...words.map((text, k) => make("div", k ? "note" : "what", text)))
  const [outer, cell] = [root.getBoundingClientRect(), box.getBoundingClientRect()]
  const middle = cell.left + cell.width / 2 - outer.left - tip.offsetWidth / 2
  const above = cell.top - outer.top - tip.offsetHeight - 6
  tip.style.left = `${Math.max(0, Math.min(middle, outer.width - tip.offsetWidth))}px`
  tip.style.top = `${above < -60 ? cell.bottom - outer.top + 6 : above}px`
}
