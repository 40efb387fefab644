// One keep-alive HTTP/1.1 connection on a raw socket: a request out, its answer in, nothing pipelined.
// Node's own HTTP client costs three to five times as much a request, and would be what is measured.
import { connect } from 'node:net'

const BUFFER_BYTES = 64 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')

/** An answer. `body` lives in the connection's buffer: read it before the next request is sent. */
export class Answer {
  constructor(status, head, body) {
    this.status = status
    this.head = head
    this.body = body
  }

  get text() {
    return this.body.utf8Slice()
  }

  json() {
    return JSON.parse(this.text)
  }

  /** Return the first value of a header, or undefined; `name` in lower case. */
  header(name) {
    return this.headers(name)[0]
  }

  headers(name) {
    const found = []
    for (const line of this.head.split('\r\n')) {
      if (line.length > name.length && line[name.length] === ':' && line.slice(0, name.length).toLowerCase() === name) {
        found.push(line.slice(name.length + 1).trim())
      }
    }
    return found
  }
}

export class Connection {
  #socket
  #pending = null
  #onAnswer
  #onLost

  /** `onAnswer(answer)` for each answer; `onLost(error)` when the other side ends or breaks the connection. */
  constructor({ host, port }, onAnswer, onLost) {
    this.#onAnswer = onAnswer
    this.#onLost = onLost
    const onread = { buffer: Buffer.allocUnsafe(BUFFER_BYTES), callback: (length, buffer) => this.#received(length, buffer) }
    this.#socket = connect({ host, port, noDelay: true, onread })
    this.#socket.on('error', (error) => this.#onLost(error))
    this.#socket.on('close', () => this.#onLost(new Error('the server closed the connection')))
  }

  send(request) {
    this.#socket.write(request, 'latin1')
  }

  close() {
    this.#onLost = () => {}
    this.#socket.destroy()
  }

  #received(length, buffer) {
    let data = buffer.subarray(0, length)
    if (this.#pending) data = Buffer.concat([this.#pending, data])
    const answer = parse(data)
    if (answer) {
      this.#pending = null
      this.#onAnswer(answer)
    } else {
      this.#pending = Buffer.from(data)
    }
    return true
  }
}

/** Return the Answer in `data`, or null while part of it is still missing. */
function parse(data) {
  const headEnd = data.indexOf(HEAD_END)
  if (headEnd < 0) return null
  const head = data.latin1Slice(0, headEnd)
  const status = Number(head.slice(9, 12))
  const start = headEnd + HEAD_END.length
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)
  if (length) {
    const end = start + Number(length[1])
    return data.length < end ? null : new Answer(status, head, data.subarray(start, end))
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const body = joined(data, start)
    return body && new Answer(status, head, body)
  }
  return new Answer(status, head, data.subarray(start, start))
}

/** Return the joined chunks from `start` on, or null while the last is missing. */
function joined(data, start) {
  const chunks = []
  for (let at = start; ; ) {
    const lineEnd = data.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = parseInt(data.latin1Slice(at, lineEnd), 16)
    if (data.length < lineEnd + 4 + size) return null
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(data.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 4 + size
  }
}
