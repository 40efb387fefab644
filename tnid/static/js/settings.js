// Says beside each field what is wrong while somebody types. Without it the button "Check" and saving say the same.
"use strict";

const form = document.querySelector("[data-check]");
const WAIT_MILLISECONDS = 600;
let timer = 0;
let asked = 0;
const touched = new Set();

function show(list, texts, isWrong) {
  list.replaceChildren(
    ...texts.map((text) => {
      const item = document.createElement("li");
      const words = document.createElement("span");
      words.textContent = text;
      if (isWrong) {
        item.className = "wrong";
        item.append(document.getElementById("alert_icon").content.cloneNode(true));
      }
      item.append(words);
      return item;
    }),
  );
}

// Only what was typed in: nobody is told of fields that they haven't come to
function tell(answer) {
  for (const name of touched) {
    const errors = form.querySelector(`[data-errors="${name}"]`);
    const notes = form.querySelector(`[data-notes="${name}"]`);
    if (!errors) continue;
    const texts = answer.errors[name] || [];
    show(errors, texts, true);
    if (notes) show(notes, answer.notes[name] || [], false);
    errors.closest(".field").classList.toggle("field-wrong", texts.length > 0);
    for (const control of form.querySelectorAll(`[name="${name}"]`)) {
      if (texts.length) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }
}

async function check() {
  const turn = ++asked;
  const body = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body, headers: { Accept: "application/json" } });
    // An answer that was overtaken, or none: saving says it all again
    if (answer.ok && turn === asked) tell(await answer.json());
  } catch {
    // No connection: nothing is said
  }
}

if (form) {
  for (const list of form.querySelectorAll("[data-errors]")) list.setAttribute("aria-live", "polite");
  form.addEventListener("input", (event) => {
    touched.add(event.target.name);
    clearTimeout(timer);
    timer = setTimeout(check, WAIT_MILLISECONDS);
  });
}
