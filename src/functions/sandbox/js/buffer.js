// TextEncoder, TextDecoder, atob, btoa and Buffer.
(function (host, builtins, global) {
  const bytes = (data) => {
    if (data instanceof Uint8Array) return data;
    if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (data instanceof ArrayBuffer) return new Uint8Array(data);
    throw new TypeError("The data must be a string, a Buffer, a typed array or an ArrayBuffer");
  };
  const utf8 = (text) => host.utf8(String(text).toWellFormed());

  global.TextEncoder = class TextEncoder {
    get encoding() { return "utf-8"; }
    encode(text = "") { return utf8(text); }
    encodeInto(text, target) {
      const encoded = utf8(text).subarray(0, target.length);
      target.set(encoded);
      return { read: text.length, written: encoded.length };
    }
  };
  global.TextDecoder = class TextDecoder {
    constructor(encoding = "utf-8", options = {}) {
      this.encoding = String(encoding).toLowerCase().replace(/^utf8$/, "utf-8");
      if (!["utf-8", "ascii", "latin1", "us-ascii", "iso-8859-1"].includes(this.encoding)) throw new RangeError(`The "${encoding}" encoding is not supported`);
      this.fatal = !!options.fatal;
    }
    decode(data) {
      if (data === undefined) return "";
      const text = this.encoding === "utf-8" ? host.text(bytes(data), this.fatal) : host.encode("latin1", bytes(data));
      if (text === undefined) throw new TypeError("The encoded data was not valid for encoding utf-8");
      return text.replace(/^\ufeff/, "");
    }
  };
  global.btoa = (text) => {
    text = String(text);
    if (/[^\0-\xff]/.test(text)) throw new RangeError("Invalid character");
    return host.encode("base64", host.decode("latin1", text));
  };
  global.atob = (text) => {
    text = String(text).replace(/[\t\n\f\r ]/g, "");
    if (/[^A-Za-z0-9+/=]/.test(text) || text.replace(/=+$/, "").length % 4 === 1) throw new RangeError("The string to be decoded is not correctly encoded.");
    return host.encode("latin1", host.decode("base64", text));
  };

  const known = { utf8: "utf8", "utf-8": "utf8", hex: "hex", base64: "base64", base64url: "base64url", latin1: "latin1", binary: "latin1", ascii: "latin1", ucs2: "utf16le", "ucs-2": "utf16le", utf16le: "utf16le", "utf-16le": "utf16le" };
  const encoding = (name) => {
    const found = known[String(name === undefined || name === null ? "utf8" : name).toLowerCase()];
    if (!found) throw Object.assign(new TypeError(`Unknown encoding: ${name}`), { code: "ERR_UNKNOWN_ENCODING" });
    return found;
  };
  const of = (data) => Object.setPrototypeOf(data, Buffer.prototype);
  const fromText = (text, name) => {
    const kind = encoding(name);
    if (kind === "utf8") return utf8(text);
    if (kind === "utf16le") return new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer);
    return host.decode(kind, text.toWellFormed());
  };

  class Buffer extends Uint8Array {
    static from(data, second, third) {
      if (typeof data === "string") return of(fromText(data, second));
      if (data instanceof ArrayBuffer) return of(new Uint8Array(data, second, third));
      if (ArrayBuffer.isView(data) || Array.isArray(data)) return of(Uint8Array.from(data));
      if (data && data.type === "Buffer" && Array.isArray(data.data)) return of(Uint8Array.from(data.data));
      if (data && typeof data.valueOf() === "string") return of(fromText(data.valueOf(), second));
      throw Object.assign(new TypeError("The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object."), { code: "ERR_INVALID_ARG_TYPE" });
    }
    static alloc(size, fill, name) { const out = of(new Uint8Array(size)); return fill === undefined ? out : out.fill(fill, 0, size, name); }
    static allocUnsafe(size) { return of(new Uint8Array(size)); }
    static allocUnsafeSlow(size) { return of(new Uint8Array(size)); }
    static isBuffer(value) { return value instanceof Buffer; }
    static isEncoding(name) { return typeof name === "string" && name.toLowerCase() in known; }
    static byteLength(data, name) { return typeof data === "string" ? fromText(data, name).length : data.byteLength; }
    static concat(list, length) {
      const total = length === undefined ? list.reduce((sum, b) => sum + b.length, 0) : length;
      const out = Buffer.alloc(total);
      let at = 0;
      for (const part of list) {
        if (at >= total) break;
        const cut = part.subarray(0, total - at);
        out.set(cut, at);
        at += cut.length;
      }
      return out;
    }
    static compare(a, b) {
      for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
      return Math.sign(a.length - b.length);
    }
    toString(name, start = 0, end = this.length) {
      const part = this.subarray(start, end);
      const kind = encoding(name);
      if (kind === "utf8") return host.text(part, false);
      if (kind === "utf16le") { let out = ""; for (let i = 0; i + 1 < part.length; i += 2) out += String.fromCharCode(part[i] | (part[i + 1] << 8)); return out; }
      return host.encode(String(name).toLowerCase() === "ascii" ? "ascii" : kind, part);
    }
    toJSON() { return { type: "Buffer", data: Array.from(this) }; }
    equals(other) { return Buffer.compare(this, other) === 0; }
    compare(other) { return Buffer.compare(this, other); }
    slice(start, end) { return this.subarray(start, end); }
    subarray(start, end) {
      const size = this.length;
      const at = (n, otherwise) => (n === undefined ? otherwise : Math.max(0, Math.min(size, n < 0 ? size + Math.trunc(n) : Math.trunc(n) || 0)));
      const from = at(start, 0);
      return of(new Uint8Array(this.buffer, this.byteOffset + from, Math.max(0, at(end, size) - from)));
    }
    write(text, offset = 0, length, name) {
      if (typeof offset === "string") [offset, name] = [0, offset];
      if (typeof length === "string") [length, name] = [undefined, length];
      const data = fromText(text, name).subarray(0, Math.min(length === undefined ? Infinity : length, this.length - offset));
      this.set(data, offset);
      return data.length;
    }
    copy(target, at = 0, start = 0, end = this.length) { const part = this.subarray(start, Math.min(end, start + target.length - at)); target.set(part, at); return part.length; }
    fill(value, start = 0, end = this.length, name) {
      if (typeof value === "number") { super.fill(value, start, end); return this; }
      const data = typeof value === "string" ? fromText(value, name) : value;
      for (let i = start; i < end; i++) this[i] = data.length ? data[(i - start) % data.length] : 0;
      return this;
    }
    indexOf(value, from = 0, name) {
      if (typeof value === "number") return super.indexOf(value & 255, from);
      const data = typeof value === "string" ? fromText(value, name) : value;
      outer: for (let i = from; i + data.length <= this.length; i++) {
        for (let j = 0; j < data.length; j++) if (this[i + j] !== data[j]) continue outer;
        return i;
      }
      return -1;
    }
    includes(value, from, name) { return this.indexOf(value, from, name) !== -1; }
    get parent() { return this.buffer; }
  }
  const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const numbers = { UInt8: ["Uint8", 1], Int8: ["Int8", 1], UInt16: ["Uint16", 2], Int16: ["Int16", 2], UInt32: ["Uint32", 4], Int32: ["Int32", 4], Float: ["Float32", 4], Double: ["Float64", 8], BigUInt64: ["BigUint64", 8], BigInt64: ["BigInt64", 8] };
  for (const [name, [kind, size]] of Object.entries(numbers)) {
    for (const [end, little] of size === 1 ? [["", true]] : [["LE", true], ["BE", false]]) {
      const read = function (at = 0) { return view(this)[`get${kind}`](at, little); };
      const write = function (value, at = 0) { view(this)[`set${kind}`](at, value, little); return at + size; };
      for (const alias of [name, name.replace("UInt", "Uint")]) {
        Object.defineProperty(Buffer.prototype, `read${alias}${end}`, { value: read });
        Object.defineProperty(Buffer.prototype, `write${alias}${end}`, { value: write });
      }
    }
  }
  global.Buffer = Buffer;
  builtins.buffer = { Buffer, atob: global.atob, btoa: global.btoa, constants: { MAX_LENGTH: 2 ** 30 }, kMaxLength: 2 ** 30 };
  builtins.string_decoder = {
    StringDecoder: class StringDecoder {
      constructor(name) { this.encoding = name; this.kept = Buffer.alloc(0); }
      write(data) { this.kept = Buffer.concat([this.kept, data]); return ""; }
      end(data) { if (data) this.write(data); const text = this.kept.toString(this.encoding); this.kept = Buffer.alloc(0); return text; }
    },
  };
  host.bytes = (data, name) => (typeof data === "string" ? fromText(data, name) : bytes(data));
})
