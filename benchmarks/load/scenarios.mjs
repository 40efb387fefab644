// What is measured. Each scenario is a generator for one lane (see lane.mjs); `site` is a provider as main.mjs met
// it: {origin, authority, metadata, clients, nextPerson}.
import { createHash, randomBytes } from 'node:crypto'

import { COUNT, READY } from './lane.mjs'
import { signIn } from './person.mjs'
import { basic, bearer, expect, get, Jar, jsonOf, post } from './requests.mjs'

const SCOPE = 'openid profile email'

function* document(site, address, isRight) {
  const request = Buffer.from(get(site, address), 'latin1')
  const first = yield request
  expect(isRight(jsonOf(first, address)), 'the right document', first)
  const body = Buffer.from(first.body)
  yield READY
  for (;;) {
    const answer = yield request
    expect(answer.status === 200 && body.equals(answer.body), 'the same document', answer)
    yield COUNT
  }
}

function* discovery(site) {
  yield* document(site, '/.well-known/openid-configuration', (found) => found.issuer === site.origin)
}

function* jwks(site) {
  const has = (keys, type) => keys.some((key) => key.kty === type && !key.d)
  yield* document(site, site.metadata.jwks_uri, ({ keys }) => has(keys, 'RSA') && has(keys, 'EC'))
}

function* clientCredentials(site) {
  const request = Buffer.from(
    post(site, site.metadata.token_endpoint, 'grant_type=client_credentials', basic(site.clients.machine)), 'latin1')
  yield READY
  for (;;) {
    const answer = yield request
    const tokens = jsonOf(answer, 'client_credentials')
    expect(tokens.access_token && tokens.token_type === 'Bearer' && tokens.expires_in > 0, 'an access token', answer)
    yield COUNT
  }
}

const proofs = Array.from({ length: 64 }, () => {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
})
let proofsUsed = 0

/** Begin a sign-in with `client`: what the relying party has to remember, and where it sends the browser. */
function begun(site, client, scope = SCOPE, prompt = undefined) {
  const { verifier, challenge } = proofs[proofsUsed++ % proofs.length]
  const state = `state-${proofsUsed}`
  const query = new URLSearchParams({
    response_type: 'code', client_id: client.client_id, redirect_uri: client.redirect_uri, scope, state,
    nonce: `nonce-${proofsUsed}`, code_challenge: challenge, code_challenge_method: 'S256', ...(prompt && { prompt }),
  })
  return { verifier, state, address: `${site.metadata.authorization_endpoint}?${query}` }
}

function* tokensFor(site, client, { verifier, state }, callback) {
  const query = new URL(callback).searchParams
  if (query.get('state') !== state || !query.get('code')) throw new Error(`no code in ${callback}`)
  const form = new URLSearchParams({
    grant_type: 'authorization_code', code: query.get('code'), redirect_uri: client.redirect_uri, code_verifier: verifier,
  }).toString()
  const answer = yield post(site, site.metadata.token_endpoint, form, basic(client))
  const tokens = jsonOf(answer, 'authorization_code')
  expect(tokens.access_token && algorithmOf(tokens.id_token) === client.alg, `tokens, the ID token by ${client.alg}`, answer)
  return tokens
}

const algorithmOf = (jwt) => jwt && JSON.parse(Buffer.from(jwt.slice(0, jwt.indexOf('.')), 'base64url')).alg

/** Sign another person in with `client`, through every page, and redeem the code. */
function* firstTokens(site, client, scope, prompt) {
  const jar = new Jar()
  const sent = begun(site, client, scope, prompt)
  const callback = yield* signIn(site, jar, site.nextPerson(), sent.address)
  return { jar, tokens: yield* tokensFor(site, client, sent, callback) }
}

const pair = (alg) =>
  function* (site) {
    const client = site.clients[alg]
    const { jar } = yield* firstTokens(site, client)
    yield READY
    for (;;) {
      const sent = begun(site, client)
      const answer = yield get(site, sent.address, jar.line)
      expect(answer.status === 303 || answer.status === 302, 'a redirect', answer)
      const callback = answer.header('location')
      expect(callback.startsWith(client.redirect_uri), 'silent sign-on', answer)
      jar.keep(answer)
      yield* tokensFor(site, client, sent, callback)
      yield COUNT
    }
  }

function* refresh(site) {
  const client = site.clients.RS256
  // OpenID Connect Core §11: offline access is asked for with prompt=consent.
  let { refresh_token: handle } = (yield* firstTokens(site, client, `${SCOPE} offline_access`, 'consent')).tokens
  const authorization = basic(client)
  yield READY
  for (;;) {
    const form = `grant_type=refresh_token&refresh_token=${encodeURIComponent(handle)}`
    const answer = yield post(site, site.metadata.token_endpoint, form, authorization)
    const tokens = jsonOf(answer, 'refresh_token')
    expect(tokens.access_token && tokens.refresh_token && tokens.refresh_token !== handle, 'rotation', answer)
    expect(algorithmOf(tokens.id_token) === client.alg, 'an ID token', answer)
    handle = tokens.refresh_token
    yield COUNT
  }
}

function* userinfo(site) {
  const { tokens } = yield* firstTokens(site, site.clients.RS256)
  const request = Buffer.from(get(site, site.metadata.userinfo_endpoint, bearer(tokens.access_token)), 'latin1')
  yield READY
  for (;;) {
    const answer = yield request
    const claims = jsonOf(answer, 'userinfo')
    expect(claims.sub && claims.name && claims.email, 'sub, name and email', answer)
    yield COUNT
  }
}

function* introspection(site) {
  const client = site.clients.RS256
  const { tokens } = yield* firstTokens(site, client)
  const form = `token=${encodeURIComponent(tokens.access_token)}`
  const request = Buffer.from(post(site, site.metadata.introspection_endpoint, form, basic(client)), 'latin1')
  yield READY
  for (;;) {
    const answer = yield request
    const claims = jsonOf(answer, 'introspection')
    expect(claims.active === true && claims.sub && claims.client_id === client.client_id, 'an active token', answer)
    yield COUNT
  }
}

/** The whole way in, pages and all: redirects, forms, password, second factor, consent, code. */
function* signInOnce(site) {
  const client = site.clients.RS256
  yield READY
  for (;;) {
    const sent = begun(site, client)
    const callback = yield* signIn(site, new Jar(), site.nextPerson(), sent.address)
    if (!new URL(callback).searchParams.get('code')) throw new Error(`no code in ${callback}`)
    yield COUNT
  }
}

/** The generator's own ceiling, against the trivial server. */
function* ceiling(site) {
  yield* document(site, '/', (found) => found.trivial === true)
}

export const SCENARIOS = {
  discovery, jwks, client_credentials: clientCredentials, pair_rs256: pair('RS256'), pair_es256: pair('ES256'),
  refresh, userinfo, introspection, sign_in: signInOnce, ceiling,
}
