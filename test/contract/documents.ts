import type { Application } from '#model/application.ts';
import type { AuthorityRow } from '#model/authority.ts';
import type { Flow, SignInRecord } from '#model/sign-in.ts';
import { testCa } from '../pki/test-ca.ts';
import type { TestClock } from './databases.ts';
import { recordAt } from './record-at.ts';

const minute = 60_000;

export const accessDocuments = {
  strength: {
    id: 'own',
    displayName: 'Cards',
    policyType: 'custom',
    allowedCombinations: ['x509CertificateMultiFactor'],
    combinationConfigurations: [],
  },
  location: { id: 'office', displayName: 'Office', isTrusted: true, ipRanges: ['192.0.2.0/24'] },
  policy: {
    id: 'p',
    displayName: 'Everybody',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  },
} as const;

export const blockedOf = () => ({ sha256Thumbprint: 'AB'.repeat(32) });

export const groupOf = (displayName: string) => ({ id: crypto.randomUUID(), displayName });

export function applicationOf(): Application {
  return {
    appId: crypto.randomUUID(),
    displayName: 'App',
    redirectUris: ['https://a.test/cb'],
    postLogoutRedirectUris: [],
    isPublicClient: true,
    secretHashes: ['the-hash-of-a-secret'],
    identifierUris: ['api://a'],
    roles: [],
    homepage: undefined,
  };
}

export function authorityRow(clock: TestClock): AuthorityRow {
  return {
    id: crypto.randomUUID(),
    der: new Uint8Array(testCa(`Root ${crypto.randomUUID()}`).der),
    displayName: 'Root',
    authorityType: 'root',
    certificateRevocationListUrl: 'http://crl.test/root.crl',
    deltaCertificateRevocationListUrl: undefined,
    isIssuerHintEnabled: false,
    store: 'pki',
    createdDateTime: clock.at,
  };
}

export function flowOf(clock: TestClock): Flow {
  return {
    id: crypto.randomUUID(),
    interactionUid: crypto.randomUUID(),
    correlationId: crypto.randomUUID(),
    appId: 'a',
    appDisplayName: 'App',
    resourceId: 'r',
    username: undefined,
    expires: new Date(clock.at.getTime() + 15 * minute),
  } as Flow;
}

export const recordOf = (clock: TestClock, later: number): SignInRecord => recordAt(clock.at.getTime() + later);
