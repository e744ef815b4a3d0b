import { z } from 'zod';
import { myAppsId } from '#admin/applications/first-party.ts';
import {
  type CertificateEvaluation,
  type ChainMember,
  evaluateCertificate,
} from '#admin/evaluation/evaluate-certificate.ts';
import { certificatesIn } from '#admin/trust/authority/certificate-file.ts';
import { parseAddress } from '#core/access/conditions/ip-range.ts';
import { crlsConfigured } from '#core/crl/needed.ts';
import { hexOf } from '#core/hex.ts';
import { authorise } from '#core/roles/authorise.ts';
import { fault, messageOf } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { traceSteps } from '#core/trace/trace-steps.ts';
import { privateKeyIn } from '#core/x509/algorithms/private-key.ts';
import { type Certificate, describe } from '#core/x509/certificate.ts';
import type { Item } from '../../odata/evaluate.ts';
import { contextOf } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { stateItem } from '../trust/crl-actions.ts';

const binary = z.string().min(1).max(400_000);
const shape = z.strictObject({
  certificate: binary.nullish(),
  /** In place of a certificate: the entry of the sign-in log that it was presented in. */
  signInId: z.string().max(64).nullish(),
  chain: z.array(binary).max(20).nullish(),
  userId: z.string().max(256).nullish(),
  appId: z.string().max(64).nullish(),
  ipAddress: z.string().max(64).nullish(),
});
type Body = z.infer<typeof shape>;

/** Beyond Entra: how a sign-in with this certificate would end. No key is needed, and none is taken. */
async function evaluate(call: Call): Promise<Answer> {
  orThrow(authorise(call.caller, { ...needs.readUsers, permissions: wholeUser }));
  const body = await readBody(call, shape);
  const chain = (body.chain ?? []).flatMap((item, i) => certificatesOf(item, `chain/${i}`));
  const { certificates, ...entry } = await presentedIn(call, body);
  const [leaf, ...more] = certificates;
  const request = { ...entry, ...present(body) };
  const question = {
    certificate: leaf!.der,
    chain: [...more, ...chain],
    user: await userOf(call, request),
    application: await applicationOf(call, request),
    ipAddress: ipAddressOf(call, request),
    correlationId: crypto.randomUUID(),
  };
  const evaluation = orThrow(await evaluateCertificate(question, call));
  const item = { ...contextOf(call, 'cardea.certificateEvaluation'), ...(await evaluationItem(call, evaluation)) };
  return { status: 200, body: item };
}
const wholeUser = needs.readUsers.permissions.filter((name) => name !== 'User.ReadBasic.All');

const present = (body: Body): Body =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined));

/**
 * The certificate of the body, or that of an entry of the sign-in log with its user, application and address.
 * @throws graphScopeMissing, graphRoleMissing, graphObjectMissing, and as {@link certificatesOf}
 */
async function presentedIn(
  call: Call,
  { certificate, signInId }: Body,
): Promise<Pick<Body, 'userId' | 'appId' | 'ipAddress'> & { readonly certificates: readonly Certificate[] }> {
  if (certificate && !signInId) return { certificates: certificatesOf(certificate, 'certificate') };
  if (!signInId || certificate) {
    const problem = 'name the certificate, or the sign-in that it was presented in';
    throw fault('graphPropertyInvalid', { target: 'certificate', problem });
  }
  orThrow(authorise(call.caller, needs.readSignIns));
  const { signInLog } = call.ports;
  const [record, der] = [await signInLog.find(signInId), await signInLog.presented(signInId)];
  if (!record || !der) {
    const problem = 'there is no sign-in of this id whose certificate is stored';
    throw fault('graphPropertyInvalid', { target: 'signInId', problem });
  }
  const { userId, appId, ipAddress } = record;
  const certificates = orThrow(certificatesIn(der, 'signInId'));
  return { certificates, appId, ipAddress, ...(userId === undefined ? {} : { userId }) };
}

/**
 * The certificates of one member. A private key never belongs here: it is refused before anything else reads it, and is not
 * named in the refusal. @throws privateKeySent, graphPropertyInvalid, certificateUnreadable
 */
function certificatesOf(base64: string, target: string): readonly Certificate[] {
  const octets = new Uint8Array(Buffer.from(base64, 'base64'));
  const characters = new Uint8Array(Buffer.from(base64, 'utf8'));
  const kind = privateKeyIn(characters) ?? privateKeyIn(octets);
  if (kind) throw fault('privateKeySent', { target, kind });
  const ruling = certificatesIn(octets, target);
  if (ruling.outcome === 'passed') return ruling.value;
  throw fault('graphPropertyInvalid', { target, problem: messageOf(ruling.because) });
}

async function userOf({ ports }: Call, { userId }: Body) {
  if (!userId) return undefined;
  const user = await ports.users.find(userId);
  if (!user) throw fault('graphPropertyInvalid', { target: 'userId', problem: 'there is no user of this id or name' });
  return user;
}

/** My Apps by default: an application without requirements of its own. */
async function applicationOf({ ports }: Call, { appId }: Body) {
  const application = await ports.applications.find((appId ?? myAppsId).toLowerCase());
  if (!application) throw fault('graphPropertyInvalid', { target: 'appId', problem: 'there is no application of it' });
  return application;
}

function ipAddressOf({ request }: Call, { ipAddress }: Body): string {
  if (!ipAddress) return request.ipAddress;
  if (parseAddress(ipAddress) !== undefined) return ipAddress;
  throw fault('graphPropertyInvalid', { target: 'ipAddress', problem: 'it is not an IP address' });
}

async function evaluationItem(call: Call, evaluation: CertificateEvaluation): Promise<Item> {
  const { verdict, rating } = evaluation;
  return {
    outcome: verdict.kind,
    code: verdict.kind === 'granted' ? null : verdict.because.code,
    user: verdict.user ? { id: verdict.user.id, userPrincipalName: verdict.user.userPrincipalName } : null,
    chain: await Promise.all(evaluation.chain.map((member) => memberItem(call, member))),
    extensions: evaluation.extensions,
    bindings: evaluation.bindings.map(({ binding, affinity, values, isTried, isMatched }) => ({
      field: binding.x509CertificateField,
      property: binding.userProperty,
      rank: binding.priority,
      affinity,
      values,
      tried: isTried,
      matched: isMatched,
    })),
    rule: rating ? { decidedBy: rating.decidedBy, identifiers: rating.identifiers } : null,
    strength: rating?.mode ?? null,
    affinity: rating?.requiredAffinity ?? null,
    conditionalAccess: evaluation.conditionalAccess,
    claims: evaluation.claims ?? null,
    trace: { policyVersion: verdict.trace.policyVersion, steps: traceSteps(verdict.trace) },
  };
}

async function memberItem(call: Call, { certificate, role, authority }: ChainMember): Promise<Item> {
  const { subject, issuer, serialNumber, sha1Thumbprint } = describe(certificate);
  const ski = certificate.subjectKeyIdentifier;
  return {
    subject,
    issuer,
    serialNumber,
    ski: ski ? hexOf(ski) : null,
    role,
    authorityId: authority?.id ?? null,
    sha1Thumbprint,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    crl: authority ? await crlOf(call, authority.id) : null,
  };
}

/** Where the base CRL of a CA stands; null where it has no address. */
async function crlOf({ ports }: Call, authorityId: string): Promise<Item | null> {
  const { trustStore } = await ports.policies.current();
  const requests = crlsConfigured(trustStore).filter((request) => request.authorityId === authorityId);
  const [state] = await ports.crlAdmin.stateOf(requests);
  return state ? stateItem(state) : null;
}

export const evaluateCertificateRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: 'policies/authenticationmethodspolicy/evaluatecertificate',
    need: { ...needs.readMethodPolicy, permissions: ['Policy.Read.All'] },
    answer: evaluate,
    unguarded: 'reads only',
  },
];
