// What the scripts of all components are built with: it goes before each of them.
function make(tag, className = "", text = "") {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text) element.textContent = text
  return element
}

function button(text, words, onclick) {
  const made = make("button", "", text)
  made.type = "button"
  made.title = made.ariaLabel = words
  made.onclick = onclick
  return made
}
