import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Application } from '#model/application.ts';
import { applicationOf } from '#test/contract/documents.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { type MutualTlsChange, withMutualTls } from './mutual-tls.ts';

const name = { parameter: 'tls_client_auth_san_dns', value: 'payroll.woodgrove.test' } as const;
const confidential: Application = { ...applicationOf(), isPublicClient: false };
const publicClient: Application = { ...applicationOf(), isPublicClient: true };

const cases: readonly {
  readonly title: string;
  readonly application: Application;
  readonly change: MutualTlsChange;
  /** The code of the refusal, or what the application has. */
  readonly result: string | MutualTlsChange;
}[] = [
  {
    title: 'a name is set',
    application: confidential,
    change: { tlsClientName: name },
    result: { tlsClientName: name },
  },
  {
    title: 'an omitted property keeps its value',
    application: { ...confidential, tlsClientName: name, hasBoundTokens: true },
    change: {},
    result: { tlsClientName: name, hasBoundTokens: true },
  },
  {
    title: 'null takes the name away',
    application: { ...confidential, tlsClientName: name },
    change: { tlsClientName: null },
    result: {},
  },
  {
    title: 'tokens are bound no longer',
    application: { ...confidential, hasBoundTokens: true },
    change: { hasBoundTokens: false },
    result: {},
  },
  {
    title: 'a public client proves nothing',
    application: publicClient,
    change: { tlsClientName: name },
    result: 'applicationPublic',
  },
  {
    title: 'its tokens can be bound',
    application: publicClient,
    change: { hasBoundTokens: true },
    result: { hasBoundTokens: true },
  },
  {
    title: 'a name that no certificate can have',
    application: confidential,
    change: { tlsClientName: { ...name, value: '*.woodgrove.test' } },
    result: 'tlsClientNameInvalid',
  },
];
for (const { title, application, change, result } of cases)
  test(`${title}: ${JSON.stringify(result)}`, () => {
    const ruling = withMutualTls(application, change);
    if (ruling.outcome !== 'passed') return assert.equal(ruling.because.code, result);
    const { tlsClientName, hasBoundTokens } = ruling.value;
    const existing = { ...(tlsClientName && { tlsClientName }), ...(hasBoundTokens && { hasBoundTokens }) };
    assert.deepEqual(existing, result, outcomeOf(ruling));
  });
