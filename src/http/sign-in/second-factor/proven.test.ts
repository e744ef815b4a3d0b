import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Hono } from 'hono';
import type { Proof } from '#core/access/proof.ts';
import type { Flow } from '#model/sign-in.ts';
import { accessDocuments, flowOf } from '#test/contract/documents.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { Env } from '../../server-context.ts';
import type { C, SignInPageContext } from '../page-context.ts';
import { addProofs, rememberFirstMethod } from './proven.ts';

const ana = userOf('ana@woodgrove.test');

describe('what a sign-in has proven', () => {
  let woodgrove: OneTenant;
  let flow: Flow;
  beforeEach(async () => {
    woodgrove = await openTenant();
    flow = flowOf(woodgrove.clock);
    await woodgrove.ports.users.add(ana, 'test');
  });
  afterEach(() => woodgrove.end());
  const proofOf = (method: Proof['method']): Proof => ({
    method,
    userId: ana.id,
    at: woodgrove.clock.at.toISOString(),
  });
  const signInOf = (change: Partial<Flow> = {}): SignInPageContext => {
    const { ports, tenant, clock } = woodgrove;
    return {
      flow: { ...flow, ...change },
      ports: { ...ports, tenant, clock },
      at: clock.at,
    } as unknown as SignInPageContext;
  };
  /** Runs a step in the context of a request. */
  async function inRequest<T>(step: (c: C) => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const app = new Hono<Env>().get('/', async (c) => {
      await step(c).then(resolve, reject);
      return c.body(null);
    });
    await app.request('/', {}, { incoming: { socket: { remoteAddress: '192.0.2.1' }, headers: {} } } as never);
    return promise;
  }
  const add = (signIn: SignInPageContext, ...proofs: readonly Proof[]) =>
    inRequest((c) => addProofs(c, signIn, ana.id, proofs));
  const cached = () => woodgrove.ports.flows.find(flow.id, woodgrove.clock.at);

  test('what is granted ends the sign-in, so that nothing of it is stored', async () => {
    const { verdict, signIn } = await add(signInOf(), proofOf('password'));
    assert.deepEqual([verdict.kind, signIn.flow.userId], ['granted', ana.id]);
    assert.equal(await cached(), undefined);
  });

  test('where policy wants more it is stored, in the order it was shown', async () => {
    await woodgrove.ports.policy.changeAccess('test', () => ({ policies: [accessDocuments.policy] }));
    const first = await add(signInOf(), proofOf('password'));
    assert.notEqual(first.verdict.kind, 'granted');
    const second = await add(first.signIn, proofOf('softwareOath'));
    assert.equal(second.verdict.kind, 'granted');
    assert.deepEqual(
      second.signIn.flow.proofs?.map(({ method }) => method),
      ['password', 'softwareOath'],
    );
    assert.deepEqual(
      (await cached())?.proofs?.map(({ method }) => method),
      ['password'],
    );
  });

  test('what another user proved in the sign-in is forgotten', async () => {
    const ofBen = { userId: 'ben', proofs: [{ ...proofOf('fido2'), userId: 'ben' }] };
    const { signIn } = await add(signInOf(ofBen), proofOf('password'));
    assert.deepEqual(signIn.flow.proofs, [proofOf('password')]);
  });

  for (const { name, change, proofs, last } of [
    { name: 'the first factor is remembered (MRU-1)', change: {}, proofs: ['fido2', 'password'], last: 'fido2' },
    {
      name: 'a further factor beside a live session is not',
      change: { sessionUid: 's' },
      proofs: ['fido2'],
      last: undefined,
    },
    { name: 'without a proof there is nothing to remember', change: {}, proofs: [], last: undefined },
  ] as const)
    test(name, async () => {
      await rememberFirstMethod(signInOf(change), { userId: ana.id, proofs: proofs.map(proofOf) });
      assert.equal(await woodgrove.ports.directory.lastMethod(ana.id), last);
    });
});
