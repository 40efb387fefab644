// Sends a list in pieces that outlast a lost connection, and follows a list that is being taken over.
// Without it the form sends the file whole, and a link refreshes the page.
"use strict";

const PIECE_BYTES = 256 * 1024;
const LOOK_MILLISECONDS = 1000;
const MOST_WAIT_MILLISECONDS = 15000;

const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// Sends a form of the page's; a page instead of an answer means that somebody has to sign in first
async function ask(address, fields, signal) {
  const answer = await fetch(address, { method: fields ? "POST" : "GET", body: fields, redirect: "manual", signal });
  if (answer.type === "opaqueredirect") {
    location.reload();
    return new Promise(() => {});
  }
  if (answer.status >= 500 || answer.status === 429) throw new Error("later");
  const told = await answer.json().catch(() => ({}));
  return { ...told, status: answer.status };
}

// Again and again, for a weak signal: what has arrived is never sent twice
async function insist(send, sayWaiting) {
  for (let wait = 1000; ; wait = Math.min(2 * wait, MOST_WAIT_MILLISECONDS)) {
    try {
      return await send();
    } catch {
      sayWaiting();
      await Promise.race([sleep(wait), new Promise((resolve) => {
        addEventListener("online", resolve, { once: true });
      })]);
    }
  }
}

async function digestOf(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Upload {
  constructor(form) {
    this.form = form;
    this.base = form.dataset.upload;
    this.panel = form.querySelector("[data-sending]");
    this.bar = this.panel.querySelector("progress");
    this.said = this.panel.querySelector("[data-said]");
    this.button = form.querySelector("button[type=submit]");
  }

  fields(values) {
    const fields = new FormData();
    fields.append("csrf_token", this.form.elements.csrf_token.value);
    for (const [name, value] of Object.entries(values)) fields.append(name, value);
    return fields;
  }

  say(text) {
    this.panel.hidden = false;
    this.said.textContent = text;
  }

  send(address, values) {
    return insist(() => ask(address, this.fields(values)), () => this.say(this.form.dataset.waiting));
  }

  async run(file) {
    this.button.disabled = true;
    this.say(this.form.dataset.preparing);
    const begun = { digest: await digestOf(file), size: file.size };
    let told = await this.send(`${this.base}/begin`, begun);
    while (told.state === "receiving") {
      this.show(told);
      const piece = file.slice(told.received, told.received + PIECE_BYTES);
      told = await this.send(`${this.base}/${told.import}/pieces`, { position: told.received, piece });
    }
    if (told.page) {
      location.assign(told.page);
      return;
    }
    this.button.disabled = false;
    this.say(told.message || this.form.dataset.failed);
  }

  show(told) {
    const percent = Math.floor((100 * told.received) / told.size);
    this.bar.value = percent;
    this.say(`${percent}%`);
  }
}

for (const form of document.querySelectorAll("[data-upload]")) {
  form.addEventListener("submit", (event) => {
    const [file] = form.elements.file.files;
    if (!file || !window.crypto?.subtle) return;
    event.preventDefault();
    const upload = new Upload(form);
    upload.run(file).catch(() => {
      upload.button.disabled = false;
      upload.say(form.dataset.failed);
    });
  });
}

function words(text, told) {
  const write = (number) => number.toLocaleString(document.documentElement.lang);
  return (text || "").replace("{read}", write(told.rows_read)).replace("{applied}", write(told.rows_applied));
}

async function follow(place) {
  const said = place.querySelector("[data-said]");
  const bar = place.querySelector("progress");
  place.querySelector("[data-refresh]").hidden = true;
  for (;;) {
    await sleep(LOOK_MILLISECONDS);
    const told = await insist(() => ask(place.dataset.progress), () => { said.textContent = place.dataset.offline; });
    if (!place.dataset[told.state]) {
      location.replace(location.pathname);
      return;
    }
    bar.value = told.percent;
    said.textContent = words(place.dataset[told.state], told);
  }
}

const place = document.querySelector("[data-progress]");
if (place) follow(place);
