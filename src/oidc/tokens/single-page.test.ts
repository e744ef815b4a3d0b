import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Application } from '#model/application.ts';
import type { OidcRecords } from '#ports/applications.ts';
import { tokenFormOf } from '#signin/device/token-form.ts';
import { checkOrigin, originsOf, refreshTokenSeconds } from './single-page.ts';

const page = 'https://app.example/spa';
const application = {
  appId: 'both',
  redirectUris: [page, 'https://server.example/callback'],
  spaRedirectUris: [page],
} as unknown as Application;
const day = 86_400;
const records = {
  find: async (_: string, id: string) =>
    ({ short: { iiat: 1000, exp: 1000 + day }, long: { iiat: 1000, exp: 1000 + 90 * day } })[id],
} as unknown as OidcRecords;

const code = (redirectUri: string) => ({ grant_type: 'authorization_code', redirect_uri: redirectUri });
const refresh = (token: string) => ({ grant_type: 'refresh_token', refresh_token: token });
const cases: readonly {
  readonly name: string;
  readonly form: Record<string, string>;
  readonly origin?: string;
  readonly refused?: string;
}[] = [
  { name: 'a page redeems its code', form: code(page), origin: 'https://app.example' },
  { name: 'no program redeems the code of a page', form: code(page), refused: 'originMissing' },
  { name: 'no other page does', form: code(page), origin: 'https://evil.example', refused: 'originForeign' },
  { name: 'nor one without an origin', form: code(page), origin: 'null', refused: 'originForeign' },
  { name: 'a server redeems its code', form: code('https://server.example/callback') },
  {
    name: 'no page redeems the code of a server, not even of its own origin',
    form: code('https://server.example/callback'),
    origin: 'https://server.example',
    refused: 'originForeign',
  },
  { name: 'a page renews', form: refresh('short'), origin: 'https://app.example' },
  { name: 'no program renews with the token of a page', form: refresh('short'), refused: 'originMissing' },
  { name: 'a server renews', form: refresh('long') },
  {
    name: 'no page renews with the token of a server',
    form: refresh('long'),
    origin: 'https://app.example',
    refused: 'originForeign',
  },
  { name: 'of a token that is not there something else is said', form: refresh('gone') },
  { name: 'other grants are no matter of pages', form: { grant_type: 'client_credentials' } },
];
for (const { name, form, origin, refused } of cases) {
  test(name, async () => {
    const ruling = await checkOrigin({ form: tokenFormOf(Object.entries(form)), origin, application }, records);
    assert.equal(ruling.outcome === 'passed' ? undefined : ruling.because.code, refused);
    if (refused === 'originForeign') assert.deepEqual(ruling.because.evidence, { appId: 'both', origin });
  });
}

test('only origins of single-page redirect URIs may call from a page', () => {
  assert.deepEqual([...originsOf(application)], ['https://app.example']);
});

type Seconds = (ctx: unknown, token: unknown, client: unknown) => number;
const lives = (entities: object) =>
  (refreshTokenSeconds as Seconds)({ req: {}, oidc: { entities } }, undefined, { cardea_application: application });
const lifetimes = [
  { name: 'of a page: a day', entities: { AuthorizationCode: { redirectUri: page } }, seconds: day },
  {
    name: 'of a server: ninety days',
    entities: { AuthorizationCode: { redirectUri: 'https://server.example/callback' } },
    seconds: 90 * day,
  },
  {
    name: 'renewed by a page: the rest of the day',
    entities: { RotatedRefreshToken: { iiat: 0, exp: day, remainingTTL: 5000 } },
    seconds: 5000,
  },
  {
    name: 'renewed by a server: ninety days again',
    entities: { RotatedRefreshToken: { iiat: 0, exp: 90 * day, remainingTTL: 5000 } },
    seconds: 90 * day,
  },
];
for (const { name, entities, seconds } of lifetimes) {
  test(`a refresh token lives, ${name}`, () => assert.equal(lives(entities), seconds));
}
