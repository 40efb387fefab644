// What this device holds for checking cards without a network: our keys, the list of ended cards, and the latest time
// that it heard of. Only what is ours and newer takes the place of what is there.

import { verifyToken } from "./sd-jwt.js";

const PLACE = "work-card";
const WAIT_MS = 4000;
export const SKEW_SECONDS = 300;

export function load() {
  try {
    const held = JSON.parse(localStorage.getItem(PLACE));
    if (Array.isArray(held.keys) && typeof held.list === "string") return held;
  } catch {
    // Then nothing
  }
  return { keys: [], keysAt: 0, list: "", listAt: 0, seen: 0 };
}

function save(held) {
  try {
    localStorage.setItem(PLACE, JSON.stringify(held));
  } catch {
    // A full or forbidden store: it counts for as long as this page is open
  }
}

async function get(path) {
  const waiting = { signal: AbortSignal.timeout(WAIT_MS), credentials: "omit", cache: "no-cache" };
  const answer = await fetch(path, waiting);
  if (!answer.ok) throw new Error(path);
  return answer;
}

// Fetches keys and list; throws where there is no network, or what came isn't ours
export async function refresh(held, ours, now) {
  const [keysAnswer, listAnswer] = await Promise.all([get(ours.keysPath), get(ours.statusPath)]);
  const metadata = await keysAnswer.json();
  const keys = metadata.jwks.keys.filter((key) => key.kty === "EC" && key.crv === "P-256");
  if (metadata.issuer !== ours.issuer || !keys.length) throw new Error("issuer");
  const list = await listAnswer.text();
  const claims = await verifyToken(list, "statuslist+jwt", keys);
  if (claims.sub !== ours.status) throw new Error("status");
  const told = Date.parse(listAnswer.headers.get("Date")) / 1000 || 0;
  const fresh = { ...held, keys, keysAt: now, seen: Math.max(held.seen, claims.iat, told) };
  // An older list, from whatever stands between us, takes nothing back
  if (claims.iat >= held.listAt) Object.assign(fresh, { list, listAt: claims.iat });
  save(fresh);
  return fresh;
}
