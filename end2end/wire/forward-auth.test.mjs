//! nginx asks before it lets a request pass to an application that knows nothing of tokens.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD, Server, claims, fetch, freePort, uniqueEmail, until } from '../harness.mjs';

let server, nginx, application, address, tokens;
before(async () => {
  server = await Server.start();
  const { UserPoolClient } = await server.admin.createUserPoolClient({
    UserPoolId: 'us-east-1_DemoPool0', ClientName: 'orders', ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  const { ClientId } = UserPoolClient;
  application = createServer((request, response) => response.end(JSON.stringify(request.headers))).listen(0, '127.0.0.1');
  await once(application, 'listening');
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  const at = (name) => join(server.dir, name);
  mkdirSync(at('nginx'));
  writeFileSync(at('nginx.conf'), `
    daemon off; pid ${at('nginx.pid')}; error_log stderr warn; worker_processes 1;
    events {}
    http {
      access_log off;
      client_body_temp_path ${at('nginx/body')}; proxy_temp_path ${at('nginx/proxy')}; fastcgi_temp_path ${at('nginx/fastcgi')};
      uwsgi_temp_path ${at('nginx/uwsgi')}; scgi_temp_path ${at('nginx/scgi')};
      server {
        listen 127.0.0.1:${port};
        location / {
          auth_request /_authorize;
          auth_request_set $sub $upstream_http_x_auth_sub;
          proxy_set_header X-Auth-Sub $sub;
          proxy_pass http://127.0.0.1:${application.address().port};
        }
        location = /_authorize {
          internal;
          proxy_pass http://127.0.0.1:${server.port}/us-east-1_DemoPool0/forward-auth?mode=jwt&audience=${ClientId};
          proxy_pass_request_body off;
          proxy_set_header Content-Length "";
        }
      }
    }`);
  nginx = spawn('nginx', ['-c', at('nginx.conf'), '-p', server.dir], { stdio: 'ignore' });
  process.once('exit', () => nginx.kill('SIGKILL'));
  await until(() => fetch(address).then(() => true, () => false), 'nginx');
  const Username = uniqueEmail();
  await server.admin.adminCreateUser({ UserPoolId: 'us-east-1_DemoPool0', Username, MessageAction: 'SUPPRESS' });
  await server.admin.adminSetUserPassword({ UserPoolId: 'us-east-1_DemoPool0', Username, Password: PASSWORD, Permanent: true });
  const { AuthenticationResult } = await server.admin.adminInitiateAuth({
    UserPoolId: 'us-east-1_DemoPool0', ClientId, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH', AuthParameters: { USERNAME: Username, PASSWORD },
  });
  tokens = AuthenticationResult;
});
after(async () => {
  nginx?.kill('SIGKILL');
  application?.close();
  application?.closeAllConnections();
  await server.stop();
});

test('nginx lets a token pass and tells the application whose it is', async () => {
  const answer = await fetch(`${address}/orders`, { headers: { authorization: `Bearer ${tokens.AccessToken}`, 'x-auth-sub': 'somebody-else' } });
  assert.equal(answer.status, 200);
  assert.equal((await answer.json())['x-auth-sub'], claims(tokens.AccessToken).sub);
});

test('nginx lets nobody pass without a token, or with one that was revoked', async () => {
  assert.equal((await fetch(`${address}/orders`)).status, 401);
  assert.equal((await fetch(`${address}/orders`, { headers: { authorization: 'Bearer a.b.c' } })).status, 401);
  await server.anon.globalSignOut({ AccessToken: tokens.AccessToken });
  assert.equal((await fetch(`${address}/orders`, { headers: { authorization: `Bearer ${tokens.AccessToken}` } })).status, 401);
});
