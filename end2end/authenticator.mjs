//! What a person holds besides a password, in software: an authenticator application (RFC 6238) and passkeys (WebAuthn, ES256, no attestation).

import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const sha256 = (data) => createHash('sha256').update(data).digest();
const base64url = (data) => Buffer.from(data).toString('base64url');

/** The code of the current half minute, or of one `step` away from it. */
export function totp(secret, step = 0) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

const [UP, UV, AT] = [0x01, 0x04, 0x40];

/** An authenticator with one passkey at most. */
export class Passkey {
  id = randomBytes(16);
  keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  counter = 0;

  constructor(origin) {
    this.origin = origin;
  }

  #clientData = (type, challenge) => Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }));

  #authenticatorData(rpId, flags, attested = Buffer.alloc(0)) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter++);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter, attested]);
  }

  /** COSE_Key of the public key: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
  #publicKey() {
    const { x, y } = this.keys.publicKey.export({ format: 'jwk' });
    const point = (hex, coordinate) => Buffer.concat([Buffer.from(hex, 'hex'), Buffer.from(coordinate, 'base64url')]);
    return Buffer.concat([Buffer.from('a5010203262001', 'hex'), point('215820', x), point('225820', y)]);
  }

  /** RegistrationResponseJSON for these PublicKeyCredentialCreationOptions. */
  register({ challenge, rp, user }) {
    const length = Buffer.from([0, this.id.length]);
    const data = this.#authenticatorData(rp.id, UP | UV | AT, Buffer.concat([Buffer.alloc(16), length, this.id, this.#publicKey()]));
    this.userHandle = user.id;
    // {"fmt": "none", "attStmt": {}, "authData": bytes}
    const attestation = Buffer.concat([Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'), Buffer.from([data.length]), data]);
    return this.#credential({ clientDataJSON: base64url(this.#clientData('webauthn.create', challenge)), attestationObject: base64url(attestation), transports: ['internal'] });
  }

  /** AuthenticationResponseJSON for these PublicKeyCredentialRequestOptions. */
  assert({ challenge, rpId }, { flags = UP | UV } = {}) {
    const [data, client] = [this.#authenticatorData(rpId, flags), this.#clientData('webauthn.get', challenge)];
    const signature = sign('sha256', Buffer.concat([data, sha256(client)]), this.keys.privateKey);
    return this.#credential({ clientDataJSON: base64url(client), authenticatorData: base64url(data), signature: base64url(signature), userHandle: this.userHandle });
  }

  #credential(response) {
    const id = base64url(this.id);
    return { id, rawId: id, type: 'public-key', authenticatorAttachment: 'platform', clientExtensionResults: {}, response };
  }
}
