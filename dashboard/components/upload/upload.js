// One file, put to the server as it is: its own request, so that it never lies in anybody's memory.

const uploads = new WeakMap()

export default function (component) {
  const { parentElement, data } = component
  if (!uploads.has(parentElement)) uploads.set(parentElement, create(parentElement))
  const upload = uploads.get(parentElement)
  upload.send = component.setTriggerValue
  upload.data = data
  if (!upload.request) idle(upload)
  return () => {
    upload.request?.abort()
    uploads.delete(parentElement)
  }
}

function create(parent) {
  const upload = { root: parent.querySelector(".upload"), request: null }
  upload.label = document.createElement("label")
  upload.words = document.createElement("span")
  upload.bar = document.createElement("progress")
  upload.input = document.createElement("input")
  upload.problem = document.createElement("p")
  upload.problem.className = "problem"
  upload.problem.setAttribute("role", "alert")
  upload.input.type = "file"
  upload.input.onchange = () => put(upload, upload.input.files[0])
  upload.label.ondragover = event => over(upload, event, true)
  upload.label.ondragleave = event => over(upload, event, false)
  upload.label.ondrop = event => {
    over(upload, event, false)
    put(upload, event.dataTransfer.files[0])
  }
  upload.label.append(upload.input, upload.words, upload.bar)
  upload.root.replaceChildren(upload.label, upload.problem)
  return upload
}

function idle(upload) {
  upload.input.accept = upload.data.kinds
  upload.words.textContent = upload.data.label
  upload.bar.hidden = true
}

function over(upload, event, is) {
  event.preventDefault()
  upload.label.classList.toggle("over", is)
}

function put(upload, file) {
  if (!file || upload.request) return
  upload.problem.textContent = ""
  if (file.size > upload.data.most) {
    return fail(upload, `${file.name} is too large: name its path on the server instead.`)
  }
  const request = new XMLHttpRequest()
  upload.request = request
  upload.words.textContent = file.name
  upload.bar.hidden = false
  upload.bar.value = 0
  request.upload.onprogress = event => {
    upload.bar.value = event.loaded / event.total
  }
  request.onload = () => {
    upload.request = null
    if (request.status === 200) upload.send("done", JSON.parse(request.responseText))
    else fail(upload, request.responseText)
  }
  request.onerror = () => fail(upload, "The server did not take it: is it still running?")
  request.open("PUT", upload.data.url)
  request.setRequestHeader("X-Name", encodeURIComponent(file.name))
  request.send(file)
}

function fail(upload, words) {
  upload.request = null
  upload.input.value = ""
  upload.problem.textContent = words
  idle(upload)
}
