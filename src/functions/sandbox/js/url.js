// URL, URLSearchParams, querystring and path.
(function (host, builtins, global) {
  const encode = (text) => encodeURIComponent(String(text).toWellFormed()).replace(/%20/g, "+").replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const decode = (text) => { const plain = text.replace(/\+/g, " "); try { return decodeURIComponent(plain); } catch { return plain; } };

  class URLSearchParams {
    #pairs = [];
    #changed = () => {};
    constructor(init = "", changed) {
      if (changed) this.#changed = changed;
      if (typeof init === "string") this.#read(init);
      else if (init && typeof init[Symbol.iterator] === "function") this.#pairs = Array.from(init, ([k, v]) => [String(k), String(v)]);
      else if (init) this.#pairs = Object.entries(init).map(([k, v]) => [k, String(v)]);
    }
    #read(text) {
      const pairs = text.replace(/^\?/, "").split("&").filter(Boolean);
      this.#pairs = pairs.map((pair) => { const at = pair.indexOf("="); return at < 0 ? [decode(pair), ""] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]; });
    }
    get size() { return this.#pairs.length; }
    append(name, value) { this.#pairs.push([String(name), String(value)]); this.#changed(this); }
    delete(name) { this.#pairs = this.#pairs.filter(([k]) => k !== name); this.#changed(this); }
    get(name) { const found = this.#pairs.find(([k]) => k === name); return found ? found[1] : null; }
    getAll(name) { return this.#pairs.filter(([k]) => k === name).map(([, v]) => v); }
    has(name) { return this.#pairs.some(([k]) => k === name); }
    set(name, value) {
      const at = this.#pairs.findIndex(([k]) => k === name);
      if (at < 0) return this.append(name, value);
      this.#pairs = this.#pairs.filter(([k], i) => k !== name || i === at);
      this.#pairs[at][1] = String(value);
      this.#changed(this);
    }
    sort() { this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)); this.#changed(this); }
    forEach(f) { for (const [k, v] of this.#pairs) f(v, k, this); }
    keys() { return this.#pairs.map(([k]) => k).values(); }
    values() { return this.#pairs.map(([, v]) => v).values(); }
    entries() { return this.#pairs.map((pair) => [...pair]).values(); }
    [Symbol.iterator]() { return this.entries(); }
    toString() { return this.#pairs.map(([k, v]) => `${encode(k)}=${encode(v)}`).join("&"); }
  }

  class URL {
    #parts;
    #query;
    constructor(href, base) {
      const parsed = host.urlParse(String(href).toWellFormed(), base === undefined ? "" : String(base).toWellFormed());
      if (!parsed) throw Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL", input: String(href) });
      this.#parts = JSON.parse(parsed);
    }
    static canParse(href, base) { try { new URL(href, base); return true; } catch { return false; } }
    static parse(href, base) { try { return new URL(href, base); } catch { return null; } }
    static part(url, name) { return url.#parts[name]; }
    static change(url, name, value) {
      const changed = host.urlSet(url.#parts.href, name, String(value).toWellFormed());
      if (changed) url.#parts = JSON.parse(changed);
      if (name === "search" || name === "href") url.#query = undefined;
    }
    get searchParams() {
      if (!this.#query) this.#query = new URLSearchParams(this.#parts.search, (query) => {
        const changed = host.urlSet(this.#parts.href, "search", query.toString());
        if (changed) this.#parts = JSON.parse(changed);
      });
      return this.#query;
    }
    toString() { return this.#parts.href; }
    toJSON() { return this.#parts.href; }
  }
  const { part, change } = URL;
  delete URL.part;
  delete URL.change;
  for (const name of ["href", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash", "origin"]) {
    const set = name === "origin" ? undefined : function (value) { change(this, name, value); };
    Object.defineProperty(URL.prototype, name, { get() { return part(this, name); }, set, enumerable: true, configurable: true });
  }
  global.URL = URL;
  global.URLSearchParams = URLSearchParams;
  const legacy = (text) => { const u = URL.parse(text); return u ? { href: u.href, protocol: u.protocol, host: u.host, hostname: u.hostname, port: u.port || null, pathname: u.pathname, search: u.search || null, query: u.search.slice(1) || null, hash: u.hash || null, path: u.pathname + u.search } : { href: text, pathname: text }; };
  builtins.url = { URL, URLSearchParams, parse: legacy, format: (u) => String(u.href || u), resolve: (base, to) => new URL(to, base).href, fileURLToPath: (u) => decodeURIComponent(new URL(u).pathname), pathToFileURL: (p) => new URL(`file://${p}`) };
  builtins.querystring = {
    escape: encodeURIComponent, unescape: decode,
    stringify: (object = {}) => Object.entries(object).flatMap(([k, v]) => (Array.isArray(v) ? v : [v]).map((one) => `${encodeURIComponent(k)}=${encodeURIComponent(one === null || one === undefined ? "" : one)}`)).join("&"),
    parse: (text = "") => {
      const out = Object.create(null);
      for (const [k, v] of new URLSearchParams(text)) out[k] = k in out ? [].concat(out[k], v) : v;
      return out;
    },
  };
  builtins.querystring.encode = builtins.querystring.stringify;
  builtins.querystring.decode = builtins.querystring.parse;

  const normalize = (path) => {
    const kept = [];
    for (const segment of path.split("/")) {
      if (segment === "..") { if (kept.length && kept[kept.length - 1] !== "..") kept.pop(); else if (!path.startsWith("/")) kept.push(".."); }
      else if (segment && segment !== ".") kept.push(segment);
    }
    const end = path.endsWith("/") && kept.length ? "/" : "";
    return (path.startsWith("/") ? "/" : "") + kept.join("/") + end || (path.startsWith("/") ? "/" : ".");
  };
  const basename = (path, end = "") => { const name = path.replace(/\/+$/, "").split("/").pop(); return end && name.endsWith(end) && name !== end ? name.slice(0, -end.length) : name; };
  const extname = (path) => { const name = basename(path); const at = name.lastIndexOf("."); return at > 0 ? name.slice(at) : ""; };
  const dirname = (path) => { const at = path.replace(/\/+$/, "").lastIndexOf("/"); return at < 0 ? "." : path.slice(0, at) || "/"; };
  const join = (...parts) => normalize(parts.filter(Boolean).join("/") || ".");
  const resolve = (...parts) => { let path = ""; for (const one of ["/var/task", ...parts]) path = one.startsWith("/") ? one : `${path}/${one}`; const out = normalize(path); return out.length > 1 ? out.replace(/\/$/, "") : out; };
  const path = {
    sep: "/", delimiter: ":", normalize, basename, extname, dirname, join, resolve, isAbsolute: (p) => p.startsWith("/"),
    relative: (from, to) => { const [a, b] = [resolve(from).split("/"), resolve(to).split("/")]; let i = 0; while (i < a.length && a[i] === b[i]) i++; return [...a.slice(i).map(() => ".."), ...b.slice(i)].join("/"); },
    parse: (p) => ({ root: p.startsWith("/") ? "/" : "", dir: dirname(p) === "." ? "" : dirname(p), base: basename(p), ext: extname(p), name: basename(p, extname(p)) }),
  };
  path.posix = path;
  builtins.path = path;
  builtins["path/posix"] = path;
})
