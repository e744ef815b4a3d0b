import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { authorizeAnswer, queryIn, readFields } from '#schema/form.ts';
import { requireJson } from '#schema/json.ts';
import { Browser, type CardInReader, type Page } from './browser.ts';
import { attribute, elementsOf, textOf } from './markup.ts';
import type { Network } from './network.ts';

export interface SignInOptions {
  readonly origin: string;
  readonly tenant: string;
  readonly username: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly card: CardInReader | undefined;
  /** PEM of the CA that signed the server's TLS certificate; undefined trusts what Node trusts. */
  readonly ca: string | undefined;
  /** Addresses of the servers and so on, where more than the CA is set. */
  readonly network?: Network;
  readonly correlationId: string;
}

export type SignInEnd =
  | { readonly kind: 'signedIn'; readonly tokens: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly code: string; readonly sentence: string; readonly failure?: ServerFailure };

/** The answer of a server that has a fault, or of one before it. */
interface ServerFailure {
  readonly url: string;
  readonly status: number;
}

/** The failure that a page reports: its status is 500 or higher. */
const failureOf = ({ url, status }: Page): ServerFailure | undefined =>
  status >= 500 ? { url: url.origin + url.pathname, status } : undefined;

/** A sign-in that the server has decided. @throws serverFailed where it could not */
export function decided(end: SignInEnd): SignInEnd {
  if (end.kind === 'refused' && end.failure) throw fault('serverFailed', end.failure);
  return end;
}

/** Redirects and pages of one sign-in, at most: a loop ends as an error. */
const mostSteps = 20;

/** Signs in the way a browser does (W-1 … W-5): authorize, user name, certauth with the card, code, token. */
export async function signInLikeABrowser(signInOptions: SignInOptions): Promise<SignInEnd> {
  const browser = new Browser(signInOptions.card, signInOptions.network ?? signInOptions.ca);
  try {
    return await followPages(browser, signInOptions);
  } finally {
    browser.close();
  }
}

/** A sign-in under way: what was asked for, and the secrets that bind the answer to it. */
interface Attempt {
  readonly signInOptions: SignInOptions;
  readonly verifier: string;
  readonly state: string;
}

async function followPages(browser: Browser, signInOptions: SignInOptions): Promise<SignInEnd> {
  const attempt: Attempt = {
    signInOptions,
    verifier: randomBytes(32).toString('base64url'),
    state: randomBytes(16).toString('base64url'),
  };
  let page = await browser.get(authorizeUrl(attempt));
  for (let step = 0; step < mostSteps; step++) {
    if (page.location?.startsWith(signInOptions.redirectUri)) return redeem(browser, attempt, new URL(page.location));
    if (page.location) page = await browser.get(new URL(page.location, page.url));
    else if (page.status >= 400) return refusalOn(page);
    else if (form(page, 'username'))
      page = await browser.post(form(page, 'username')!, { username: signInOptions.username });
    else if (certificateLink(page)) page = await browser.get(certificateLink(page)!);
    else return refusalOn(page);
  }
  throw fault('signInClientFailed', {
    step: page.url.pathname,
    problem: `the sign-in did not end within ${mostSteps} steps`,
  });
}

function authorizeUrl({ signInOptions, verifier, state }: Attempt): URL {
  const url = new URL(`/${signInOptions.tenant}/oauth2/v2.0/authorize`, signInOptions.origin);
  url.search = String(
    new URLSearchParams({
      client_id: signInOptions.clientId,
      response_type: 'code',
      redirect_uri: signInOptions.redirectUri,
      scope: signInOptions.scope,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      'client-request-id': signInOptions.correlationId,
    }),
  );
  return url;
}

/** The action of the form that has a field with this id. */
function form(page: Page, field: string): URL | undefined {
  const match = elementsOf(page.body, 'form').find((element) =>
    elementsOf(element, 'input').some((input) => attribute(input, 'id') === field),
  );
  const action = match && attribute(match, 'action');
  return action === undefined ? undefined : new URL(action, page.url);
}

function certificateLink(page: Page): URL | undefined {
  const link = elementsOf(page.body, 'a').find((element) => attribute(element, 'id') === 'use-certificate');
  const href = link && attribute(link, 'href');
  return href === undefined ? undefined : new URL(href, page.url);
}

/** Which further factor a page asks for: its heading, where it is the page of a factor (`/login/{uid}/factor…`). */
function requestedFactor(page: Page): string | undefined {
  if (!/^\/login\/[^/]+\/factor/.test(page.url.pathname)) return undefined;
  const [heading] = elementsOf(page.body, 'h1');
  return heading && textOf(heading);
}

function refusalOn(page: Page): SignInEnd {
  const factor = requestedFactor(page);
  if (page.status < 400 && factor !== undefined)
    return { kind: 'refused', code: 'AADSTS50074', sentence: `A second factor is required. The page asks: ${factor}` };
  const code = /AADSTS\d+/.exec(page.body)?.[0];
  const alert = elementsOf(page.body).find((element) => attribute(element, 'role') === 'alert');
  const sentence = alert && textOf(alert);
  const failure = failureOf(page);
  if (!code && !sentence && failure) throw fault('serverFailed', failure);
  if (!code && !sentence)
    throw fault('signInClientFailed', {
      step: page.url.pathname,
      problem: `the server answered HTTP ${page.status} with an unknown page`,
    });
  return { kind: 'refused', code: code ?? '', sentence: sentence ?? '', ...(failure && { failure }) };
}

/** Every answer of the token endpoint is one of these; other members are kept. */
const tokenAnswer = z.looseObject({ access_token: z.string().optional(), id_token: z.string().optional() });
const tokenError = z.looseObject({ error: z.string(), error_description: z.string().optional() });

/** The body of an answer in the form that is expected. @throws signInClientFailed, serverFailed */
function bodyAs<T extends z.ZodType>(shape: T, page: Page): z.output<T> {
  const failure = failureOf(page);
  const problem = `the server answered HTTP ${page.status} with a response that a token endpoint does not return`;
  return requireJson(shape, page.body, () =>
    failure ? fault('serverFailed', failure) : fault('signInClientFailed', { step: page.url.pathname, problem }),
  );
}

async function redeem(browser: Browser, { signInOptions, verifier, state }: Attempt, answer: URL): Promise<SignInEnd> {
  const fields = readFields(authorizeAnswer, queryIn(answer.href));
  if (!fields?.code) return { kind: 'refused', code: fields?.error ?? '', sentence: fields?.error_description ?? '' };
  const { code } = fields;
  if (fields.state !== state)
    throw fault('signInClientFailed', {
      step: 'answer',
      problem: 'the state of the response is not the state of the request',
    });
  const page = await browser.post(new URL(`/${signInOptions.tenant}/oauth2/v2.0/token`, signInOptions.origin), {
    grant_type: 'authorization_code',
    client_id: signInOptions.clientId,
    code,
    redirect_uri: signInOptions.redirectUri,
    code_verifier: verifier,
    client_info: '1',
  });
  if (page.status === 200) return { kind: 'signedIn', tokens: bodyAs(tokenAnswer, page) };
  const { error, error_description: sentence = '' } = bodyAs(tokenError, page);
  const failure = failureOf(page);
  return { kind: 'refused', code: error, sentence, ...(failure && { failure }) };
}
