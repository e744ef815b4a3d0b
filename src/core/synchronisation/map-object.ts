import { X509Certificate } from 'node:crypto';
import { displayNameOf, isEnabled, mapUser, nicknameOf, onPremisesProperties, sidOf } from './map-user.ts';
import type { Mapping } from './mapping.ts';
import { firstOf, type SourceObject, valuesOf } from './source-object.ts';
import type { Target, TargetComputer, TargetGroup, TargetProblem } from './target.ts';

/** `groupType`: GROUP_TYPE_SECURITY_ENABLED (MS-ADTS §2.2.12). */
const securityEnabled = 0x80000000;
/** Certificates of a computer that count. */
const mostCertificates = 5;

/** An object as the directory here is to have it; undefined for a computer that asks for no join. */
export function mapObject(source: SourceObject, mapping: Mapping): Target | undefined {
  if (source.kind === 'user') return mapUser(source, mapping);
  return source.kind === 'group' ? mapGroup(source, mapping) : mapComputer(source, mapping);
}

function mapGroup(source: SourceObject, mapping: Mapping): TargetGroup {
  const account = firstOf(source, 'samaccountname') ?? source.sourceId;
  const mail = firstOf(source, 'mail') ?? null;
  const isSecurity = (Number(firstOf(source, 'grouptype') ?? 0) & securityEnabled) !== 0;
  return {
    kind: 'group',
    sourceId: source.sourceId,
    displayName: displayNameOf(source, account),
    memberIds: [...new Set(source.memberIds)].sort(),
    profile: {
      ...onPremisesProperties(source, mapping),
      description: firstOf(source, 'description')?.slice(0, 1024) ?? null,
      mail,
      mailEnabled: mail !== null,
      mailNickname: nicknameOf(source, account),
      proxyAddresses: valuesOf(source, 'proxyaddresses'),
      securityEnabled: isSecurity,
    },
    problems: [],
  };
}

/** Only a computer whose certificate names its objectGUID asks to be joined (windows-sign-in §6.3). */
function mapComputer(source: SourceObject, mapping: Mapping): TargetComputer | undefined {
  const problems: TargetProblem[] = [];
  const certificates = valuesOf(source, 'usercertificate').filter((der) => isOf(der, source.sourceId));
  if (certificates.length === 0) return undefined;
  const host = firstOf(source, 'dnshostname')?.split('.')[0];
  const account = firstOf(source, 'samaccountname')?.replace(/\$$/, '') ?? source.sourceId;
  return {
    kind: 'computer',
    sourceId: source.sourceId,
    displayName: host ?? displayNameOf(source, account),
    accountEnabled: isEnabled(source),
    operatingSystem: windowsName(firstOf(source, 'operatingsystem')),
    operatingSystemVersion: windowsVersion(firstOf(source, 'operatingsystemversion')),
    onPremisesSecurityIdentifier: sidOf(source) ?? null,
    onPremisesCertificates: certificates.slice(0, mostCertificates),
    profile: onPremisesProperties(source, mapping),
    problems,
  };
}

function isOf(der: string, sourceId: string): boolean {
  try {
    const { subject } = new X509Certificate(Buffer.from(der, 'base64'));
    return subject.split('\n').some((line) => line.toLowerCase() === `cn=${sourceId}`);
  } catch {
    return false;
  }
}

const windowsName = (name: string | undefined): string =>
  name?.startsWith('Windows') ? 'Windows' : (name ?? 'Windows');

/** `10.0 (26100)` is 10.0.26100, as devices write it themselves. */
const windowsVersion = (version: string | undefined): string =>
  version?.replace(/^(\d+\.\d+) \((\d+)\)$/, '$1.$2.0') ?? '';
