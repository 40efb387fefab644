// A small web application on npm openid-client, as its documentation has it: sign in, refresh, revoke, sign out.
// CLIENT (JSON in the environment) holds issuer, port, metadata, scope, private_jwk, the parameters to add, and the
// decryption_jwk where answers come encrypted. With a dpop_alg its tokens are bound to a key, and its requests pushed.
// Every page is JSON, so that a test can read it.
import { createServer } from 'node:http';
import * as client from 'openid-client';

const { issuer, port, metadata, scope, private_jwk, parameters, decryption_jwk, dpop_alg } = JSON.parse(process.env.CLIENT);
const origin = `http://localhost:${port}`;
const redirect_uri = `${origin}/callback`;
const signed_out_uri = `${origin}/signed-out`;

async function clientAuthentication() {
  switch (metadata.token_endpoint_auth_method) {
    case 'none': return client.None();
    case 'client_secret_post': return client.ClientSecretPost(metadata.client_secret);
    case 'client_secret_basic': return client.ClientSecretBasic(metadata.client_secret);
    case 'private_key_jwt': {
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
      const key = await crypto.subtle.importKey('jwk', private_jwk, algorithm, false, ['sign']);
      return client.PrivateKeyJwt({ key, kid: private_jwk.kid });
    }
  }
  throw new Error(`no such method: ${metadata.token_endpoint_auth_method}`);
}

const config = await client.discovery(
  new URL(issuer), metadata.client_id, metadata, await clientAuthentication(),
  { execute: [client.allowInsecureRequests] }, // plain http, on loopback only
);
// Check the ID token's signature against the provider's keys, though it came over a direct connection
client.enableNonRepudiationChecks(config);

if (decryption_jwk) {
  const [algorithm, usage] = decryption_jwk.kty === 'RSA'
    ? [{ name: 'RSA-OAEP', hash: 'SHA-256' }, 'decrypt']
    : [{ name: 'ECDH', namedCurve: decryption_jwk.crv }, 'deriveBits'];
  const { use, ...jwk } = decryption_jwk;
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, [usage]);
  const alg = metadata.id_token_encrypted_response_alg;
  client.enableDecryptingResponses(config, [metadata.id_token_encrypted_response_enc], { key, alg, kid: jwk.kid });
}

// Keeps the server's nonce, too, and tries again where one is asked for
const DPoP = dpop_alg && client.getDPoPHandle(config, await client.randomDPoPKeyPair(dpop_alg));
const options = DPoP ? { DPoP } : undefined;

let begun; // One person at a time is enough here
let tokens;

const pages = {
  async '/sign-in'() {
    begun = {
      pkceCodeVerifier: client.randomPKCECodeVerifier(),
      expectedState: client.randomState(),
      expectedNonce: client.randomNonce(),
    };
    const asked = {
      redirect_uri,
      scope,
      code_challenge: await client.calculatePKCECodeChallenge(begun.pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: begun.expectedState,
      nonce: begun.expectedNonce,
      ...parameters,
    };
    const location = DPoP
      ? await client.buildAuthorizationUrlWithPAR(config, asked, options)
      : client.buildAuthorizationUrl(config, asked);
    return { location };
  },
  async '/callback'(url) {
    tokens = await client.authorizationCodeGrant(config, url, { ...begun, idTokenExpected: true }, undefined, options);
    const claims = tokens.claims();
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub, options);
    return { body: { claims, userinfo, token_type: tokens.token_type, expires_in: tokens.expiresIn(), scope: tokens.scope } };
  },
  async '/refresh'() {
    const before = tokens;
    tokens = await client.refreshTokenGrant(config, before.refresh_token, undefined, options);
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, before.claims().sub, options);
    const is_rotated = tokens.refresh_token !== undefined && tokens.refresh_token !== before.refresh_token;
    tokens.id_token ??= before.id_token;
    return { body: { userinfo, is_rotated, claims: tokens.claims() ?? null } };
  },
  async '/revoke'() {
    const { access_token, refresh_token } = tokens;
    await client.tokenRevocation(config, refresh_token ?? access_token);
    const status = (await client.fetchProtectedResource(
      config, access_token, new URL(config.serverMetadata().userinfo_endpoint), 'GET',
    ).catch((error) => error.response ?? error.cause ?? error)).status;
    return { body: { status } };
  },
  async '/introspect'() {
    return { body: await client.tokenIntrospection(config, tokens.access_token) };
  },
  async '/sign-out'() {
    const location = client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: signed_out_uri, id_token_hint: tokens.id_token, state: 'farewell',
    });
    return { location };
  },
  async '/signed-out'(url) {
    return { body: { signed_out: true, state: url.searchParams.get('state') } };
  },
};

function describe(error) {
  const { name, message, code, error: oauth_error, error_description } = error;
  return { error: oauth_error ?? name, message, code, error_description };
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, origin);
  try {
    const { location, body } = await pages[url.pathname](url);
    response.writeHead(location ? 303 : 200, location ? { location: location.href } : { 'content-type': 'application/json' });
    response.end(body ? JSON.stringify(body) : undefined);
  } catch (error) {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify(describe(error)));
  }
});
server.listen(port, '127.0.0.1');
