// Timers, events, abort signals, structuredClone, process and the small modules.
(function (host, builtins, global) {
  let next = 1;
  const timers = new Map();
  const add = (run, delay, every, given) => {
    if (typeof run !== "function") throw Object.assign(new TypeError('The "callback" argument must be of type function.'), { code: "ERR_INVALID_ARG_TYPE" });
    if (timers.size >= 10000) throw new RangeError("There are too many timers");
    const wait = Math.max(1, Math.min(2 ** 31 - 1, Number(delay) || 1));
    const id = next++;
    timers.set(id, { at: host.now() + wait, run, given, every: every ? wait : 0, held: true });
    return new Timeout(id);
  };
  class Timeout {
    #id;
    constructor(id) { this.#id = id; }
    ref() { const t = timers.get(this.#id); if (t) t.held = true; return this; }
    unref() { const t = timers.get(this.#id); if (t) t.held = false; return this; }
    hasRef() { const t = timers.get(this.#id); return !!t && t.held; }
    refresh() { const t = timers.get(this.#id); if (t && t.every) t.at = host.now() + t.every; return this; }
    [Symbol.toPrimitive]() { return this.#id; }
  }
  const clear = (timer) => { if (timer !== undefined && timer !== null) timers.delete(Number(timer)); };
  global.setTimeout = (run, delay, ...given) => add(run, delay, false, given);
  global.setInterval = (run, delay, ...given) => add(run, delay, true, given);
  global.setImmediate = (run, ...given) => add(run, 0, false, given);
  global.clearTimeout = global.clearInterval = global.clearImmediate = clear;
  // Runs what is due; how long until the next, or -1 where nothing waits.
  host.tick = () => {
    const now = host.now();
    const due = [...timers].filter(([, t]) => t.at <= now).sort(([a, x], [b, y]) => x.at - y.at || a - b);
    const [first] = due;
    if (first) {
      const [id, timer] = first;
      if (timer.every) timer.at = now + timer.every;
      else timers.delete(id);
      timer.run(...timer.given);
      return 0;
    }
    let wait = -1;
    for (const t of timers.values()) if (t.held && (wait < 0 || t.at - now < wait)) wait = Math.max(0, t.at - now);
    return wait;
  };
  const sleep = (delay, value) => new Promise((resolve) => global.setTimeout(resolve, delay, value));
  global.setTimeout[Symbol.for("nodejs.util.promisify.custom")] = sleep;
  builtins.timers = { setTimeout: global.setTimeout, setInterval: global.setInterval, setImmediate: global.setImmediate, clearTimeout: clear, clearInterval: clear, clearImmediate: clear };
  builtins["timers/promises"] = { setTimeout: sleep, setImmediate: (value) => sleep(0, value) };

  class EventEmitter {
    #on = new Map();
    #list(name) { return this.#on.get(name) || []; }
    on(name, f) { this.#on.set(name, [...this.#list(name), f]); return this; }
    addListener(name, f) { return this.on(name, f); }
    prependListener(name, f) { this.#on.set(name, [f, ...this.#list(name)]); return this; }
    once(name, f) { const wrapped = (...given) => { this.off(name, wrapped); f.apply(this, given); }; wrapped.listener = f; return this.on(name, wrapped); }
    off(name, f) { this.#on.set(name, this.#list(name).filter((one) => one !== f && one.listener !== f)); return this; }
    removeListener(name, f) { return this.off(name, f); }
    removeAllListeners(name) { if (name === undefined) this.#on.clear(); else this.#on.delete(name); return this; }
    emit(name, ...given) {
      const list = this.#list(name);
      if (name === "error" && list.length === 0) throw given[0] instanceof Error ? given[0] : new Error(`Unhandled error. (${given[0]})`);
      for (const f of list) f.apply(this, given);
      return list.length > 0;
    }
    listeners(name) { return this.#list(name).map((f) => f.listener || f); }
    listenerCount(name) { return this.#list(name).length; }
    eventNames() { return [...this.#on.keys()]; }
    setMaxListeners() { return this; }
    static once(emitter, name) { return new Promise((resolve, reject) => { emitter.once(name, (...given) => resolve(given)); if (name !== "error") emitter.once("error", reject); }); }
  }
  builtins.events = Object.assign(EventEmitter, { EventEmitter, defaultMaxListeners: 10 });

  class Event { constructor(type, init = {}) { this.type = type; Object.assign(this, init); this.defaultPrevented = false; } preventDefault() { this.defaultPrevented = true; } }
  class EventTarget {
    #on = new Map();
    addEventListener(type, f, options) { this.#on.set(type, [...(this.#on.get(type) || []), { f, once: !!(options && options.once) }]); }
    removeEventListener(type, f) { this.#on.set(type, (this.#on.get(type) || []).filter((one) => one.f !== f)); }
    dispatchEvent(event) {
      for (const { f, once } of this.#on.get(event.type) || []) { if (once) this.removeEventListener(event.type, f); (f.handleEvent || f).call(f.handleEvent ? f : this, event); }
      if (typeof this[`on${event.type}`] === "function") this[`on${event.type}`](event);
      return !event.defaultPrevented;
    }
  }
  class DOMException extends Error { constructor(message = "", name = "Error") { super(message); Object.defineProperty(this, "name", { value: name }); this.code = name === "AbortError" ? 20 : name === "TimeoutError" ? 23 : 0; } }
  const abort = (signal, reason) => {
    if (signal.aborted) return;
    signal.aborted = true;
    signal.reason = reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
    signal.dispatchEvent(new Event("abort"));
  };
  class AbortSignal extends EventTarget {
    aborted = false;
    reason = undefined;
    throwIfAborted() { if (this.aborted) throw this.reason; }
    static abort(reason) { const signal = new AbortSignal(); abort(signal, reason); return signal; }
    static timeout(delay) {
      const signal = new AbortSignal();
      global.setTimeout(() => abort(signal, new DOMException("The operation was aborted due to timeout", "TimeoutError")), delay).unref();
      return signal;
    }
    static any(signals) {
      const signal = new AbortSignal();
      for (const one of signals) { if (one.aborted) abort(signal, one.reason); else one.addEventListener("abort", () => abort(signal, one.reason)); }
      return signal;
    }
  }
  class AbortController { signal = new AbortSignal(); abort(reason) { abort(this.signal, reason); } }
  Object.assign(global, { Event, EventTarget, DOMException, AbortSignal, AbortController });

  global.structuredClone = (value) => {
    const seen = new Map();
    const copy = (v) => {
      if (typeof v === "function" || typeof v === "symbol") throw new DOMException(`${String(v)} could not be cloned.`, "DataCloneError");
      if (typeof v !== "object" || v === null) return v;
      if (seen.has(v)) return seen.get(v);
      const keep = (made) => { seen.set(v, made); return made; };
      if (v instanceof Date) return keep(new Date(v));
      if (v instanceof RegExp) return keep(new RegExp(v.source, v.flags));
      if (v instanceof ArrayBuffer) return keep(v.slice(0));
      if (ArrayBuffer.isView(v)) return keep(v instanceof DataView ? new DataView(v.buffer.slice(0)) : Uint8Array.prototype.slice.call(v));
      if (v instanceof Map) { const made = keep(new Map()); for (const [k, e] of v) made.set(copy(k), copy(e)); return made; }
      if (v instanceof Set) { const made = keep(new Set()); for (const e of v) made.add(copy(e)); return made; }
      if (v instanceof Error) { const made = keep(new v.constructor(v.message)); made.stack = v.stack; return made; }
      const made = keep(Array.isArray(v) ? new Array(v.length) : {});
      for (const k of Object.keys(v)) made[k] = copy(v[k]);
      return made;
    };
    return copy(value);
  };

  const start = host.now();
  const write = (level) => ({ write: (text) => { host.log(level, String(text).replace(/\n$/, "").toWellFormed()); return true; }, isTTY: false, fd: level === "INFO" ? 1 : 2 });
  const hrtime = (since) => { const now = host.now(); const whole = [Math.floor(now / 1000), Math.floor((now % 1000) * 1e6)]; if (!since) return whole; const ns = (whole[0] - since[0]) * 1e9 + whole[1] - since[1]; return [Math.floor(ns / 1e9), ns % 1e9]; };
  hrtime.bigint = () => BigInt(Math.floor(host.now() * 1e6));
  const process = Object.assign(new EventEmitter(), {
    env: host.env, argv: ["/var/lang/bin/node", "/var/runtime/index.mjs"], execArgv: [], pid: 1, ppid: 0, title: "node", platform: "linux", arch: "x64",
    version: "v22.12.0", versions: { node: "22.12.0" }, release: { name: "node" }, exitCode: undefined, hrtime,
    cwd: () => "/var/task", nextTick: (f, ...given) => queueMicrotask(() => f(...given)), uptime: () => (host.now() - start) / 1000,
    memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }), emitWarning: (w) => global.console.warn(String(w)),
    exit: (code = 0) => { throw Object.assign(new Error(`The function called process.exit(${code})`), { name: "Runtime.ExitError" }); },
    stdout: write("INFO"), stderr: write("ERROR"),
  });
  global.process = process;
  global.global = global;
  builtins.process = process;
  const performance = { now: () => host.now() - start, timeOrigin: Date.now(), mark: () => {}, measure: () => {}, toJSON: () => ({}) };
  global.performance = performance;
  builtins.perf_hooks = { performance };
  builtins.os = { EOL: "\n", hostname: () => "localhost", platform: () => "linux", type: () => "Linux", release: () => "5.10", arch: () => "x64", tmpdir: () => "/tmp", homedir: () => "/", cpus: () => [], endianness: () => "LE" };
})
