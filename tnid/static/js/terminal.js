// At a terminal: asks whoever is idle whether they are still there, and brings keys onto the screen.
"use strict";

(() => {
  const question = document.getElementById("idle");
  if (!question) return;
  const left = document.getElementById("idle_left");
  const leaving = document.getElementById("idle_leave");
  const token = leaving.querySelector("[name=csrf_token]").value;
  const longest = Number(question.dataset.longest);
  const ASK_SECONDS = Math.min(20, longest / 2);
  let ends = Date.now() + Number(question.dataset.seconds) * 1000;
  let told = Date.now();

  async function tell() {
    told = Date.now();
    const form = new URLSearchParams({ csrf_token: token });
    await fetch(question.dataset.stay, { method: "POST", body: form, credentials: "same-origin" }).catch(() => {});
  }

  function stay() {
    ends = Date.now() + longest * 1000;
    question.hidden = true;
    if (Date.now() - told > 5000) tell();
  }

  for (const name of ["pointerdown", "keydown", "input", "wheel"]) {
    addEventListener(name, (event) => question.contains(event.target) || stay(), { passive: true });
  }
  const here = document.getElementById("idle_stay");
  here.hidden = false;
  here.addEventListener("click", stay);

  function look() {
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    if (seconds <= 0) {
      clearInterval(looking);
      leaving.submit();
    } else if (seconds <= ASK_SECONDS) {
      left.textContent = seconds;
      if (question.hidden) {
        question.hidden = false;
        here.focus();
      }
    }
  }
  const looking = setInterval(look, 250);

  // Keys: a terminal may have no keyboard, and gloves need room
  const DIGITS = "123456789 0";
  function keys(field) {
    const letters = field.dataset.keys;
    const pad = document.createElement("div");
    pad.className = letters ? "keypad keypad-wide" : "keypad";
    pad.setAttribute("role", "group");
    pad.setAttribute("aria-label", question.dataset.keypad);
    const add = (text, act, label) => {
      const key = document.createElement("button");
      key.type = "button";
      key.textContent = text;
      if (label) key.setAttribute("aria-label", label);
      key.addEventListener("click", () => {
        act();
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
      pad.append(key);
    };
    for (const letter of letters || DIGITS) {
      if (letter === " ") pad.append(document.createElement("span"));
      else add(letter, () => {
        if (field.maxLength < 0 || field.value.length < field.maxLength) field.value += letter;
      });
    }
    add("⌫", () => { field.value = field.value.slice(0, -1); }, question.dataset.delete);
    field.closest(".field").append(pad);
    return pad;
  }
  const wanted = "main input[inputmode=numeric]:not([type=hidden]), main input[data-keys]";
  const fields = [...document.querySelectorAll(wanted)];
  const pads = fields.map(keys);
  // Of several fields the one that is being filled in has its keys
  const show = (chosen) => pads.forEach((pad, number) => { pad.hidden = number !== chosen; });
  fields.forEach((field, number) => field.addEventListener("focus", () => show(number)));
  if (fields.length > 1) show(0);
})();
