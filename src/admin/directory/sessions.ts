import { checkRevocation, crlsNeeded } from '#core/crl/revocation.ts';
import { ocspNeeded } from '#core/ocsp/needed.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { Ruling } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { type VerifiedPath, validatePath } from '#core/x509/path.ts';
import type { Ended, SessionCertificate } from '#model/session.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import type { LiveSignIns } from '#ports/sessions.ts';
import type { TimedContext } from '../context.ts';
import { rulingOf } from '../refusals.ts';

/**
 * Signs a user out everywhere (Graph: `revokeSignInSessions`; REV-2, REV-4): sets signInSessionsValidFromDateTime to
 * `at` and ends every session and refresh token. Tokens already handed out live to their end (REV-1).
 * Refuses with nothingFound.
 */
export function revokeSignInSessions(
  userId: string,
  { at, actor, ports }: TimedContext<{ readonly live: Pick<LiveSignIns, 'endOfUser'> }>,
): Promise<Ruling<Ended>> {
  return rulingOf(() => ports.live.endOfUser(userId, at, actor));
}

/** What ended in one look at the live sign-ins, and why. */
export interface EndedSignIns extends Ended {
  readonly because: Because;
}

/** The actor of sign-ins that end by a rule. */
const itself = 'cardea';
const endings: ReadonlySet<Because['code']> = new Set(['certificateRevoked', 'authorityRevoked', 'certificateBlocked']);

type WatchPorts = Pick<Ports, 'policies' | 'crls' | 'ocsp' | 'live'>;

/**
 * Continuous access evaluation, which Entra has not for certificates (REV-1): evaluates the certificates that sessions and
 * grants rest on again, against the CRLs of this moment, and ends what rests on a revoked one. What cannot be evaluated
 * (a CRL that cannot be had) ends nothing. The answer remembers what it saw, so that another look costs little.
 */
export function watchCertificates(): (context: SignInContext<WatchPorts>) => Promise<readonly EndedSignIns[]> {
  const seenKeys = new WeakMap<LiveSignIns, Map<string, Evaluation>>();
  return async (context) => {
    const { ports } = context;
    const policy = await ports.policies.current();
    const last = seenKeys.get(ports.live) ?? new Map<string, Evaluation>();
    const current = new Map<string, Evaluation>();
    seenKeys.set(ports.live, current);
    const endedSignIns: EndedSignIns[] = [];
    for (const certificate of await ports.live.certificates()) {
      const verdict = await reevaluateCertificate(certificate, { policy, last: last.get(certificate.key) }, context);
      const because = verdict?.revoked;
      if (because)
        endedSignIns.push({ ...(await ports.live.endOfCertificate(certificate.key, because, itself)), because });
      else if (verdict) current.set(certificate.key, verdict);
    }
    return endedSignIns;
  };
}

/** What a look was taken at: the same again need not be evaluated again. */
interface Evaluation {
  readonly policy: TenantPolicy;
  readonly path: VerifiedPath;
  readonly sources: readonly unknown[];
  readonly revoked: Because | undefined;
}

/** By which policy, and what the evaluation before was. */
interface ReevaluationContext {
  readonly policy: TenantPolicy;
  readonly last: Evaluation | undefined;
}

async function reevaluateCertificate(
  { der }: SessionCertificate,
  { policy, last }: ReevaluationContext,
  { ports, at }: SignInContext<WatchPorts>,
): Promise<Evaluation | undefined> {
  const path = last?.policy === policy ? last.path : pathOf(der, policy, at);
  if (!path) return undefined;
  const { trustStore, revocation } = policy;
  const [crls, statuses] = await Promise.all([
    ports.crls.fetch(crlsNeeded(path, trustStore, revocation), at),
    ports.ocsp.ask(ocspNeeded(path, trustStore, revocation), at),
  ]);
  const sources = [
    ...crls.flatMap(({ base, delta }) =>
      [base, delta].map((item) => (item?.kind === 'fetched' ? item.crl : item?.because)),
    ),
    ...statuses.map((status) => (status.kind === 'answered' ? status.response : status.because)),
  ];
  if (last?.policy === policy && isSame(last.sources, sources)) return last;
  const { because } = checkRevocation(path, { answers: crls, statuses }, { policy: revocation, at, store: trustStore });
  return { policy, path, sources, revoked: endings.has(because.code) ? because : undefined };
}

function pathOf(der: Uint8Array, policy: TenantPolicy, at: Date): VerifiedPath | undefined {
  const certificateRuling = readCertificate(der);
  const path =
    certificateRuling.outcome === 'passed' ? validatePath(certificateRuling.value, policy.trustStore, at) : undefined;
  return path?.outcome === 'passed' ? path.value : undefined;
}

const isSame = (item: readonly unknown[], second: readonly unknown[]): boolean =>
  item.length === second.length && item.every((value, index) => value === second[index]);
