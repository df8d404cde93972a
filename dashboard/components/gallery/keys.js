// Arrow keys move from tile to tile, Enter shows one in the panel, Space picks it.

function onKey(gallery, event) {
  const tile = event.target.closest?.(".tile")
  if (!tile || event.ctrlKey || event.metaKey || event.altKey) return
  const next = neighbour(all(gallery.root), tile, event.key)
  if (next && gallery.panel?.open) showPanel(gallery, next)
  else if (next) next.querySelector(".open").focus()
  else if (event.key === "Escape") closePanel(gallery)
  else if (event.key === " " && gallery.canPick) pick(gallery, tile, event.shiftKey)
  else if (event.key === "Enter" && gallery.opens && !event.target.closest(".pick")) showPanel(gallery, tile)
  else if (!event.key.startsWith("Arrow") && event.key !== " ") return
  event.preventDefault()
  event.stopPropagation()
}

// The tile that a key leads to: beside, or the nearest one in the row above or below.
function neighbour(tiles, tile, key) {
  const place = tiles.indexOf(tile)
  if (key === "ArrowRight") return tiles[place + 1]
  if (key === "ArrowLeft") return tiles[place - 1]
  if (key === "Home") return tiles[0]
  if (key === "End") return tiles[tiles.length - 1]
  if (key !== "ArrowDown" && key !== "ArrowUp") return undefined
  const down = key === "ArrowDown" ? 1 : -1
  const here = tile.getBoundingClientRect()
  const distance = other => {
    const there = other.getBoundingClientRect()
    const rows = (there.top - here.top) * down
    return rows < 2 ? Infinity : rows * 1000 + Math.abs(there.left - here.left)
  }
  const nearest = tiles.reduce((a, b) => (distance(b) < distance(a) ? b : a), tile)
  return nearest === tile ? undefined : nearest
}
