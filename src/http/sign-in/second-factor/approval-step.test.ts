import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { User } from '#core/binding/user.ts';
import { openApprovals } from '#signin/factors/approvals.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import { type LoginHost, openLoginHost } from '#test/signin/login-host.ts';
import { registerCode } from '#test/signin/one-time-code.ts';

const day = 86_400_000;
const { policy } = accessDocuments;

describe('a request to the other sessions of a user (MFA-11)', () => {
  let host: LoginHost;
  before(async () => {
    host = await openLoginHost();
  });
  after(() => host.end());
  afterEach(() => host.setPolicies());
  const open = ({ id }: User) => openApprovals(id, host.context());
  const addSession = ({ id }: User) => {
    const at = new Date().toISOString();
    const proofs = (['password', 'softwareOath'] as const).map((method) => ({ method, userId: id, at }));
    return host.ports.sessions.add(`of ${id}`, proofs, new Date(Date.now() + day));
  };
  /** A sign-in of a user whose password was right, and what a request for an approval leads to. */
  async function send(user: User) {
    const signIn = await host.begin();
    await signIn.withPassword(user.userPrincipalName, 'right');
    return { signIn, page: await signIn.post('/factor/approval') };
  }

  test('it has a number of two digits, is for this user alone, and the sign-in waits for it', async () => {
    const [ana, ben] = [await host.addUser('ana@woodgrove.test', 'right'), await host.addUser('ben@woodgrove.test')];
    await host.setPolicies(policy);
    await addSession(ana);
    const { signIn, page } = await send(ana);
    assert.equal(page.location, '/factor/approval');
    const [ticket, ...furtherOnes] = await open(ana);
    assert.deepEqual([furtherOnes, await open(ben)], [[], []]);
    assert.match(ticket!.document.number ?? '', /^[1-9]\d$/);
    assert.deepEqual([(await signIn.flow())?.approval, ticket!.document.application], [ticket!.id, 'Payroll']);
    const { heading } = await signIn.get('/factor/approval');
    assert.equal(heading, 'Approve this sign-in');
  });

  test('the numbers of several requests are not the same', async () => {
    const carl = await host.addUser('carl@woodgrove.test', 'right');
    await host.setPolicies(policy);
    await addSession(carl);
    const { signIn } = await send(carl);
    for (let i = 0; i < 9; i++) await signIn.post('/factor/approval');
    const tickets = await host.ports.tickets.ofUser('approval', carl.id, new Date());
    assert.ok(new Set(tickets.map(({ document }) => document.number)).size > 1);
  });

  test('none is sent where no other session could answer it', async () => {
    const dora = await host.addUser('dora@woodgrove.test', 'right');
    await registerCode(dora.id, host.ports, new Date());
    await host.setPolicies(policy);
    const { page } = await send(dora);
    assert.deepEqual([page.location, await open(dora)], ['/factor', []]);
  });

  test('none is sent where policy wants nothing more, so that a name alone disturbs no user', async () => {
    const emil = await host.addUser('emil@woodgrove.test', 'right');
    await addSession(emil);
    const signIn = await host.begin({ login_hint: emil.userPrincipalName });
    assert.equal((await signIn.post('/factor/approval')).location, '/factor', 'nothing was proven yet');
    const at = new Date().toISOString();
    await signIn.post('/username', { username: emil.userPrincipalName });
    const proofs = [{ method: 'password', userId: emil.id, at }] as const;
    await host.ports.flows.put({ ...(await signIn.flow())!, userId: emil.id, proofs });
    assert.equal((await signIn.post('/factor/approval')).location, '/factor', 'policy is content');
    assert.deepEqual(await open(emil), []);
  });
});
