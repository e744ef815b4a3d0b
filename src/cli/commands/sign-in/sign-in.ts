import { z } from 'zod';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { fault } from '#core/trace/fault.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { readClaims, readJson } from '#schema/json.ts';
import type { CardInReader } from '../../client/browser.ts';
import { cardOf, pemOfKey } from '../../client/card.ts';
import { loginOriginFor, urlOption } from '../../client/server.ts';
import type { SignInEnd } from '../../client/sign-in-client.ts';
import { isTokenUri, readPin, tokenCard } from '../../client/token-card.ts';
import { trustOf } from '../../client/trust.ts';
import { type Call, type Command, text } from '../../command.ts';
import { escapeWithinLine } from '../../output/terminal.ts';

export const signIn: Command = {
  usage: 'sign-in',
  summary:
    'Signs in over TLS as a browser does, with a card file or a card in a reader. Prints the claims of the tokens and the\ntrace of the decision. The exit code is 3 when the sign-in is refused. The PIN of a card is requested, or read from the\nfirst line of standard input.',
  takes: [0, 0],
  readsOnly: true,
  options: {
    card: {
      type: 'string',
      value: 'CARD',
      help: 'Card file (.p12 or .pem), or a card by its URI (pkcs11:id=%01). Without it, no certificate is sent.',
    },
    user: { type: 'string', value: 'UPN', help: 'User name to enter.' },
    password: { type: 'string', value: 'TEXT', help: 'Password of the card file (default: cardea).' },
    url: urlOption,
    tenant: { type: 'string', value: 'DOMAIN', help: 'Tenant of the authorize endpoint (default: organizations).' },
    'client-id': {
      type: 'string',
      value: 'ID',
      help: 'Application to sign in to (default: the command line).',
    },
    'redirect-uri': { type: 'string', value: 'URI', help: 'Redirect URI of the application.' },
    scope: { type: 'string', value: 'TEXT', help: 'Scopes (default: openid profile email offline_access).' },
    ca: {
      type: 'string',
      value: 'FILE',
      help: 'CA of the server’s TLS certificate (default: the CA in the data folder).',
    },
  },
  local: true,
  async run(call) {
    // The readers of pages and cookies are loaded for this command alone.
    const { decided, signInLikeABrowser } = await import('../../client/sign-in-client.ts');
    const correlationId = crypto.randomUUID();
    const end = decided(await signInLikeABrowser({ ...(await signInOptions(call)), correlationId }));
    const { exit, out } = await call.elsewhere(['explain', correlationId, ...(call.values.json ? ['--json'] : [])]);
    show(call, end, correlationId, exit === 0 ? out : undefined);
    return end.kind === 'signedIn' ? 0 : 3;
  },
};

async function signInOptions(call: Call) {
  const username = text(call, 'user');
  if (!username) throw fault('commandMisused', { problem: '--user is required.' });
  return {
    origin: await loginOriginFor(call),
    tenant: text(call, 'tenant') ?? 'organizations',
    username,
    clientId: text(call, 'client-id') ?? commandLineApplication.appId,
    redirectUri: text(call, 'redirect-uri') ?? commandLineApplication.redirectUris[0]!,
    scope: text(call, 'scope') ?? 'openid profile email offline_access',
    card: await cardFrom(call),
    ca: trustOf(call),
  };
}

async function cardFrom(call: Call): Promise<CardInReader | undefined> {
  const body = text(call, 'card');
  if (!body) return undefined;
  if (isTokenUri(body)) return tokenCard(body, () => readPin(process.stdin, process.stderr));
  const card = cardOf(body, text(call, 'password'), call.output.cwd);
  const chain = [card, ...card.chain].map(({ der }) => pem('CERTIFICATE', der)).join('');
  return { cert: chain, key: pemOfKey(card.privateKey) };
}

function show({ values, output }: Call, end: SignInEnd, correlationId: string, trace: string | undefined): void {
  const claims = end.kind === 'signedIn' ? claimsOf(end.tokens) : undefined;
  if (values.json) {
    const records: unknown = trace ? readJson(z.unknown(), trace) : undefined;
    output.say(`${JSON.stringify({ ...end, correlationId, claims, records }, null, 2)}\n`);
    return;
  }
  if (end.kind === 'refused') output.say(`Refused: ${escapeWithinLine(`${end.code} ${end.sentence}`)}\n`);
  for (const [token, content] of Object.entries(claims ?? {}))
    output.say(`${token}\n${JSON.stringify(content, null, 2)}\n`);
  output.say(trace ?? `The trace is in the log of the server: cardea explain ${correlationId}\n`);
}

/** The claims of each token that is a JWT. What is printed has no signature, so it is not a token. */
function claimsOf(tokens: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const jwts = Object.entries(tokens).filter(([, value]) => typeof value === 'string' && value.split('.').length === 3);
  return Object.fromEntries(jwts.map(([name, jwt]) => [name, readClaims(z.unknown(), String(jwt))]));
}
