// A part of matrix.js: the images of a cell before it is clicked.

const REST = 100 // milliseconds on a cell after which it is probably the next

// Fetches the images of the cell that is rested on: one page, none on a metered connection.
function lookAhead(matrix, box) {
  clearTimeout(matrix.rest)
  if (!box || !matrix.ahead || navigator.connection?.saveData) return
  const [label, pred] = pair(matrix, box)
  const said = matrix.said.get(`${box.dataset.row},${box.dataset.column}`)
  const address = `${matrix.ahead}?cell=${label}-${pred}`
  if (!said || label === ANY || pred === ANY || matrix.fetched?.address === address) return
  matrix.rest = setTimeout(() => fetchAhead(matrix, address, `${label},${pred}`), REST)
}

async function fetchAhead(matrix, address, cell) {
  const fetched = { address, cell }
  matrix.fetched = fetched
  try {
    const answer = await fetch(address)
    if (answer.status !== 200) return
    fetched.tiles = await answer.json()
  } catch {
    matrix.fetched = null // the server is busy or gone: the click itself will ask
    return
  }
  fetched.images = fetched.tiles.filter(tile => tile.src).map(tile => {
    const image = new Image()
    image.src = tile.src
    return image
  })
}

// The tiles of the one cell that is chosen now, where they were fetched: before any answer.
function showAhead(matrix) {
  const { fetched, seq, steps } = matrix
  if (!fetched?.tiles?.length || steps.length !== 1 || steps[0].join() !== `${fetched.cell},1`) return
  if (!fetched.address.startsWith(`${matrix.ahead}?`)) return // ranked otherwise by now
  const detail = { key: matrix.data.gallery, seq, tiles: fetched.tiles }
  document.dispatchEvent(new CustomEvent("fencepost-ahead", { detail }))
}
