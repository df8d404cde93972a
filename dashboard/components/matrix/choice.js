// A part of matrix.js: what is chosen, as cells, and how it is marked. A step is [label, pred, on].

// Whether a cell is chosen; of a row or column, whether all its errors are.
function isChosen(matrix, label, pred) {
  const { cells } = marks(matrix)
  if (label !== ANY && pred !== ANY) return cells.has(`${label},${pred}`)
  const line = errorsOf(matrix, label, pred)
  return line.length > 0 && line.every(cell => cells.has(cell))
}

function errorsOf(matrix, label, pred) {
  const { ids, cells } = matrix.data.matrix
  return cells
    .map(([y, x]) => [ids[y], ids[x]])
    .filter(([a, b]) => a !== b && (label === ANY || a === label) && (pred === ANY || b === pred))
    .map(([a, b]) => `${a},${b}`)
}

// The cells that the steps amount to, and the rows and columns named whole.
function marks(matrix) {
  const cells = new Set()
  const lines = new Set()
  for (const [label, pred, on] of matrix.steps) {
    const whole = label === ANY || pred === ANY
    for (const cell of whole ? errorsOf(matrix, label, pred) : [`${label},${pred}`]) {
      cells[on ? "add" : "delete"](cell)
    }
    if (whole) lines[on ? "add" : "delete"](`${label},${pred}`)
  }
  return { cells, lines }
}

function mark(matrix) {
  const { cells, lines } = marks(matrix)
  const first = new Set(matrix.steps.length ? [] : matrix.first.map(cell => cell.join()))
  for (const box of matrix.grid.querySelectorAll("[data-row]")) {
    const name = pair(matrix, box).join()
    const on = cells.has(name) || lines.has(name)
    box.ariaSelected = String(on)
    box.classList.toggle("chosen", on || first.has(name))
  }
}
