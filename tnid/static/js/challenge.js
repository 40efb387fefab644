// Solves the puzzle of the page and goes on by itself; without it a person waits and presses the button.
"use strict";

const form = document.getElementById("challenge");
const wanted = Number(form.dataset.bits);
const prefix = `${form.dataset.puzzle}:`;
const SLICE = 4000;

const K = new Uint32Array(64);
const START = new Uint32Array(8);

// The constants of SHA-256 (FIPS 180-4 §4.2.2, §5.3.3): of the first primes' roots
(function prepare() {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) {
    if (primes.every((p) => n % p)) primes.push(n);
  }
  const fraction = (x) => ((x - Math.floor(x)) * 0x100000000) >>> 0;
  primes.forEach((p, i) => {
    K[i] = fraction(Math.cbrt(p));
    if (i < 8) START[i] = fraction(Math.sqrt(p));
  });
})();

const rotate = (x, n) => (x >>> n) | (x << (32 - n));
const words = new Uint32Array(64);

// The first word of the digest of a text shorter than one block
function firstWord(text) {
  words.fill(0, 0, 16);
  for (let i = 0; i < text.length; i += 1) words[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  words[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  words[15] = text.length * 8;
  for (let t = 16; t < 64; t += 1) {
    const x = words[t - 15];
    const y = words[t - 2];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    words[t] = words[t - 16] + s0 + words[t - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let t = 0; t < 64; t += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t] + words[t]) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0;
    d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  return (a + START[0]) >>> 0;
}

function search(from) {
  for (let n = from; n < from + SLICE; n += 1) {
    if (Math.clz32(firstWord(prefix + n)) >= wanted) {
      document.getElementById("challenge_solution").value = String(n);
      form.submit();
      return;
    }
  }
  setTimeout(search, 0, from + SLICE);
}

document.getElementById("challenge_wait").hidden = true;
document.getElementById("challenge_submit").hidden = true;
document.getElementById("challenge_busy").hidden = false;
setTimeout(search, 0, 0);
