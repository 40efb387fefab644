// Stores oidc-provider's records in Redis. A record is one JSON string that expires by itself; a record that can
// be used once has a second key beside it that says when it was; a grant has a set of the keys that hang on it.

const PREFIX = 'peer'
const OF_A_GRANT = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest'])
const ONE_TIME = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest'])
const CONSUMED_KEPT_SECONDS = 30 * 24 * 3600

/** Return an adapter factory, as oidc-provider's `adapter` setting takes it, over one ioredis connection. */
export function redisAdapter(redis) {
  return (model) => new RedisAdapter(redis, model)
}

class RedisAdapter {
  constructor(redis, model) {
    this.redis = redis
    this.model = model
  }

  #key(id) {
    return `${PREFIX}:${this.model}:${id}`
  }

  async upsert(id, payload, expiresIn) {
    const key = this.#key(id)
    const batch = this.redis.pipeline()
    const set = (name, value) => (expiresIn ? batch.set(name, value, 'EX', expiresIn) : batch.set(name, value))
    set(key, JSON.stringify(payload))
    if (payload.uid) set(`${PREFIX}:uid:${payload.uid}`, id)
    if (payload.userCode) set(`${PREFIX}:user_code:${payload.userCode}`, id)
    if (payload.grantId && OF_A_GRANT.has(this.model)) {
      const members = `${PREFIX}:grant:${payload.grantId}`
      batch.sadd(members, key)
      if (expiresIn) batch.expire(members, expiresIn, 'NX').expire(members, expiresIn, 'GT')
    }
    await batch.exec()
  }

  async find(id) {
    const key = this.#key(id)
    if (!ONE_TIME.has(this.model)) return parsed(await this.redis.get(key))
    const [payload, consumed] = await this.redis.mget(key, `${key}:consumed`)
    const found = parsed(payload)
    if (found && consumed) found.consumed = Number(consumed)
    return found
  }

  async findByUid(uid) {
    return this.#findThrough(`${PREFIX}:uid:${uid}`)
  }

  async findByUserCode(userCode) {
    return this.#findThrough(`${PREFIX}:user_code:${userCode}`)
  }

  async #findThrough(key) {
    const id = await this.redis.get(key)
    return id ? this.find(id) : undefined
  }

  async consume(id) {
    const now = Math.floor(Date.now() / 1000)
    await this.redis.set(`${this.#key(id)}:consumed`, now, 'EX', CONSUMED_KEPT_SECONDS)
  }

  async destroy(id) {
    const key = this.#key(id)
    await this.redis.del(key, `${key}:consumed`)
  }

  async revokeByGrantId(grantId) {
    const members = `${PREFIX}:grant:${grantId}`
    const keys = await this.redis.smembers(members)
    await this.redis.del(members, ...keys)
  }
}

function parsed(payload) {
  return payload ? JSON.parse(payload) : undefined
}
