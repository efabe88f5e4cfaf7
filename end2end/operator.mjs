//! Operations with members, or of a service, that no SDK knows: the request by hand, signed with the root key.

import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { ROOT, fetch } from './harness.mjs';

const signer = new SignatureV4({ credentials: ROOT, region: 'us-east-1', service: 'cognito-idp', sha256: Sha256 });

/** The answer of an operation, such as `PoolhouseService.ListUndeliveredMessages`; without a service it is one of Cognito's. */
export async function operate(server, operation, input) {
  const { hostname, port, host } = new URL(server.local);
  const target = operation.includes('.') ? operation : `AWSCognitoIdentityProviderService.${operation}`;
  const headers = { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const request = new HttpRequest({ protocol: 'http:', hostname, port: Number(port), method: 'POST', path: '/', headers, body: JSON.stringify(input) });
  const { headers: { host: _, ...signed }, body } = await signer.sign(request);
  const response = await fetch(server.local, { method: 'POST', headers: signed, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${operation}: ${answer.__type}: ${answer.message}`);
  return answer;
}
