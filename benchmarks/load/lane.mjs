// A lane is one connection that plays one scenario, one request at a time. A scenario is a generator: it yields
// requests and gets answers, yields READY once when what it needs is prepared, and COUNT after each measured item.
import { Connection } from './connection.mjs'

export const READY = Symbol('ready')
export const COUNT = Symbol('count')

export class Lane {
  #address
  #play
  #connection
  #settle
  #clock
  #started

  constructor(address, play) {
    this.#address = address
    this.#play = play
  }

  /** Play up to READY; rejects with what went wrong. */
  prepare() {
    return this.#run(null)
  }

  /**
   * Play until `clock.until`, then up to the next COUNT. Tells `clock.took(start, end)` of each item, in
   * milliseconds of performance.now(). Rejects at the first answer that isn't as it should be.
   */
  run(clock) {
    return this.#run(clock)
  }

  #run(clock) {
    this.#clock = clock
    this.#started = performance.now()
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#connection = new Connection(this.#address, (answer) => this.#continue(answer), (error) => this.#end(error))
      this.#continue(undefined)
    })
  }

  #continue(answer) {
    try {
      let { value, done } = this.#play.next(answer)
      while (value === COUNT && !this.#isOver()) value = this.#play.next().value
      if (done) throw new Error('the scenario ended')
      if (value === READY || value === COUNT) this.#end(null)
      else this.#connection.send(value)
    } catch (error) {
      this.#end(error)
    }
  }

  /** Note the item that has just ended; say whether it was the last. */
  #isOver() {
    const now = performance.now()
    this.#clock.took(this.#started, now)
    this.#started = now
    return now >= this.#clock.until
  }

  #end(error) {
    this.#connection.close()
    if (error) this.#settle.reject(error)
    else this.#settle.resolve()
  }
}
