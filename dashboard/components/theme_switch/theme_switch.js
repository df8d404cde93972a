// Streamlit keeps a theme for each path in the browser's storage and reads it when a page is loaded.
// It has no other way in: so all paths are written, and the page is loaded anew.

const THEMES = ["System", "Light", "Dark"]
const SIGNS = {
  System: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 2v14a7 7 0 0 1 0-14Z",
  Light: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10ZM11 1h2v4h-2ZM11 19h2v4h-2ZM1 11h4v2H1ZM19 11h4v2h-4Z" +
    "M4.9 3.5 7.8 6.3 6.3 7.8 3.5 4.9ZM17.7 16.2 20.5 19.1 19.1 20.5 16.2 17.7Z" +
    "M19.1 3.5 20.5 4.9 17.7 7.8 16.2 6.3ZM6.3 16.2 7.8 17.7 4.9 20.5 3.5 19.1Z",
  Dark: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9Z",
}
const key = path => `stActiveTheme-${path}-v2`

export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button")
  const now = current()
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${SIGNS[now]}"/></svg>`
  button.title = `Theme: ${now.toLowerCase()}. Change to ${next.toLowerCase()}`
  button.ariaLabel = button.title
  button.onclick = () => {
    // The page's own path ends in its name, the Overview's in a slash.
    const base = location.pathname.replace(/[^/]*$/, "")
    for (const page of data.pages) localStorage.setItem(key(base + page), JSON.stringify(next))
    location.reload()
  }
}

function current() {
  try {
    const kept = JSON.parse(localStorage.getItem(key(location.pathname)))
    return THEMES.includes(kept) ? kept : "System"
  } catch {
    return "System"
  }
}
