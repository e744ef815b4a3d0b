import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { issuePass, makePass } from '#admin/directory/methods/temporary-access-pass.ts';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { preferenceKind, type SignInPreferences } from '#core/factors/sign-in-preferences.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Flow } from '#model/sign-in.ts';
import { answerApproval, openApprovals } from '#signin/factors/approvals.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import type { BrowserSignIn, SignInPage } from '#test/signin/browser-sign-in.ts';
import { callback, type LoginHost, openLoginHost } from '#test/signin/login-host.ts';
import { oneTimeCode, registerCode } from '#test/signin/one-time-code.ts';

const { policy } = accessDocuments;
const day = 86_400_000;

describe('factors beside the certificate, first and further', () => {
  let host: LoginHost;
  let ana: User;
  let count = 0;
  before(async () => {
    host = await openLoginHost();
  });
  after(() => host.end());
  beforeEach(async () => {
    ana = await host.addUser(`ana${++count}@woodgrove.test`, 'right');
  });
  afterEach(() => host.setPolicies());
  const proofOf = (method: Proof['method']): Proof => ({ method, userId: ana.id, at: new Date().toISOString() });
  const currentCode = () => oneTimeCode(new Date());
  const addCode = () => registerCode(ana.id, host.ports, new Date());
  /** A live session of the user in another browser, which can approve. */
  const addSession = () => {
    const expires = new Date(Date.now() + day);
    return host.ports.sessions.add(`of ${ana.id}`, [proofOf('password'), proofOf('softwareOath')], expires);
  };
  /** A sign-in of the user whose password was right, where policy wants more. */
  async function begin(): Promise<BrowserSignIn> {
    await host.setPolicies(policy);
    const signIn = await host.begin();
    assert.equal((await signIn.withPassword(ana.userPrincipalName, 'right')).location, '/factor');
    return signIn;
  }
  async function change(signIn: BrowserSignIn, part: Partial<Flow>) {
    await host.ports.flows.put({ ...(await signIn.flow())!, ...part });
  }
  const ended = ({ location }: SignInPage): boolean => location?.startsWith(callback) === true;
  const problemOf = ({ text }: SignInPage) => / id="wrong" data-code="AADSTS(\d+)"/.exec(text)?.[1];

  describe('a further factor (CAP-5)', () => {
    test('a wrong code is asked for again, and the right one ends the sign-in with both proofs', async () => {
      await addCode();
      const signIn = await begin();
      const { correlationId } = (await signIn.flow())!;
      assert.equal((await signIn.get('/factor')).heading, 'Enter code');
      const wrong = await signIn.post('/factor/oneTimeCode', { code: '000000' });
      assert.deepEqual([wrong.status, wrong.heading, problemOf(wrong) !== undefined], [400, 'Enter code', true]);
      assert.ok(ended(await signIn.post('/factor/oneTimeCode', { code: currentCode() })));
      const entries = await host.ports.signInLog.list({ top: 9, correlationId });
      assert.deepEqual(
        entries.find(({ status }) => status === 'success')?.proofs.map(({ method }) => method),
        ['password', 'softwareOath'],
      );
    });

    test('a method that does not lead on is not shown, whatever the address names', async () => {
      await addCode();
      const signIn = await begin();
      for (const kind of ['passkey', 'password', 'approval', 'x'])
        assert.equal((await signIn.get(`/factor/${kind}`)).heading, 'Enter code', kind);
    });

    test('a code that policy does not want is not tried, so that it cannot be guessed at leisure', async () => {
      await addCode();
      const signIn = await host.begin();
      await signIn.post('/username', { username: ana.userPrincipalName });
      await change(signIn, { userId: ana.id, proofs: [proofOf('password')] });
      const code = currentCode();
      assert.equal((await signIn.post('/factor/oneTimeCode', { code })).status, 400);
      const again = await begin();
      assert.ok(ended(await again.post('/factor/oneTimeCode', { code })), 'the code was not spent');
    });

    test('the method that the user prefers comes first, where it leads on', async () => {
      await addCode();
      await addSession();
      assert.equal((await (await begin()).get('/factor')).heading, 'Enter code');
      const document: SignInPreferences = {
        ...{
          isSystemPreferredAuthenticationMethodEnabled: false,
          userPreferredMethodForSecondaryAuthentication: 'push',
        },
      };
      await host.ports.objects.add(
        { kind: preferenceKind, id: ana.id, owner: ana.id, document },
        { activity: 'Update user', actor: 'test' },
      );
      const page = await (await begin()).get('/factor');
      assert.match(page.heading ?? '', /^Approve in another browser/);
      assert.ok(page.text.includes('/factor/oneTimeCode'), 'the other one is on offer');
    });

    test('where nothing was shown and policy is content, the user signs in: another part of the request wants that', async () => {
      const signIn = await host.begin();
      await signIn.post('/username', { username: ana.userPrincipalName });
      await addSession();
      await change(signIn, { userId: ana.id, sessionUid: `of ${ana.id}` });
      assert.equal((await signIn.get('/factor')).location, '?other=1');
    });
  });

  describe('a first factor', () => {
    test('a Temporary Access Pass is one; a code never is', async () => {
      const pass = await makePass(host.ports.passwords);
      orThrow(await issuePass(ana.id, pass, { at: new Date(), actor: 'test', ports: host.ports }));
      const signIn = await host.begin({ login_hint: ana.userPrincipalName });
      assert.equal((await signIn.get('/factor/oneTimeCode')).location, '');
      assert.equal((await signIn.get('/factor/temporaryAccessPass')).heading, 'Enter Temporary Access Pass');
      const wrong = await signIn.post('/factor/temporaryAccessPass', { pass: 'WRONG' });
      assert.deepEqual([wrong.status, wrong.heading], [400, 'Enter Temporary Access Pass']);
      assert.ok(ended(await signIn.post('/factor/temporaryAccessPass', { pass: pass.pass })));
    });

    test('without a name there is a passkey alone, which knows its user', async () => {
      const signIn = await host.begin();
      assert.equal((await signIn.get('/factor/temporaryAccessPass')).location, '');
      assert.equal((await signIn.post('/factor/temporaryAccessPass', { pass: 'x' })).location, '');
      assert.equal((await signIn.get('/factor/passkey')).heading, 'Use a passkey');
    });

    test('a form of no factor leads back to the first page', async () => {
      const signIn = await host.begin({ login_hint: ana.userPrincipalName });
      assert.equal((await signIn.post('/factor/certificate')).location, '');
    });

    test('right, and policy says no: that is a refusal and not a wrong password', async () => {
      await host.setPolicies({ ...policy, grantControls: { operator: 'OR', builtInControls: ['block'] } });
      const signIn = await host.begin();
      const page = await signIn.withPassword(ana.userPrincipalName, 'right');
      assert.equal(page.status, 403);
      assert.ok(page.text.includes(`${signIn.base}/methods`), 'other ways stay open');
      assert.equal(problemOf(page), undefined);
    });
  });

  describe('the request for a passkey', () => {
    const credentialOf = ({ id }: User): string => Buffer.from(id).toString('base64url');
    const optionsIn = ({ text }: SignInPage) => {
      const [, attribute = ''] = / data-options="([^"]*)"/.exec(text) ?? [];
      return JSON.parse(attribute.replaceAll('&quot;', '"')) as {
        readonly challenge: string;
        readonly allowCredentials?: readonly { readonly id: string }[];
      };
    };
    beforeEach(() =>
      host.ports.methods.add(
        {
          ...{
            id: crypto.randomUUID(),
            kind: 'fido2',
            userId: ana.id,
            displayName: 'Key',
            createdDateTime: new Date(),
          },
          ...{ credentialId: credentialOf(ana), publicKey: 'AAAA', transports: [] },
          aaguid: '00000000-0000-0000-0000-000000000000',
        },
        'test',
      ),
    );

    test('names no credential at the first factor: it would tell who has one', async () => {
      const signIn = await host.begin({ login_hint: ana.userPrincipalName });
      assert.deepEqual(optionsIn(await signIn.get('/factor/passkey')).allowCredentials ?? [], []);
    });

    test('names those of the user who was proven, and has a challenge of its own each time', async () => {
      const signIn = await begin();
      const [first, second] = [optionsIn(await signIn.get('/factor')), optionsIn(await signIn.get('/factor'))];
      assert.deepEqual(
        first.allowCredentials?.map(({ id }) => id),
        [credentialOf(ana)],
      );
      assert.notEqual(first.challenge, second.challenge);
    });
  });

  describe('an approval in another session (MFA-11)', () => {
    beforeEach(addSession);
    const answer = async (number: (ofPage: string) => string | undefined) => {
      const [ticket] = await openApprovals(ana.id, host.context());
      const approver = { userId: ana.id, sessionUid: `of ${ana.id}`, proofs: [] as Proof[] };
      approver.proofs = [...(await host.ports.sessions.proofs(approver.sessionUid))];
      const request = { id: ticket!.id, number: number(ticket!.document.number ?? ''), approver };
      return answerApproval(request, host.context());
    };
    const send = async () => {
      const signIn = await begin();
      assert.equal((await signIn.post('/factor/approval')).location, '/factor/approval');
      return signIn;
    };

    test('the page with the number asks again by itself, until it is typed elsewhere', async () => {
      const signIn = await send();
      const page = await signIn.get('/factor/approval');
      assert.deepEqual([page.status, page.headers.get('refresh'), page.heading], [200, '3', 'Approve this sign-in']);
      const [ticket] = await openApprovals(ana.id, host.context());
      assert.ok(page.text.includes(`id="number" dir="ltr">${ticket?.document.number}<`));
      assert.equal(await answer((number) => number), 'approved');
      assert.ok(ended(await signIn.get('/factor/approval')));
    });

    test('a denial is reported once, and a new request can be sent', async () => {
      const signIn = await send();
      assert.equal(await answer(() => undefined), 'denied');
      const page = await signIn.get('/factor/approval');
      assert.deepEqual([page.status, page.headers.get('refresh')], [400, null]);
      assert.equal((await signIn.flow())?.approval, undefined);
      assert.equal((await signIn.post('/factor/approval')).location, '/factor/approval');
    });

    test('who looks at the other ways meanwhile sees them, and the request stays open', async () => {
      const signIn = await send();
      assert.match((await signIn.get('/factor')).heading ?? '', /^Approve in another browser/);
      assert.equal((await openApprovals(ana.id, host.context())).length, 1);
    });
  });

  test('no fault was met on the way', () => assert.deepEqual(host.faults, []));
});
