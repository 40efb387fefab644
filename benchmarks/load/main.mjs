// The load generator: one process, told what to do by one JSON object a line on its standard input; it answers with
// one a line, {"failure": "..."} where something was not as it should be.
import { createInterface } from 'node:readline'

import { Lane } from './lane.mjs'
import { SCENARIOS } from './scenarios.mjs'
import { Screens } from './screens.mjs'

const sites = new Map()
const lanes = new Map()
const waiting = new Map()

/** Learn of a provider: {name, origin, clients, people, metadata?}. */
async function meet({ name, origin, clients, people, discover = true }) {
  const { hostname: host, port, host: authority } = new URL(origin)
  let signedIn = 0
  // Another person each time: a TOTP time step is accepted once.
  const nextPerson = () => people[signedIn++ % people.length]
  const metadata = discover ? await (await fetch(`${origin}/.well-known/openid-configuration`)).json() : {}
  sites.set(name, { origin, authority, address: { host, port }, clients, nextPerson, metadata })
  return { metadata }
}

/** Open `count` lanes of a scenario and play what comes before the measuring: sign-ins, first tokens. */
async function prepare({ site: name, scenario, count }) {
  const site = sites.get(name)
  const opened = Array.from({ length: count }, () => new Lane(site.address, SCENARIOS[scenario](site)))
  lanes.set(`${name} ${scenario}`, opened)
  await Promise.all(opened.map((lane) => lane.prepare()))
  return {}
}

/** Load for `warm_up_seconds`, then measure for `seconds`. */
async function round({ site, scenario, warm_up_seconds: warmUp, seconds }) {
  const from = performance.now() + warmUp * 1000
  const until = from + seconds * 1000
  const took = []
  let played = 0
  const clock = {
    until,
    took(start, end) {
      played += 1
      if (end >= from && end < until) took.push(end - start)
    },
  }
  const used = cpuBetween(from, until)
  await Promise.all(lanes.get(`${site} ${scenario}`).map((lane) => lane.run(clock)))
  if (took.length === 0) throw new Error(`nothing was answered within ${seconds} seconds`)
  took.sort((a, b) => a - b)
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))]
  return {
    count: took.length, played, per_second: took.length / seconds, p50_ms: at(0.5), p99_ms: at(0.99), generator_busy: (await used) / seconds,
  }
}

/** Play scenarios beside one another, each so many items a second whatever the answers take, for `seconds`. */
async function sustain({ site, rates, seconds }) {
  const until = performance.now() + seconds * 1000
  const found = {}
  await Promise.all(Object.entries(rates).map(async ([scenario, perSecond]) => {
    const items = []
    const requests = []
    let next = performance.now()
    const clock = {
      until,
      due: () => (next += 1000 / perSecond),
      took: (start, end) => items.push(end - start),
      answered: (took) => requests.push(took),
    }
    await Promise.all(lanes.get(`${site} ${scenario}`).map((lane) => lane.run(clock)))
    found[scenario] = { per_second: items.length / seconds, requests: requests.length, item: spread(items), request: spread(requests) }
  }))
  return { scenarios: found }
}

function spread(took) {
  took.sort((a, b) => a - b)
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))]
  return { p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99), most_ms: at(1) }
}

/** Resolve to the CPU seconds that this process used between two instants of performance.now(). */
function cpuBetween(from, until) {
  return new Promise((resolve) => {
    setTimeout(() => {
      const before = process.cpuUsage()
      setTimeout(() => {
        const { user, system } = process.cpuUsage(before)
        resolve((user + system) / 1e6)
      }, until - performance.now())
    }, from - performance.now())
  })
}

/** Let screens wait for their phones from now on, beside whatever else is done. */
async function screens({ site, cookies, connections, every_seconds: every }) {
  waiting.set(site, new Screens(sites.get(site), cookies, connections, every * 1000))
  return {}
}

async function screens_end({ site }) {
  return waiting.get(site).stop()
}

const COMMANDS = { meet, prepare, round, sustain, screens, screens_end }

for await (const line of createInterface({ input: process.stdin })) {
  const { do: command, ...parameters } = JSON.parse(line)
  let reply
  try {
    reply = await COMMANDS[command](parameters)
  } catch (error) {
    reply = { failure: error.message }
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`)
}
