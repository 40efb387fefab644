// Follows a sign-in by QR at the screen that waits for its phone; without it the page refreshes itself.
"use strict";

// With the quarter of a second that an answer may be old, a step is here within two seconds
const LOOK_MILLISECONDS = 1600;
const JITTER_MILLISECONDS = 200;
const MOST_MILLISECONDS = 10000;
const FRAME_CHARACTERS = 8;
// What is behind is never gone back to: another process may know less for a moment
const ORDER = { waiting: 0, claimed: 1, approved: 1, typed: 2, ready: 3 };
const KEPT = "qr_digits";

const waiting = document.getElementById("qr_screen");
const image = document.getElementById("qr_image");
const digits = document.getElementById("qr_digits");
const offline = document.querySelector("[data-offline]");
let failures = 0;
let isLeaving = false;
// A form that was sent without a network goes once there is one
let held = null;

function reload(isSame) {
  if (isLeaving) return;
  // The same sign-in, a step on: what is half typed is of use there
  if (isSame && digits) sessionStorage.setItem(KEPT, digits.value);
  location.replace(location.href);
}

// What was typed before the page changed stands there again
function restore() {
  const typed = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (!digits) return;
  if (typed && !digits.value) digits.value = typed;
  if (!image) digits.focus();
}

// A picture that nothing renews is soon too old to be scanned
function tell(isOffline) {
  offline.hidden = !isOffline;
  if (image) image.classList.toggle("stale", isOffline);
  if (isOffline || !held) return;
  held.target.requestSubmit(held.submitter);
  held = null;
}

function idOf(address) {
  return address.slice(0, -FRAME_CHARACTERS);
}

function take(told) {
  const place = ORDER[told.state];
  if (place === undefined) return reload(false);
  if (place > ORDER[waiting.dataset.state]) return reload(true);
  if (!told.image || !image) return;
  // Another window of this browser shows a newer one
  if (idOf(told.address) !== idOf(image.dataset.address)) return reload(false);
  image.src = told.image;
  image.dataset.address = told.address;
  waiting.dataset.step = told.step;
}

async function look() {
  let pause = 0;
  try {
    const step = waiting.dataset.step ? `?step=${waiting.dataset.step}` : "";
    const answer = await fetch(`/qr/poll${step}`, { cache: "no-store" });
    if (answer.ok) {
      failures = 0;
      tell(false);
      take(await answer.json());
    } else {
      failures += 1;
      pause = 1000 * Number(answer.headers.get("Retry-After") || 0);
      // Once may be a process that doesn't know it yet
      if (answer.status === 404 && failures > 1) reload(false);
    }
  } catch {
    // No network for now: the page stays as it is, and asks again
    failures += 1;
    tell(failures > 1);
  }
  const slower = Math.min(LOOK_MILLISECONDS * 2 ** Math.min(failures, 4), MOST_MILLISECONDS);
  setTimeout(look, Math.max(slower, pause) + Math.random() * JITTER_MILLISECONDS);
}

if (waiting) {
  restore();
  const finish = document.querySelector("[data-finish]");
  addEventListener("submit", (event) => {
    isLeaving = offline.hidden;
    if (isLeaving) return;
    event.preventDefault();
    held = event;
  });
  if (finish) finish.requestSubmit();
  else setTimeout(look, LOOK_MILLISECONDS);
}
