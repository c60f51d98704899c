// A stand-in for Microsoft Entra: one certified OpenID provider for each tenant, and in front of them the addresses for all
// companies with their templated issuer, one key set, and a page on which one chooses who one is.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const tenants = { ours: "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa", evil: "eeeeeeee-6666-4666-8666-eeeeeeeeeeee" };

/** What a provider keeps, apart from the others' so that a code belongs to one tenant. */
class Shelf {
  static of(store) { return class extends Shelf { store = store; }; }
  constructor(name) { this.name = name; }
  key(id) { return `${this.name}:${id}`; }
  async upsert(id, payload) {
    this.store.set(this.key(id), payload);
    if (payload.uid) this.store.set(`${this.name}:uid:${payload.uid}`, id);
  }
  async find(id) { return this.store.get(this.key(id)); }
  async findByUid(uid) { return this.find(this.store.get(`${this.name}:uid:${uid}`)); }
  async consume(id) { this.store.get(this.key(id)).consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { this.store.delete(this.key(id)); }
  async revokeByGrantId(grantId) { for (const [key, { grantId: of }] of this.store) if (of === grantId) this.store.delete(key); }
}

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
}

/** Starts it. `users`: { name: { tenant, claims, error } }; who has an error is sent back with it. */
export async function start(port, portal, users) {
  const root = `http://127.0.0.1:${port}`, stores = new Map(Object.values(tenants).map((tid) => [tid, new Map()]));
  const client = { client_id: "portal", client_secret: "secret", redirect_uris: [`${portal}/sign-in/microsoft/callback`], response_types: ["code"], grant_types: ["authorization_code"], id_token_signed_response_alg: "RS256" };
  let key, providers;
  const open = () => {
    key = newKey();
    providers = new Map([...stores].map(([tid, store]) => [tid, provider(tid, store)]));
  };
  const provider = (tid, store) => {
    const made = new Provider(`${root}/${tid}/v2.0`, {
      adapter: Shelf.of(store),
      clients: [client],
      jwks: { keys: [key] },
      cookies: { keys: ["a stand-in signs with this"] },
      claims: { openid: ["sub", "tid", "oid", "ver", "xms_edov", "acct"], email: ["email"], profile: ["name", "preferred_username"] },
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      ttl: { AccessToken: 600, Grant: 600, IdToken: 3600, Interaction: 600, Session: 600 },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, { uid }) => `/${tid}/v2.0/interaction/${uid}` },
      findAccount: (_, name) => ({ accountId: name, claims: () => ({ sub: name, tid, ver: "2.0", ...users[name].claims }) }),
      renderError: (context, out) => { context.body = JSON.stringify(out); },
    });
    made.on("server_error", (_, error) => console.log(`authority: ${error.stack}`));
    return made;
  };

  /** Nobody is asked: whoever was chosen signs in and consents. */
  async function interact(of, request, response) {
    const { prompt, params, session, grantId } = await of.interactionDetails(request, response);
    if (prompt.name === "login") return of.interactionFinished(request, response, { login: { accountId: params.login_hint, amr: users[params.login_hint].amr } });
    const grant = (grantId && await of.Grant.find(grantId)) || new of.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope("openid profile email");
    return of.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
  }

  /** The code says itself whose it is: it is good at one tenant alone. */
  async function token(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { authorization, "content-type": type } = request.headers;
    let answer;
    for (const tid of providers.keys()) {
      answer = await fetch(`${root}/${tid}/v2.0/token`, { method: "POST", headers: { authorization, "content-type": type }, body: Buffer.concat(chunks) });
      if (answer.ok) break;
    }
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  }

  const json = (response, value) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  const all = {
    "/organizations/v2.0/.well-known/openid-configuration": (_, response) => json(response, {
      issuer: `${root}/{tenantid}/v2.0`, authorization_endpoint: `${root}/organizations/oauth2/v2.0/authorize`,
      token_endpoint: `${root}/organizations/oauth2/v2.0/token`, jwks_uri: `${root}/organizations/discovery/v2.0/keys`,
    }),
    "/organizations/discovery/v2.0/keys": (_, response) => json(response, { keys: [{ kty: key.kty, n: key.n, e: key.e, kid: key.kid, use: "sig" }] }),
    "/organizations/oauth2/v2.0/token": token,
    "/organizations/oauth2/v2.0/authorize": (_, response, { searchParams }) => {
      const links = Object.entries(users).map(([name, { tenant, error }]) => {
        const to = error ? new URL(searchParams.get("redirect_uri")) : new URL(`${root}/${tenants[tenant]}/v2.0/auth?${searchParams}`);
        const more = error ? { ...error, state: searchParams.get("state") } : { login_hint: name, prompt: "login" };
        for (const [word, value] of Object.entries(more)) to.searchParams.set(word, value);
        return `<li><a href="${to.href.replaceAll("&", "&amp;")}">${name}</a></li>`;
      });
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html><title>Pick an account</title><ul>${links.join("")}</ul>`);
    },
  };

  let mute = false;
  const server = createServer(async (request, response) => {
    if (mute && request.method === "POST") return request.socket.destroy();
    const url = new URL(request.url, root), [, tid, , part] = url.pathname.split("/");
    try {
      if (all[url.pathname]) return await all[url.pathname](request, response, url);
      const of = providers.get(tid);
      if (!of) return response.writeHead(404).end();
      if (part === "interaction") return await interact(of, request, response);
      request.originalUrl = request.url;
      request.url = request.url.replace(`/${tid}/v2.0`, "");
      return await of.callback()(request, response);
    } catch (error) {
      console.log(`authority: ${error.stack}`);
      return response.writeHead(500).end();
    }
  });
  open();
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    rotate: open,
    /** Whoever is sent here still comes back with a code, but nobody changes it for a token. */
    mute: (is) => { mute = is; },
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
