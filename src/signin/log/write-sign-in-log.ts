import { appliedPolicies } from '#core/access/applied-policies.ts';
import type { User } from '#core/binding/user.ts';
import { usernameQuestions } from '#core/binding/username-binding/bind-user.ts';
import { because } from '#core/trace/reasons.ts';
import type { Verdict } from '#core/verdict.ts';
import type { PresentedCertificate, SignInRecord } from '#model/sign-in.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { readPresented } from '../certificate/read-presented.ts';
import type { SignInRequest } from '../request.ts';

/** Where the entry goes, and who has the name that was typed. */
export type RecordPorts = Pick<Ports, 'signInLog' | 'directory'>;

/**
 * The user whose sign-in was tried, where the verdict stops before it knows: the one who has the typed name, or else the one
 * who has it in Active Directory, whether or not the tenant accepts that name. For the log alone, whose `$filter=userId` must
 * find failures. No page sees it, and every name is looked up alike.
 */
async function userNamed(username: string, { directory }: RecordPorts): Promise<User | undefined> {
  const answers = await directory.answer(usernameQuestions(username, { onPremisesNameSignsIn: true }));
  const [user, ...furtherUsers] = answers.find(({ users }) => users.length > 0)?.users ?? [];
  return furtherUsers.length === 0 ? user : undefined;
}

/** How an entry is written. */
interface EntryOptions {
  readonly isInteractive: boolean;
  readonly presented?: Uint8Array | undefined;
  /** Whose sign-in it is, where the request says so without a name and the verdict may stop before it knows. */
  readonly userId?: string | undefined;
}

/**
 * Writes the entry of a sign-in and returns the verdict to act on. No grant without its entry: when the log
 * cannot be written, the answer is no. A refusal that cannot be written stays a refusal.
 */
export async function writeSignInLog(
  signInRequest: SignInRequest,
  verdict: Verdict,
  { at, ports }: SignInContext<RecordPorts>,
  options: EntryOptions = { isInteractive: true },
): Promise<Verdict> {
  try {
    const { userId } = options;
    const person =
      verdict.user ??
      (userId === undefined ? undefined : await ports.directory.user(userId)) ??
      (await userNamed(signInRequest.username, ports));
    await ports.signInLog.append(
      recordOf(signInRequest, verdict, person, { at, isInteractive: options.isInteractive }),
      keepable(options.presented),
    );
    return verdict;
  } catch (failure) {
    const reason = because('signInLogUnavailable', { outcome: verdict.kind });
    const findings = [...verdict.trace.findings, { step: 'access', outcome: 'refused', because: reason } as const];
    return {
      kind: 'refused',
      because: reason,
      user: verdict.user,
      trace: { ...verdict.trace, findings },
      fault: failure,
    };
  }
}

/** Larger than any certificate of a user: what any client may send to the certauth host must not fill the log. */
const largestCertificate = 8 * 1024;

/** The certificate, for the log to keep (see {@link SignInLog.tried}). Other input is not kept. */
function keepable(certificateDer: Uint8Array | undefined): PresentedCertificate | undefined {
  if (certificateDer === undefined || certificateDer.length > largestCertificate) return undefined;
  const ruling = readPresented(certificateDer);
  return ruling.outcome === 'passed' ? { tbsSha256: ruling.value.tbsSha256, der: certificateDer } : undefined;
}

const statuses = { granted: 'success', interrupted: 'interrupted', refused: 'failure' } as const;

function recordOf(
  signInRequest: SignInRequest,
  verdict: Verdict,
  person: User | undefined,
  { at, isInteractive }: { readonly at: Date; readonly isInteractive: boolean },
): SignInRecord {
  const outcome = appliedPolicies(verdict.trace);
  const last = verdict.trace.findings.at(-1);
  return {
    id: crypto.randomUUID(),
    correlationId: signInRequest.correlationId,
    createdDateTime: at,
    status: statuses[verdict.kind],
    because: verdict.kind === 'granted' ? last!.because : verdict.because,
    userId: person?.id,
    userPrincipalName: person?.userPrincipalName ?? signInRequest.username,
    userDisplayName: person?.displayName ?? '',
    appId: signInRequest.application.appId,
    appDisplayName: signInRequest.application.displayName,
    resourceId: signInRequest.resourceId,
    ipAddress: signInRequest.ipAddress,
    userAgent: signInRequest.userAgent.slice(0, 512),
    ...(signInRequest.clientAppType ? { clientAppType: signInRequest.clientAppType } : {}),
    isInteractive,
    proofs: verdict.kind === 'refused' ? [] : verdict.proofs,
    ...(outcome.length > 0 ? { appliedConditionalAccessPolicies: outcome } : {}),
    ...sessionOf(signInRequest, person),
    ...tokenOf(signInRequest, verdict),
    ...(signInRequest.device ? { device: signInRequest.device } : {}),
    ...(signInRequest.incomingTokenType ? { incomingTokenType: signInRequest.incomingTokenType } : {}),
    trace: verdict.trace,
  };
}

/** The browser's session continues where its own user signs in; any other user begins one. */
function sessionOf({ sessionId, browserSession }: SignInRequest, person: User | undefined) {
  const id =
    browserSession !== undefined && browserSession.userId === person?.id ? browserSession.sessionId : sessionId;
  return id === undefined ? {} : { sessionId: id };
}

/** No token comes of what was not granted. */
const tokenOf = ({ uniqueTokenIdentifier }: SignInRequest, { kind }: Verdict) =>
  kind === 'granted' && uniqueTokenIdentifier !== undefined ? { uniqueTokenIdentifier } : {};
