import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { registerPasskey, removeMethodAsUser } from '#admin/directory/methods/registered-methods.ts';
import { issuePass, makePass } from '#admin/directory/methods/temporary-access-pass.ts';
import type { GuardPorts } from '#admin/safety/guard.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { makeChallenge } from '#signin/factors/passkeys.ts';
import { databasesUnderTest } from '../databases.ts';
import { clock, groupId, mfa, off, openScenes, passkey, type Scene, x509 } from './lock-out-scene.ts';

const registrantOf = ({ ana }: Scene) => ({ user: ana, sessionUid: 'session', ipAddress: '192.0.2.7' });
const refusals = ({ ports }: Scene) =>
  ports.audits.list({ top: 50, activities: ['Delete security info'], result: 'failure' });

/** Ports whose passkeys answer without an authenticator: what a browser makes has a suite of its own. */
const withPasskeys = (ports: GuardPorts, credentialId: () => string): GuardPorts => ({
  ...ports,
  passkeys: {
    ...ports.passkeys,
    verifyRegistration: async () => ({
      credentialId: credentialId(),
      publicKey: 'AAAA',
      aaguid: '00000000-0000-0000-0000-000000000000',
      transports: [],
    }),
  },
});

for (const database of databasesUnderTest())
  describe(`users change their own methods under the lock-out guard: ${database.name}`, {
    skip: database.missing ?? false,
  }, () => {
    const scenes = openScenes(database);
    before(() => scenes.start());
    after(() => scenes.end());

    test('the last Global Administrator keeps the passkey that is the only way left, and the refusal is audited', () =>
      scenes.onDemo(async (scene) => {
        const { ports, ana } = scene;
        await passkey(ports, scene);
        await off(ports, scene);
        const ruling = await removeMethodAsUser(groupId, { ...registrantOf(scene), ports, at: clock.at });
        assert.equal(ruling.outcome, 'refused');
        assert.equal(ruling.outcome === 'refused' && ruling.because.code, 'lastAdministratorShutOut');
        assert.equal((await ports.methods.ofUser(ana.id)).length, 1);
        const [row, ...furtherRows] = await refusals(scene);
        assert.deepEqual([row?.refusal?.because.code, furtherRows.length], ['lastAdministratorShutOut', 0]);
      }));

    test('the second factor that a policy asks of the last Global Administrator stays', () =>
      scenes.onDemo(async (scene) => {
        const { ports, ana } = scene;
        await passkey(ports, scene);
        await x509((old) => ({
          authenticationModeConfiguration: { ...old.authenticationModeConfiguration, rules: [] },
        }))(ports, scene);
        await mfa(ports, scene);
        // A live session and a pass could stand in for the passkey today, and not for long.
        const proof = { userId: ana.id, method: 'fido2', at: clock.at.toISOString() } as const;
        await ports.sessions.add('session', [proof], new Date(clock.at.getTime() + 3_600_000));
        orThrow(await issuePass(ana.id, await makePass(ports.passwords), { at: clock.at, actor: 'test', ports }));
        const ruling = await removeMethodAsUser(groupId, { ...registrantOf(scene), ports, at: clock.at });
        assert.equal(ruling.outcome === 'refused' && ruling.because.code, 'lastAdministratorShutOut');
        assert.equal((await ports.methods.ofUser(ana.id)).length, 2);
      }));

    test('a method beside another way is removed', () =>
      scenes.onDemo(async (scene) => {
        const { ports, ana } = scene;
        await passkey(ports, scene);
        const ruling = await removeMethodAsUser(groupId, { ...registrantOf(scene), ports, at: clock.at });
        assert.equal(ruling.outcome, 'passed');
        assert.deepEqual(await ports.methods.ofUser(ana.id), []);
        assert.deepEqual(await refusals(scene), []);
      }));

    test('twelve registrations at once leave ten passkeys', () =>
      scenes.onDemo(async (scene) => {
        const registrant = registrantOf(scene);
        let count = 0;
        const ports = withPasskeys(scene.ports, () => `credential-${++count}`);
        const challenge = { purpose: 'register', boundTo: registrant.sessionUid, userId: scene.ana.id } as const;
        const rulings = await Promise.all(
          Array.from({ length: 12 }, async () => {
            const text = await makeChallenge(challenge, { ports, at: clock.at });
            const clientDataJSON = Buffer.from(JSON.stringify({ challenge: text })).toString('base64url');
            const request = {
              response: { response: { clientDataJSON } },
              origin: 'https://localhost',
              displayName: '',
            };
            return registerPasskey(request, { ...registrant, ports, at: clock.at });
          }),
        );
        assert.equal(rulings.filter(({ outcome }) => outcome === 'passed').length, 10);
        assert.equal((await ports.methods.ofUser(scene.ana.id)).length, 10);
      }));
  });
