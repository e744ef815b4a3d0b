import { isSameJson } from '#core/canonical-json.ts';
import type { BlockedCertificate } from '#core/crl/policy.ts';
import { hexOf, plainHex } from '#core/hex.ts';
import { firstRefusal, type Ruling, refused, refusedFor, success } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { checkText, longestLink } from '../entered.ts';

type Ports = Pick<AdminPorts, 'policy'>;

/** Characters of a note. Graph calls it `reason`. */
export const longestNote = 1024;

/** Kept with an entry of the list, for administrators. `createdDateTime` is ISO 8601 UTC. */
export interface BlockNote {
  readonly note?: string | undefined;
  readonly createdDateTime?: string;
  readonly createdBy?: string;
}

/** A certificate as the list names it to administrators. Refuses with certificateUnreadable. */
export async function blockNamed(
  der: Uint8Array,
  { note, ...rest }: BlockNote,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<BlockedCertificate>> {
  const blockCertificateRuling = await blockCertificate(der, note, { actor, ports }, rest);
  if (blockCertificateRuling.outcome !== 'passed') return blockCertificateRuling;
  const list = blockCertificateRuling.value;
  return success(list.at(-1)!);
}

/**
 * Puts a certificate (DER) on the tenant's block list; it is refused from the next sign-in on. Answers the list, in which the
 * certificate is the last entry.
 * Refuses with certificateUnreadable, textHoldsControls, textTooLong.
 */
export async function blockCertificate(
  der: Uint8Array,
  note: string | undefined,
  { actor, ports: { policy } }: AdminContext<Ports>,
  origin: Pick<BlockNote, 'createdDateTime' | 'createdBy'> = {},
): Promise<Ruling<readonly BlockedCertificate[]>> {
  const textRuling = checkText('note', note, longestNote);
  if (textRuling.outcome !== 'passed') return textRuling;
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') return refusedFor(ruling.because);
  const { sha256Thumbprint, tbsSha256, subject, issuer, serialNumber } = ruling.value;
  const rest = (await policy.blocked()).filter((item) => !isOf(item, sha256Thumbprint) && !isOf(item, tbsSha256));
  const entry = {
    ...{ sha256Thumbprint, tbsSha256, ...(note === undefined ? {} : { note }) },
    subject: nameToString(subject),
    issuer: nameToString(issuer),
    certificateSerialNumber: hexOf(serialNumber),
    ...origin,
  };
  const block = [...rest, entry];
  await policy.setBlocked(block, actor);
  return success(block);
}

/** Replaces the whole list, as a tenant file has it. Refuses with textHoldsControls, textTooLong. */
export async function replaceBlocked(
  list: readonly BlockedCertificate[],
  { actor, ports: { policy } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const checks = firstRefusal(
    ...list.flatMap(({ note, subject, issuer }) => [
      checkText('note', note, longestNote),
      checkText('subject', subject, longestLink),
      checkText('issuer', issuer, longestLink),
    ]),
  );
  if (checks.outcome !== 'passed') return checks;
  if (!isSameJson(await policy.blocked(), list)) await policy.setBlocked(list, actor);
  return success();
}

/** Takes it off again, by either of its hashes. Refuses with nothingFound. */
export async function unblockCertificate(
  target: string,
  { actor, ports: { policy } }: AdminContext<Ports>,
): Promise<Ruling<readonly BlockedCertificate[]>> {
  const block = await policy.blocked();
  const rest = block.filter((item) => !isOf(item, plainHex(target)));
  if (rest.length === block.length) return refused('nothingFound', { kind: 'blocked certificate', wanted: target });
  await policy.setBlocked(rest, actor);
  return success(rest);
}

/** Takes an entry of the list off it. */
export async function unblockEntry(
  entry: BlockedCertificate,
  { actor, ports: { policy } }: AdminContext<Ports>,
): Promise<void> {
  await policy.setBlocked(
    (await policy.blocked()).filter((item) => !isSameJson(item, entry)),
    actor,
  );
}

/** A tenant file can write the hashes with separators, and in lower case. */
const isOf = (blockedCertificate: BlockedCertificate, hash: string): boolean =>
  ('sha256Thumbprint' in blockedCertificate && plainHex(blockedCertificate.sha256Thumbprint ?? '') === hash) ||
  ('tbsSha256' in blockedCertificate && plainHex(blockedCertificate.tbsSha256) === hash);
