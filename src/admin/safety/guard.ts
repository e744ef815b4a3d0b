import type { User } from '#core/binding/user.ts';
import { messageOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { CertificateTried } from '#model/sign-in.ts';
import type { Passwords } from '#ports/credentials.ts';
import type { AdminPorts, Ports, SignInContext } from '#ports/ports.ts';
import type { PreparedCrl } from '#ports/revocation.ts';
import {
  compareOutcomes,
  type DryRun,
  type DryRunChange,
  type DryRunLimits,
  dryRunLimits,
  outcomesOf,
  recentlyTried,
  verdictAgain,
  withoutNetwork,
} from './dry-run.ts';
import { AnswersMissing, GatheredAnswers } from './gathered-answers.ts';
import { otherWay } from './other-ways.ts';
import { crlsWith, restoringOnFailure } from './prepared-crls.ts';
import { enabledAdministrators, requiringAdministrator } from './required-administrator.ts';
import { changeInTransaction } from './transaction.ts';

export type GuardPorts = Ports & AdminPorts;
export interface GuardOptions {
  readonly at: Date;
  /** Makes the change although no Global Administrator could sign in afterwards. */
  readonly isForced: boolean;
  /** CRLs that the change brings: sign-ins after it are evaluated with them, and they are in use when it commits. */
  readonly preparedCrls?: readonly PreparedCrl[];
}

export interface RehearsalOptions extends Pick<GuardOptions, 'at' | 'preparedCrls'> {
  /** Default: {@link dryRunLimits}. */
  readonly limits?: DryRunLimits;
}

/** Entries of the sign-in log that are evaluated for the Global Administrators: a few, which mostly suffice, and at most. */
const fewTried = 4;
const mostTried = 500;
/** How often a change is repeated because an evaluation needed another CRL or OCSP answer. */
const mostRounds = 10;

/** How the sign-in of one Global Administrator ends: undefined when it succeeds. */
type Ends = ReadonlyMap<string, Because | undefined>;

/**
 * The one way to make a change of a tenant. The change is one transaction, and changes of one tenant come one after the
 * other on every node, so that what a rule read is still true when the write that follows it is committed.
 *
 * Before the transaction commits, the sign-ins of the Global Administrators are replayed on what it has written. The change
 * is refused when a Global Administrator could sign in before it and none could after it. A sign-in counts when the person
 * has a password or a passkey that Conditional Access lets them begin with, or used a certificate in the last thirty days
 * that is still accepted. `work` gets ports of the transaction, must use nothing else to write, may be called again, and must not ask
 * the network. Where there was an enabled Global Administrator, a change that leaves none is refused, forced too.
 * Refuses with lastAdministratorShutOut, graphLastAdministrator, and as `work` does: then nothing is kept.
 */
export async function changeTenant<P extends GuardPorts, T>(
  ports: P,
  options: GuardOptions,
  change: (inside: P) => Promise<Ruling<T>>,
): Promise<Ruling<T>> {
  const { at, preparedCrls = [] } = options;
  const work = requiringAdministrator(change);
  return restoringOnFailure(preparedCrls, async (take) => {
    const workAndTake = async (inside: P) => {
      const ruling = await work(inside);
      if (ruling.outcome === 'passed') take();
      return ruling;
    };
    if (options.isForced) return inTransaction(ports, workAndTake);
    return withAnswers({ ports, at }, async (answers) => {
      const attempt = async (inside: P) => {
        const ruling = await work(inside);
        if (ruling.outcome !== 'passed') return ruling;
        const ends = await endsOf({ answers, preparedCrls }, { ports: inside, at });
        if (hasSuccess(ends)) take();
        return success({ result: ruling.value, ends });
      };
      const attemptRuling = await inTransaction(ports, attempt, ({ ends }) => hasSuccess(ends));
      if (attemptRuling.outcome !== 'passed') return attemptRuling;
      const { result, ends } = attemptRuling.value;
      if (hasSuccess(ends)) return success(result);
      // No administrator could sign in afterwards. Whether one could before is read in the transaction that then commits.
      return inTransaction(ports, async (inside) => {
        const before = await endsOf({ answers }, { ports: inside, at });
        answers.requireComplete();
        const shutOut = [...before].filter(([, because]) => because === undefined).map(([id]) => id);
        return shutOut.length > 0 ? refusal(shutOut, ends, inside) : workAndTake(inside);
      });
    });
  });
}

/**
 * What a change would do to the sign-ins of the last thirty days. The change is made in a transaction that is rolled back.
 * Nothing is downloaded: only CRLs that are kept count, and no OCSP responder is asked. Other changes of the tenant wait for
 * the lock, and with SQLite sign-ins do too, so a transaction evaluates a part of the pairs and lets the others go first before
 * the next part. Each pair is evaluated before and after the change in the same transaction. Refuses as
 * {@link changeTenant}.
 */
export async function rehearseTenant<P extends GuardPorts, T>(
  ports: P,
  { at, preparedCrls = [], limits = dryRunLimits }: RehearsalOptions,
  change: (inside: P) => Promise<Ruling<T>>,
): Promise<Ruling<{ readonly result: T; readonly dryRun: DryRun }>> {
  const work = requiringAdministrator(change);
  const { pairs, ...range } = await recentlyTried(limits, { ports, at });
  const answers = new GatheredAnswers();
  const changes: DryRunChange[] = [];
  let size = limits.pairsAtOnce;
  for (let pairCount = 0; ; ) {
    const next = pairs.slice(pairCount, pairCount + size);
    const rehearse = (gathered: GatheredAnswers) =>
      rehearsePart(ports, { at, pairs: next, preparedCrls, answers: gathered }, work);
    const partRuling = await withAnswers({ ports: withoutNetwork(ports), at }, rehearse, answers);
    if (partRuling.outcome !== 'passed') return partRuling;
    const part = partRuling.value;
    changes.push(...part.changes);
    pairCount += next.length;
    if (pairCount === pairs.length)
      return success({ result: part.result, dryRun: { version: part.version, ...range, judged: pairCount, changes } });
    // A change that takes longer than the evaluations is not made more often than it needs to be.
    if (part.workTook > part.evaluationTook) size *= 2;
  }
}

interface RehearsedPart {
  readonly at: Date;
  readonly pairs: readonly CertificateTried[];
  readonly preparedCrls: readonly PreparedCrl[];
  readonly answers: GatheredAnswers;
}

/** Evaluates some pairs before and after the change, in one transaction that is not kept. */
function rehearsePart<P extends GuardPorts, T>(
  ports: P,
  { at, pairs, preparedCrls, answers }: RehearsedPart,
  work: (inside: P) => Promise<Ruling<T>>,
) {
  const rehearsal = async (inside: P) => {
    const now = () => ports.clock.now().getTime();
    const evaluateOutcomes = async (crls: readonly PreparedCrl[] = []) => {
      const current = { ...(await withCurrentDomains(inside)), ...answers.ports };
      return outcomesOf(pairs, { ports: { ...current, crls: crlsWith(crls, current.crls) }, at });
    };
    const { version } = await inside.policies.current();
    const [began, before] = [now(), await evaluateOutcomes()];
    const [workBegan, ruling] = [now(), await work(inside)];
    if (ruling.outcome !== 'passed') return ruling;
    const [made, after] = [now(), await evaluateOutcomes(preparedCrls)];
    answers.requireComplete();
    const took = { workTook: made - workBegan, evaluationTook: workBegan - began + (now() - made) };
    return success({ result: ruling.value, version, changes: compareOutcomes(pairs, before, after), ...took });
  };
  return inTransaction(ports, rehearsal, () => false);
}

/** The stores of the transaction instead of the ports' own. Changes of a tenant wait for each other here. */
function inTransaction<P extends GuardPorts, T>(
  ports: P,
  work: (inside: P) => Promise<Ruling<T>>,
  isCommittable?: (value: T) => boolean,
): Promise<Ruling<T>> {
  const onTenant = async (stores: P) => {
    const tenant = await stores.tenants.find(ports.tenant.id);
    if (!tenant) return refused('nothingFound', { kind: 'tenant', wanted: ports.tenant.id });
    // The sign-ins that are evaluated here are replays, so their steps are not measured.
    return work({ ...stores, tenant, steps: undefined, passwords: withoutHashing(ports.passwords) });
  };
  return changeInTransaction(ports, onTenant, isCommittable);
}

/** Hashing a password takes tens of milliseconds, in which every other change of the tenant would wait: it comes before. */
const withoutHashing = ({ verify }: Passwords): Passwords => ({
  verify,
  hash: () => Promise.reject(new Error('a password is hashed before the transaction of the change')),
});

/** Repeats the work until every CRL and OCSP answer it needs has been gathered. */
async function withAnswers<T>(
  context: SignInContext<Pick<Ports, 'crls' | 'ocsp'>>,
  work: (answers: GatheredAnswers) => Promise<T>,
  answers = new GatheredAnswers(),
): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await work(answers);
    } catch (thrown) {
      if (!(thrown instanceof AnswersMissing)) throw thrown;
      if (round === mostRounds) throw new Error('an evaluation needs ever more CRLs');
      await answers.gather(context);
    }
  }
}

/** What sign-ins are replayed with. */
interface Replay extends Pick<GuardOptions, 'preparedCrls'> {
  readonly answers: GatheredAnswers;
}

/**
 * Replays the sign-ins of the enabled Global Administrators; ends early when one of them succeeds. The lock of the tenant is
 * held meanwhile, so what mostly suffices comes first: the newest certificates, then passwords and passkeys, then the rest.
 */
async function endsOf({ answers, preparedCrls = [] }: Replay, { ports, at }: SignInContext<GuardPorts>): Promise<Ends> {
  const inside = withLastingWays(await withCurrentDomains(ports));
  const enabled = await enabledAdministrators(inside);
  const administrators = new Map(enabled.map((user) => [user.id, user]));
  const replay = {
    ports: { ...inside, ...answers.ports, crls: crlsWith(preparedCrls, answers.ports.crls) },
    at,
  };
  const newest = await endsOfCertificates({ administrators, top: fewTried, answers }, replay);
  if (hasSuccess(newest)) return newest;
  const reasons = new Map<string, Because | undefined>();
  for (const user of enabled) {
    const { isOpen, because } = await otherWay(user, { ports: inside, at });
    if (isOpen) return new Map([[user.id, undefined]]);
    if (because) reasons.set(user.id, because);
  }
  const all = await endsOfCertificates({ administrators, top: mostTried, answers }, replay);
  return new Map([...reasons, ...all]);
}

const hasSuccess = (ends: Ends): boolean => [...ends.values()].includes(undefined);

interface TriedByAdministrators {
  readonly administrators: ReadonlyMap<string, User>;
  /** The newest entries of the sign-in log of all of them that are evaluated. */
  readonly top: number;
  readonly answers: GatheredAnswers;
}

/** Replays the sign-ins with the certificates that these users tried last; ends early when one of them succeeds. */
async function endsOfCertificates(
  { administrators, top, answers }: TriedByAdministrators,
  replay: SignInContext<GuardPorts>,
): Promise<Ends> {
  const ends = new Map<string, Because | undefined>();
  const { ports, at } = replay;
  const since = new Date(at.getTime() - dryRunLimits.milliseconds);
  for (const attempt of await ports.signInLog.tried({ since, top, userIds: [...administrators.keys()] })) {
    const user = administrators.get(attempt.record.userId ?? '');
    const verdict = await verdictAgain(attempt, user, replay);
    // What an interruption asks for next is not the certificate's part.
    if (user) ends.set(user.id, verdict.kind === 'refused' ? verdict.because : undefined);
    if (user && verdict.kind !== 'refused') break;
  }
  answers.requireComplete(); // here, so that a round gathers what all of them miss
  return ends;
}

/** The tenant's domains as the transaction has written them: `work` may have federated one. */
async function withCurrentDomains(inside: GuardPorts): Promise<GuardPorts> {
  return { ...inside, tenant: (await inside.tenants.find(inside.tenant.id)) ?? inside.tenant };
}

/**
 * The stores as they are once live sessions and Temporary Access Passes have ended. A session that approves a sign-in and a
 * pass are second factors of today, so a sign-in that needs one of them does not count.
 */
function withLastingWays(inside: GuardPorts): GuardPorts {
  const { sessions, methods } = inside;
  const registered: GuardPorts['methods']['ofUser'] = async (userId) =>
    (await methods.ofUser(userId)).filter(({ kind }) => kind !== 'temporaryAccessPass');
  return {
    ...inside,
    sessions: { ...sessions, ofUser: async () => [] },
    methods: { ...methods, ofUser: registered },
  };
}

async function refusal(ids: readonly string[], ends: Ends, inside: GuardPorts) {
  const users = await Promise.all(ids.map((id) => inside.users.find(id)));
  const administrators = users
    .filter((user) => user !== undefined)
    .map(({ id, userPrincipalName }) => {
      const because = ends.get(id);
      const reasonText = because && messageOf(because);
      return { id, userPrincipalName, code: because?.code ?? 'graphLastAdministrator', reasonText };
    });
  return refused('lastAdministratorShutOut', { administrators });
}
