// util.inspect, util.format and console.
(function (host, builtins, global) {
  const plain = /^[A-Za-z_$][\w$]*$/;
  const key = (name) => (typeof name === "symbol" ? `[${String(name)}]` : plain.test(name) ? name : quote(name));
  const quote = (text) => (text.includes("'") ? JSON.stringify(text) : `'${text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}'`);

  function inspect(value, options) {
    const depth = options && options.depth !== undefined ? options.depth : 2;
    return show(value, depth === null ? 20 : depth, []);
  }

  function show(value, depth, above) {
    switch (typeof value) {
      case "string": return quote(value);
      case "bigint": return `${value}n`;
      case "symbol": return String(value);
      case "function": return value.name ? `[Function: ${value.name}]` : "[Function (anonymous)]";
      case "object": return value === null ? "null" : object(value, depth, above);
      default: return Object.is(value, -0) ? "-0" : String(value);
    }
  }

  function object(value, depth, above) {
    if (above.includes(value)) return "[Circular *1]";
    const inner = (v) => show(v, depth - 1, [...above, value]);
    if (value instanceof Error) return error(value, inner);
    if (value instanceof Date) return isNaN(value) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Promise) return "Promise { <pending> }";
    if (global.Buffer && value instanceof global.Buffer) return `<Buffer ${value.subarray(0, 50).toString("hex").replace(/(..)(?=.)/g, "$1 ")}>`;
    const name = value.constructor && value.constructor.name;
    if (depth < 0) return Array.isArray(value) ? "[Array]" : `[${name || "Object"}]`;
    const isList = Array.isArray(value) || ArrayBuffer.isView(value);
    let items;
    if (value instanceof Map) items = [...value].slice(0, 100).map(([k, v]) => `${inner(k)} => ${inner(v)}`);
    else if (value instanceof Set) items = [...value].slice(0, 100).map(inner);
    else if (isList) items = Array.from(value.length > 100 ? value.slice(0, 100) : value, inner);
    else items = Object.keys(value).slice(0, 200).map((k) => `${key(k)}: ${inner(value[k])}`);
    const more = (isList ? value.length : value.size || 0) - 100;
    if (more > 0) items.push(`... ${more} more items`);
    const label = Array.isArray(value) || name === "Object" ? "" : name === undefined ? "[Object: null prototype] " : `${name}${value.size !== undefined ? `(${value.size})` : ""} `;
    const [open, close] = isList ? "[]" : "{}";
    if (items.length === 0) return `${label}${open}${close}`;
    const line = `${label}${open} ${items.join(", ")} ${close}`;
    return line.length <= 72 && !line.includes("\n") ? line : `${label}${open}\n${items.join(",\n").replace(/^/gm, "  ")}\n${close}`;
  }

  function error(value, inner) {
    const head = String(value);
    const stack = typeof value.stack === "string" ? value.stack : "";
    const text = stack.startsWith(head) ? stack : [head, stack].filter(Boolean).join("\n");
    const extra = Object.keys(value).filter((k) => k !== "stack" && k !== "message").map((k) => `  ${key(k)}: ${inner(value[k])}`);
    return extra.length ? `${text.trimEnd()} {\n${extra.join(",\n")}\n}` : text.trimEnd();
  }

  function format(first, ...rest) {
    const parts = [];
    if (typeof first === "string") {
      parts.push(first.replace(/%[sdifjoOc%]/g, (mark) => {
        if (mark === "%%") return "%";
        if (rest.length === 0) return mark;
        const value = rest.shift();
        switch (mark) {
          case "%s": return typeof value === "object" && value !== null ? inspect(value, { depth: 0 }) : typeof value === "bigint" ? `${value}n` : String(value);
          case "%d": return typeof value === "object" ? "NaN" : String(Number(value));
          case "%i": return String(parseInt(value, 10));
          case "%f": return String(parseFloat(value));
          case "%j": try { return JSON.stringify(value); } catch { return "[Circular]"; }
          case "%c": return "";
          default: return inspect(value, { depth: 4 });
        }
      }));
    } else if (arguments.length > 0) rest.unshift(first);
    for (const value of rest) parts.push(typeof value === "string" ? value : inspect(value));
    return parts.join(" ");
  }

  const counts = new Map();
  const timers = new Map();
  let indent = "";
  const log = (level) => (...values) => host.log(level, (indent + format(...values)).toWellFormed());
  const console = {
    log: log("INFO"), info: log("INFO"), debug: log("DEBUG"), warn: log("WARN"), error: log("ERROR"),
    dir: (value, options) => host.log("INFO", inspect(value, options).toWellFormed()),
    table: (value) => host.log("INFO", inspect(value).toWellFormed()),
    trace: (...values) => host.log("ERROR", `Trace: ${format(...values)}\n${new Error().stack}`.toWellFormed()),
    assert: (ok, ...values) => { if (!ok) console.error("Assertion failed", ...values); },
    count: (label = "default") => { counts.set(label, (counts.get(label) || 0) + 1); console.log(`${label}: ${counts.get(label)}`); },
    countReset: (label = "default") => { counts.delete(label); },
    time: (label = "default") => { timers.set(label, host.now()); },
    timeEnd: (label = "default") => { console.log(`${label}: ${(host.now() - timers.get(label)).toFixed(3)}ms`); timers.delete(label); },
    timeLog: (label = "default") => console.log(`${label}: ${(host.now() - timers.get(label)).toFixed(3)}ms`),
    group: (...values) => { if (values.length) console.log(...values); indent += "  "; },
    groupEnd: () => { indent = indent.slice(2); },
    clear: () => {},
  };
  global.console = console;

  const custom = Symbol.for("nodejs.util.promisify.custom");
  function promisify(original) {
    if (typeof original !== "function") throw new TypeError('The "original" argument must be of type function');
    if (original[custom]) return original[custom];
    return function (...given) {
      return new Promise((resolve, reject) => original.call(this, ...given, (error, value) => (error ? reject(error) : resolve(value))));
    };
  }
  promisify.custom = custom;
  const callbackify = (original) => (...given) => {
    const done = given.pop();
    original(...given).then((value) => queueMicrotask(() => done(null, value)), (error) => queueMicrotask(() => done(error)));
  };
  const inherits = (child, parent) => { child.super_ = parent; Object.setPrototypeOf(child.prototype, parent.prototype); };
  const same = (a, b) => {
    if (Object.is(a, b)) return true;
    if (typeof a !== "object" || typeof b !== "object" || !a || !b || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    if (a instanceof Date) return a.getTime() === b.getTime();
    if (a instanceof Map || a instanceof Set) return a.size === b.size && same([...a], [...b]);
    const [ours, theirs] = [Object.keys(a), Object.keys(b)];
    return ours.length === theirs.length && ours.every((k) => Object.hasOwn(b, k) && same(a[k], b[k]));
  };
  builtins.util = {
    inspect, format, promisify, callbackify, inherits, isDeepStrictEqual: same, deprecate: (f) => f,
    debuglog: () => () => {}, isArray: Array.isArray, stripVTControlCharacters: (t) => t.replace(/\u001b\[[0-9;]*m/g, ""),
    types: {
      isPromise: (v) => v instanceof Promise, isDate: (v) => v instanceof Date, isRegExp: (v) => v instanceof RegExp,
      isMap: (v) => v instanceof Map, isSet: (v) => v instanceof Set, isNativeError: (v) => v instanceof Error,
      isTypedArray: (v) => ArrayBuffer.isView(v) && !(v instanceof DataView), isUint8Array: (v) => v instanceof Uint8Array,
      isAsyncFunction: (v) => typeof v === "function" && v.constructor && v.constructor.name === "AsyncFunction",
    },
  };
  builtins.console = console;
  function assert(ok, message) {
    if (!ok) throw message instanceof Error ? message : Object.assign(new Error(message || "The expression evaluated to a falsy value"), { name: "AssertionError", code: "ERR_ASSERTION" });
  }
  const unlike = (message, a, b) => message || `Expected values to be strictly equal:\n\n${inspect(a)} !== ${inspect(b)}\n`;
  Object.assign(assert, {
    ok: assert, strict: assert,
    equal: (a, b, m) => assert(a == b, unlike(m, a, b)), notEqual: (a, b, m) => assert(a != b, unlike(m, a, b)),
    strictEqual: (a, b, m) => assert(Object.is(a, b), unlike(m, a, b)), notStrictEqual: (a, b, m) => assert(!Object.is(a, b), unlike(m, a, b)),
    deepEqual: (a, b, m) => assert(same(a, b), unlike(m, a, b)), deepStrictEqual: (a, b, m) => assert(same(a, b), unlike(m, a, b)),
    fail: (m) => assert(false, m || "Failed"),
    throws: (f, m) => { try { f(); } catch { return; } assert(false, typeof m === "string" ? m : "Missing expected exception."); },
    rejects: async (p, m) => { try { await (typeof p === "function" ? p() : p); } catch { return; } assert(false, typeof m === "string" ? m : "Missing expected rejection."); },
  });
  builtins.assert = assert;
})
