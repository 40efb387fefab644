// Screens that wait for their phones: each asks again and again what became of its sign-in by QR, as its page's
// script does, whatever else is measured meanwhile.
import { Connection } from './connection.mjs'
import { expect, get, jsonOf } from './requests.mjs'

/** Some of the screens, on one connection: one asks after the other, each once in a period. */
class Line {
  #site
  #screens
  #everyMs
  #told
  #connection
  #timer
  #at = 0
  // Each at a moment of its own: all at once is how no screens ask
  #due = performance.now() + Math.random() * 1000
  #sent
  error = null

  constructor(site, cookies, everyMs, told) {
    this.#site = site
    this.#screens = cookies.map((cookie) => ({ cookie, step: '' }))
    this.#everyMs = everyMs
    this.#told = told
    this.#connection = new Connection(site.address, (answer) => this.#take(answer), (error) => this.stop(error))
    this.#wait()
  }

  stop(error = null) {
    clearTimeout(this.#timer)
    this.error ??= error
    this.#connection.close()
  }

  #wait() {
    this.#due += this.#everyMs / this.#screens.length
    this.#timer = setTimeout(() => this.#ask(), Math.max(0, this.#due - performance.now()))
  }

  #ask() {
    const { cookie, step } = this.#screens[this.#at]
    this.#sent = performance.now()
    this.#connection.send(get(this.#site, `/qr/poll${step}`, `Cookie: ${cookie}\r\n`))
  }

  #take(answer) {
    try {
      const told = jsonOf(answer, 'a poll')
      expect(told.state === 'waiting', 'a screen that waits', answer)
      this.#screens[this.#at].step = `?step=${told.step}`
      this.#told(performance.now() - this.#sent, Boolean(told.image))
      this.#at = (this.#at + 1) % this.#screens.length
      this.#wait()
    } catch (error) {
      this.stop(error)
    }
  }
}

/** All of them, until they are told to stop. */
export class Screens {
  #lines
  #took = []
  #pictures = 0
  #begun = performance.now()

  constructor(site, cookies, connections, everyMs) {
    const told = (took, hasPicture) => {
      this.#took.push(took)
      this.#pictures += hasPicture
    }
    this.#lines = Array.from({ length: connections }, (_, line) =>
      new Line(site, cookies.filter((_cookie, at) => at % connections === line), everyMs, told))
  }

  /** End; return what was asked a second, and how long an answer took. */
  stop() {
    const seconds = (performance.now() - this.#begun) / 1000
    for (const line of this.#lines) line.stop()
    const wrong = this.#lines.find((line) => line.error)
    if (wrong) throw wrong.error
    const took = this.#took.sort((a, b) => a - b)
    const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))]
    return { seconds, polls: took.length, per_second: took.length / seconds, pictures: this.#pictures, p50_ms: at(0.5), p99_ms: at(0.99) }
  }
}
