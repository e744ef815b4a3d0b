import { certificatesOf, type SeenCertificate } from '#admin/account/certificates.ts';
import { proposedIdsOf } from '#admin/account/proposed-ids.ts';
import { endSessionOf, sessionsOf, type UserSession } from '#admin/account/sessions.ts';
import { certificateFields, serialNumberHex } from '#core/binding/identifiers/certificate-fields.ts';
import type { X509CertificateField } from '#core/binding/policy.ts';
import type { User } from '#core/binding/user.ts';
import { isOnBlockList } from '#core/crl/blocked.ts';
import { hexOf } from '#core/hex.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { Need } from '#core/roles/authorise.ts';
import { revokePermissions, userOperations } from '#core/roles/user-operations.ts';
import { fault } from '#core/trace/fault.ts';
import { readUserAgent } from '#core/user-agent.ts';
import { describe } from '#core/x509/certificate.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readNoBody } from '../../protocol/body.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { requireOnUser } from '../directory/user-rights.ts';
import { userIn } from '../directory/users.ts';

const selfNeed = (...permissions: string[]): Need => ({ area: 'users', access: 'read', permissions, isSelf: true });

/** A user needs no role for what is their own. @throws graphPersonNeeded for an application that calls `me` */
async function needFor(call: Call, self: Need, others: Need): Promise<Need> {
  if (call.keys.id === undefined && call.caller.kind === 'application') throw fault('graphPersonNeeded', {});
  const isSelf = call.caller.kind === 'person' && (await userIn(call)).user.id === call.caller.id;
  return isSelf ? self : others;
}

function sessionItem({ createdDateTime, lastUsedDateTime, userAgent, ...session }: UserSession, call: Call): Item {
  const { operatingSystem, browser } = readUserAgent(userAgent);
  return {
    id: session.id,
    createdDateTime: createdDateTime.toISOString(),
    lastUsedDateTime: lastUsedDateTime.toISOString(),
    ipAddress: session.ipAddress,
    browser,
    operatingSystem,
    methods: session.methods,
    certificate: session.certificate ?? null,
    applications: session.applications,
    isThisOne: session.id === call.caller.sessionId,
  };
}

async function listSessions(call: Call): Promise<Answer> {
  const { user } = await userIn(call);
  const sessions = await sessionsOf(user.id, call.ports);
  const view: GraphResource = { type: 'userSession', set: `users('${user.id}')/sessions` };
  return collection(
    call,
    sessions.map((session) => sessionItem(session, call)),
    view,
    { order: [{ property: 'lastUsedDateTime', descending: true }] },
  );
}

async function endSession(call: Call): Promise<Answer> {
  await readNoBody(call);
  const { user } = await userIn(call);
  if (user.id !== call.caller.id) await requireOnUser(call, user.id, ['revokeSessions']);
  const id = keyText(call, 'session');
  if (!(await endSessionOf(user.id, id, call))) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return nothing;
}

function certificateItem(seen: SeenCertificate, user: User, { x509, revocation }: TenantPolicy): Item {
  const { certificate, binding } = seen;
  const affinity = binding && certificateFields[binding.field as X509CertificateField]?.affinity;
  return {
    id: certificate.sha1Thumbprint,
    ...describe(certificate),
    serialNumber: serialNumberHex(certificate),
    subjectKeyIdentifier: certificate.subjectKeyIdentifier ? hexOf(certificate.subjectKeyIdentifier) : null,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    policyOids: certificate.certificatePolicies.map(({ policyIdentifier }) => policyIdentifier),
    binding: binding ? { ...binding, affinity: affinity ?? null } : null,
    strength: seen.strength ?? null,
    firstUsed: seen.firstUsed.toISOString(),
    lastUsed: seen.lastUsed.toISOString(),
    count: seen.count,
    isBlocked: isOnBlockList(certificate, revocation.blocked ?? []),
    proposedCertificateUserIds: proposedIdsOf(certificate, user, x509.certificateUserBindings),
  };
}

async function listCertificates(call: Call): Promise<Answer> {
  const { user } = await userIn(call);
  const policy = await call.ports.policies.current();
  const seen = await certificatesOf(user.id, call);
  const view: GraphResource = { type: 'userCertificate', set: `users('${user.id}')/certificates` };
  return collection(
    call,
    seen.map((item) => certificateItem(item, user, policy)),
    view,
    { order: [{ property: 'lastUsed', descending: true }] },
  );
}

const { area, access, permissions } = userOperations.readMethods;
const readMethods: Need = { area, access, permissions };
const revoke: Need = { area: 'userCredentials', access: 'write', permissions: revokePermissions };

/** Beyond Entra: sessions of a user, and the certificates that they signed in with. */
export const userSignInRoutes: readonly Route[] = ['me', 'users/{id}'].flatMap((base): readonly Route[] => [
  {
    method: 'GET',
    path: `${base}/sessions`,
    need: (call) => needFor(call, selfNeed('User.Read', 'AuditLog.Read.All'), needs.readSessions),
    answer: listSessions,
  },
  {
    method: 'POST',
    path: `${base}/sessions/{session}/end`,
    need: (call) => needFor(call, selfNeed('User.Read', ...revokePermissions), revoke),
    answer: endSession,
  },
  {
    method: 'GET',
    path: `${base}/certificates`,
    need: (call) => needFor(call, selfNeed('User.Read', ...permissions), readMethods),
    answer: listCertificates,
  },
]);
