// Requests as bytes on the wire, and what the scenarios expect of answers.

/** A cookie jar for one site: the last value of each name. */
export class Jar {
  #cookies = new Map()
  line = ''

  keep(answer) {
    const lines = answer.headers('set-cookie')
    if (lines.length === 0) return
    for (const line of lines) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      const isGone = value === '' || /;\s*max-age=0/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line)
      if (isGone) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    const pairs = [...this.#cookies].map(([name, value]) => `${name}=${value}`)
    this.line = pairs.length ? `Cookie: ${pairs.join('; ')}\r\n` : ''
  }
}

/** Return a GET; `address` is a whole URL or a path with its query. */
export function get(site, address, headers = '') {
  return `GET ${pathOf(address)} HTTP/1.1\r\nHost: ${site.authority}\r\nAccept: */*\r\n${headers}\r\n`
}

/** Return a form POST; `form` is urlencoded already. */
export function post(site, address, form, headers = '') {
  const type = 'Content-Type: application/x-www-form-urlencoded'
  return `POST ${pathOf(address)} HTTP/1.1\r\nHost: ${site.authority}\r\nAccept: */*\r\n${type}\r\nContent-Length: ${form.length}\r\n${headers}\r\n${form}`
}

function pathOf(address) {
  return address.startsWith('/') ? address : address.slice(address.indexOf('/', address.indexOf('//') + 2))
}

/** Return the Authorization line of client_secret_basic (RFC 6749 §2.3.1: both parts urlencoded first). */
export function basic({ client_id: id, client_secret: secret }) {
  const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`
  return `Authorization: Basic ${Buffer.from(pair).toString('base64')}\r\n`
}

export const bearer = (token) => `Authorization: Bearer ${token}\r\n`

/** Throw unless `holds`; the message shows the answer. */
export function expect(holds, what, answer) {
  if (!holds) throw new Error(`expected ${what}; got ${answer.status}\n${answer.head}\n\n${answer.text.slice(0, 1500)}`)
}

/** Return the JSON object of a 200 answer. */
export function jsonOf(answer, what) {
  expect(answer.status === 200, `200 for ${what}`, answer)
  return answer.json()
}
