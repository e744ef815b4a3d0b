import { createHash } from 'node:crypto';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { type BundleEntry, readBundle } from '#core/x509/bundle.ts';
import { sameName } from '#core/x509/name.ts';
import type { AuthorityRow, PkiContainer, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { Clock } from '#ports/clock.ts';
import type { AuditLog } from '#ports/logs.ts';
import type { Bundles } from '#ports/trust-store.ts';
import type { AdminContext, TimedContext } from '../context.ts';
import { auditRefusal, refusalIn } from '../refusals.ts';
import type { Destination } from './authorities.ts';
import {
  checkSelection,
  describeLeftOut,
  type LeftOut,
  type Selection,
  type SelectionRules,
  selectForClassic,
  selectForContainer,
} from './bundle-selection.ts';
import { certificatesIn } from './certificate-file.ts';
import { candidateOf, classicOf, replaceIn } from './classic-store.ts';
import { editTrustStore, type TrustPorts } from './edit-trust-store.ts';
import { addIn } from './pki-authorities.ts';
import {
  containerIn,
  containerNamed,
  newContainer,
  replaceContainer,
  usualContainer,
  withContainer,
} from './pki-containers.ts';

const uploadActivity = 'Upload to PKI';

/** UP-2: Entra takes up to half an hour; what has not ended by then never will. */
const longestUpload = 30 * 60 * 1000;

/** Where a bundle goes: to the classic store, or to a container by id or name (default: the first), which is made when new. */
export type BundleDestination = Destination & {
  /** Refuse the whole bundle when one certificate of it cannot be added. */
  readonly allOrNone?: boolean | undefined;
};

/** What became of each certificate of a bundle. */
export interface Uploaded {
  /** Absent for the classic store. */
  readonly container: PkiContainer | undefined;
  readonly additions: readonly AuthorityRow[];
  /** CAs that the store had before. */
  readonly present: readonly AuthorityRow[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Adds the CAs of a bundle ({@link readBundle}). CAs that are there already stay as they are; certificates that cannot be
 * added are left out, each with its reason. The CRL address of each new CA is the first HTTP one in its own certificate (TS-7).
 * @throws bundleUnreadable, bundleTooLarge, bundleWithoutCa, containerAmbiguous, uploadRunning, lastAdministratorShutOut;
 * with `allOrNone`, and for a bundle of one certificate, the reason of the first that is left out: certificateUnreadable,
 * authorityNotCa, authorityKeyUnsound, authorityTooLarge, authorityLimitReached …; for the classic store also
 * authorityExpired (TS-3)
 */
export async function uploadBundle(
  to: BundleDestination,
  bytes: Uint8Array,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<Uploaded> {
  const entries = entriesOf(bytes);
  const rules = { at, allOrNone: to.allOrNone ?? false, addresses: ports.addresses };
  return editTrustStore(
    (now) => {
      if (to.store === 'classic') return uploadInClassic(now, entries, rules);
      const match = to.container === undefined ? now.containers[0] : containerNamed(now, to.container);
      const target = match ?? newContainer(to.container ?? usualContainer, at);
      checkIdle(target, at);
      const start = match ? { next: now, changes: [] } : withContainer(now, target);
      const edit = uploadIn(start.next, target.id, entries, rules);
      return { ...edit, changes: [...start.changes, ...edit.changes] };
    },
    { actor, ports },
  );
}

/** What a client sends to `…/upload` (UP-1). */
export interface UploadRequest {
  readonly uploadUrl: string;
  /** 64 hexadecimal digits, in any case. */
  readonly sha256FileHash: string;
}

export interface UploadPorts extends TrustPorts {
  /** Makes the edit that adds the CAs: `changeTenant` with the caller's options. */
  readonly change: <T>(work: (inside: TrustPorts) => Promise<T>) => Promise<T>;
  readonly bundles: Bundles;
  readonly audits: Pick<AuditLog, 'noteRefusal'>;
  readonly clock: Clock;
}

/**
 * Begins an upload by URL (UP-2): the container's status is `running` when this resolves. `finished` resolves when it is
 * `succeeded` or `failed`, with the reason in `statusDetails`; it rejects only when that cannot be written down.
 * @throws nothingFound, uploadHashMalformed, uploadUrlRefused, uploadRunning
 */
export async function startUpload(
  containerId: string,
  { uploadUrl, sha256FileHash }: UploadRequest,
  { actor, ports }: AdminContext<UploadPorts>,
): Promise<{ readonly finished: Promise<void> }> {
  const statement = statedHash(sha256FileHash);
  await ports.bundles.check(uploadUrl);
  const start = ports.clock.now();
  await ports.trustStore.edit((now) => {
    const container = containerIn(now, containerId);
    checkIdle(container, start);
    return stateOf(now, { ...container, status: 'running', statusDetails: undefined, uploadStartedDateTime: start });
  }, actor);
  return { finished: finish(containerId, { url: uploadUrl, stated: statement, started: start }, { actor, ports }) };
}

interface Begun {
  readonly url: string;
  readonly stated: string;
  readonly started: Date;
}

async function finish(containerId: string, start: Begun, { actor, ports }: AdminContext<UploadPorts>): Promise<void> {
  try {
    const entries = entriesOf(await fetchBundle(start, ports.bundles));
    const decide = (now: TrustStoreState) => {
      checkOurs(containerIn(now, containerId), start);
      const rules = { at: ports.clock.now(), allOrNone: false, addresses: ports.addresses };
      return uploadIn(now, containerId, entries, rules);
    };
    await ports.change((inside) => editTrustStore(decide, { actor, ports: inside }));
  } catch (problem) {
    await fail(containerId, start, problem, { actor, ports });
  }
}

async function fetchBundle({ url, stated }: Begun, bundles: Bundles): Promise<Uint8Array> {
  const bytes = await bundles.fetch(url);
  checkHash(bytes, stated);
  return bytes;
}

/** Is this the file that was meant? @param sha256FileHash 64 hexadecimal digits @throws uploadHashMalformed, uploadHashMismatch */
export const checkFile = (bytes: Uint8Array, sha256FileHash: string): void =>
  checkHash(bytes, statedHash(sha256FileHash));

function statedHash(sha256FileHash: string): string {
  const statement = sha256FileHash.toUpperCase();
  if (/^[0-9A-F]{64}$/.test(statement)) return statement;
  throw fault('uploadHashMalformed', { sha256FileHash: sha256FileHash.slice(0, 80) });
}

function checkHash(bytes: Uint8Array, stated: string): void {
  const hash = createHash('sha256').update(bytes).digest('hex').toUpperCase();
  if (hash !== stated) throw fault('uploadHashMismatch', { stated, found: hash });
}

/** Audits why it failed, and writes it down unless the container is gone or another upload has begun in it. */
async function fail(
  containerId: string,
  { started }: Begun,
  problem: unknown,
  { actor, ports: { trustStore, clock, audits } }: AdminContext<UploadPorts>,
): Promise<void> {
  const statusDetails =
    problem instanceof CardeaError ? `${problem.because.code}: ${problem.message}` : 'a fault of this server';
  await trustStore.edit((now) => {
    const container = now.containers.find(({ id }) => id === containerId);
    if (container?.uploadStartedDateTime?.getTime() !== started.getTime())
      return { next: now, changes: [], result: undefined };
    return stateOf(now, { ...container, status: 'failed', statusDetails, lastModifiedDateTime: clock.now() });
  }, actor);
  if (!(problem instanceof CardeaError)) throw problem;
  const because = refusalIn(problem);
  const operation = { activity: uploadActivity, operation: 'upload', targetKind: 'Other', targetId: containerId };
  if (because) await auditRefusal({ ...operation, actor, because }, audits);
}

/** One upload at a time a container (UP-2). */
function checkIdle({ id, displayName, status, uploadStartedDateTime: since }: PkiContainer, at: Date): void {
  if (status === 'running' && since && at.getTime() - since.getTime() < longestUpload)
    throw fault('uploadRunning', { container: displayName ?? id, since: since.toISOString() });
}

/** Half an hour later another one may have begun: then this one adds nothing. */
function checkOurs({ id, displayName, uploadStartedDateTime: since }: PkiContainer, { started }: Begun): void {
  if (since?.getTime() !== started.getTime())
    throw fault('uploadRunning', { container: displayName ?? id, since: since?.toISOString() ?? '' });
}

function stateOf(now: TrustStoreState, container: PkiContainer): TrustStoreEdit<undefined> {
  const old = containerIn(now, container.id);
  const changes = [{ activity: uploadActivity, targetId: container.id, old, new: container }];
  return { next: replaceContainer(now, container), changes, result: undefined };
}

function entriesOf(bytes: Uint8Array): readonly BundleEntry[] {
  const ruling = readBundle(bytes);
  if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
  return ruling.value;
}

interface UploadRules extends SelectionRules {
  readonly allOrNone: boolean;
}

function uploadIn(
  now: TrustStoreState,
  containerId: string,
  entries: readonly BundleEntry[],
  rules: UploadRules,
): TrustStoreEdit<Uploaded> {
  const { at } = rules;
  const selection = selectForContainer(now, entries, containerId, rules);
  checkSelection(selection, rules.allOrNone);
  const { fresh: additions, present, leftOut } = selection;
  const { next, changes } = addIn(now, additions, at);
  const container: PkiContainer = {
    ...containerIn(next, containerId),
    status: 'succeeded',
    statusDetails: describeUpload(selection),
    lastModifiedDateTime: at,
  };
  const upload = stateOf(next, container);
  return {
    next: upload.next,
    changes: [...changes, ...upload.changes],
    result: { container, additions, present, leftOut },
  };
}

function uploadInClassic(
  now: TrustStoreState,
  entries: readonly BundleEntry[],
  rules: UploadRules,
): TrustStoreEdit<Uploaded> {
  const selection = selectForClassic(now, entries, rules);
  checkSelection(selection, rules.allOrNone);
  const { fresh, present, leftOut } = selection;
  if (fresh.length === 0)
    return { next: now, changes: [], result: { container: undefined, additions: [], present, leftOut } };
  const old = classicOf(now.authorities);
  const { result, ...edit } = replaceIn(now, [...old.map(candidateOf), ...fresh], rules.at);
  return { ...edit, result: { container: undefined, additions: result.slice(old.length), present, leftOut } };
}

/** What was added, what was there, what was left out, and which CAs need a CRL address. */
function describeUpload({ fresh, present, leftOut }: Selection<AuthorityRow>): string {
  const sentences = [
    `${count(fresh.length)} added.`,
    ...(present.length > 0 ? [`${count(present.length)} already in the store.`] : []),
    ...withoutOwnAddress(fresh),
    ...(leftOut.length > 0 ? [`Not added: ${leftOut.map(describeLeftOut).join('; ')}.`] : []),
  ];
  return sentences.join(' ');
}

const count = (cas: number): string => `${cas} ${cas === 1 ? 'CA' : 'CAs'}`;

/** CAs that carry the address of the CA above them (TS-7) and issue no CA of the file: they issue cards. */
function withoutOwnAddress(rows: readonly AuthorityRow[]): readonly string[] {
  const certificates = rows.map(({ der }) => certificatesIn(der, 'CA')[0]!);
  const lowest = rows.filter((row, index) => {
    const { subject } = certificates[index]!;
    return row.authorityType === 'intermediate' && !certificates.some(({ issuer }) => sameName(issuer, subject));
  });
  const names = lowest.map(({ displayName }) => displayName).join('; ');
  return lowest.length === 0
    ? []
    : [`These CAs issue cards and need their own CRL address; set it manually: ${names}.`];
}
