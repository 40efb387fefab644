// npm oidc-provider as one would run it in production: `node server.mjs SETTINGS.json`, where the settings are
// {"issuer", "port", "redis_port", "clients": [client metadata]}. Prints one line when it listens.
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

import { Redis } from 'ioredis'
import Provider from 'oidc-provider'

import { interactionScreens } from './interaction.mjs'
import { redisAdapter } from './redis_adapter.mjs'

const HOST = '127.0.0.1'
const DAY = 24 * 3600
const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'))

const redis = new Redis({ host: HOST, port: settings.redis_port, enableAutoPipelining: true })

// Accounts cost nothing here: no database, nothing to decrypt. It flatters the peer, and keeps the comparison on the protocol.
const CLAIMS = {
  name: 'Nguyễn Thị Bình', given_name: 'Bình', family_name: 'Nguyễn', middle_name: 'Thị', locale: 'vi', birthdate: '1990-01-01',
  email: 'binh@example.vn', email_verified: true, phone_number: '+84900000000', phone_number_verified: true,
}
const findAccount = (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...CLAIMS }) })

function jwk(type, options, alg) {
  const { privateKey } = generateKeyPairSync(type, options)
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig' }
}

const provider = new Provider(settings.issuer, {
  adapter: redisAdapter(redis),
  clients: settings.clients,
  jwks: { keys: [jwk('rsa', { modulusLength: 2048 }, 'RS256'), jwk('ec', { namedCurve: 'P-256' }, 'ES256')] },
  cookies: { keys: ['made up for the benchmark, signs cookies'], long: { httpOnly: true, sameSite: 'lax' } },
  findAccount,
  claims: {
    openid: ['sub'],
    profile: ['name', 'given_name', 'family_name', 'middle_name', 'locale', 'birthdate'],
    email: ['email', 'email_verified'],
    phone: ['phone_number', 'phone_number_verified'],
  },
  pkce: { required: () => true },
  rotateRefreshToken: () => true,
  interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  ttl: {
    AccessToken: 600, AuthorizationCode: 60, ClientCredentials: 600, IdToken: 600, Interaction: 600,
    RefreshToken: 30 * DAY, Session: DAY / 2, Grant: 30 * DAY,
  },
})

const answer = provider.callback()
const screens = interactionScreens(provider)

const server = createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return answer(request, response)
  screens(request, response).catch((error) => {
    console.error(error)
    response.writeHead(400).end(String(error))
  })
})
server.keepAliveTimeout = 60_000
server.listen(settings.port, HOST, () => console.log(`listening on ${HOST}:${settings.port}`))

process.once('SIGTERM', () => {
  server.close(() => redis.quit())
  server.closeAllConnections()
})
