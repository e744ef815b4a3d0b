import { isMethodAllowed } from '#core/access/methods/method-state.ts';
import type { AccessGrant, Proof } from '#core/access/proof.ts';
import { meetsStrength, multifactorStrength } from '#core/access/strengths.ts';
import type { User } from '#core/binding/user.ts';
import { windowsSignInAppId } from '#core/directory/well-known-applications.ts';
import type { TenantPolicy } from '#core/policy.ts';
import { passed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { TraceInProgress } from '#core/trace/trace.ts';
import type { Verdict } from '#core/verdict.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { certificateSteps } from './certificate/certificate-steps.ts';
import { readPresented } from './certificate/read-presented.ts';
import { evaluate, type Learnt } from './evaluation/evaluate.ts';
import { checkFactor } from './factors/check-factor.ts';
import { writeSignInLog } from './log/write-sign-in-log.ts';
import type { SignInRequest } from './request.ts';
import { acceptInRealm } from './user/realm.ts';

/** The application of the sign-in log for sign-ins of a device itself: the broker of Windows (windows-sign-in §0.4). */
export const windowsSignIn = { appId: windowsSignInAppId, displayName: 'Windows Sign In' };

/** What a device presents for its user. The signature of an assertion has been verified. */
export type DeviceCredential =
  | { readonly kind: 'certificate'; readonly ruling: Ruling<unknown>; readonly leaf: Uint8Array | undefined }
  | { readonly kind: 'password'; readonly password: string }
  /** A key or a token that names its user; `proofs` are what it stands for. */
  | {
      readonly kind: 'windowsHelloForBusiness' | 'refreshToken';
      readonly ruling: Ruling<{ readonly userId: string; readonly proofs: readonly Proof[] }>;
      /** Whose token it is, accepted or not; absent where it names none, and of a key, which comes with a name. */
      readonly userId?: string | undefined;
    };

export interface DeviceSignIn extends SignInRequest {
  /** Whether the device proved itself, and how: the first finding of the trace. */
  readonly deviceRuling: Ruling<unknown>;
  readonly credential: DeviceCredential;
  /** `cert_token_use`, where the user gets a certificate in place of a primary refresh token. */
  readonly certificateUse?: string;
  /** Whose primary refresh token is renewed; the credential must be the same user's. */
  readonly userId?: string;
}

/**
 * May this user have a primary refresh token on this device, and why? The steps of a certificate are those of the
 * browser. Conditional Access is not asked: it is asked when the token is used (windows-sign-in §3.4, step 8). Writes the
 * entry.
 */
export async function signInWithDevice(deviceSignIn: DeviceSignIn, context: SignInContext): Promise<Verdict> {
  const { ports, at } = context;
  const verdict = await evaluate(deviceSignIn.correlationId, { ports, at }, async (trace, learnt) => {
    const policy = await ports.policies.current();
    trace.decidedBy(policy.version);
    trace.require('device', deviceSignIn.deviceRuling);
    await evaluateCredential(deviceSignIn, policy, { trace, learnt }, context);
    const ruling = acceptOfDevice(deviceSignIn, learnt.user);
    if (ruling.outcome !== 'passed') trace.require('user', ruling);
    const deviceId = deviceSignIn.device?.deviceId ?? '';
    const multiFactor = meetsStrength(multifactorStrength, learnt.proofs);
    const { certificateUse: use } = deviceSignIn;
    if (use !== undefined)
      return trace.require(
        'access',
        passed<AccessGrant, 'userCertificateGranted'>({ multiFactor }, 'userCertificateGranted', { use, deviceId }),
      );
    const evidence = { credential: deviceSignIn.credential.kind, deviceId };
    return trace.require(
      'access',
      passed<AccessGrant, 'primaryRefreshTokenIssued'>({ multiFactor }, 'primaryRefreshTokenIssued', evidence),
    );
  });
  const { credential } = deviceSignIn;
  const presented = credential.kind === 'certificate' ? credential.leaf : undefined;
  const userId = deviceSignIn.userId ?? ('userId' in credential ? credential.userId : undefined);
  return writeSignInLog(deviceSignIn, verdict, context, { isInteractive: true, presented, userId });
}

function acceptOfDevice({ userId }: DeviceSignIn, user: User | undefined): Ruling<void> {
  if (userId === undefined || user?.id === userId) return success();
  return refused('deviceUserOther', { userPrincipalName: user?.userPrincipalName ?? '' });
}

interface InProgress {
  readonly trace: TraceInProgress;
  readonly learnt: Learnt;
}

async function evaluateCredential(
  { credential, ...deviceSignIn }: DeviceSignIn,
  policy: TenantPolicy,
  progress: InProgress,
  context: SignInContext,
): Promise<void> {
  const { ports } = context;
  const { trace, learnt } = progress;
  switch (credential.kind) {
    case 'certificate': {
      trace.require('certificate', credential.ruling);
      const certificate = trace.require('certificate', readPresented(credential.leaf ?? new Uint8Array()));
      // WIN-8: what a device sends may be the name of Active Directory, whatever the pages take.
      const beyondEntra = { ...policy.x509.beyondEntra, onPremisesNameSignsIn: true };
      const presentation = {
        certificate,
        username: deviceSignIn.username,
        policy,
        x509: { ...policy.x509, beyondEntra },
      };
      const { proof } = await certificateSteps(presentation, progress, context);
      learnt.proofs = [proof];
      return;
    }
    case 'password': {
      const user = await userNamed(deviceSignIn.username, ports);
      const of = {
        username: deviceSignIn.username,
        user,
        browser: undefined,
        ipAddress: deviceSignIn.ipAddress,
        proofs: [],
      };
      const proof = trace.require('account', await checkFactor(credential, of, context));
      learnt.user = user;
      const owner = user!; // a proof names its user
      if (!isMethodAllowed(proof.method, owner, policy.methods))
        trace.require('account', refused('methodNotAllowed', { method: proof.method }));
      const foreign = await acceptInRealm(owner, 'passwords', ports);
      if (foreign.outcome !== 'passed') trace.require('account', foreign);
      learnt.proofs = [proof];
      return;
    }
    default: {
      const { userId, proofs } = trace.require('account', credential.ruling);
      const user = await ports.directory.user(userId);
      learnt.user = user;
      const ruling = acceptEnabled(user, deviceSignIn.username);
      if (ruling.outcome !== 'passed') trace.require('account', ruling);
      learnt.proofs = proofs;
    }
  }
}

function acceptEnabled(user: User | undefined, username: string): Ruling<void> {
  if (!user) return refused('accountUnknown', { username });
  return user.accountEnabled ? success() : refused('accountDisabled', { userPrincipalName: user.userPrincipalName });
}

/** WIN-8: the user principal name, then the name of Active Directory; enabled, and one alone. */
export async function userNamed(username: string, { directory }: Pick<Ports, 'directory'>): Promise<User | undefined> {
  const answers = await directory.answer([
    { property: 'userPrincipalName', value: username },
    { property: 'onPremisesUserPrincipalName', value: username },
  ]);
  const users = answers.find((answer) => answer.users.length > 0)?.users ?? [];
  const [user] = users;
  return users.length === 1 && user?.accountEnabled ? user : undefined;
}
