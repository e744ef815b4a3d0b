import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DryRunChange, dryRunLimits } from '#admin/safety/dry-run.ts';
import { changeTenant, type GuardPorts, rehearseTenant } from '#admin/safety/guard.ts';
import { addAuthorities, changeAuthority, removeAuthority } from '#admin/trust/authorities.ts';
import { detailsOf } from '#admin/trust/authority/authority-rules.ts';
import { classicStoreOf, deleteClassicStore, replaceClassicStore } from '#admin/trust/classic-store.ts';
import type { TrustPorts } from '#admin/trust/edit-trust-store.ts';
import { restoreDeleted } from '#admin/trust/pki/deleted-authorities.ts';
import { deleteContainer } from '#admin/trust/pki/pki-containers.ts';
import { makeDemoTenant } from '#cli/demo.ts';
import type { CardeaError } from '#core/trace/fault.ts';
import { orThrow, type Ruling, success } from '#core/trace/ruling.ts';
import { type CrlCache, openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { serveCrls } from '#http/demo-crl.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import type { AuthorityRow } from '#model/authority.ts';
import { crlFiles, makeWoodgrove, type Woodgrove } from '#pki/demo/woodgrove.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import { writeSignInLog } from '#signin/log/write-sign-in-log.ts';
import { signInWithCertificate } from '#signin/with-certificate.ts';
import { databasesUnderTest, openAt, TestClock } from '../../contract/databases.ts';
import { freePort } from '../../free-port.ts';
import { certificateOf } from '../../pki/chains.ts';

/** What a change of the trust stores or of the policy does to people, on a real database with real CRLs over HTTP. */
for (const database of databasesUnderTest()) {
  describe(`a change that concerns people, on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    const actor = 'an administrator';
    let pki: Woodgrove;
    let ports: Ports & AdminPorts;
    let crls: CrlCache;
    let crlsServed = 0;
    let closing: (() => Promise<unknown>)[] = [];

    before(async () => {
      const port = await freePort();
      pki = makeWoodgrove({ at: clock.at, crlBaseUrl: `http://localhost:${port}` });
      const server = await serveCrls(port, (path) => {
        crlsServed++;
        return crlFiles(pki).get(path);
      });
      const storage = await openAt(await database.place(), clock);
      crls = openCrlCache({ clock, bytes: storage.crlBytes });
      const passwords = openPasswords();
      const installation = {
        tenants: storage.tenants,
        clock,
        firstParty: [],
        adminOf: async (tenantId: string) => storage.forTenant(tenantId),
      };
      await makeDemoTenant(pki, installation);
      const tenant = (await storage.tenants.find('woodgrove.test'))!;
      ports = { ...storage.forTenant(tenant.id), tenant, clock, crls, ocsp: openOcspClient(), passwords, passkeys };
      closing = [() => server.close(), () => crls.close(), () => storage.close()];
      for (const { person } of pki.cards) await signIn(person.name);
    });
    after(async () => {
      for (const close of closing) await close();
      database.end();
    });

    const leafOf = (card: string) => pki.cards.find(({ person }) => person.name === card)!.issued.der;
    async function signIn(card: string) {
      const request = {
        correlationId: crypto.randomUUID(),
        application: { appId: 'a', displayName: 'App' },
        resourceId: 'r',
        ipAddress: '127.0.0.1',
        userAgent: 'test',
        username: `${card}@woodgrove.test`,
        presented: { leaf: leafOf(card) },
        host: 'certauth.localhost',
        proofs: [],
      };
      const verdict = await signInWithCertificate(request, { ports, at: clock.at });
      return writeSignInLog(
        request,
        verdict,
        { at: clock.at, ports },
        { isInteractive: true, presented: leafOf(card) },
      );
    }

    const rowOf = async (name: keyof Woodgrove['authorities'], store = 'pki', { trustStore }: TrustPorts = ports) => {
      const { thumbprint } = detailsOf(pki.authorities[name]);
      const items = await trustStore.list();
      return items.find((row) => row.store === store && detailsOf(row).thumbprint === thumbprint)!;
    };
    const description = (changes: readonly DryRunChange[]) =>
      changes
        .map(({ userPrincipalName, before: was, after: will }) => [
          userPrincipalName.split('@')[0],
          `${was.kind} ${was.code ?? was.method}`,
          `${will.kind} ${will.code ?? will.method}`,
        ])
        .sort();
    type Change = (inside: GuardPorts) => Promise<Ruling<unknown>>;
    const tryOut = async (work: Change) => orThrow(await rehearseTenant(ports, { at: clock.at }, work)).dryRun;
    const nothing = async () => success();
    const single = 'granted x509CertificateSingleFactor';
    const multi = 'granted x509CertificateMultiFactor';

    test('a dry run that changes nothing finds nothing, having evaluated every card that was tried', async () => {
      const match = await tryOut(nothing);
      assert.deepEqual(match.changes, []);
      assert.equal(match.judged, pki.cards.length);
      assert.equal(match.isCut, false);
    });

    test('removing a CA: who would be refused, and why; nothing is changed, written or fetched', async () => {
      const before = await ports.trustStore.state();
      const [service, entries] = [crlsServed, await ports.signInLog.list({ top: 1000 })];
      const { id } = await rowOf('issuing-2');
      const { changes } = await tryOut((dry) => removeAuthority(id, { at: clock.at, actor, ports: dry }));
      const issuedByIt = pki.cards.filter(({ person }) => person.issuer === 'issuing-2' && person.expect !== 'refused');
      assert.ok(issuedByIt.length > 0);
      for (const { person } of issuedByIt) {
        const change = description(changes).find(([name]) => name === person.name)!;
        assert.deepEqual(change, [person.name, single, 'refused issuerNotTrusted']);
      }
      assert.deepEqual(
        changes.filter(({ userPrincipalName }) => userPrincipalName.startsWith('ana')),
        [],
      );
      assert.deepEqual(await ports.trustStore.state(), before);
      assert.equal(crlsServed, service);
      assert.equal((await ports.signInLog.list({ top: 1000 })).length, entries.length);
    });

    test('adding a CA: the stranger’s card, which was refused, would get further', async () => {
      const request = [{ certificate: certificateOf(pki.stranger) }];
      const { changes } = await tryOut((dry) =>
        addAuthorities(request, { store: 'pki' }, { at: clock.at, actor, ports: dry }),
      );
      assert.deepEqual(
        description(changes).map(([, was]) => was),
        ['refused issuerNotTrusted'],
      );
      assert.notEqual(description(changes)[0]![2], 'refused issuerNotTrusted');
    });

    test('another CRL address: the effect is unknown without fetching, and a dry run does not fetch', async () => {
      const service = crlsServed;
      const { id } = await rowOf('issuing-1');
      const change = {
        certificateRevocationListUrl: `${pki.crlBaseUrl}/crl/other.crl`,
        deltaCertificateRevocationListUrl: '',
      };
      const { changes } = await tryOut((dry) => changeAuthority(id, change, { at: clock.at, actor, ports: dry }));
      assert.deepEqual(
        description(changes).find(([name]) => name === 'ana'),
        ['ana', multi, 'undetermined crlNotKept'],
      );
      assert.equal(crlsServed, service);
    });

    test('the policy: a card that counts for less is a change, and so is a method switched off', async () => {
      const { x509 } = await ports.policies.current();
      const { authenticationModeConfiguration } = x509;
      const noRules = { ...x509, authenticationModeConfiguration: { ...authenticationModeConfiguration, rules: [] } };
      const weaker = await tryOut(async (inside) => success(await inside.policy.setX509(noRules, actor)));
      assert.deepEqual(
        description(weaker.changes).find(([name]) => name === 'ana'),
        ['ana', multi, single],
      );
      const disabled = { ...x509, state: 'disabled' } as const;
      const off = await tryOut(async (inside) => success(await inside.policy.setX509(disabled, actor)));
      assert.match(description(off.changes).find(([name]) => name === 'ana')![2]!, /^refused /);
    });

    test('CA scoping: who is in no group of a scoped CA would be refused with 500189 (CAS-2, CAS-5)', async () => {
      const { x509 } = await ports.policies.current();
      const scope = {
        subjectKeyIdentifier: detailsOf(pki.authorities['issuing-1']).subjectKeyIdentifier!,
        publicKeyInfrastructureIdentifier: (await rowOf('issuing-1')).containerId!,
        includeTargets: [{ targetType: 'group' as const, id: crypto.randomUUID() }],
      };
      const scopes = { ...x509, certificateAuthorityScopes: [scope] };
      const { changes } = await tryOut(async (inside) => success(await inside.policy.setX509(scopes, actor)));
      assert.deepEqual(
        description(changes).find(([name]) => name === 'ana'),
        ['ana', multi, 'refused authorityNotForUser'],
      );
    });

    test('the newest are evaluated when there are too many, and the answer says so', async () => {
      const limits = { ...dryRunLimits, pairs: 2 };
      const { dryRun: match } = orThrow(await rehearseTenant(ports, { at: clock.at, limits }, nothing));
      assert.deepEqual([match.judged, match.isCut], [2, true]);
      const later = new Date(clock.at.getTime() + 31 * 24 * 3600 * 1000);
      const { dryRun } = orThrow(await rehearseTenant(ports, { at: later }, nothing));
      assert.equal(dryRun.judged, 0, 'older than thirty days');
    });

    test('a dry run evaluates in parts, finds the same, and lets another change of the tenant go first in between', async () => {
      const { id } = await rowOf('issuing-2');
      const work = (dry: GuardPorts) => removeAuthority(id, { at: clock.at, actor, ports: dry });
      const whole = await tryOut(work);
      const order: string[] = [];
      let otherChange: Promise<unknown> | undefined;
      const withOther = async (dry: GuardPorts) => {
        otherChange ??= ports.inTransaction(async () => order.push('another change'));
        return work(dry);
      };
      const limits = { ...dryRunLimits, pairsAtOnce: 2 };
      const { dryRun } = orThrow(await rehearseTenant(ports, { at: clock.at, limits }, withOther));
      order.push('the dry run');
      await otherChange;
      assert.deepEqual(order, ['another change', 'the dry run']);
      assert.deepEqual(dryRun.changes, whole.changes);
      assert.deepEqual([dryRun.judged, dryRun.isCut], [whole.judged, false]);
    });

    describe('the last administrator', () => {
      const guard = async (work: Change) => orThrow(await changeTenant(ports, { at: clock.at, isForced: false }, work));
      const ana = async () => (await ports.users.find('ana@woodgrove.test'))!;
      /** The change is refused with this reason for Ana. Who she is is read first: a refusal that nothing awaits ends the test. */
      const isShutOut = async (work: Change, expectedValue: string) => {
        const { id: userId } = await ana();
        const check = ({ because }: CardeaError) => {
          assert.equal(because.code, 'lastAdministratorShutOut');
          const [administrator] = (because.evidence as { administrators: readonly { id?: string; code: string }[] })
            .administrators;
          assert.deepEqual([administrator?.id, administrator?.code], [userId, expectedValue]);
          return true;
        };
        await assert.rejects(guard(work), check);
      };

      const changes: readonly [string, string, Change][] = [
        [
          'the CA of her card is removed',
          'issuerNotTrusted',
          async (trust) =>
            removeAuthority((await rowOf('issuing-1', 'pki', trust)).id, { at: clock.at, actor, ports: trust }),
        ],
        [
          'the container is deleted',
          'issuerNotTrusted',
          async (trust) =>
            deleteContainer((await rowOf('root', 'pki', trust)).containerId!, {
              at: clock.at,
              actor,
              ports: trust,
            }),
        ],
        [
          'its CRL address does not answer',
          'crlUnreachable',
          async (trust) => {
            const change = {
              certificateRevocationListUrl: 'http://127.0.0.1:1/x.crl',
              deltaCertificateRevocationListUrl: '',
            };
            return changeAuthority((await rowOf('issuing-1', 'pki', trust)).id, change, {
              at: clock.at,
              actor,
              ports: trust,
            });
          },
        ],
        [
          'a record in the classic store takes over with such an address (§2.6)',
          'crlUnreachable',
          async (trust) => {
            const request = {
              certificate: certificateOf(pki.authorities['issuing-1']),
              certificateRevocationListUrl: 'http://127.0.0.1:1/x.crl',
            };
            return addAuthorities([request], { store: 'classic' }, { at: clock.at, actor, ports: trust });
          },
        ],
        [
          'no user is in scope of the method any more',
          'accountNotInScope',
          async (trust) =>
            success(await trust.policy.setX509({ ...(await trust.policy.x509()), includeTargets: [] }, actor)),
        ],
      ];
      for (const [name, code, change] of changes) {
        test(`is not locked out: ${name}`, async () => {
          const version = (await ports.policies.current()).version;
          await isShutOut(change, code);
          assert.equal((await ports.policies.current()).version, version);
        });
      }

      test('what concerns others only is done', async () => {
        const row = await rowOf('issuing-2');
        await guard((inside) => removeAuthority(row.id, { at: clock.at, actor, ports: inside }));
        await restore(row);
      });

      test('with a passkey she may be locked out of certificates, and without it no longer', async () => {
        const { id: userId } = await ana();
        const passkey = {
          id: crypto.randomUUID(),
          userId,
          displayName: 'Key',
          createdDateTime: clock.at,
          kind: 'fido2' as const,
          credentialId: 'AAAA',
          publicKey: 'AAAA',
          aaguid: '00000000-0000-0000-0000-000000000000',
          transports: [],
        };
        await ports.methods.add(passkey, actor);
        const row = await rowOf('issuing-1');
        await guard((inside) => removeAuthority(row.id, { at: clock.at, actor, ports: inside }));
        await restore(row);
        await ports.methods.remove(userId, passkey.id, actor);
        await isShutOut(
          (inside) => removeAuthority(row.id, { at: clock.at, actor, ports: inside }),
          'issuerNotTrusted',
        );
      });

      test('with a password she may be locked out of certificates', async () => {
        const { id: userId } = await ana();
        await ports.users.setPasswordHash(userId, '$argon2id$x', actor);
        const row = await rowOf('issuing-1');
        await guard((inside) => removeAuthority(row.id, { at: clock.at, actor, ports: inside }));
        await restore(row);
        await ports.users.setPasswordHash(userId, undefined, actor);
      });

      test('forced, it is done', async () => {
        const row = await rowOf('issuing-1');
        orThrow(await removeAuthority(row.id, { at: clock.at, actor, ports }));
        await restore(row);
      });

      test('two edits at the same moment: neither change is lost', async () => {
        const row = await rowOf('issuing-2');
        await Promise.all([
          guard((inside) =>
            changeAuthority(row.id, { isIssuerHintEnabled: false }, { at: clock.at, actor: 'another', ports: inside }),
          ),
          guard((inside) => changeAuthority(row.id, { displayName: 'Second' }, { at: clock.at, actor, ports: inside })),
        ]);
        const next = await rowOf('issuing-2');
        assert.deepEqual([next.displayName, next.isIssuerHintEnabled], ['Second', false]);
      });

      async function restore({ id }: AuthorityRow) {
        orThrow(await restoreDeleted(id, { at: clock.at, actor, ports }));
      }
    });

    describe('two stores at once (§2.6, COEX-1)', () => {
      const findingsOf = async (card: string) => {
        const { trace, kind } = await signIn(card);
        const finding = trace.findings.find(({ because: { code } }) => code === 'legacyStoreUsed');
        const { authorities = [] } = (finding?.because.evidence ?? {}) as { authorities?: { why: string }[] };
        return [kind, authorities.map(({ why }) => why).sort()];
      };
      const classicOf = (row: AuthorityRow, certificateRevocationListUrl = row.certificateRevocationListUrl) => ({
        certificate: Buffer.from(row.der).toString('base64'),
        isRootAuthority: row.authorityType === 'root',
        certificateRevocationListUrl,
        deltaCertificateRevocationListUrl: certificateRevocationListUrl
          ? row.deltaCertificateRevocationListUrl
          : undefined,
      });
      const replace = async (...list: Parameters<typeof replaceClassicStore>[0]) =>
        orThrow(await replaceClassicStore(list, { at: clock.at, actor, ports }));

      test('the same record in both: the PKI-based one counts, and the log names no legacy store', async () => {
        await replace(classicOf(await rowOf('root')), classicOf(await rowOf('issuing-1')));
        assert.deepEqual(await findingsOf('ana'), ['granted', []]);
      });

      test('a CRL in the classic store only: it is used, and who is on it is refused', async () => {
        const row = await rowOf('issuing-1');
        orThrow(
          await changeAuthority(
            row.id,
            { certificateRevocationListUrl: '', deltaCertificateRevocationListUrl: '' },
            { at: clock.at, actor, ports },
            'pki',
          ),
        );
        assert.deepEqual(await findingsOf('ana'), ['granted', ['listOnlyInClassicStore']]);
        const card = pki.cards.find(({ person }) => person.revokedOn === 'base' && person.issuer === 'issuing-1')!;
        const verdict = await signIn(card.person.name);
        assert.equal(verdict.kind === 'refused' && verdict.because.code, 'certificateRevoked');
        orThrow(await changeAuthority(row.id, row, { at: clock.at, actor, ports }, 'pki'));
      });

      test('different CRLs: the classic record counts', async () => {
        await replace(classicOf(await rowOf('root')), classicOf(await rowOf('issuing-1'), 'http://127.0.0.1:1/x.crl'));
        const [kind, why] = await findingsOf('ana');
        assert.deepEqual([kind, why], ['refused', ['listsDiffer']]);
      });

      test('in the classic store only: all of the chain', async () => {
        const container = (await rowOf('root')).containerId!;
        await replace(classicOf(await rowOf('root')), classicOf(await rowOf('issuing-1')));
        orThrow(await deleteContainer(container, { at: clock.at, actor, ports }));
        assert.deepEqual(await findingsOf('ana'), ['granted', ['onlyInClassicStore', 'onlyInClassicStore']]);
        assert.equal((await findingsOf('cleo'))[0], 'refused');
        assert.equal(orThrow(await deleteClassicStore({ actor, ports })), true);
        assert.equal(await classicStoreOf(ports), undefined);
        assert.equal((await findingsOf('ana'))[0], 'refused');
      });
    });
  });
}
