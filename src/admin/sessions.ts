import { checkRevocation, crlsNeeded } from '../core/crl/revocation.ts';
import { ocspNeeded } from '../core/ocsp/needed.ts';
import type { TenantPolicy } from '../core/policy.ts';
import type { Because } from '../core/trace/reasons.ts';
import { readCertificate } from '../core/x509/certificate.ts';
import { type VerifiedPath, validatePath } from '../core/x509/path.ts';
import type { Ended, LiveSignIns, Ports, ShownCertificate } from '../ports.ts';

/**
 * Signs a user out everywhere (Graph: `revokeSignInSessions`; REV-2, REV-4): sets signInSessionsValidFromDateTime to
 * `at` and ends every session and refresh token. Tokens already handed out live to their end (REV-1).
 * @throws nothingFound
 */
export function revokeSignInSessions(
  userId: string,
  at: Date,
  actor: string,
  ports: { readonly live: Pick<LiveSignIns, 'endOfUser'> },
): Promise<Ended> {
  return ports.live.endOfUser(userId, at, actor);
}

/** What ended in one look at the live sign-ins, and why. */
export interface EndedSignIns extends Ended {
  readonly because: Because;
}

/** Who ends sign-ins that nobody in particular ended. */
const itself = 'cardea';
const endings: ReadonlySet<Because['code']> = new Set(['certificateRevoked', 'authorityRevoked', 'certificateBlocked']);

type WatchPorts = Pick<Ports, 'policies' | 'crls' | 'ocsp' | 'live'>;

/**
 * Continuous access evaluation, which Entra has not for certificates (REV-1): judges the certificates that sessions and
 * grants rest on again, against the lists of this moment, and ends what rests on a revoked one. What cannot be judged
 * (a list that cannot be had) ends nothing. The answer remembers what it saw, so that another look costs little.
 */
export function watchCertificates(): (ports: WatchPorts, at: Date) => Promise<readonly EndedSignIns[]> {
  const seen = new WeakMap<LiveSignIns, Map<string, Judged>>();
  return async (ports, at) => {
    const policy = await ports.policies.current();
    const before = seen.get(ports.live) ?? new Map<string, Judged>();
    const now = new Map<string, Judged>();
    seen.set(ports.live, now);
    const ended: EndedSignIns[] = [];
    for (const shown of await ports.live.certificates()) {
      const judged = await judgeAgain(shown, policy, ports, at, before.get(shown.key));
      const because = judged?.revoked;
      if (because) ended.push({ ...(await ports.live.endOfCertificate(shown.key, because, itself)), because });
      else if (judged) now.set(shown.key, judged);
    }
    return ended;
  };
}

/** What a look was taken at: the same again need not be judged again. */
interface Judged {
  readonly policy: TenantPolicy;
  readonly path: VerifiedPath;
  readonly sources: readonly unknown[];
  readonly revoked: Because | undefined;
}

async function judgeAgain(
  { der }: ShownCertificate,
  policy: TenantPolicy,
  ports: WatchPorts,
  at: Date,
  last: Judged | undefined,
): Promise<Judged | undefined> {
  const path = last?.policy === policy ? last.path : pathOf(der, policy, at);
  if (!path) return undefined;
  const { trustStore, revocation } = policy;
  const [crls, statuses] = await Promise.all([
    ports.crls.fetch(crlsNeeded(path, trustStore, revocation), at),
    ports.ocsp.ask(ocspNeeded(path, trustStore, revocation), at),
  ]);
  const sources = [
    ...crls.flatMap(({ base, delta }) =>
      [base, delta].map((one) => (one?.kind === 'fetched' ? one.crl : one?.because)),
    ),
    ...statuses.map((status) => (status.kind === 'answered' ? status.response : status.because)),
  ];
  if (last?.policy === policy && isSame(last.sources, sources)) return last;
  const { because } = checkRevocation(path, crls, revocation, at, trustStore, statuses);
  return { policy, path, sources, revoked: endings.has(because.code) ? because : undefined };
}

function pathOf(der: Uint8Array, policy: TenantPolicy, at: Date): VerifiedPath | undefined {
  const card = readCertificate(der);
  const path = card.outcome === 'passed' ? validatePath(card.value, policy.trustStore, at) : undefined;
  return path?.outcome === 'passed' ? path.value : undefined;
}

const isSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index]);
