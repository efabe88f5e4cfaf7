// fetch, Headers, Request and Response. The host decides where a request may go.
(function (host, builtins, global) {
  class Headers {
    #map = new Map();
    constructor(init = {}) {
      const pairs = init instanceof Headers || Array.isArray(init) ? init : Object.entries(init || {});
      for (const [name, value] of pairs) this.append(name, value);
    }
    append(name, value) { const key = String(name).toLowerCase(); this.#map.set(key, this.#map.has(key) ? `${this.#map.get(key)}, ${value}` : String(value)); }
    set(name, value) { this.#map.set(String(name).toLowerCase(), String(value)); }
    get(name) { const found = this.#map.get(String(name).toLowerCase()); return found === undefined ? null : found; }
    has(name) { return this.#map.has(String(name).toLowerCase()); }
    delete(name) { this.#map.delete(String(name).toLowerCase()); }
    forEach(f) { for (const [name, value] of this) f(value, name, this); }
    keys() { return this.#map.keys(); }
    values() { return this.#map.values(); }
    entries() { return this.#map.entries(); }
    [Symbol.iterator]() { return this.#map.entries(); }
  }

  class Body {
    #data;
    #type;
    bodyUsed = false;
    constructor(body) {
      if (body === undefined || body === null) this.#data = new Uint8Array(0);
      else if (body instanceof global.URLSearchParams) { this.#data = host.bytes(body.toString()); this.#type = "application/x-www-form-urlencoded;charset=UTF-8"; }
      else if (typeof body === "string") { this.#data = host.bytes(body); this.#type = "text/plain;charset=UTF-8"; }
      else this.#data = ArrayBuffer.isView(body) || body instanceof ArrayBuffer ? host.bytes(body) : host.bytes(String(body));
    }
    static type(body) { return body.#type; }
    static data(body) { return body.#data; }
    #take() { if (this.bodyUsed) throw new TypeError("Body is unusable: Body has already been read"); this.bodyUsed = true; return this.#data; }
    async text() { return host.text(this.#take(), false); }
    async json() { return JSON.parse(host.text(this.#take(), false)); }
    async arrayBuffer() { return Uint8Array.from(this.#take()).buffer; }
    async bytes() { return Uint8Array.from(this.#take()); }
  }
  const { type, data } = Body;
  delete Body.type;
  delete Body.data;

  class Request extends Body {
    constructor(input, init = {}) {
      const from = input instanceof Request ? input : {};
      super(init.body !== undefined ? init.body : input instanceof Request ? data(input) : undefined);
      this.url = input instanceof Request ? input.url : new global.URL(String(input)).href;
      this.method = String(init.method || from.method || "GET").toUpperCase();
      this.headers = new Headers(init.headers || from.headers);
      this.signal = init.signal || from.signal || null;
      if (["GET", "HEAD"].includes(this.method) && data(this).length) throw new TypeError("Request with GET/HEAD method cannot have body.");
      if (type(this) && !this.headers.has("content-type")) this.headers.set("content-type", type(this));
    }
  }
  class Response extends Body {
    constructor(body, init = {}) {
      super(body);
      this.status = init.status === undefined ? 200 : init.status;
      this.statusText = init.statusText || "";
      this.headers = new Headers(init.headers);
      this.url = init.url || "";
      this.redirected = false;
      this.type = "basic";
    }
    get ok() { return this.status >= 200 && this.status < 300; }
    clone() { return new Response(data(this), { status: this.status, statusText: this.statusText, headers: this.headers, url: this.url }); }
    static json(value, init = {}) { return new Response(JSON.stringify(value), { ...init, headers: { "content-type": "application/json", ...init.headers } }); }
  }

  let next = 1;
  const waiting = new Map();
  // How many requests are under way.
  host.outstanding = () => waiting.size;
  host.fetched = (id, answer, body) => {
    const one = waiting.get(id);
    if (!one) return;
    waiting.delete(id);
    const { status, statusText, headers, error } = JSON.parse(answer);
    if (error) one.reject(Object.assign(new TypeError("fetch failed"), { cause: new Error(error) }));
    else one.resolve(new Response(body, { status, statusText, headers, url: one.url }));
  };
  global.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.signal) request.signal.throwIfAborted();
    if (waiting.size >= 16) throw new TypeError("fetch failed: there are too many requests under way");
    const id = next++;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject, url: request.url }));
    if (request.signal) request.signal.addEventListener("abort", () => { const one = waiting.get(id); waiting.delete(id); if (one) one.reject(request.signal.reason); });
    host.fetch(JSON.stringify({ id, method: request.method, url: request.url, headers: [...request.headers] }).toWellFormed(), data(request));
    return answer;
  };
  Object.assign(global, { Headers, Request, Response });
})
