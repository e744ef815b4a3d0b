import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { synchronisationShape } from './directory-synchronisation.ts';

const accepts = (change: object) =>
  synchronisationShape.safeParse({
    domains: [
      { domain: 'ad.example', server: 'ldaps://dc.ad.example', account: 'reader', passwordFile: 'p', ...change },
    ],
  }).success;

describe('hosts of the synchronization', () => {
  for (const server of [
    'ldaps://dc',
    'ldap://dc.ad.example:389',
    'LDAPS://192.0.2.1',
    'ldaps://[2001:db8::1]:636',
    'ldaps://d_c',
  ])
    test(`the server ${server} is accepted`, () => assert.ok(accepts({ server })));
  for (const server of ['dc', 'https://dc', 'ldaps://-dc', 'ldaps://dc.', 'ldaps://dc..example', 'ldaps://dc:0'])
    test(`the server ${server} is refused`, () => assert.equal(accepts({ server }), false));
  for (const domain of ['-ad', 'ad.', 'ad..example', '192.0.2.1', 'a'.repeat(64)])
    test(`the domain ${domain.slice(0, 20)} is refused`, () => assert.equal(accepts({ domain }), false));
});
