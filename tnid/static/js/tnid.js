// Adds comfort to pages that work without it: copy, print, show the password.
"use strict";

function offer(selector, act) {
  for (const button of document.querySelectorAll(selector)) {
    button.hidden = false;
    button.addEventListener("click", () => act(button));
  }
}

if (navigator.clipboard) {
  offer("[data-copy]", async (button) => {
    const source = document.getElementById(button.dataset.copy);
    const lines = [...source.querySelectorAll("li")].map((item) => item.textContent.trim());
    await navigator.clipboard.writeText(lines.length ? lines.join("\n") : source.textContent.trim());
    button.lastElementChild.textContent = button.dataset.done;
  });
}

offer("[data-print]", () => window.print());

offer("[data-reveal]", (button) => {
  const field = document.getElementById(button.dataset.reveal);
  const wasHidden = field.type === "password";
  field.type = wasHidden ? "text" : "password";
  button.textContent = wasHidden ? button.dataset.hide : button.dataset.show;
});

// Goes on when the frames have loaded; a frame that hangs is waited for no longer than the others
const onward = document.querySelector("[data-onward]");
if (onward) {
  const go = () => location.assign(onward.href);
  addEventListener("load", () => setTimeout(go, 500));
  setTimeout(go, 3000);
}

const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();
