// Reads the code of a card by the camera, once the person turns it on. The picture stays here.
"use strict";

const EVERY_MS = 150;
const scanner = document.querySelector("[data-scanner]");
const view = document.getElementById("scan_view");
const start = document.getElementById("scan_start");
const words = document.getElementById("scan_status");
const form = document.getElementById("scan_form");
// Which of the codes in the picture is looked for, and where its text goes
const accepted = new RegExp(scanner.dataset.accepts);
const field = document.getElementById(scanner.dataset.field);
let stream = null;

function say(name) {
  words.textContent = scanner.dataset[name];
}

// The browser's own decoder where it has one, else ours, which is loaded only now
async function openDecoder() {
  if ("BarcodeDetector" in window) {
    try {
      if ((await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
        const own = new BarcodeDetector({ formats: ["qr_code"] });
        return async () => (await own.detect(view)).map((code) => code.rawValue);
      }
    } catch {
      // Then ours
    }
  }
  await loadScript(scanner.dataset.decoder);
  const folder = scanner.dataset.decoder.replace(/[^/]*$/, "");
  ZXingWASM.prepareZXingModule({ overrides: { locateFile: (path) => folder + path } });
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    canvas.width = view.videoWidth;
    canvas.height = view.videoHeight;
    if (!canvas.width) return [];
    pen.drawImage(view, 0, 0);
    const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    const options = { formats: ["QRCode"], textMode: "Plain", maxNumberOfSymbols: 4 };
    return (await ZXingWASM.readBarcodes(picture, options)).map((code) => code.text);
  };
}

function loadScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

function stop() {
  for (const track of stream ? stream.getTracks() : []) track.stop();
  stream = null;
  view.srcObject = null;
  view.hidden = true;
  start.hidden = false;
}

async function look(read) {
  while (stream) {
    const texts = await read();
    const card = texts.find((text) => accepted.test(text));
    if (card) {
      say("found");
      // Some cards' text ends in a NUL, which no form may carry
      field.value = card.split("\0")[0];
      stop();
      // A page that reads the card itself takes it here
      if (!form.dispatchEvent(new Event("scanned", { cancelable: true }))) return;
      start.hidden = true;
      form.submit();
      return;
    }
    say(texts.length ? "other" : "looking");
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

async function begin() {
  start.hidden = true;
  say("starting");
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
    view.srcObject = stream;
    view.hidden = false;
    await view.play();
    await look(await openDecoder());
  } catch (problem) {
    stop();
    say(problem && problem.name === "NotAllowedError" ? "refused" : "missing");
  }
}

if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
  start.hidden = false;
  start.addEventListener("click", begin);
  // A page that nobody looks at looks at nobody
  document.addEventListener("visibilitychange", () => document.hidden && stream && stop());
} else {
  say("missing");
}
