// Brings the islands of a page to life. Pages without islands do not load it.
import init, * as islands from "/pkg/poolhouse.js";

await init({ module_or_path: "/pkg/poolhouse.wasm" });
islands.hydrate();
for (const element of document.querySelectorAll("leptos-island")) {
  islands[element.dataset.component]?.(element);
}
