import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { hexOf } from '#core/hex.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { openSealing } from '#keys/sealing.ts';
import { openStorage } from '#storage/storage.ts';
import { testCa } from '../../pki/test-ca.ts';
import { RunningServer, runCardea } from '../server.ts';

const tenantId = 'aaaaaaaa-1111-4222-8333-444444444444';
const pilot = 'bbbbbbbb-1111-4222-8333-444444444444';
const inner = 'cccccccc-1111-4222-8333-444444444444';
const container = 'dddddddd-1111-4222-8333-444444444444';
const [ana, ben] = ['eeeeeeee-1111-4222-8333-444444444444', 'ffffffff-1111-4222-8333-444444444444'];
const graph = 'https://graph.microsoft.com/v1.0/$metadata#';

/** What `az rest` or Graph Explorer saves of an Entra tenant, and what of it says nothing here. */
describe('an Entra tenant is tried here before it is changed there', () => {
  const root = testCa('Contoso Root');
  const issuing = root.issueCa('Contoso Issuing');
  const card = issuing.issueUserCertificate({ upn: 'somebody@else.test', policies: ['1.3.6.1.4.1.99999.1'] });
  const base64 = ({ der }: { der: Uint8Array }) => Buffer.from(der).toString('base64');
  const read = readCertificate(card.der);
  const ski = read.outcome === 'passed' ? hexOf(read.value.subjectKeyIdentifier ?? new Uint8Array()) : '';
  const folder = mkdtempSync(join(tmpdir(), 'cardea-import-'));
  const data = join(folder, 'data');
  const files: Record<string, unknown> = {
    'organization.json': {
      '@odata.context': `${graph}organization`,
      value: [
        {
          id: tenantId,
          displayName: 'Contoso',
          verifiedDomains: [
            { name: 'contoso.onmicrosoft.test', type: 'Managed', isDefault: false },
            { name: 'contoso.test', type: 'Managed', isDefault: true },
          ],
        },
      ],
    },
    'authenticationMethodsPolicy.json': {
      id: 'authenticationMethodsPolicy',
      authenticationMethodConfigurations: [
        { '@odata.type': '#microsoft.graph.fido2AuthenticationMethodConfiguration', id: 'Fido2', state: 'enabled' },
        {
          '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
          id: 'X509Certificate',
          state: 'enabled',
          excludeTargets: [],
          certificateUserBindings: [
            {
              x509CertificateField: 'SubjectKeyIdentifier',
              userProperty: 'certificateUserIds',
              priority: 1,
              trustAffinityLevel: 'high',
            },
          ],
          authenticationModeConfiguration: {
            x509CertificateAuthenticationDefaultMode: 'x509CertificateSingleFactor',
            x509CertificateDefaultRequiredAffinityLevel: 'low',
            rules: [
              {
                x509CertificateRuleType: 'policyOID',
                identifier: ' 1.3.6.1.4.1.99999.1',
                issuerSubjectIdentifier: '',
                policyOidIdentifier: '1.3.6.1.4.1.99999.1',
                x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
                x509CertificateRequiredAffinityLevel: 'high',
              },
            ],
          },
          issuerHintsConfiguration: { state: 'enabled' },
          crlValidationConfiguration: { state: 'disabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [] },
          certificateAuthorityScopes: [
            {
              subjectKeyIdentifier: hexOf(issuing.subjectKeyIdentifier),
              publicKeyInfrastructureIdentifier: container,
              includeTargets: [{ targetType: 'group', id: pilot }],
            },
          ],
          'includeTargets@odata.context': `${graph}policies/x`,
          includeTargets: [{ targetType: 'group', id: pilot, isRegistrationRequired: false }],
        },
      ],
    },
    'classic.json': {
      '@odata.context': `${graph}organization('${tenantId}')/certificateBasedAuthConfiguration`,
      value: [
        {
          id: '29728ade-6ae4-4ee9-9103-412912537da5',
          certificateAuthorities: [
            {
              isRootAuthority: true,
              certificateRevocationListUrl: null,
              deltaCertificateRevocationListUrl: null,
              certificate: base64(root),
              issuer: 'CN=x',
              issuerSki: '',
            },
          ],
        },
      ],
    },
    'pki.json': {
      '@odata.context': `${graph}directory/publicKeyInfrastructure/certificateBasedAuthConfigurations`,
      value: [
        {
          id: container,
          displayName: 'Contoso PKI',
          status: null,
          statusDetails: null,
          lastModifiedDateTime: '2026-01-01T00:00:00Z',
        },
      ],
    },
    'pki-authorities.json': {
      '@odata.context': `${graph}directory/publicKeyInfrastructure/certificateBasedAuthConfigurations('${container}')/certificateAuthorities`,
      value: [
        {
          id: crypto.randomUUID(),
          displayName: 'Contoso Issuing',
          certificateAuthorityType: 'intermediate',
          certificate: base64(issuing),
          issuer: 'CN=Contoso Root',
          isIssuerHintEnabled: true,
          certificateRevocationListUrl: null,
          deletedDateTime: null,
        },
      ],
    },
    'users.json': {
      '@odata.context': `${graph}users(id,userPrincipalName,displayName,authorizationInfo)`,
      value: [
        {
          id: ana,
          userPrincipalName: 'ana@contoso.test',
          displayName: 'Ana',
          authorizationInfo: { certificateUserIds: [`X509:<SKI>${ski}`] },
        },
        {
          id: ben,
          userPrincipalName: 'ben@contoso.test',
          displayName: 'Ben',
          accountEnabled: false,
          authorizationInfo: { certificateUserIds: [] },
        },
        { id: crypto.randomUUID(), userPrincipalName: 'guest_x#EXT#@elsewhere.test', displayName: 'Guest' },
      ],
    },
    'groups.json': {
      '@odata.context': `${graph}groups(members())`,
      value: [
        { id: pilot, displayName: 'CBA pilot', securityEnabled: true, groupTypes: [] },
        {
          id: inner,
          displayName: 'Inner',
          securityEnabled: true,
          members: [{ '@odata.type': '#microsoft.graph.user', id: ben, userPrincipalName: 'ben@contoso.test' }],
        },
      ],
    },
    [`members-${pilot}.json`]: {
      '@odata.context': `${graph}directoryObjects`,
      value: [
        { '@odata.type': '#microsoft.graph.user', id: ana, userPrincipalName: 'ana@contoso.test' },
        { '@odata.type': '#microsoft.graph.group', id: inner, displayName: 'Inner' },
        { '@odata.type': '#microsoft.graph.device', id: crypto.randomUUID(), displayName: 'PC 7' },
      ],
    },
    'access.json': {
      '@odata.context': `${graph}identity/conditionalAccess/policies`,
      value: [
        {
          id: 'require-mfa',
          displayName: 'Require MFA',
          state: 'enabled',
          templateId: null,
          createdDateTime: '2026-01-01T00:00:00Z',
          conditions: {
            userRiskLevels: [],
            signInRiskLevels: [],
            clientAppTypes: ['all'],
            platforms: null,
            devices: {
              deviceFilter: {
                mode: 'exclude',
                rule: 'device.trustType -eq "AzureAD" -and device.isCompliant -eq True',
              },
            },
            locations: { includeLocations: ['All'], excludeLocations: ['office'] },
            applications: {
              includeApplications: ['All'],
              excludeApplications: [],
              includeUserActions: [],
              includeAuthenticationContextClassReferences: [],
              applicationFilter: null,
            },
            users: {
              includeUsers: ['All'],
              excludeUsers: [],
              includeGroups: [],
              excludeGroups: [],
              includeRoles: [],
              excludeRoles: [],
              includeGuestsOrExternalUsers: null,
            },
          },
          grantControls: {
            operator: 'OR',
            builtInControls: ['mfa'],
            customAuthenticationFactors: [],
            termsOfUse: [],
            authenticationStrength: null,
          },
          sessionControls: null,
        },
        {
          id: 'risky',
          displayName: 'Block risky sign-ins',
          state: 'enabled',
          conditions: {
            signInRiskLevels: ['high'],
            clientAppTypes: ['all'],
            applications: { includeApplications: ['All'] },
            users: { includeUsers: ['All'] },
          },
          grantControls: { operator: 'OR', builtInControls: ['block'] },
        },
        {
          id: 'exchange',
          displayName: 'Exchange only',
          state: 'enabled',
          conditions: {
            clientAppTypes: ['all'],
            applications: { includeApplications: ['99999999-0000-0ff1-ce00-000000000000'] },
            users: { includeUsers: ['All'] },
          },
          grantControls: { operator: 'OR', builtInControls: ['mfa'] },
        },
        {
          id: 'filtered',
          displayName: 'Filtered',
          state: 'enabled',
          conditions: {
            clientAppTypes: ['all'],
            applications: { includeApplications: ['All'], applicationFilter: { mode: 'include', rule: 'x' } },
            users: { includeUsers: ['All'] },
          },
          grantControls: { operator: 'OR', builtInControls: ['block'] },
        },
      ],
    },
    'locations.json': {
      value: [
        {
          '@odata.type': '#microsoft.graph.ipNamedLocation',
          id: 'office',
          displayName: 'Office',
          isTrusted: true,
          ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '192.0.2.0/24' }],
        },
        {
          '@odata.type': '#microsoft.graph.countryNamedLocation',
          id: 'nl',
          displayName: 'Netherlands',
          countriesAndRegions: ['NL'],
        },
      ],
    },
    'strengths.json': {
      value: [
        {
          id: '00000000-0000-0000-0000-000000000004',
          displayName: 'Phishing-resistant MFA',
          policyType: 'builtIn',
          allowedCombinations: ['fido2'],
        },
        {
          id: 'own',
          displayName: 'Our cards',
          policyType: 'custom',
          allowedCombinations: ['x509CertificateMultiFactor'],
          combinationConfigurations: [
            {
              '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration',
              id: 'c1',
              appliesToCombinations: ['x509CertificateMultiFactor'],
              allowedIssuerSkis: [],
              allowedPolicyOIDs: ['1.3.6.1.4.1.99999.1'],
            },
          ],
        },
      ],
    },
    'rollouts.json': {
      value: [
        {
          id: crypto.randomUUID(),
          displayName: 'CBA',
          feature: 'certificateBasedAuthentication',
          isEnabled: true,
          isAppliedToOrganization: false,
          appliesTo: [{ '@odata.type': '#microsoft.graph.group', id: pilot }],
        },
      ],
    },
    'devices.json': { value: [{ id: crypto.randomUUID(), displayName: 'PC 7', operatingSystem: 'Windows' }] },
  };

  before(() => {
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder, name), `\ufeff${JSON.stringify(content)}`);
    writeFileSync(join(folder, 'card.pem'), card.pem);
  });
  after(() => rmSync(folder, { recursive: true }));
  const cardea = (...words: string[]) => runCardea([...words, '--data', data]);
  interface ImportReport {
    readonly tenant: { readonly id: string };
    readonly read: Record<string, number>;
    readonly added: readonly string[];
    readonly differences: readonly unknown[];
    readonly ignored: readonly { readonly what: string; readonly why: string }[];
  }

  test('an import makes no installation, and says what does', async () => {
    const { code, err } = await cardea('import', 'entra', folder, '--dry-run');
    assert.equal(code, 1);
    assert.match(
      err,
      /does not contain an installation\.\nSpecify .* "cardea tenant add DOMAIN" and "cardea restore FILE" create/,
    );
    assert.ok(!existsSync(data));
    const clock = { now: () => new Date() };
    mkdirSync(data, { mode: 0o700 });
    await (await openStorage({ kind: 'sqlite', folder: data }, clock, openSealing(data, undefined))).close();
  });

  test('an export with something wrong in it makes nothing, not even the tenant', async () => {
    const broken = mkdtempSync(join(tmpdir(), 'cardea-broken-'));
    writeFileSync(join(broken, 'organization.json'), JSON.stringify(files['organization.json']));
    const wrong = [
      { id: ana, userPrincipalName: 'ana@contoso.test', authorizationInfo: { certificateUserIds: ['X509:<X>1'] } },
    ];
    writeFileSync(join(broken, 'users.json'), JSON.stringify({ value: wrong }));
    const { code, err } = await cardea('import', 'entra', broken);
    rmSync(broken, { recursive: true });
    assert.equal(code, 1);
    assert.match(err, /X509:<X>1/);
    assert.deepEqual(JSON.parse((await cardea('tenant', 'list', '--json')).out), []);
  });

  test('it makes the tenant with its people, groups, CAs and policies, and says what it left out', async () => {
    const { code, out, err } = await cardea('import', 'entra', folder, '--json');
    assert.equal(code, 0, err);
    const description = JSON.parse(out) as ImportReport;
    assert.equal(description.tenant.id, tenantId);
    assert.deepEqual(description.read, {
      groups: 2,
      certificateAuthorities: 2,
      x509Certificate: 1,
      authenticationStrengths: 1,
      namedLocations: 1,
      conditionalAccessPolicies: 2,
      featureRolloutPolicies: 1,
      users: 3,
    });
    assert.deepEqual([...description.added].sort(), ['ana@contoso.test', 'ben@contoso.test']);
    const left = description.ignored.map(({ what, why }) => `${what}: ${why}`).sort();
    assert.deepEqual(left, [
      'Block risky sign-ins: conditions/signInRiskLevels: this condition is not supported',
      'Exchange only: conditions/applications/includeApplications names "99999999-0000-0ff1-ce00-000000000000", which is not in this tenant',
      'Fido2: a method other than X509Certificate',
      'Filtered: conditions/applications/applicationFilter: this condition is not supported',
      'Netherlands: locations by country are not supported',
      'PC 7: its type is not supported',
      'guest_x#EXT#@elsewhere.test: the domain of the name does not belong to this tenant',
      'member PC 7 of CBA pilot: it is neither a user nor a group of the export',
    ]);
  });

  test('a second time changes nothing', async () => {
    const { out } = await cardea('import', 'entra', folder, '--json');
    const { added, differences } = JSON.parse(out) as ImportReport;
    assert.deepEqual([added, differences], [[], []]);
  });

  test('the tenant is what the export says', async () => {
    const { out } = await cardea('policy', 'get', '--tenant', 'contoso.test');
    const document = JSON.parse(out);
    assert.deepEqual(document.groups, [
      { id: pilot, displayName: 'CBA pilot', members: ['ana@contoso.test', inner].sort() },
      { id: inner, displayName: 'Inner', members: ['ben@contoso.test'] },
    ]);
    assert.deepEqual(
      document.certificateAuthorities
        .map((certificateAuthority: { store: string; container?: string }) => [
          certificateAuthority.store,
          certificateAuthority.container,
        ])
        .sort(),
      [
        ['classic', undefined],
        ['pki', 'Contoso PKI'],
      ],
    );
    assert.equal(document.x509Certificate.authenticationModeConfiguration.rules[0].identifier, '1.3.6.1.4.1.99999.1');
    assert.deepEqual(document.users, [
      { userPrincipalName: 'ana@contoso.test', certificateUserIds: [`X509:<SKI>${ski}`] },
    ]);
    assert.deepEqual(document.featureRolloutPolicies[0].appliesTo, [pilot]);
    const [multifactor] = document.conditionalAccessPolicies;
    const rule = 'device.trustType -eq "AzureAD" -and device.isCompliant -eq True';
    assert.deepEqual(multifactor.conditions.devices, { deviceFilter: { mode: 'exclude', rule } });
  });

  test('cardea explain tells how a card would fare in it', async () => {
    const { out, err } = await cardea(
      'explain',
      '--card',
      join(folder, 'card.pem'),
      '--user',
      'ana@contoso.test',
      '--json',
    );
    const description = JSON.parse(out);
    const [item] = [description].flat();
    const codes = (item.trace ?? item.verdict?.trace ?? item).findings.map(
      ({ because }: { because: { code: string } }) => because.code,
    );
    assert.ok(codes.includes('userBound'), `${codes} ${err}`);
    assert.deepEqual(codes.at(-1), 'accessGranted', `${codes}`);
  });

  test('a dry run changes nothing, and a file that is not JSON is named', async () => {
    const users = { value: [{ id: crypto.randomUUID(), userPrincipalName: 'cleo@contoso.test', displayName: 'Cleo' }] };
    writeFileSync(join(folder, 'one.txt'), JSON.stringify(users));
    const { out } = await cardea('import', 'entra', join(folder, 'one.txt'), '--tenant', 'contoso.test', '--dry-run');
    assert.match(out, /Would change:\n {2}\+ cleo@contoso\.test/);
    assert.doesNotMatch((await cardea('user', 'list', '--tenant', 'contoso.test')).out, /cleo/);
    writeFileSync(join(folder, 'bad.txt'), '{');
    const bad = await cardea('import', 'entra', join(folder, 'bad.txt'));
    assert.equal(bad.code, 1);
    assert.match(bad.err, /bad\.txt cannot be read/);
  });
});

test('a dry run shows whose sign-ins of the last 30 days would end in another way, and changes nothing', async (t) => {
  const server = await RunningServer.start();
  t.after(() => server.remove());
  assert.equal((await server.signIn('ben@woodgrove.test', server.card('ben'))).kind, 'signedIn');
  const file = join(server.folder, 'methods.json');
  const type = '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration';
  const off = { '@odata.type': type, id: 'X509Certificate', state: 'disabled' };
  writeFileSync(file, JSON.stringify({ id: 'authenticationMethodsPolicy', authenticationMethodConfigurations: [off] }));
  const words = ['import', 'entra', file, '--tenant', 'woodgrove.test', '--dry-run'];
  const { out, err } = await server.cardea(...words);
  assert.match(out, /Of the certificates .*, 1 would have a different result:[\s\S]*ben@woodgrove\.test.*refused/, err);
  const { dryRun } = JSON.parse((await server.cardea(...words, '--json')).out) as { dryRun: { changes: unknown[] } };
  assert.equal(dryRun.changes.length, 1);
  assert.equal((await server.signIn('ben@woodgrove.test', server.card('ben'))).kind, 'signedIn');
});
