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
  #sent = null

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
   * milliseconds of performance.now(), and `clock.answered(ms)`, if there is one, of each request. Where there is a
   * `clock.due()`, an item begins when that says, and not before. Rejects at the first answer that isn't as it should be.
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
      if (clock?.due) this.#waitForTurn()
      else this.#continue(undefined)
    })
  }

  #continue(answer) {
    try {
      if (this.#sent !== null) this.#clock?.answered?.(performance.now() - this.#sent)
      this.#sent = null
      let { value, done } = this.#play.next(answer)
      while (value === COUNT && !this.#isOver()) {
        if (this.#clock.due) return this.#waitForTurn()
        value = this.#play.next().value
      }
      if (done) throw new Error('the scenario ended')
      if (value === READY || value === COUNT) return this.#end(null)
      this.#sent = performance.now()
      this.#connection.send(value)
    } catch (error) {
      this.#end(error)
    }
  }

  /** Begin the next item when it is due; one that is late already counts from when it was. */
  #waitForTurn() {
    this.#started = this.#clock.due()
    setTimeout(() => this.#continue(undefined), Math.max(0, this.#started - performance.now()))
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
