// A phone that answers for a screen: claims what it shows, sends a yes that was said, follows what becomes of it.
"use strict";

const EVERY_MS = 2000;
const page = document.querySelector("[data-qr-phone]");
const address = page.dataset.address;
const offline = page.querySelector("[data-offline]");
// As long as one of these is the state, the page that asks is the right one
const ASKED = ["waiting", "claimed", "typed"];

// An answer that was pressed without a network is sent once there is one
let held = null;
page.addEventListener("submit", (event) => {
  if (offline.hidden) return;
  event.preventDefault();
  held = event;
});

function tell(isOffline) {
  offline.hidden = !isOffline;
  if (isOffline || !held) return;
  held.target.requestSubmit(held.submitter);
  held = null;
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// The network may come and go: asked again until there is an answer
async function ask(path, options) {
  for (;;) {
    try {
      const answer = await fetch(path, options);
      tell(false);
      return answer;
    } catch {
      tell(true);
      await wait(EVERY_MS);
    }
  }
}

async function claim() {
  const body = new FormData();
  body.set("csrf_token", page.querySelector("input[name=csrf_token]").value);
  const answer = await ask(`${address}/claim`, { method: "POST", body });
  if (!answer.ok) location.replace(address);
}

async function follow() {
  const shown = page.dataset.state;
  for (;;) {
    await wait(EVERY_MS);
    const answer = await ask(`${address}/state`);
    if (!answer.ok) continue;
    const { state } = await answer.json();
    if (state !== shown && !(ASKED.includes(shown) && ASKED.includes(state))) {
      location.replace(address);
      return;
    }
  }
}

async function begin() {
  const agreed = page.querySelector("[data-agreed]");
  if (agreed) {
    agreed.requestSubmit(document.getElementById("qr_approve"));
    return;
  }
  if ("claims" in page.dataset && page.dataset.state === "waiting") await claim();
  await follow();
}

begin();
