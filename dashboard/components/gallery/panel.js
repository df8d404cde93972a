// One image beside the tiles: a click opens it, and no server is asked but for the picture. Arrow
// keys step, + and - zoom, Enter opens the image's own page, Escape closes.

const PHONE = 768 // pixels: below, the panel lies over the tiles
const BESIDE = 190 // pixels that the tiles beside it need at least
const WIDEST = 720
const LARGE_IS_SMALL = 1.5 // zoomed further than this, every pixel of the picture is fetched

const REDRAWN = 3000 // milliseconds in which a page that is drawn anew has its tiles again
let left = null // the panel of tiles that went: of which gallery, which image, when

// Streamlit makes tiles anew where something above them comes or goes: an open panel stays open.
function leavePanel(gallery) {
  const { panel, data } = gallery
  left = panel?.open ? { key: data.key, row: panel.row, when: performance.now() } : null
  panel?.box.remove()
}

function reopenPanel(gallery) {
  if (gallery.panel || left?.key !== gallery.data.key || performance.now() - left.when > REDRAWN) return
  const tile = all(gallery.root).find(tile => tile.dataset.row === left.row)
  left = null
  if (tile) showPanel(gallery, tile)
}

function showPanel(gallery, tile) {
  const panel = (gallery.panel ??= makePanel(gallery))
  panel.row = tile.dataset.row
  fillPanel(gallery, JSON.parse(tile.dataset.key)[0])
  if (!panel.open) {
    panel.open = true
    panel.scrolled = scroller()?.scrollTop
    panel.box.showPopover()
    placePanel(gallery)
  }
  for (const other of all(gallery.root)) other.classList.toggle("shown", other === tile)
  tile.scrollIntoView({ block: "nearest" })
  panel.box.focus({ preventScroll: true })
}

function makePanel(gallery) {
  const box = make("div", "panel")
  box.popover = "manual" // above all else, also where the page has layers of its own
  box.tabIndex = -1
  box.role = "dialog"
  const head = make("div", "head")
  const name = make("strong", "name")
  const close = button("✕", "Close (Esc)", () => closePanel(gallery))
  head.append(name, close)
  const frame = make("div", "frame")
  frame.append(make("img"))
  const panel = { box, name, frame, open: false }
  panel.zoom = zoomable([frame], scale => fetchAll(panel, scale))
  const lines = (panel.lines = make("div", "lines"))
  const foot = make("div", "foot")
  const pick = (panel.pick = button("", "Pick (Space)", () => pickShown(gallery)))
  const page = (panel.page = make("a", "page", "Full page ↗"))
  page.title = "The image's own page (Enter)"
  page.onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    openShown(gallery)
  }
  foot.append(
    (panel.previous = button("‹", "Previous image (←)", () => step(gallery, -1))),
    (panel.next = button("›", "Next image (→)", () => step(gallery, 1))),
    button("−", "Zoom out (-)", panel.zoom.farther),
    button("+", "Zoom in (+)", panel.zoom.nearer),
    pick,
    page
  )
  box.append(head, frame, lines, foot)
  box.onkeydown = event => onPanelKey(gallery, event)
  gallery.root.parentElement.append(box)
  return panel
}

function fillPanel(gallery, tile) {
  const { panel } = gallery
  const image = panel.frame.querySelector("img")
  const source = tile.meanwhile ?? tile.src // under a map lies the picture itself
  panel.source = source
  panel.frame.classList.toggle("none", !source)
  panel.frame.style.backgroundImage = source ? `url(${JSON.stringify(source)})` : ""
  image.alt = describe(tile)
  image.onload = () => (panel.frame.style.backgroundImage = "") // seen until then
  if (source) image.src = `${source}?side=large`
  else image.removeAttribute("src")
  panel.zoom.whole()
  panel.box.ariaLabel = describe(tile)
  panel.name.textContent = `#${tile.index}`
  panel.lines.replaceChildren(drawBar(tile.label, tile.labelProb, "right"))
  if (!tile.correct) panel.lines.append(drawBar(`→ ${tile.pred}`, tile.predProb, "wrong"))
  panel.page.href = tile.href
  panel.pick.hidden = !gallery.canPick
  const tiles = all(gallery.root)
  const place = tiles.indexOf(shownTile(gallery))
  panel.previous.disabled = place <= 0
  panel.next.disabled = place === tiles.length - 1
  showPicks(gallery)
  for (const other of [tiles[place + 1], tiles[place - 1]]) fetchLarge(other)
}

// A class with its probability, and that as a bar behind.
function drawBar(name, value, kind) {
  const line = make("div", `bar ${kind}`)
  line.append(make("span", "name", name), make("span", "value", value))
  line.style.setProperty("--part", `${100 * Math.min(1, Number(value.replace(/[<>]/, "")) || 0)}%`)
  return line
}

function fetchLarge(tile) {
  if (!tile || navigator.connection?.saveData) return
  const { meanwhile, src } = JSON.parse(tile.dataset.key)[0]
  if (meanwhile ?? src) new Image().src = `${meanwhile ?? src}?side=large`
}

function fetchAll(panel, scale) {
  const image = panel.frame.querySelector("img")
  const wanted = `${panel.source}?side=full`
  if (!panel.source || scale <= LARGE_IS_SMALL || panel.full === wanted) return
  panel.full = wanted
  const whole = new Image()
  whole.onload = () => panel.full === wanted && panel.source && (image.src = wanted)
  whole.src = wanted
}

// Beside the tiles, which make room for it; where they have none, on their other side.
function placePanel(gallery) {
  const { root, panel } = gallery
  root.style.marginRight = ""
  if (innerWidth < PHONE) return
  const { left, right } = root.getBoundingClientRect()
  const width = Math.min(WIDEST, innerWidth * 0.46)
  const makesRoom = innerWidth - width - left >= BESIDE
  panel.box.style.width = `${width}px`
  panel.box.style.left = `${makesRoom ? innerWidth - width : Math.max(0, left - width - 12)}px`
  if (makesRoom) root.style.marginRight = `${Math.max(0, right - (innerWidth - width) + 12)}px`
}

function closePanel(gallery) {
  const { panel, root } = gallery
  if (!panel?.open) return
  panel.open = false
  panel.box.hidePopover()
  root.style.marginRight = ""
  // Back to where the page stood: beside the panel it was longer.
  scroller()?.scrollTo({ top: panel.scrolled, behavior: "instant" })
  const tile = shownTile(gallery)
  tile?.classList.remove("shown")
  tile?.scrollIntoView({ block: "nearest" })
  tile?.querySelector(".open").focus({ preventScroll: true })
}

function scroller() {
  return document.querySelector("[data-testid=stMain]")
}

function shownTile(gallery) {
  return all(gallery.root).find(tile => tile.dataset.row === gallery.panel?.row)
}

function step(gallery, by) {
  const tiles = all(gallery.root)
  const next = tiles[tiles.indexOf(shownTile(gallery)) + by]
  if (next) showPanel(gallery, next)
}

function pickShown(gallery) {
  const tile = shownTile(gallery)
  if (gallery.canPick && tile) pick(gallery, tile, false)
}

function openShown(gallery) {
  const tile = shownTile(gallery)
  closePanel(gallery)
  if (tile) open(gallery, tile)
}

function onPanelKey(gallery, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const { zoom } = gallery.panel
  const onButton = event.target.closest("button, a") && [" ", "Enter"].includes(event.key)
  const keys = {
    Escape: () => closePanel(gallery),
    ArrowLeft: () => step(gallery, -1),
    ArrowRight: () => step(gallery, 1),
    Enter: () => openShown(gallery),
    " ": () => pickShown(gallery),
    "+": zoom.nearer,
    "-": zoom.farther,
    0: zoom.whole,
  }
  event.stopPropagation()
  if (onButton || !keys[event.key]) return
  event.preventDefault()
  keys[event.key]()
}

// What the tiles are now, after they were drawn anew: the image may be gone from among them.
function keepPanel(gallery) {
  const { panel } = gallery
  if (!panel?.open) return
  const tile = shownTile(gallery)
  if (tile) tile.classList.add("shown")
  else closePanel(gallery)
}
