import { fault } from '#core/trace/fault.ts';
import { collection, type GraphResource } from '../../protocol/answers.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { applicationItem } from '../applications/application-item.ts';
import { memberSeen } from '../directory/user-sight.ts';

const view: GraphResource = { type: 'directoryObject', set: 'directoryObjects' };
/** The answer is for people who want to free a domain: the first ones say enough. */
const mostUsers = 5000;

/** Users whose name is in the domain, and applications with an identifier in it: what keeps it from being deleted. */
async function references(call: Call) {
  const { ports } = call;
  const domain = keyText(call, 'domain').toLowerCase();
  const isOurs = ports.tenant.domains.some(({ id }) => id === domain);
  if (!isOurs && !(await ports.objects.find('unverifiedDomains', domain)))
    throw fault('graphObjectMissing', { id: domain.slice(0, 80) });
  const users = await ports.users.listIn(domain, mostUsers);
  const entries = await ports.users.entriesOf(users.map(({ id }) => id));
  const applications = await ports.applications.listOfDomain(domain);
  const items = [...entries.map((entry) => memberSeen(call, entry)), ...applications.map(applicationItem)];
  return collection(call, items, view, { isMixed: true });
}

export const domainReferenceRoutes: readonly Route[] = [
  { method: 'GET', path: 'domains/{domain}/domainnamereferences', need: needs.readDomains, answer: references },
];
