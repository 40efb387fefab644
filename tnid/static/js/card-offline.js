// Keeps the page that checks employment cards, and what it is made of, for when there is no network. It serves no other
// page. What is on the network comes first, so that the page is never older than the last time there was one; where the
// network is silent for three seconds, what was kept is shown instead.
"use strict";

const KEPT = "work-card-1";
const PAGE = "/work/card";
const WAIT_MS = 3000;
const PARTS = [
  PAGE,
  "/static/css/tnid.css",
  "/static/css/work-card.css",
  "/static/fonts/be-vietnam-pro-400.woff2",
  "/static/fonts/be-vietnam-pro-600.woff2",
  "/static/images/favicon.svg",
  "/static/images/hills.svg",
  "/static/images/logo.svg",
  "/static/js/card-check.js",
  "/static/js/card-store.js",
  "/static/js/scan.js",
  "/static/js/sd-jwt.js",
  "/static/js/tnid.js",
];

self.addEventListener("install", (event) => {
  const keep = async () => {
    const kept = await caches.open(KEPT);
    await kept.addAll(PARTS.map((path) => new Request(path, { cache: "no-cache" })));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const begin = async () => {
    const names = await caches.keys();
    const older = names.filter((name) => name.startsWith("work-card-") && name !== KEPT);
    await Promise.all(older.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(begin());
});

async function answer(request, path) {
  const kept = await caches.open(KEPT);
  const last = await kept.match(path, { ignoreVary: true });
  const fresh = fetch(request).then((response) => {
    if (response.ok) kept.put(path, response.clone());
    return response;
  });
  if (!last) return fresh;
  const patience = new Promise((resolve) => setTimeout(() => resolve(last), WAIT_MS));
  return Promise.race([fresh.catch(() => last), patience]);
}

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const address = new URL(url);
  const isOurs = address.origin === self.location.origin;
  const isKept = address.pathname === PAGE || address.pathname.startsWith("/static/");
  // Keys and list are never kept here: how old they are must be known
  if (method === "GET" && isOurs && isKept) event.respondWith(answer(event.request, address.pathname));
});
