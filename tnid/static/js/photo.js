// Makes a large photo smaller before it is sent: for a weak signal. Without this it is sent as it is.
"use strict";

const ENOUGH_BYTES = 900 * 1024;

async function shrink(input) {
  const [file] = input.files;
  if (!file || file.size <= ENOUGH_BYTES) return;
  try {
    const picture = await createImageBitmap(file);
    const most = Number(input.dataset.shrink);
    const scale = Math.min(1, most / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    if (!small || small.size >= file.size) return;
    const files = new DataTransfer();
    files.items.add(new File([small], "photo.jpg", { type: "image/jpeg" }));
    input.files = files.files;
  } catch {
    // The server says what is wrong with it
  }
}

for (const input of document.querySelectorAll("[data-shrink]")) {
  let shrinking = null;
  input.addEventListener("change", () => {
    shrinking = shrink(input).finally(() => { shrinking = null; });
  });
  input.form.addEventListener("submit", (event) => {
    if (!shrinking) return;
    event.preventDefault();
    shrinking.then(() => input.form.requestSubmit(event.submitter));
  });
}
