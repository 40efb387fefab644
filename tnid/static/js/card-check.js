// Checks an employment card in this browser, with or without a network, and says how old what it was checked with is.

import { load, refresh, SKEW_SECONDS } from "./card-store.js";
import { Problem, isRevoked, readCard, verifyToken } from "./sd-jwt.js";

const DAY = 86400;
const FRESH_SECONDS = 60;
const AGED_SECONDS = DAY;
const OLD_SECONDS = 7 * DAY;
const CLAIMS = {
  employer: "employer",
  title: "job_title",
  park: "industrial_park",
  start_date: "employment_start_date",
  contract_type: "employment_contract_type",
};
const TEXT = "work-card-text";
const words = document.getElementById("card_words").dataset;
const result = document.getElementById("card_result");
const form = document.getElementById("scan_form");
const typed = document.getElementById("card_text");
const canCheck = Boolean(window.crypto && crypto.subtle && window.DecompressionStream);
let held = load();
let isOff = false;
let turn = 0;

function now() {
  return Math.floor(Date.now() / 1000);
}

// An address of ours, or the text alone, with whatever line breaks pasting brought
function textOf(given) {
  return given.replace(/\s+/g, "").replace(/^.*#/, "");
}

async function update() {
  if (held.keys.length && Math.abs(now() - held.keysAt) < FRESH_SECONDS) return;
  try {
    held = await refresh(held, words, now());
    isOff = false;
  } catch {
    isOff = true;
  }
}

async function judge(text) {
  const found = { verdict: "valid", claims: null };
  try {
    const claims = await readCard(text, held.keys);
    if (claims.iss !== words.issuer || claims.vct !== words.vct) throw new Problem("unreadable");
    found.claims = claims;
    found.verdict = await judgeTimeAndStatus(claims);
  } catch (problem) {
    found.verdict = problem instanceof Problem ? problem.verdict : "unreadable";
  }
  return found;
}

async function judgeTimeAndStatus(claims) {
  const at = now();
  if (Math.max(claims.iat, held.seen, held.keysAt) > at + SKEW_SECONDS) return "clock";
  if (claims.exp <= at) return "expired";
  const status = claims.status && claims.status.status_list;
  if (!status || status.uri !== words.status || !held.list) return "no_status";
  const list = await verifyToken(held.list, "statuslist+jwt", held.keys);
  if (list.sub !== words.status || list.iat > at + SKEW_SECONDS) return "clock";
  // Whatever a list says that is too old: what it calls ended stays ended
  if (await isRevoked(list.status_list, status.idx)) return "revoked";
  if (list.exp <= at || at - held.keysAt > OLD_SECONDS) return "no_status";
  return at - Math.min(list.iat, held.keysAt) > AGED_SECONDS ? "aged" : "valid";
}

// Pages

function writeDate(date) {
  return String(date).replace(/^(\d{4})-(\d{2})-(\d{2})$/, "$3/$2/$1");
}

function lastDay(exp) {
  const vietnam = new Date((exp - 1 + 7 * 3600) * 1000);
  return writeDate(vietnam.toISOString().slice(0, 10));
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function dashed(name) {
  return name.replaceAll("_", "-").replace(/-([a-z])/g, (_match, letter) => letter.toUpperCase());
}

function line(field, value) {
  const made = element("div", `work-card-line ${field}`, "");
  made.dataset.field = field;
  const shown = typeof value === "object" ? String(value.name) : String(value);
  const contract = words[dashed(`contract_${shown}`)];
  const text = field === "start_date" ? writeDate(shown) : field === "contract_type" ? contract || shown : shown;
  const said = element("dd", "", text);
  if (field === "employer") {
    said.append(element("span", "work-card-more", words.taxcode.replace("{tax_code}", String(value.tax_code))));
  }
  made.append(element("dt", "", words[dashed(`label_${field}`)]), said);
  return made;
}

// Every value is text of a stranger's: none becomes markup
function face(claims, isOver) {
  const made = document.getElementById("card_face").content.cloneNode(true);
  made.querySelector("[data-name]").textContent = String(claims.name || "");
  const lines = made.querySelector("dl");
  for (const [field, claim] of Object.entries(CLAIMS)) if (claims[claim]) lines.append(line(field, claims[claim]));
  const [confirmed, until] = made.querySelectorAll(".work-card-foot > *");
  confirmed.textContent = words.confirmed.replace("{day}", writeDate(claims.employment_confirmed_at));
  until.textContent = words.until.replace("{day}", lastDay(claims.exp));
  made.firstElementChild.classList.toggle("is-over", isOver);
  return made;
}

function show(found) {
  const verdict = document.querySelector(`template[data-for="${found.verdict}"]`).content.cloneNode(true);
  verdict.firstElementChild.id = "card_verdict";
  result.replaceChildren(verdict);
  if (found.claims) result.append(face(found.claims, !["valid", "aged"].includes(found.verdict)));
  result.focus();
  result.scrollIntoView({ block: "nearest" });
}

function writeAge(id, at) {
  const place = document.getElementById(id);
  const seconds = now() - at;
  const units = [["day", DAY], ["hour", 3600], ["minute", 60]];
  const [unit, size] = units.find(([, one]) => seconds >= one) || ["minute", 60];
  const ago = new Intl.RelativeTimeFormat(document.documentElement.lang).format(-Math.floor(seconds / size), unit);
  const when = seconds < 60 ? words.justNow : words.fetched.replace("{age}", ago);
  let text = at ? when : words.none;
  if (at && seconds > AGED_SECONDS) text += ` – ${seconds > OLD_SECONDS ? words.old : words.aged}`;
  place.lastElementChild.textContent = text;
  place.classList.toggle("care", Boolean(at) && seconds > AGED_SECONDS && seconds <= OLD_SECONDS);
  place.classList.toggle("bad", !at || seconds > OLD_SECONDS);
}

function showAges() {
  const ages = document.getElementById("card_ages");
  ages.hidden = false;
  writeAge("keys_age", held.keysAt);
  writeAge("list_age", held.listAt);
  const worker = navigator.serviceWorker;
  const state = document.getElementById("offline_state").lastElementChild;
  // For whoever wants to see it before the network goes
  ages.toggleAttribute("data-ready", Boolean(worker && worker.controller && held.list));
  const kept = worker && (worker.controller ? words.kept : words.keeping);
  state.textContent = isOff ? words.isOff : kept || words.notKept;
}

async function checkText(given) {
  const mine = ++turn;
  const text = textOf(given);
  sessionStorage.setItem(TEXT, text);
  await update();
  const found = await judge(text);
  if (mine !== turn) return;
  show(found);
  showAges();
}

// A card in the address is looked at and taken out of it: it should not stay in a stranger's history
function takeFromAddress() {
  const text = location.hash.slice(1);
  if (!text || text === "main") return false;
  if (!canCheck) {
    typed.value = text;
    return false;
  }
  history.replaceState(null, "", location.pathname);
  checkText(text);
  return true;
}

async function keepForLater() {
  const worker = navigator.serviceWorker;
  if (!worker) return;
  worker.addEventListener("controllerchange", showAges);
  await worker.register("/work/card-offline.js", { scope: "/work/card" });
  await worker.ready;
  const saves = navigator.connection && navigator.connection.saveData;
  // The decoder is a megabyte: where the browser has none of its own, before there is no network
  if (!("BarcodeDetector" in window) && !saves) {
    for (const name of [words.decoder, words.decoder.replace(/[^/]*$/, "zxing_reader.wasm")]) {
      fetch(name).catch(() => {});
    }
  }
}

function take(event) {
  event.preventDefault();
  if (typed.value.trim()) checkText(typed.value);
}

if (canCheck) {
  // Only what is checked here is sent to nobody; without scripts the server checks what is pasted
  document.getElementById("card_private").hidden = false;
  const pasted = document.getElementById("card_typed");
  pasted.open = "keep" in pasted.dataset;
  form.addEventListener("submit", take);
  form.addEventListener("scanned", take);
  if (!takeFromAddress()) {
    const last = sessionStorage.getItem(TEXT);
    // A page that came back in another language says the same of the same card
    if (last && !result.childElementCount) checkText(last);
    else update().then(showAges);
  }
  keepForLater().catch(() => {});
} else {
  takeFromAddress();
}
addEventListener("hashchange", takeFromAddress);
