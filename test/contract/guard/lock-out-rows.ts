import { setPassword } from '#admin/directory/users.ts';
import { importEntra } from '#admin/document/import-apply.ts';
import { readEntraExport } from '#admin/document/import-entra.ts';
import { changeAccess } from '#admin/policies/change-access.ts';
import { addRollout, changeRollout, removeFromRollout, removeRollout } from '#admin/policies/feature-rollouts.ts';
import { resetX509 } from '#admin/policies/method-policy.ts';
import { changeMethod } from '#admin/policies/methods-policy.ts';
import { chooseDefaultDomain, removeDomain } from '#admin/tenant/domain-names.ts';
import { federateDomain } from '#admin/tenant/domains.ts';
import { changeAuthority } from '#admin/trust/authorities.ts';
import { detailsOf } from '#admin/trust/authority/authority-rules.ts';
import { deleteClassicStore, replaceClassicStore } from '#admin/trust/classic-store.ts';
import { deleteContainer } from '#admin/trust/pki/pki-containers.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { crlUrls } from '#pki/demo/woodgrove.ts';
import {
  actor,
  addGroup,
  addPolicy,
  all,
  clock,
  groupId,
  isWithoutCertificate,
  mfa,
  off,
  passkey,
  provider,
  type Row,
  rowOf,
  target,
  type Work,
  x509,
} from './lock-out-scene.ts';

const strengthId = '22222222-3333-4444-8555-666666666666';
const strength = (part: Partial<AuthenticationStrength> = {}): AuthenticationStrength => ({
  id: strengthId,
  displayName: 'Cards',
  policyType: 'custom',
  allowedCombinations: ['x509CertificateMultiFactor'],
  combinationConfigurations: [],
  ...part,
});
const setStrength =
  (part: Partial<AuthenticationStrength> = {}): Work =>
  (inside) =>
    changeAccess({ actor, ports: inside }, () => ({ strengths: [strength(part)] })).then(orThrow);
/** A policy that demands the strength of her. */
const demandStrength = all(
  setStrength(),
  addPolicy({ grantControls: { operator: 'AND', builtInControls: [], authenticationStrength: { id: strengthId } } }),
);
const issuers = (allowedIssuerSkis: readonly string[]): Partial<AuthenticationStrength> => ({
  combinationConfigurations: [
    {
      id: groupId,
      appliesToCombinations: ['x509CertificateMultiFactor'],
      allowedIssuerSkis,
    } as unknown as AuthenticationStrength['combinationConfigurations'][number],
  ],
});

const feature = 'certificateBasedAuthentication';
const rollout = { displayName: 'Cards', feature, isEnabled: true, isAppliedToOrganization: false } as const;
/** Her domain is federated, and a rollout keeps her certificate here. */
const rolledOut = all(
  addGroup(true),
  (inside) => addRollout({ ...rollout, appliesTo: [groupId] }, { actor, ports: inside }).then(orThrow),
  (inside) => federateDomain(inside.tenant, 'woodgrove.test', provider, { actor, ports: inside }).then(orThrow),
);
const rolloutId: (inside: Parameters<Work>[0]) => Promise<string> = async ({ objects }) =>
  (await objects.list('featureRolloutPolicies'))[0]!.id;

/** The CAs of the demo in the classic store, and in no other. */
const inClassicStore: Work = async (inside, scene) => {
  const { containerId } = await rowOf('root', inside, scene);
  const authority = (name: 'root' | 'issuing-1') => ({
    certificate: Buffer.from(scene.pki.authorities[name].der).toString('base64'),
    isRootAuthority: name === 'root',
    certificateRevocationListUrl: crlUrls(scene.pki.crlBaseUrl, name).crlUrl,
  });
  orThrow(
    await replaceClassicStore([authority('root'), authority('issuing-1')], { at: clock.at, actor, ports: inside }),
  );
  orThrow(await deleteContainer(containerId!, { at: clock.at, actor, ports: inside }));
};

const withoutCrlAddress: Work = async (inside, scene) => {
  const part = { certificateRevocationListUrl: '', deltaCertificateRevocationListUrl: '' };
  for (const name of ['root', 'issuing-1'] as const)
    orThrow(await changeAuthority((await rowOf(name, inside, scene)).id, part, { at: clock.at, actor, ports: inside }));
};
const validation = (state: 'enabled' | 'disabled', exempted: readonly string[] = []): Work =>
  x509(() => ({
    crlValidationConfiguration: { state, exemptedCertificateAuthoritiesSubjectKeyIdentifiers: exempted },
  }));

const passkeyOnly = all(passkey, off);
const exported = (part: object) =>
  orThrow(
    readEntraExport([
      {
        name: 'x509.json',
        content: {
          '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
          id: 'X509Certificate',
          ...part,
        },
      },
    ]),
  );

/** What the rows by interface begin with as well. */
export const furtherScenes = {
  strengthId,
  demandStrength,
  rolledOut,
  rolloutId,
  inClassicStore,
  withoutCrlAddress,
  validation,
  passkeyOnly,
};

/** Her password is the only way in. */
const passwordOnly = all(
  async (inside, { ana }) =>
    setPassword(ana.id, await inside.passwords.hash('Correct horse 1'), { actor, ports: inside }).then(orThrow),
  off,
);

export const furtherRows: readonly Row[] = [
  {
    name: 'a policy blocks her, whose password is the only way in',
    prepare: passwordOnly,
    change: addPolicy(),
    isWithoutCertificate,
  },
  {
    name: 'a policy demands multifactor authentication of her, who has a password alone',
    prepare: passwordOnly,
    change: mfa,
    isWithoutCertificate,
  },
  {
    name: 'a policy blocks her, whose passkey is the only way in',
    prepare: all(passkey, off),
    change: addPolicy(),
    isWithoutCertificate,
  },
  {
    name: 'the strength that a policy demands of her no longer has certificates',
    prepare: demandStrength,
    change: setStrength({ allowedCombinations: ['fido2'] }),
  },
  {
    name: 'the strength that a policy demands of her asks for another issuer',
    prepare: demandStrength,
    change: setStrength(issuers(['00112233445566778899AABBCCDDEEFF00112233'])),
  },
  {
    name: 'a policy that demands a strength she cannot meet is added',
    prepare: setStrength({ allowedCombinations: ['fido2'] }),
    change: addPolicy({
      grantControls: { operator: 'AND', builtInControls: [], authenticationStrength: { id: strengthId } },
    }),
  },
  {
    name: 'a CRL is required, and her CA has no address of one',
    prepare: all(validation('disabled'), withoutCrlAddress),
    change: validation('enabled'),
  },
  {
    name: 'her CA is no longer exempted from CRL validation, and has no address of one',
    prepare: all(withoutCrlAddress, (inside, scene) =>
      validation(
        'enabled',
        (['root', 'issuing-1'] as const).map((name) => detailsOf(scene.pki.authorities[name]).subjectKeyIdentifier!),
      )(inside, scene),
    ),
    change: validation('enabled'),
  },
  {
    name: 'the method is reset to the factory settings',
    change: (inside) => resetX509({ actor, ports: inside }).then(orThrow),
  },
  {
    name: 'her domain is removed',
    prepare: (inside) => chooseDefaultDomain('woodgrove.local', { actor, ports: inside }).then(orThrow),
    change: async (inside) => {
      const tenant = (await inside.tenants.find(inside.tenant.id))!;
      return removeDomain('woodgrove.test', { actor, ports: { ...inside, tenant } }).then(orThrow);
    },
    code: 'graphObjectInUse',
  },
  {
    name: 'the staged rollout that keeps her here is removed',
    prepare: rolledOut,
    change: async (inside) => removeRollout(await rolloutId(inside), { actor, ports: inside }).then(orThrow),
  },
  {
    name: 'the staged rollout that keeps her here is disabled',
    prepare: rolledOut,
    change: async (inside) =>
      changeRollout(await rolloutId(inside), { isEnabled: false }, { actor, ports: inside }).then(orThrow),
  },
  {
    name: 'her group is taken out of the staged rollout',
    prepare: rolledOut,
    change: async (inside) =>
      removeFromRollout(await rolloutId(inside), groupId, { actor, ports: inside }).then(orThrow),
  },
  {
    name: 'she leaves the group of the staged rollout',
    prepare: rolledOut,
    change: (inside, { ana }) => inside.groups.removeMember(groupId, { kind: 'user', id: ana.id }, actor),
  },
  {
    name: 'passkeys, her only way left, are disabled',
    prepare: passkeyOnly,
    change: (inside) => changeMethod('Fido2', { state: 'disabled' }, { actor, ports: inside }).then(orThrow),
    isWithoutCertificate,
  },
  {
    name: 'passkeys, her only way left, are for a group that she is not in',
    prepare: all(passkeyOnly, addGroup(false)),
    change: (inside) => changeMethod('Fido2', { includeTargets: [target] }, { actor, ports: inside }).then(orThrow),
    isWithoutCertificate,
  },
  {
    name: 'the classic store, which has her CA, is deleted',
    prepare: inClassicStore,
    change: (inside) => deleteClassicStore({ actor, ports: inside }).then(orThrow),
  },
  {
    name: 'the classic store is replaced by one without her CA',
    prepare: inClassicStore,
    change: (inside, { pki }) => {
      const certificate = Buffer.from(pki.authorities.root.der).toString('base64');
      return replaceClassicStore([{ certificate, isRootAuthority: true }], { at: clock.at, actor, ports: inside }).then(
        orThrow,
      );
    },
  },
  {
    name: 'an export of Entra that disables the method is imported',
    change: (inside) =>
      importEntra(
        exported({ state: 'disabled' }),
        inside.tenant,
        { actor, at: clock.at, ports: inside },
        { dryRun: false },
      ).then(orThrow),
  },
  {
    name: 'an export of Entra that has other bindings is imported',
    change: (inside) => {
      const certificateUserBindings = [
        { x509CertificateField: 'SubjectKeyIdentifier', userProperty: 'certificateUserIds', priority: 1 },
      ];
      const content = exported({ state: 'enabled', includeTargets: [{ id: 'all_users' }], certificateUserBindings });
      return importEntra(content, inside.tenant, { actor, at: clock.at, ports: inside }, { dryRun: false }).then(
        orThrow,
      );
    },
  },
];
