import { createHash } from 'node:crypto';
import { messageOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import { orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import { type BundleEntry, readBundle } from '#core/x509/bundle.ts';
import type { AuthorityRow, PkiContainer, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { Clock } from '#ports/clock.ts';
import type { AuditLog } from '#ports/logs.ts';
import type { Bundles } from '#ports/trust-store.ts';
import type { AdminContext, TimedContext } from '../../context.ts';
import { auditRefusal, rulingOf } from '../../refusals.ts';
import { containerFor, type Destination } from '../authorities.ts';
import { candidateOf, classicOf, replaceIn } from '../classic-store.ts';
import { editTrustStore, type TrustPorts } from '../edit-trust-store.ts';
import { addIn } from '../pki/pki-authorities.ts';
import { containerIn, replaceContainer } from '../pki/pki-containers.ts';
import {
  checkSelection,
  describeUpload,
  type LeftOut,
  type SelectionRules,
  selectForClassic,
  selectForContainer,
} from './bundle-selection.ts';

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
 * Refuses with bundleUnreadable, bundleTooLarge, bundleWithoutCa, containerAmbiguous, uploadRunning, lastAdministratorShutOut;
 * with `allOrNone`, and for a bundle of one certificate, the reason of the first that is left out: certificateUnreadable,
 * authorityNotCa, authorityKeyUnsound, authorityTooLarge, authorityLimitReached …; for the classic store also
 * authorityExpired (TS-3).
 */
export async function uploadBundle(
  to: BundleDestination,
  bytes: Uint8Array,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<Ruling<Uploaded>> {
  const entriesRuling = readBundle(bytes);
  if (entriesRuling.outcome !== 'passed') return entriesRuling;
  const entries = entriesRuling.value;
  const rules = { at, allOrNone: to.allOrNone ?? false, addresses: ports.addresses };
  return editTrustStore(
    (current) => {
      if (to.store === 'classic') return uploadInClassic(current, entries, rules);
      const containerRuling = containerFor(current, to.container, at);
      if (containerRuling.outcome !== 'passed') return containerRuling;
      const { container, start } = containerRuling.value;
      const idleRuling = checkIdle(container, at);
      if (idleRuling.outcome !== 'passed') return idleRuling;
      const uploadRuling = uploadIn(start.next, container.id, entries, rules);
      if (uploadRuling.outcome !== 'passed') return uploadRuling;
      const edit = uploadRuling.value;
      return success({ ...edit, changes: [...start.changes, ...edit.changes] });
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
  readonly change: <T>(work: (inside: TrustPorts) => Promise<Ruling<T>>) => Promise<Ruling<T>>;
  readonly bundles: Bundles;
  readonly audits: Pick<AuditLog, 'noteRefusal'>;
  readonly clock: Clock;
}

/**
 * Begins an upload by URL (UP-2): the container's status is `running` when this resolves. `finished` resolves when it is
 * `succeeded` or `failed`, with the reason in `statusDetails`; it rejects only when that cannot be written down.
 * Refuses with nothingFound, uploadHashMalformed, uploadUrlRefused, uploadRunning.
 */
export async function startUpload(
  containerId: string,
  { uploadUrl, sha256FileHash }: UploadRequest,
  { actor, ports }: AdminContext<UploadPorts>,
): Promise<Ruling<{ readonly finished: Promise<void> }>> {
  const hashRuling = statedHash(sha256FileHash);
  if (hashRuling.outcome !== 'passed') return hashRuling;
  const statement = hashRuling.value;
  const addressRuling = await rulingOf(() => ports.bundles.check(uploadUrl));
  if (addressRuling.outcome !== 'passed') return addressRuling;
  const start = ports.clock.now();
  const startRuling = await ports.trustStore.edit((current) => {
    const containerRuling = containerIn(current, containerId);
    if (containerRuling.outcome !== 'passed') return containerRuling;
    const container = containerRuling.value;
    const idleRuling = checkIdle(container, start);
    if (idleRuling.outcome !== 'passed') return idleRuling;
    return success(
      stateOf(current, { ...container, status: 'running', statusDetails: undefined, uploadStartedDateTime: start }),
    );
  }, actor);
  if (startRuling.outcome !== 'passed') return startRuling;
  return success({
    finished: finish(containerId, { url: uploadUrl, stated: statement, started: start }, { actor, ports }),
  });
}

interface Begun {
  readonly url: string;
  readonly stated: string;
  readonly started: Date;
}

async function finish(containerId: string, start: Begun, context: AdminContext<UploadPorts>): Promise<void> {
  let ruling: Ruling<Uploaded>;
  try {
    ruling = await addFetched(containerId, start, context);
  } catch (thrown) {
    await noteFailure(containerId, start, undefined, context);
    throw thrown;
  }
  if (ruling.outcome !== 'passed') await noteFailure(containerId, start, ruling.because, context);
}

/** Fetches the bundle, compares its hash and adds its CAs. */
async function addFetched(
  containerId: string,
  start: Begun,
  { actor, ports }: AdminContext<UploadPorts>,
): Promise<Ruling<Uploaded>> {
  const bytesRuling = await rulingOf(() => ports.bundles.fetch(start.url));
  if (bytesRuling.outcome !== 'passed') return bytesRuling;
  const hashRuling = checkHash(bytesRuling.value, start.stated);
  if (hashRuling.outcome !== 'passed') return hashRuling;
  const entriesRuling = readBundle(bytesRuling.value);
  if (entriesRuling.outcome !== 'passed') return entriesRuling;
  const decide = (current: TrustStoreState) => {
    const containerRuling = containerIn(current, containerId);
    if (containerRuling.outcome !== 'passed') return containerRuling;
    const oursRuling = checkOurs(containerRuling.value, start);
    if (oursRuling.outcome !== 'passed') return oursRuling;
    const rules = { at: ports.clock.now(), allOrNone: false, addresses: ports.addresses };
    return uploadIn(current, containerId, entriesRuling.value, rules);
  };
  return ports.change((inside) => editTrustStore(decide, { actor, ports: inside }));
}

/** Is this the file that was meant? @param sha256FileHash 64 hexadecimal digits. Refuses with uploadHashMalformed, uploadHashMismatch. */
export function checkFile(bytes: Uint8Array, sha256FileHash: string): Ruling<void> {
  const hashRuling = statedHash(sha256FileHash);
  return hashRuling.outcome === 'passed' ? checkHash(bytes, hashRuling.value) : hashRuling;
}

function statedHash(sha256FileHash: string): Ruling<string> {
  const statement = sha256FileHash.toUpperCase();
  if (/^[0-9A-F]{64}$/.test(statement)) return success(statement);
  return refused('uploadHashMalformed', { sha256FileHash: sha256FileHash.slice(0, 80) });
}

function checkHash(bytes: Uint8Array, stated: string): Ruling<void> {
  const hash = createHash('sha256').update(bytes).digest('hex').toUpperCase();
  if (hash !== stated) return refused('uploadHashMismatch', { stated, found: hash });
  return success();
}

/**
 * Writes down that an upload failed, unless the container is gone or another upload has begun in it, and audits why.
 * @param because why it was refused; undefined for a fault of this server
 */
async function noteFailure(
  containerId: string,
  { started }: Begun,
  because: Because | undefined,
  { actor, ports: { trustStore, clock, audits } }: AdminContext<UploadPorts>,
): Promise<void> {
  const statusDetails = because ? `${because.code}: ${messageOf(because)}` : 'a fault of this server';
  const ruling = await trustStore.edit<void>((current) => {
    const container = current.containers.find(({ id }) => id === containerId);
    if (container?.uploadStartedDateTime?.getTime() !== started.getTime())
      return success({ next: current, changes: [], result: undefined });
    return success(
      stateOf(current, { ...container, status: 'failed', statusDetails, lastModifiedDateTime: clock.now() }),
    );
  }, actor);
  orThrow(ruling); // it decides nothing
  const operation = {
    activity: uploadActivity,
    operation: 'upload',
    targetKind: 'Other',
    targetId: containerId,
  } as const;
  if (because) await auditRefusal({ ...operation, actor, because }, audits);
}

/** One upload at a time a container (UP-2). */
function checkIdle({ id, displayName, status, uploadStartedDateTime: since }: PkiContainer, at: Date): Ruling<void> {
  if (status === 'running' && since && at.getTime() - since.getTime() < longestUpload)
    return refused('uploadRunning', { container: displayName ?? id, since: since.toISOString() });
  return success();
}

/** Half an hour later another one may have begun: then this one adds nothing. */
function checkOurs({ id, displayName, uploadStartedDateTime: since }: PkiContainer, { started }: Begun): Ruling<void> {
  if (since?.getTime() !== started.getTime())
    return refused('uploadRunning', { container: displayName ?? id, since: since?.toISOString() ?? '' });
  return success();
}

function stateOf(current: TrustStoreState, container: PkiContainer): TrustStoreEdit<undefined> {
  const old = orThrow(containerIn(current, container.id));
  const changes = [{ activity: uploadActivity, targetId: container.id, old, new: container }];
  return { next: replaceContainer(current, container), changes, result: undefined };
}

interface UploadRules extends SelectionRules {
  readonly allOrNone: boolean;
}

function uploadIn(
  current: TrustStoreState,
  containerId: string,
  entries: readonly BundleEntry[],
  rules: UploadRules,
): Ruling<TrustStoreEdit<Uploaded>> {
  const { at } = rules;
  const selection = selectForContainer(current, entries, containerId, rules);
  const selectionRuling = checkSelection(selection, rules.allOrNone);
  if (selectionRuling.outcome !== 'passed') return selectionRuling;
  const { fresh: additions, present, leftOut } = selection;
  const inRuling = addIn(current, additions, at);
  if (inRuling.outcome !== 'passed') return inRuling;
  const { next, changes } = inRuling.value;
  const containerRuling = containerIn(next, containerId);
  if (containerRuling.outcome !== 'passed') return containerRuling;
  const container: PkiContainer = {
    ...containerRuling.value,
    status: 'succeeded',
    statusDetails: describeUpload(selection),
    lastModifiedDateTime: at,
  };
  const upload = stateOf(next, container);
  return success({
    next: upload.next,
    changes: [...changes, ...upload.changes],
    result: { container, additions, present, leftOut },
  });
}

function uploadInClassic(
  current: TrustStoreState,
  entries: readonly BundleEntry[],
  rules: UploadRules,
): Ruling<TrustStoreEdit<Uploaded>> {
  const selection = selectForClassic(current, entries, rules);
  const selectionRuling = checkSelection(selection, rules.allOrNone);
  if (selectionRuling.outcome !== 'passed') return selectionRuling;
  const { fresh, present, leftOut } = selection;
  if (fresh.length === 0)
    return success({ next: current, changes: [], result: { container: undefined, additions: [], present, leftOut } });
  const old = classicOf(current.authorities);
  const inRuling = replaceIn(current, [...old.map(candidateOf), ...fresh], rules.at);
  if (inRuling.outcome !== 'passed') return inRuling;
  const { result, ...edit } = inRuling.value;
  return success({ ...edit, result: { container: undefined, additions: result.slice(old.length), present, leftOut } });
}
