// Passkeys: asks the browser for one, and sends what it answers as a form. Pages offer other ways beside it.
"use strict";

const RENEW_MS = 4 * 60 * 1000; // a challenge lasts five minutes
const SENT = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
const form = document.querySelector("form[data-passkey]");
let waiting = null; // what is offered in the username's autofill

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function readOptions() {
  const options = JSON.parse(form.dataset.options);
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const one of options.allowCredentials ?? options.excludeCredentials ?? []) one.id = toBytes(one.id);
  return options;
}

function send(credential) {
  const response = {};
  for (const name of SENT) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  form.elements.credential.value = JSON.stringify({ id: credential.id, type: credential.type, response });
  form.submit();
}

function say(text) {
  const place = form.querySelector("[data-said]");
  place.lastElementChild.textContent = text;
  place.hidden = false;
}

async function ask() {
  if (waiting) waiting.abort();
  try {
    send(await navigator.credentials[form.dataset.passkey]({ publicKey: readOptions() }));
  } catch (error) {
    const word = { InvalidStateError: "taken", NotAllowedError: "cancelled" }[error.name] ?? "failed";
    say(form.dataset[word] ?? form.dataset.failed);
    offerInAutofill();
  }
}

async function offerInAutofill() {
  if (!document.querySelector("[autocomplete~=webauthn]")) return;
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  const offer = { publicKey: readOptions(), mediation: "conditional", signal: waiting.signal };
  navigator.credentials.get(offer).then(send, () => {}); // aborted, or not wanted
}

// A page that was left open still works: it takes a new challenge from a new copy of itself
async function renew() {
  const answer = await fetch(location.href).catch(() => null);
  const copy = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = copy && copy.querySelector(`form[data-passkey=${form.dataset.passkey}]`);
  if (!fresh) return clearInterval(renewing);
  form.dataset.options = fresh.dataset.options;
  if (waiting) {
    waiting.abort();
    offerInAutofill();
  }
}

// What opens nothing any more is offered no more, where the browser can tell the device so
for (const one of document.querySelectorAll("[data-signal]")) {
  window.PublicKeyCredential?.[one.dataset.signal]?.(JSON.parse(one.dataset.told)).catch(() => {});
}

let renewing = 0;
if (form && window.PublicKeyCredential) {
  for (const one of document.querySelectorAll("[data-without-passkeys]")) one.hidden = true;
  const button = form.querySelector("[data-ask]");
  button.hidden = false;
  button.addEventListener("click", ask);
  offerInAutofill();
  renewing = setInterval(renew, RENEW_MS);
}
