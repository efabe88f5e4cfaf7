// require, and how a handler is found and called.
(function (host, builtins, global) {
  const missing = (name, from) => {
    const stack = from ? `\nRequire stack:\n- ${from}` : "";
    return Object.assign(new Error(`Cannot find module '${name}'${stack}`), { code: "MODULE_NOT_FOUND", requireStack: from ? [from] : [] });
  };
  const cache = Object.create(null);
  const builtin = (name) => {
    const bare = name.startsWith("node:") ? name.slice(5) : name;
    return Object.hasOwn(builtins, bare) ? builtins[bare] : undefined;
  };
  builtins.module = { createRequire: (from) => requireFrom(String(from).replace(/^file:\/\//, "")), builtinModules: Object.keys(builtins) };

  function load(path, kind) {
    if (cache[path]) return cache[path].exports;
    const module = (cache[path] = { exports: {}, id: path, filename: path, loaded: false, children: [], paths: [] });
    try {
      if (kind === "json") module.exports = JSON.parse(host.source(path));
      else {
        const run = host.compile(`(function (exports, require, module, __filename, __dirname) {${host.source(path)}\n})`, path);
        run.call(module.exports, module.exports, (module.require = requireFrom(path)), module, path, builtins.path.dirname(path));
      }
      module.loaded = true;
      return module.exports;
    } catch (error) {
      delete cache[path];
      throw error;
    }
  }
  function requireFrom(from) {
    const find = (name) => {
      if (typeof name !== "string") throw Object.assign(new TypeError('The "id" argument must be of type string.'), { code: "ERR_INVALID_ARG_TYPE" });
      return JSON.parse(host.resolve(from, name.toWellFormed(), true));
    };
    const require = (name) => {
      const own = typeof name === "string" ? builtin(name) : undefined;
      if (own !== undefined) return own;
      const found = find(name);
      if (!found.path) throw missing(name, from);
      if (found.kind === "esm") throw Object.assign(new Error(`require() of ES Module ${found.path} from ${from} is not supported; use import`), { code: "ERR_REQUIRE_ESM" });
      return load(found.path, found.kind);
    };
    require.resolve = (name) => { if (builtin(name) !== undefined) return name; const found = find(name); if (!found.path) throw missing(name, from); return found.path; };
    require.cache = cache;
    require.main = undefined;
    return require;
  }

  // What a module that is no ES module gives to one that imports it.
  host.imported = (name) => {
    const own = builtin(name);
    if (own !== undefined) return own;
    const found = JSON.parse(host.resolve("", name, true));
    if (!found.path) throw missing(name);
    return load(found.path, found.kind);
  };
  host.names = (name) => JSON.stringify(Object.keys(Object(host.imported(name))).filter((k) => /^[A-Za-z_$][\w$]*$/.test(k)));
  host.missing = missing;

  const text = (value) => { try { return String(value); } catch { return "an error that is not text"; } };
  function failure(error, typed) {
    const isError = error instanceof Error;
    const name = isError ? text(error.name) : typeof error;
    const message = isError ? text(error.message) : typeof error === "object" ? safely(error) : text(error);
    const frames = isError && typeof error.stack === "string" ? error.stack.split("\n").filter((line) => line.trim()).slice(0, 20) : [];
    const head = isError ? `${name}: ${message}` : message;
    const trace = isError ? (frames[0] === head ? frames : [head, ...frames]) : [];
    return JSON.stringify({ errorType: typed || name, errorMessage: typed ? head : message, trace: trace.map((line) => line.slice(0, 1000)) }).toWellFormed();
  }
  const safely = (value) => { try { return JSON.stringify(value) ?? text(value); } catch { return text(value); } };

  let handler;
  let loading;
  const property = (exports, path) => path.split(".").reduce((from, name) => (from === undefined || from === null ? undefined : from[name]), exports);
  // Finds the handler `folder/file.name`; settles when it is there or why it is not.
  host.load = (setting) => {
    const at = setting.lastIndexOf("/") + 1;
    const [, file, name] = /^([^.]*)\.(.+)$/.exec(setting.slice(at)) || [];
    if (!file) return host.loaded(JSON.stringify({ errorType: "Runtime.MalformedHandlerName", errorMessage: "Bad handler", trace: [] }));
    const fail = (error) => {
      const kind = error && error.code === "MODULE_NOT_FOUND" ? "Runtime.ImportModuleError" : error instanceof SyntaxError ? "Runtime.UserCodeSyntaxError" : undefined;
      host.loaded(failure(error, kind));
    };
    const found = JSON.parse(host.resolve("", `/var/task/${setting.slice(0, at)}${file}`, true));
    if (!found.path) return fail(missing(setting.slice(0, at) + file));
    const take = (exports) => {
      handler = property(exports, name);
      if (handler === undefined && exports && exports.default) handler = property(exports.default, name);
      if (typeof handler === "function") return host.loaded("");
      const why = handler === undefined ? "Runtime.HandlerNotFound" : "Runtime.HandlerNotFunction";
      host.loaded(JSON.stringify({ errorType: why, errorMessage: `${setting} is ${handler === undefined ? "undefined or not exported" : "not a function"}`, trace: [] }));
    };
    try {
      if (found.kind === "esm") host.import(found.path).then(take, fail);
      else take(load(found.path, found.kind));
    } catch (error) {
      fail(error);
    }
  };

  let call = 0;
  host.invoke = (event, facts) => {
    const mine = ++call;
    const { deadline, ...given } = JSON.parse(facts);
    let waits = true;
    let settled = false;
    const settle = (ok, make) => {
      if (settled || mine !== call) return;
      settled = true;
      let value;
      try { value = make(); } catch (error) { [ok, value] = [false, failure(error, "Runtime.MarshalError")]; }
      host.settle(ok, value);
    };
    const succeed = (value) => settle(true, () => { const json = JSON.stringify(value === undefined ? null : value); return (json === undefined ? "null" : json).toWellFormed(); });
    const fail = (error) => settle(false, () => failure(error));
    const ended = (end) => (value) => { host.wait(false); end(value); };
    const context = {
      ...given,
      getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - host.now())),
      succeed: ended(succeed), fail: ended(fail), done: (error, value) => { host.wait(false); if (error) fail(error); else succeed(value); },
    };
    Object.defineProperty(context, "callbackWaitsForEmptyEventLoop", { enumerable: true, get: () => waits, set: (v) => { waits = !!v; host.wait(waits); } });
    const callback = (error, value) => { if (error !== undefined && error !== null) fail(error); else succeed(value); };
    try {
      const result = handler(JSON.parse(event), context, callback);
      if (result && typeof result.then === "function") result.then((value) => { host.wait(false); succeed(value); }, (error) => { host.wait(false); fail(error); });
    } catch (error) {
      host.wait(false);
      fail(error);
    }
  };
  host.failed = (error) => { host.wait(false); host.settle(false, failure(error)); };
})
