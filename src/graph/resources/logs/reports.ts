import { describeUseBinding, type LowAffinityUser, lowAffinityPage } from '#admin/account/low-affinity.ts';
import { authorise } from '#core/roles/authorise.ts';
import type { CertificateUse } from '#model/sign-in.ts';
import type { UserEntry } from '#model/user.ts';
import type { Item } from '../../odata/evaluate.ts';
import { contextOf, type LogMark, logPage, type Shown } from '../../protocol/answers.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { userItem } from '../directory/user-item.ts';
import { functionPaths, periodOf } from './period.ts';

const day = 86_400_000;
const observedPeriod = 30 * day;

/** Policy OIDs or issuers of the certificates that came in the sign-ins of the last thirty days. */
async function listObserved(call: Call, kind: 'policyOids' | 'issuers', name: string): Promise<Answer> {
  const since = new Date(Math.floor(call.at.getTime() / day) * day - observedPeriod);
  const values = (await call.ports.signInLog.reports.observed(since, call.at))[kind];
  const value = values.map(({ value, count, users, lastSeen }) => ({
    [name]: value,
    count,
    users,
    lastSeen: lastSeen.toISOString(),
  }));
  return { status: 200, body: { ...contextOf(call, 'Collection(cardea.observedValue)'), value } };
}

/** Granted interactive sign-ins by strength, CA, binding, method and device, for each length of time. */
async function assurance(call: Call): Promise<Answer> {
  const period = periodOf(call, { interval: 'P1D', days: 30 });
  const rows = await call.ports.signInLog.reports.assurance(period);
  const { trustStore } = await call.ports.policies.current();
  const idBySki = new Map(
    trustStore.authorities.map(({ id, certificate }) => [hexText(certificate.subjectKeyIdentifier), id]),
  );
  const value = rows.map(({ start, kind, count }) => ({
    start: start.toISOString(),
    strength: kind.strength,
    caId: idBySki.get(kind.issuerKeyIdentifier ?? '-') ?? null,
    issuer: kind.issuer,
    issuerKeyIdentifier: kind.issuerKeyIdentifier,
    binding: kind.binding,
    method: kind.method,
    device: kind.device,
    count,
  }));
  return { status: 200, body: { ...contextOf(call, 'Collection(cardea.certificateAssurance)'), value } };
}

const hexText = (octets: Uint8Array | undefined) =>
  Buffer.from(octets ?? [])
    .toString('hex')
    .toUpperCase();

const lowAffinityView: Shown = { type: 'lowAffinityUser', set: 'reports/lowAffinityUsers' };

function lowAffinityItem(
  { user, use, certificate, proposed, staleValues }: LowAffinityUser,
  entry: UserEntry | undefined,
  mayReadBindings: boolean,
): Item {
  return {
    id: user.id,
    userId: user.id,
    userETag: entry ? userItem(entry)['@odata.etag'] : null,
    userPrincipalName: user.userPrincipalName,
    userDisplayName: user.displayName,
    binding: describeUseBinding(use),
    proposed: proposed ?? null,
    lastUsed: use.lastUsed.toISOString(),
    sha1Thumbprint: certificate.sha1Thumbprint,
    notAfter: certificate.notAfter.toISOString(),
    certificateUserIds: mayReadBindings ? user.certificateUserIds : null,
    staleValues,
  };
}

/** Each with the ETag of its user, so that an approval does not undo what another administrator changed meanwhile. */
async function itemsIn(users: readonly LowAffinityUser[], { ports, caller }: Call): Promise<readonly Item[]> {
  const entries = await ports.users.entriesOf([...new Set(users.map(({ user }) => user.id))]);
  const byId = new Map(entries.map((entry) => [entry.user.id, entry]));
  // How others' certificates are bound is for those who manage it; the report itself is for readers of the log (graph-api §2.4).
  const mayReadBindings = authorise(caller, { ...needs.readUsers, area: 'certificateUserIds' }).outcome === 'passed';
  return users.map((item) => lowAffinityItem(item, byId.get(item.user.id), mayReadBindings));
}

/** Who is bound by a value that is easy to use again, with what would bind them better; approval is a PATCH of the user. */
function lowAffinityUsers(call: Call): Promise<Answer> {
  const read = async ({ top, after }: { top: number; after: LogMark | undefined }) => {
    const items: Item[] = [];
    let mark: Pick<CertificateUse, 'userId' | 'lastUsed'> | undefined = after && {
      userId: after.id,
      lastUsed: after.at,
    };
    // Pairs of deleted users are passed over, and a page of them is not the last one.
    for (;;) {
      const page = await lowAffinityPage({ top, ...(mark ? { after: mark } : {}) }, call.ports, call.at);
      items.push(...(await itemsIn(page.users, call)));
      mark = page.next;
      if (mark === undefined || items.length >= top) return items.slice(0, top);
    }
  };
  const isFound = ({ proposed, staleValues }: Item) => proposed !== null || (staleValues as unknown[]).length > 0;
  return logPage(call, { time: 'lastUsed', read, isFound }, lowAffinityView);
}

const x509 = 'policies/authenticationmethodspolicy/authenticationmethodconfigurations/x509certificate';

export const reportRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${x509}/observedpolicyoids`,
    need: needs.readObserved,
    answer: (call) => listObserved(call, 'policyOids', 'policyOid'),
  },
  {
    method: 'GET',
    path: `${x509}/observedissuers`,
    need: needs.readObserved,
    answer: (call) => listObserved(call, 'issuers', 'issuer'),
  },
  ...functionPaths('reports/certificateassurance').map(
    (path): Route => ({ method: 'GET', path, need: needs.readUserReports, answer: assurance }),
  ),
  { method: 'GET', path: 'reports/lowaffinityusers', need: needs.readUserReports, answer: lowAffinityUsers },
];
