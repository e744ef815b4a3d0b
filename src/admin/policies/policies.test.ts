import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import type { CardeaError } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { addUser } from '../directory/users.ts';
import { lineOf } from '../document/differences.ts';
import { documentOf } from '../document/tenant-document.ts';
import { applyDocument } from './policies.ts';

const root = testCa('Documented Root');
const issuing = root.issueCa('Documented Issuing');
const base64 = (der: Uint8Array) => Buffer.from(der).toString('base64');
const group = '11111111-2222-4333-8444-555555555555';
const ski = `X509:<SKI>${'AB'.repeat(20)}`;

/** A document with something in every part. */
function whole() {
  return {
    groups: [{ id: group, displayName: 'Pilot', members: ['ana@documented.test'] }],
    users: [{ userPrincipalName: 'ana@documented.test', certificateUserIds: [ski] }],
    certificateAuthorities: [
      {
        displayName: 'Root',
        store: 'pki',
        container: 'Ours',
        certificateAuthorityType: 'root',
        certificate: base64(root.der),
      },
      {
        displayName: 'Issuing',
        container: 'Ours',
        isIssuerHintEnabled: true,
        certificateRevocationListUrl: 'http://crl.documented.test/1.crl',
        revocation: { graceSeconds: 60 },
        certificate: issuing.pem,
      },
      { store: 'classic', displayName: 'Classic Root', certificate: base64(root.der) },
    ],
    x509Certificate: {
      state: 'enabled',
      includeTargets: [{ targetType: 'group', id: group }],
      certificateAuthorityScopes: [
        {
          subjectKeyIdentifier: Buffer.from(issuing.subjectKeyIdentifier).toString('hex').toUpperCase(),
          publicKeyInfrastructureIdentifier: 'Ours',
          includeTargets: [{ targetType: 'group', id: group }],
        },
      ],
    },
    authenticationStrengths: [
      {
        id: 'cards',
        displayName: 'Cards',
        policyType: 'custom',
        allowedCombinations: ['x509CertificateMultiFactor'],
        combinationConfigurations: [],
      },
    ],
    namedLocations: [{ id: 'office', displayName: 'Office', isTrusted: true, ipRanges: ['192.0.2.0/24'] }],
    conditionalAccessPolicies: [
      {
        id: 'require-cards',
        displayName: 'Require cards',
        state: 'enabled',
        conditions: {
          users: { includeUsers: ['All'] },
          applications: { includeApplications: ['All'] },
          clientAppTypes: ['all'],
          locations: { includeLocations: ['All'], excludeLocations: ['office'] },
        },
        grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: 'cards' } },
      },
    ],
    featureRolloutPolicies: [
      {
        displayName: 'CBA pilot',
        feature: 'certificateBasedAuthentication',
        isEnabled: true,
        isAppliedToOrganization: false,
        appliesTo: [group],
      },
    ],
    blockedCertificates: [{ note: 'lost', sha256Thumbprint: 'CD'.repeat(32) }],
  };
}
type Whole = ReturnType<typeof whole>;

for (const database of databasesUnderTest()) {
  describe(`a tenant as a document on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let storage: Storage;
    let tenantStorage: TenantStorage;
    before(async () => {
      storage = await openAt(await database.place(), clock);
    });
    beforeEach(async () => {
      const id = crypto.randomUUID();
      const domain = `${id}.test`;
      await storage.tenants.add({
        id,
        displayName: id,
        domains: [{ id: domain, authenticationType: 'Managed', isVerified: true }],
      });
      tenantStorage = storage.forTenant(id);
      const tenant = {
        id,
        displayName: id,
        domains: [{ id: 'documented.test', authenticationType: 'Managed', isVerified: true }],
      } as const;
      for (const name of ['ana', 'ben'])
        orThrow(
          await addUser({ userPrincipalName: `${name}@documented.test` }, tenant, {
            actor: 'test',
            ports: tenantStorage,
          }),
        );
    });
    after(async () => {
      await storage?.close();
      database.end();
    });
    const apply = (document: unknown, dryRun = false) =>
      applyDocument(document, { actor: 'test', at: clock.at, ports: tenantStorage }, { dryRun }).then(orThrow);
    /** Everything that an edit leaves behind. */
    const everything = async () => ({
      document: await documentOf(tenantStorage),
      audits: (await tenantStorage.audits.list({ top: 1000 })).length,
      version: (await tenantStorage.policies.current()).version,
    });

    test('it is applied whole, decides at once, and a second time changes nothing', async () => {
      const first = await apply(whole());
      const touch = new Set(first.differences.map(({ path }) => /^\w+/.exec(path)![0]));
      assert.deepEqual([...touch].sort(), Object.keys(whole()).sort(), 'every part is among the differences');
      const current = await everything();
      const { trustStore, x509, access, revocation } = await tenantStorage.policies.current();
      assert.deepEqual(
        [trustStore.authorities.length, x509.state, access[0]?.id, revocation.blocked?.length],
        [2, 'enabled', 'require-cards', 1],
      );
      const [container] = (await tenantStorage.trustStore.state()).containers;
      assert.equal(x509.certificateAuthorityScopes[0]?.publicKeyInfrastructureIdentifier, container?.id, 'by its name');
      assert.deepEqual((await tenantStorage.users.find('ana@documented.test'))?.groupIds, [group]);
      assert.deepEqual((await apply(whole())).differences, []);
      assert.deepEqual(await everything(), current, 'not even an audit row');
    });

    test('what is printed can be applied again and changes nothing', async () => {
      await apply(whole());
      const print = JSON.parse(JSON.stringify(await documentOf(tenantStorage)));
      const current = await everything();
      assert.deepEqual((await apply(print)).differences, []);
      assert.deepEqual(await everything(), current);
    });

    test('a dry run tells exactly what would be, and leaves nothing behind', async () => {
      const current = await everything();
      const request = await apply(whole(), true);
      assert.deepEqual(await everything(), current);
      const done = await apply(whole());
      // Ids of what is made differ between the two.
      const description = (item: {
        differences: Parameters<typeof lineOf>[0][] | readonly Parameters<typeof lineOf>[0][];
      }) => item.differences.map((difference) => lineOf(difference).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID'));
      assert.deepEqual(description(request), description(done));
    });

    test('parts that are left out stay as they are, and what a part no longer has is gone', async () => {
      await apply(whole());
      const { differences } = await apply({ certificateAuthorities: whole().certificateAuthorities.slice(0, 1) });
      assert.deepEqual(differences.map((difference) => lineOf(difference).split(':')[0]).sort(), [
        '- certificateAuthorities[Classic Root]',
        '- certificateAuthorities[Issuing]',
      ]);
      const [old] = whole().conditionalAccessPolicies;
      const change = await apply({ conditionalAccessPolicies: [{ ...old, state: 'disabled' }] });
      assert.deepEqual(change.differences.map(lineOf), [
        '~ conditionalAccessPolicies[Require cards].state: "enabled" → "disabled"',
      ]);
      assert.equal((await tenantStorage.policies.current()).x509.state, 'enabled');
    });

    const wrong: readonly {
      readonly name: string;
      readonly change: (document: Whole) => unknown;
      readonly says: RegExp;
    }[] = [
      {
        name: 'an unknown part',
        change: (d) => ({ ...d, x509certificate: {} }),
        says: /x509certificate: there is no property of this name/,
      },
      {
        name: 'an unknown key deep inside',
        change: (d) => {
          (d.conditionalAccessPolicies[0]!.conditions.users as Record<string, unknown>).includeUser = ['All'];
          return d;
        },
        says: /conditionalAccessPolicies\[0\]\.conditions\.users\.includeUser: there is no property of this name/,
      },
      {
        name: 'a key named like something every object has',
        change: (d) => JSON.parse(JSON.stringify(d).replace('"groups"', '"__proto__"')),
        says: /__proto__: there is no property of this name/,
      },
      { name: 'a text for a list', change: (d) => ({ ...d, users: 'ana' }), says: /users: it must be a list/ },
      { name: 'nothing at all', change: () => null, says: /the document: it must be an object/ },
      {
        name: 'a missing key',
        change: (d) => ({ ...d, groups: [{ id: group }] }),
        says: /groups\[0\]\.displayName: it is required/,
      },
      {
        name: 'an unknown group in a scope',
        change: (d) => {
          d.x509Certificate.includeTargets[0]!.id = '99999999-2222-4333-8444-555555555555';
          return d;
        },
        says: /there is no group 99999999/,
      },
      {
        name: 'an unknown user',
        change: (d) => ({ ...d, users: [{ userPrincipalName: 'nobody@documented.test' }] }),
        says: /there is no user "nobody@documented\.test"/,
      },
      {
        name: 'a value of certificateUserIds that another user has',
        change: (d) => ({
          ...d,
          users: [...d.users, { userPrincipalName: 'ben@documented.test', certificateUserIds: [ski] }],
        }),
        says: /X509:<SKI>/,
      },
      {
        name: 'an unknown CA',
        change: (d) => {
          d.certificateAuthorities[0] = {
            certificate: base64(root.issueUserCertificate({ upn: 'x@documented.test' }).der),
          } as never;
          return d;
        },
        says: /not a CA/,
      },
      {
        name: 'a CA scope of a CA that is not there',
        change: (d) => {
          d.x509Certificate.certificateAuthorityScopes[0]!.subjectKeyIdentifier = 'AB'.repeat(20);
          return d;
        },
        says: /subjectKeyIdentifier AB(AB)+ is not in the trust store/,
      },
      {
        name: 'a CA scope of a PKI that is not there',
        change: (d) => {
          d.x509Certificate.certificateAuthorityScopes[0]!.publicKeyInfrastructureIdentifier = 'Theirs';
          return d;
        },
        says: /publicKeyInfrastructureIdentifier Theirs is not in the trust store/,
      },
      {
        name: 'a CA twice',
        change: (d) => ({ ...d, certificateAuthorities: [...d.certificateAuthorities, d.certificateAuthorities[0]] }),
        says: /already|twice|is there/i,
      },
      {
        name: 'a policy whose strength the same document takes away',
        change: (d) => ({ ...d, authenticationStrengths: [] }),
        says: /"Require cards" \/grantControls\/authenticationStrength\/id/,
      },
      {
        name: 'a policy for a group that is not there',
        change: (d) => {
          (d.conditionalAccessPolicies[0]!.conditions.users as Record<string, unknown>).includeGroups = ['gone'];
          return d;
        },
        says: /conditions\/users\/includeGroups.*"gone" is not in this tenant/,
      },
      {
        name: 'more policies than Graph takes',
        change: (d) => ({
          ...d,
          conditionalAccessPolicies: Array.from({ length: 196 }, (_, i) => ({
            ...d.conditionalAccessPolicies[0]!,
            id: `p${i}`,
          })),
        }),
        says: /at most 195 policies/,
      },
      {
        name: 'a feature that does not exist',
        change: (d) => ({ ...d, featureRolloutPolicies: [{ ...d.featureRolloutPolicies[0]!, feature: 'cba' }] }),
        says: /featureRolloutPolicies\[0\]\.feature: it must be one of/,
      },
      {
        name: 'one feature twice',
        change: (d) => ({ ...d, featureRolloutPolicies: [d.featureRolloutPolicies[0], d.featureRolloutPolicies[0]] }),
        says: /already has the feature/,
      },
      {
        name: 'more groups than REALM-4 allows',
        change: (d) => ({
          ...d,
          featureRolloutPolicies: [
            { ...d.featureRolloutPolicies[0]!, appliesTo: Array.from({ length: 11 }, () => group) },
          ],
        }),
        says: /at most 10 groups of a rollout/,
      },
      ...[{}, { note: 'lost' }, { issuerSubjectKeyIdentifier: 'AB' }, { serialNumber: '2A' }].map((entry) => ({
        name: `a blocked certificate named by ${JSON.stringify(entry)}`,
        change: (d: Whole) => ({ ...d, blockedCertificates: [entry] }),
        says: /blockedCertificates\[0\]: it must have tbsSha256, or sha256Thumbprint, or/,
      })),
      ...[
        { sha256Thumbprint: 'CD' },
        { tbsSha256: 'lost' },
        { issuerSubjectKeyIdentifier: '', serialNumber: '2A' },
      ].map((entry) => ({
        name: `a blocked certificate named by ${JSON.stringify(entry)}`,
        change: (d: Whole) => ({ ...d, blockedCertificates: [entry] }),
        says: /it must be (32 octets in )?hexadecimal/,
      })),
    ];
    for (const { name, change, says } of wrong) {
      test(`${name} is refused by its path, and nothing of the rest is applied`, async () => {
        const current = await everything();
        await assert.rejects(apply(change(whole())), (thrown: CardeaError) => {
          assert.match(thrown.message, says);
          return true;
        });
        assert.deepEqual(await everything(), current);
      });
    }

    test('an empty method is the method as it comes from the factory', async () => {
      await apply(whole());
      await apply({ x509Certificate: {} });
      assert.deepEqual((await documentOf(tenantStorage)).x509Certificate, defaultX509CertificateConfiguration);
    });
  });
}
