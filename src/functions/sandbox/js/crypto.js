// crypto: hashes, random values and what hangs on them.
(function (host, builtins, global) {
  const { Buffer } = global;
  const out = (data, name) => { const buffer = Buffer.from(data); return name && name !== "buffer" ? buffer.toString(name) : buffer; };
  const digest = (name) => {
    const found = String(name).toLowerCase().replace(/^(rsa-)?sha-?(\d)/, "sha$2");
    if (!["md5", "sha1", "sha256", "sha384", "sha512"].includes(found)) throw Object.assign(new Error("Digest method not supported"), { code: "ERR_CRYPTO_INVALID_DIGEST" });
    return found;
  };

  class Hash {
    #parts = [];
    #finish;
    constructor(finish) { this.#finish = finish; }
    update(data, name) {
      if (!this.#finish) throw Object.assign(new Error("Digest already called"), { code: "ERR_CRYPTO_HASH_FINALIZED" });
      this.#parts.push(Buffer.from(host.bytes(data, name)));
      return this;
    }
    digest(name) {
      if (!this.#finish) throw Object.assign(new Error("Digest already called"), { code: "ERR_CRYPTO_HASH_FINALIZED" });
      const finish = this.#finish;
      this.#finish = null;
      return out(finish(Buffer.concat(this.#parts)), name);
    }
    copy() { const copy = new Hash(this.#finish); copy.#parts = [...this.#parts]; return copy; }
  }

  const createHash = (name) => { const kind = digest(name); return new Hash((data) => host.hash(kind, data)); };
  const createHmac = (name, key) => { const kind = digest(name); const secret = host.bytes(key); return new Hash((data) => host.hmac(kind, secret, data)); };
  const hash = (name, data, encoding = "hex") => createHash(name).update(data).digest(encoding);

  function randomBytes(size, done) {
    if (!Number.isInteger(size) || size < 0 || size > 2 ** 24) throw Object.assign(new RangeError('The value of "size" is out of range.'), { code: "ERR_OUT_OF_RANGE" });
    const data = Buffer.from(host.random(size));
    if (!done) return data;
    queueMicrotask(() => done(null, data));
  }
  function getRandomValues(target) {
    const view = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    if (view.length > 65536) throw new RangeError("The requested length exceeds 65,536 bytes");
    view.set(host.random(view.length));
    return target;
  }
  function randomFillSync(target) { const view = new Uint8Array(target.buffer || target, target.byteOffset || 0, target.byteLength); view.set(randomBytes(view.length)); return target; }
  function randomInt(min, max, done) {
    if (max === undefined || typeof max === "function") [min, max, done] = [0, min, max];
    const range = max - min;
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || range <= 0 || range > 2 ** 48 - 1) throw Object.assign(new RangeError('The value of "max" is out of range.'), { code: "ERR_OUT_OF_RANGE" });
    const limit = 2 ** 48 - (2 ** 48 % range);
    let drawn;
    do {
      const b = host.random(6);
      drawn = ((b[0] * 256 + b[1]) * 256 + b[2]) * 2 ** 24 + ((b[3] * 256 + b[4]) * 256 + b[5]);
    } while (drawn >= limit);
    const value = min + (drawn % range);
    if (!done) return value;
    queueMicrotask(() => done(null, value));
  }
  function randomUUID() {
    const b = host.random(16);
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    return Buffer.from(b).toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
  function timingSafeEqual(a, b) {
    const [x, y] = [host.bytes(a), host.bytes(b)];
    if (x.length !== y.length) throw Object.assign(new RangeError("Input buffers must have the same byte length"), { code: "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH" });
    let different = 0;
    for (let i = 0; i < x.length; i++) different |= x[i] ^ y[i];
    return different === 0;
  }
  const pbkdf2Sync = (password, salt, rounds, length, name) => Buffer.from(host.pbkdf2(digest(name), host.bytes(password), host.bytes(salt), rounds, length));
  const pbkdf2 = (password, salt, rounds, length, name, done) => { const key = pbkdf2Sync(password, salt, rounds, length, name); queueMicrotask(() => done(null, key)); };

  const subtleName = (algorithm) => (typeof algorithm === "string" ? algorithm : algorithm.name);
  const subtle = {
    digest: async (algorithm, data) => host.hash(digest(subtleName(algorithm)), host.bytes(data)).buffer,
    importKey: async (format, data, algorithm) => {
      if (format !== "raw" || subtleName(algorithm) !== "HMAC") throw new Error("Only raw HMAC keys are supported by functions here");
      return { type: "secret", algorithm, data: Uint8Array.from(host.bytes(data)) };
    },
    sign: async (algorithm, key, data) => host.hmac(digest(subtleName(key.algorithm.hash)), key.data, host.bytes(data)).buffer,
    verify: async (algorithm, key, signature, data) => {
      const made = host.hmac(digest(subtleName(key.algorithm.hash)), key.data, host.bytes(data));
      return made.length === host.bytes(signature).length && timingSafeEqual(made, signature);
    },
  };
  const webcrypto = { getRandomValues, randomUUID, subtle };
  global.crypto = webcrypto;
  builtins.crypto = {
    createHash, createHmac, hash, randomBytes, pseudoRandomBytes: randomBytes, randomFillSync, randomInt, randomUUID, timingSafeEqual,
    pbkdf2, pbkdf2Sync, getRandomValues, webcrypto, subtle, Hash, getHashes: () => ["md5", "sha1", "sha256", "sha384", "sha512"],
  };
})
