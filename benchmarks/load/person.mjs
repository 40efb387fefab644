// Plays a person in a browser without scripts: follows redirects, finds fields by their stable ids, sends forms.
import { createHmac } from 'node:crypto'

import { expect, get, post } from './requests.mjs'

const MOST_STEPS = 12
const TOTP_STEP_SECONDS = 30
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * Sign `person` in at `address`, allowing what is asked; return the address at which the relying party is
 * called back. `person` is {username, password, totp_secret?}; the cookies stay in `jar`.
 */
export function* signIn(site, jar, person, address) {
  let request = get(site, address, jar.line)
  let here = new URL(address, site.origin)
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const answer = yield request
    jar.keep(answer)
    if (answer.status >= 300 && answer.status < 400) {
      here = new URL(answer.header('location'), here)
      if (here.origin !== site.origin) return here.href
      request = get(site, here.href, jar.line)
    } else {
      expect(answer.status === 200, 'a page of the sign-in', answer)
      const { action, form } = filled(answer, person)
      here = new URL(action || here.href, here)
      request = post(site, here.href, form, `Origin: ${site.origin}\r\n${jar.line}`)
    }
  }
  throw new Error(`${person.username} was not back at the relying party after ${MOST_STEPS} steps`)
}

function filled(answer, person) {
  const page = answer.text
  if (page.includes('id="login_username"')) {
    return formWith(page, { login_username: person.username, login_password: person.password }, 'login_submit')
  }
  if (page.includes('id="otp_code"')) return formWith(page, { otp_code: totp(person.totp_secret, Date.now() / 1000) }, 'otp_submit')
  expect(page.includes('id="consent_allow"'), 'a page for sign-in, factor or consent', answer)
  return formWith(page, {}, 'consent_allow')
}

/** Return the action and the urlencoded fields of the form that holds the button with id `submit`. */
function formWith(page, values, submit) {
  const form = page.match(/<form\b[\s\S]*?<\/form>/g).find((part) => part.includes(`id="${submit}"`))
  const fields = new URLSearchParams()
  for (const [tag] of form.matchAll(/<(?:input|button)\b[^>]*>/g)) {
    const { id, name, type, value } = attributes(tag)
    const isButton = tag.startsWith('<button') || type === 'submit'
    if (!name || (isButton && id !== submit) || (type === 'checkbox' && !/\schecked\b/.test(tag))) continue
    fields.append(name, values[id] ?? value ?? '')
  }
  return { action: attributes(/<form\b[^>]*>/.exec(form)[0]).action, form: fields.toString() }
}

function attributes(tag) {
  const found = {}
  for (const [, name, value] of tag.matchAll(/\s([a-z-]+)="([^"]*)"/g)) found[name] = unescaped(value)
  return found
}

const unescaped = (text) => text.replace(/&(?:amp|#38);/g, '&').replace(/&(?:quot|#34);/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>')

/** RFC 6238 with SHA-1, 30 seconds and six digits. */
export function totp(secret, now) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / TOTP_STEP_SECONDS)))
  const mac = createHmac('sha1', base32(secret)).update(counter).digest()
  const value = mac.readUInt32BE(mac[mac.length - 1] & 15) & 0x7fffffff
  return String(value % 1_000_000).padStart(6, '0')
}

function base32(text) {
  const bytes = []
  let bits = 0
  let held = 0
  for (const letter of text.replace(/[\s=]/g, '')) {
    held = ((held << 5) | BASE32.indexOf(letter.toUpperCase())) & 0xffff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 0xff)
    }
  }
  return Buffer.from(bytes)
}
