// Reads our employment cards (SD-JWT, RFC 9901) and status lists, by the browser's own cryptography. Touches no page.
// As narrow as what we write: one algorithm, each claim in a disclosure of its own, none within another.

export const MOST_CHARACTERS = 8192;
const MOST_DISCLOSURES = 32;
const MOST_LIST_BYTES = 16 * 1024 * 1024;
const HEADER_MEMBERS = "alg,kid,typ";
const RESERVED = new Set(["_sd", "_sd_alg", "...", "iss", "nbf", "exp", "cnf", "vct", "status", "iat"]);

// Why a card isn't valid, by the words that the page has texts for
export class Problem extends Error {
  constructor(verdict) {
    super(verdict);
    this.verdict = verdict;
  }
}

function check(holds, verdict = "unreadable") {
  if (!holds) throw new Problem(verdict);
}

function decode(segment) {
  check(/^[A-Za-z0-9_-]*$/.test(segment));
  try {
    const text = atob(segment.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  } catch {
    throw new Problem("unreadable");
  }
}

function encode(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function parse(segment) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decode(segment)));
  } catch {
    throw new Problem("unreadable");
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Returns the claims of a token that one of these keys signed. Times are the caller's to judge
export async function verifyToken(token, typ, keys) {
  const parts = token.split(".");
  check(parts.length === 3);
  const [header, claims] = parts.slice(0, 2).map(parse);
  check(isObject(header) && isObject(claims));
  // RFC 8725: whatever we never write isn't even looked at, "none" and shared secrets among it
  check(Object.keys(header).sort().join() === HEADER_MEMBERS && header.typ === typ && header.alg === "ES256");
  const jwk = keys.find((key) => key.kid === header.kid);
  check(jwk, "unknown_key");
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { kty, crv, x, y } = jwk;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
  const input = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  const isOurs = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, decode(parts[2]), input);
  check(isOurs, "altered");
  check(Number.isInteger(claims.iat) && Number.isInteger(claims.exp));
  return claims;
}

// Returns what a card says, signed claims and disclosed ones: RFC 9901 §7.1
export async function readCard(text, keys) {
  check(text.length <= MOST_CHARACTERS && /^[\x21-\x7e]+$/.test(text));
  const [signed, ...disclosures] = text.split("~");
  // What stands behind the last tilde would be a key binding, which ours have none of
  check(disclosures.pop() === "" && disclosures.length <= MOST_DISCLOSURES);
  const payload = await verifyToken(signed, "dc+sd-jwt", keys);
  const digests = payload._sd;
  check(Array.isArray(digests) && new Set(digests).size === digests.length && payload._sd_alg === "sha-256");
  const claims = Object.assign(Object.create(null), payload);
  delete claims._sd;
  delete claims._sd_alg;
  const waiting = new Set(digests);
  for (const encoded of disclosures) {
    const [name, value] = readDisclosure(encoded);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(encoded));
    check(waiting.delete(encode(new Uint8Array(digest))) && !(name in claims), "altered");
    claims[name] = value;
  }
  return claims;
}

function readDisclosure(encoded) {
  const parts = parse(encoded);
  check(Array.isArray(parts) && parts.length === 3);
  const [salt, name, value] = parts;
  check(typeof salt === "string" && typeof name === "string" && !RESERVED.has(name) && !hidesMore(value));
  return [name, value];
}

function hidesMore(value) {
  if (typeof value !== "object" || value === null) return false;
  if (!Array.isArray(value) && ("_sd" in value || "..." in value)) return true;
  return Object.values(value).some(hidesMore);
}

// Says what a status list says of an index; a problem where it says nothing of it
export async function isRevoked(listed, index) {
  const { bits, lst } = listed || {};
  check(bits === 1 && typeof lst === "string" && Number.isInteger(index) && index >= 0, "no_status");
  const packed = new Blob([decode(lst)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = packed.getReader();
  const wanted = Math.floor(index / 8);
  let passed = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      check(!done && passed < MOST_LIST_BYTES, "no_status");
      if (wanted < passed + value.length) return Boolean((value[wanted - passed] >> index % 8) & 1);
      passed += value.length;
    }
  } catch {
    throw new Problem("no_status");
  } finally {
    reader.cancel().catch(() => {});
  }
}
