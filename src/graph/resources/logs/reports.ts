import { describeUseBinding, type LowAffinityUser, lowAffinityPage } from '#admin/account/low-affinity.ts';
import { type StaleValuesUser, staleValuesPage, type UsersPage } from '#admin/account/stale-values.ts';
import type { User } from '#core/binding/user.ts';
import { hexOf } from '#core/hex.ts';
import { authorise } from '#core/roles/authorise.ts';
import type { CertificateUse } from '#model/sign-in.ts';
import { type LogMark, logPage } from '../../lists/log-page.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, type GraphResource } from '../../protocol/answers.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { userItem } from '../directory/user-item.ts';
import { functionPaths, periodOf } from './period.ts';

const day = 86_400_000;
/** Charts read a whole report at once. */
const unpaged = { page: 10_000, most: 10_000 };
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
  return collection(call, value, { type: 'observedValue', set: 'Collection(cardea.observedValue)' });
}

/** Granted interactive sign-ins by strength, CA, binding, method and device, for each length of time. */
async function assurance(call: Call): Promise<Answer> {
  const period = periodOf(call, { interval: 'P1D', days: 30 });
  const rows = await call.ports.signInLog.reports.assurance(period);
  const { trustStore } = await call.ports.policies.current();
  const idBySki = new Map(
    trustStore.authorities.map(({ id, certificate }) => [hexOf(certificate.subjectKeyIdentifier), id]),
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
  return collection(
    call,
    value,
    { type: 'certificateAssurance', set: 'Collection(cardea.certificateAssurance)' },
    unpaged,
  );
}

const lowAffinityView: GraphResource = { type: 'lowAffinityUser', set: 'reports/lowAffinityUsers' };

type Sight = Awaited<ReturnType<typeof sightOf>>;

function commonItem({ user, use, staleValues }: StaleValuesUser, { entryOf, mayReadBindings }: Sight): Item {
  const entry = entryOf(user.id);
  return {
    id: user.id,
    userId: user.id,
    userETag: entry ? userItem(entry)['@odata.etag'] : null,
    userPrincipalName: user.userPrincipalName,
    userDisplayName: user.displayName,
    lastUsed: use.lastUsed.toISOString(),
    certificateUserIds: mayReadBindings ? user.certificateUserIds : null,
    staleValues,
  };
}

const lowAffinityItem = (item: LowAffinityUser, sight: Sight): Item => ({
  ...commonItem(item, sight),
  binding: describeUseBinding(item.use),
  proposed: item.proposed ?? null,
  sha1Thumbprint: item.certificate.sha1Thumbprint,
  notAfter: item.certificate.notAfter.toISOString(),
});

/** What a page of users needs besides: the ETag of each, so that a change does not undo another administrator's, and who may read. */
async function sightOf(users: readonly { readonly user: User }[], { ports, caller }: Call) {
  const entries = await ports.users.entriesOf([...new Set(users.map(({ user }) => user.id))]);
  const byId = new Map(entries.map((entry) => [entry.user.id, entry]));
  // How others' certificates are bound is for those who manage it; the report itself is for readers of the log (graph-api §2.4).
  const mayReadBindings = authorise(caller, { ...needs.readUsers, area: 'certificateUserIds' }).outcome === 'passed';
  return { entryOf: (id: string) => byId.get(id), mayReadBindings };
}

interface PageQuery {
  readonly top: number;
  readonly after?: Pick<CertificateUse, 'userId' | 'lastUsed'>;
}

/**
 * Items of users page by page. A use that is passed over, such as that of a deleted user, is an item without values, which the
 * list does not show: it counts in what one request may examine.
 */
function usersBy<T extends StaleValuesUser>(
  call: Call,
  pageOf: (query: PageQuery) => Promise<UsersPage<T>>,
  itemOf: (user: T, sight: Sight) => Item,
) {
  return async ({ top, after }: { top: number; after: LogMark | undefined }) => {
    const { users, uses } = await pageOf({
      top,
      ...(after ? { after: { userId: after.id, lastUsed: after.at } } : {}),
    });
    const sight = await sightOf(users, call);
    const byUse = new Map<T['use'], T>(users.map((user) => [user.use, user]));
    return uses.map((use) => {
      const user = byUse.get(use);
      return user ? itemOf(user, sight) : passedOver(use);
    });
  };
}

const passedOver = ({ userId, lastUsed }: StaleValuesUser['use']): Item => ({
  ...{ id: userId, userId, userETag: null, userPrincipalName: null, userDisplayName: null },
  ...{ lastUsed: lastUsed.toISOString(), certificateUserIds: null, staleValues: [] },
  ...{ binding: null, proposed: null, sha1Thumbprint: null, notAfter: null },
});

const hasStale = ({ staleValues }: Item) => (staleValues as unknown[]).length > 0;

/** Who is bound by a value that is easy to use again, with what would bind them better; approval is a PATCH of the user. */
const lowAffinityUsers = (call: Call): Promise<Answer> =>
  logPage(
    call,
    {
      time: 'lastUsed',
      read: usersBy(call, (query) => lowAffinityPage(query, call), lowAffinityItem),
      isListed: (item) => item.proposed !== null || hasStale(item),
    },
    lowAffinityView,
  );

/** Whose certificateUserIds have values of certificates that can no longer sign in (UB-26); removal is a PATCH of the user. */
const staleCertificateUserIds = (call: Call): Promise<Answer> =>
  logPage(
    call,
    {
      time: 'lastUsed',
      read: usersBy(call, (query) => staleValuesPage(query, call), commonItem),
      isListed: hasStale,
    },
    { type: 'staleCertificateUserIds', set: 'reports/staleCertificateUserIds' },
  );

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
  {
    method: 'GET',
    path: 'reports/stalecertificateuserids',
    need: needs.readUserReports,
    answer: staleCertificateUserIds,
  },
  { method: 'GET', path: 'reports/lowaffinityusers', need: needs.readUserReports, answer: lowAffinityUsers },
];
