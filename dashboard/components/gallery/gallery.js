// Draws groups of image tiles. A click or Enter shows an image in the panel beside them, Space or the
// round button picks it, arrow keys move. Names are data: they reach the page through textContent and attributes only.

const galleries = new WeakMap()
const LOOK = 100 // milliseconds between two looks whether the images are there
const AT_ONCE = 30 // tiles that are surely in sight: these do not wait for the layout to load

export default function (component) {
  const { parentElement } = component
  const root = parentElement.querySelector(".gallery")
  if (!galleries.has(parentElement)) {
    const gallery = { root, picked: new Set(), seq: 0, ahead: 0 }
    gallery.hear = event => drawAhead(gallery, event.detail)
    document.addEventListener("fencepost-ahead", gallery.hear)
    galleries.set(parentElement, gallery)
    root.onclick = event => onClick(galleries.get(parentElement), event)
    root.onpointerover = event => onHover(galleries.get(parentElement), event)
    root.onpointerleave = event => onHover(galleries.get(parentElement), event)
    root.onkeydown = event => onKey(galleries.get(parentElement), event)
  }
  const gallery = galleries.get(parentElement)
  gallery.send = component.setTriggerValue
  gallery.data = component.data
  if (component.data.after >= gallery.ahead) {
    gallery.ahead = 0
    draw(gallery, component.data)
    fetchFollowing(gallery, component.data.following)
    reopenPanel(gallery)
  }
  return () => {
    leavePanel(gallery)
    clearTimeout(gallery.later)
    clearTimeout(gallery.resting)
    gallery.larger?.remove()
    document.removeEventListener("fencepost-ahead", gallery.hear)
    galleries.delete(parentElement)
  }
}

// What a click elsewhere asked for, and what was fetched ahead: its answer will be the same.
function drawAhead(gallery, { key, seq, tiles }) {
  if (key !== gallery.data.key) return
  gallery.ahead = seq
  draw(gallery, { ...gallery.data, groups: [{ title: "", tiles }] })
}

function draw(gallery, data) {
  const { root } = gallery
  const focused = active(root)?.closest(".tile")?.dataset.row
  gallery.canPick = data.pick
  gallery.opens = data.layout !== "single" // a lone picture is a link to its file
  root.className = `gallery ${data.layout} size-${data.size}`
  root.setAttribute("aria-label", data.label)
  if (data.seq >= gallery.seq) {
    // An answer older than the last pick would undo it for a moment.
    gallery.picked = new Set(data.picked)
    gallery.seq = data.seq
  }
  const old = new Map([...root.querySelectorAll(".tile")].map(tile => [tile.dataset.key, tile]))
  root.replaceChildren(...data.groups.map(group => drawGroup(group, data, old)))
  showPicks(gallery)
  const tiles = all(root)
  const here = tiles.find(tile => tile.dataset.row === focused) ?? tiles[0]
  // One stop for Tab: the tile that the keyboard was on, else the first.
  tiles.forEach(tile => (tile.querySelector(".open").tabIndex = tile === here ? 0 : -1))
  if (focused && here) here.querySelector(".open").focus()
  keepPanel(gallery)
}

// The pictures of the next page, once those of this one are there; none on a metered connection.
function fetchFollowing(gallery, sources) {
  clearTimeout(gallery.later)
  if (!sources.length || navigator.connection?.saveData) return
  const images = [...gallery.root.querySelectorAll("img[loading=eager]")]
  if (images.every(image => image.complete)) {
    gallery.following = sources.map(source => {
      const image = new Image()
      image.fetchPriority = "low"
      image.src = source
      return image
    })
  } else gallery.later = setTimeout(fetchFollowing, LOOK, gallery, sources)
}

function drawGroup(group, data, old) {
  const section = make("section", "group")
  const title = make("h4", "title", group.title)
  title.title = group.title // a long one is cut
  title.ariaLevel = data.layout === "rows" ? 2 : 3 // below the page's title, or a part's
  if (group.title) section.append(title)
  const tiles = make("div", "tiles")
  tiles.append(...group.tiles.map((tile, k) => old.get(keyOf(tile, data)) ?? drawTile(tile, data, k)))
  section.append(tiles)
  return section
}

// A tile is kept, image and all, only while everything on it stays: no old picture, no flicker.
function keyOf(tile, data) {
  return JSON.stringify([tile, data.pick, data.layout])
}

function drawTile(tile, data, place) {
  const box = make("div", tile.correct ? "tile" : "tile error")
  box.dataset.key = keyOf(tile, data)
  box.dataset.row = tile.row
  box.dataset.index = tile.index
  const open = make("a", "open")
  open.href = tile.href
  open.title = open.ariaLabel = describe(tile)
  if (data.layout === "single") open.target = "_blank"
  open.append(drawPicture(tile, place))
  if (data.layout === "grid") open.append(...drawLines(tile))
  if (data.layout === "sheet" && tile.score) open.append(make("span", "under", tile.score))
  box.append(open)
  if (data.pick) box.append(drawPickButton(tile))
  return box
}

function describe(tile) {
  const answer = tile.correct ? "right" : "error"
  return (
    `Image ${tile.index}: true class ${tile.label} (${tile.labelProb}), ` +
    `predicted class ${tile.pred} (${tile.predProb}), ${answer}`
  )
}

function drawPicture(tile, place) {
  const frame = make("span", "picture")
  if (tile.src) {
    const image = make("img")
    image.loading = place < AT_ONCE ? "eager" : "lazy"
    image.decoding = "async"
    image.draggable = false
    image.alt = ""
    image.src = tile.src
    // What is seen until the picture itself is computed, and as far as a slider takes that away.
    if (tile.meanwhile) {
      frame.style.backgroundImage = `url(${JSON.stringify(tile.meanwhile)})`
      image.className = "over"
    }
    frame.append(image)
  } else {
    frame.append(make("span", "missing", "no image"))
  }
  if (!tile.correct) frame.append(make("span", "mark", "✕"))
  return frame
}

function drawLines(tile) {
  const top = make("span", "line note")
  top.append(make("span", "name", `#${tile.index}`), make("span", "value", tile.score))
  return [top, drawClass("", tile.label, tile.labelProb), drawClass("→", tile.pred, tile.predProb)]
}

function drawClass(sign, name, value) {
  const line = make("span", sign ? "line pred" : "line label")
  if (sign) line.append(make("span", "sign", sign))
  line.append(make("span", "name", name), make("span", "value", value))
  return line
}

function drawPickButton(tile) {
  const button = make("button", "pick", "✓")
  button.type = "button"
  button.tabIndex = -1
  button.title = "Pick (Space)"
  button.ariaLabel = `Pick image ${tile.index}`
  return button
}

function onClick(gallery, event) {
  const tile = event.target.closest(".tile")
  if (!tile) return
  if (event.target.closest(".pick")) {
    pick(gallery, tile, event.shiftKey)
  } else if (gallery.opens && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault()
    onHover(gallery, event)
    showPanel(gallery, tile)
  }
}

function open(gallery, tile) {
  gallery.send("open", { row: Number(tile.dataset.row), index: Number(tile.dataset.index) })
}

function pick(gallery, tile, range) {
  const row = Number(tile.dataset.row)
  const on = !gallery.picked.has(row)
  for (const chosen of range ? between(gallery, tile) : [tile]) {
    gallery.picked[on ? "add" : "delete"](Number(chosen.dataset.row))
  }
  gallery.last = row
  gallery.seq += 1
  showPicks(gallery)
  gallery.send("pick", { rows: [...gallery.picked], seq: gallery.seq })
}

// From the tile picked last to this one.
function between(gallery, tile) {
  const tiles = all(gallery.root)
  const from = tiles.findIndex(other => Number(other.dataset.row) === gallery.last)
  const to = tiles.indexOf(tile)
  return from < 0 ? [tile] : tiles.slice(Math.min(from, to), Math.max(from, to) + 1)
}

function showPicks(gallery) {
  for (const tile of all(gallery.root)) {
    const on = gallery.picked.has(Number(tile.dataset.row))
    tile.classList.toggle("picked", on)
    tile.querySelector(".pick")?.setAttribute("aria-pressed", on)
  }
  const shown = gallery.panel?.row && gallery.picked.has(Number(gallery.panel.row))
  gallery.panel?.pick.setAttribute("aria-pressed", Boolean(shown))
  if (gallery.panel) gallery.panel.pick.textContent = shown ? "✓ Picked" : "Pick"
}

function all(root) {
  return [...root.querySelectorAll(".tile")]
}

function active(root) {
  return root.getRootNode().activeElement
}
