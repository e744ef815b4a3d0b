import type { User } from '#core/binding/user.ts';
import { isSameOutcome, type Outcome, outcomeOf } from '#core/outcome.ts';
import { because } from '#core/trace/reasons.ts';
import type { Verdict } from '#core/verdict.ts';
import { describe } from '#core/x509/certificate.ts';
import type { CertificateTried, SignInRecord } from '#model/sign-in.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { currentDevice } from '#signin/device/device-facts.ts';
import { signInWithCertificate } from '#signin/with-certificate.ts';
import { storedCertificate } from '../trust/authority/certificate-file.ts';

/** How far back a dry run looks, and how much it evaluates: beyond that, the newest are evaluated and the rest is counted out. */
export const dryRunLimits: Omit<DryRunLimits, 'from'> = {
  milliseconds: 30 * 24 * 3600 * 1000,
  pairs: 2000,
  pairsAtOnce: 100,
};
export interface DryRunLimits {
  readonly milliseconds: number;
  readonly pairs: number;
  /** Pairs evaluated in one transaction. The lock of the tenant is held for as long as two hundred evaluations take. */
  readonly pairsAtOnce: number;
  /** Where the dry run before this one ended; the newest pairs are evaluated where it is absent. */
  readonly from?: DryRunMark;
}

/** Up to which pair a dry run has evaluated. A sign-in since its beginning moves no pair from one part to another. */
export interface DryRunMark {
  readonly until: Date;
  readonly after: Pick<SignInRecord, 'id' | 'createdDateTime'>;
}

/** One person with one certificate whose next sign-in would end otherwise. */
export interface DryRunChange {
  readonly userId: string | undefined;
  readonly userPrincipalName: string;
  readonly certificate: { readonly subject: string; readonly issuer: string; readonly sha1Thumbprint: string };
  /** When this person last tried this certificate. */
  readonly lastTried: Date;
  readonly before: Outcome;
  readonly after: Outcome;
}
export interface DryRun {
  /** The version of the policy that was evaluated. */
  readonly version: string;
  readonly since: Date;
  /** How many pairs of person and certificate were evaluated, twice each. */
  readonly judged: number;
  /** There were more than `dryRunLimits.pairs`: older ones were left out. */
  readonly isCut: boolean;
  /** For the dry run that evaluates those; undefined where there are none. */
  readonly next: DryRunMark | undefined;
  readonly changes: readonly DryRunChange[];
}

/** The person as they are now; undefined for a name of no user, or of a deleted one. A refused entry may have a name alone. */
async function personOf({ record }: CertificateTried, { directory }: Ports): Promise<User | undefined> {
  const { userId, userPrincipalName: value } = record;
  if (userId !== undefined) return directory.user(userId);
  if (!value) return undefined;
  const [answer] = await directory.answer([{ property: 'userPrincipalName', value }]);
  return answer!.users[0];
}

function describeTry({ record, der }: CertificateTried, user: User | undefined) {
  const { subject, issuer, sha1Thumbprint } = describe(storedCertificate({ der }));
  return {
    userId: record.userId ?? user?.id,
    userPrincipalName: user?.userPrincipalName ?? record.userPrincipalName,
    certificate: { subject, issuer, sha1Thumbprint },
    lastTried: record.createdDateTime,
  };
}

/** How a sign-in with the same certificate ends, of the person as they are now. */
export const outcomeAgain = async (...request: Parameters<typeof verdictAgain>): Promise<Outcome> =>
  outcomeOf(await verdictAgain(...request));

/**
 * The verdict on a sign-in with the same certificate by the same kind of client, of the person and on the device as they are
 * now.
 */
export async function verdictAgain(
  { record, der }: CertificateTried,
  user: User | undefined,
  context: SignInContext,
): Promise<Verdict> {
  const device = record.device && (await currentDevice(record.device.deviceId, context.ports));
  const request = {
    ...(record.clientAppType && { clientAppType: record.clientAppType }),
    device,
    correlationId: record.correlationId,
    application: { appId: record.appId, displayName: record.appDisplayName },
    resourceId: record.resourceId,
    ipAddress: record.ipAddress,
    userAgent: record.userAgent,
    username: user?.userPrincipalName ?? record.userPrincipalName,
    presented: { leaf: der },
    host: 'dry run',
    proofs: [],
  };
  return signInWithCertificate(request, context);
}

/** The certificates of the last thirty days, each with the person who tried it; the newest first. */
export interface RecentlyTried extends Pick<DryRun, 'since' | 'isCut' | 'next'> {
  readonly pairs: readonly CertificateTried[];
}

export async function recentlyTried(
  { milliseconds, pairs: most, from }: DryRunLimits,
  { ports: { signInLog }, at }: SignInContext<Pick<Ports, 'signInLog'>>,
): Promise<RecentlyTried> {
  const until = from?.until ?? at;
  const since = new Date(until.getTime() - milliseconds);
  const attempts = await signInLog.tried({ since, until, top: most + 1, ...(from ? { after: from.after } : {}) });
  const pairs = attempts.slice(0, most);
  const last = attempts.length > most ? pairs.at(-1)?.record : undefined;
  const next = last && { until, after: { id: last.id, createdDateTime: last.createdDateTime } };
  return { since, isCut: next !== undefined, next, pairs };
}

interface PairOutcome {
  readonly user: User | undefined;
  readonly outcome: Outcome;
}

/**
 * How these certificates would be evaluated now, each with the person as they are now. It is the evaluation of a sign-in itself.
 * Where only a download could tell, the outcome is `undetermined`.
 */
export async function outcomesOf(
  pairs: readonly CertificateTried[],
  context: SignInContext,
): Promise<readonly PairOutcome[]> {
  const outcomes: PairOutcome[] = [];
  for (const pair of pairs) {
    const user = await personOf(pair, context.ports);
    outcomes.push({ user, outcome: await outcomeAgain(pair, user, context) });
  }
  return outcomes;
}

/** What differs between two evaluations of the same sign-ins. */
export function compareOutcomes(
  pairs: readonly CertificateTried[],
  before: readonly PairOutcome[],
  after: readonly PairOutcome[],
): readonly DryRunChange[] {
  return pairs.flatMap((tried, i) => {
    const [current, proposed] = [before[i]!, after[i]!.outcome];
    return isSameOutcome(current.outcome, proposed)
      ? []
      : [{ ...describeTry(tried, current.user), before: current.outcome, after: proposed }];
  });
}

/** Ports that answer from what is kept and ask no address. */
export const withoutNetwork = <P extends Pick<Ports, 'crls' | 'ocsp'>>(ports: P): P => ({
  ...ports,
  crls: {
    cached: (requests, at) => ports.crls.cached(requests, at),
    fetch: (requests, at) => ports.crls.cached(requests, at),
  },
  ocsp: {
    ask: async (requests) =>
      requests.map((request) => ({
        request,
        nonce: undefined,
        kind: 'failed',
        because: because('ocspNotAsked', { url: request.url }),
      })),
  },
});
