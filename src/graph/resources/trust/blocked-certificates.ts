import { z } from 'zod';
import { readActor } from '#admin/actor.ts';
import { certificateInBinary } from '#admin/trust/authority/certificate-file.ts';
import { blockNamed, longestNote, unblockEntry } from '#admin/trust/blocked.ts';
import type { BlockedCertificate } from '#core/crl/policy.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';

const view: GraphResource = {
  type: 'blockedCertificate',
  set: 'directory/publicKeyInfrastructure/blockedCertificates',
};

/** Hash of the certificate; an entry by issuer and serial number has `issuer-serial` of both, in hex. */
function idOf(entry: BlockedCertificate): string {
  if ('issuerSubjectKeyIdentifier' in entry) return `${entry.issuerSubjectKeyIdentifier}-${entry.serialNumber}`;
  return entry.sha256Thumbprint ?? ('tbsSha256' in entry ? entry.tbsSha256 : '');
}

const blockedItem = (entry: BlockedCertificate): Item =>
  withTag(
    {
      id: idOf(entry),
      subject: entry.subject ?? null,
      issuer: entry.issuer ?? null,
      serialNumber: entry.certificateSerialNumber ?? ('serialNumber' in entry ? entry.serialNumber : null),
      reason: entry.note ?? null,
      createdDateTime: entry.createdDateTime ?? null,
      createdBy: entry.createdBy ?? null,
    },
    entry,
  );

/** @throws graphObjectMissing */
async function entryIn(call: Call): Promise<BlockedCertificate> {
  const id = keyText(call, 'sha256').toLowerCase();
  const match = (await call.ports.policy.blocked()).find((item) => idOf(item).toLowerCase() === id);
  if (!match) throw fault('graphObjectMissing', { id: id.slice(0, 120) });
  return match;
}

const newShape = z.strictObject({
  certificate: z.string().min(1).max(400_000),
  reason: z.string().max(longestNote).nullable().optional(),
});

async function add(call: Call) {
  const { certificate, reason } = await readBody(call, newShape);
  const { der } = orThrow(certificateInBinary(certificate, 'certificate'));
  const note = { note: reason ?? undefined, createdDateTime: call.at.toISOString(), createdBy: nameOf(call) };
  return entity(call, blockedItem(orThrow(await blockNamed(der, note, call))), view, 201);
}

const nameOf = ({ actor }: Call): string => readActor(actor).name;

async function remove(call: Call) {
  const entry = await entryIn(call);
  await unblockEntry(entry, call);
  return nothing;
}

const path = 'directory/publickeyinfrastructure/blockedcertificates';

/** Beyond Entra: certificates that are refused whatever the CRLs of their CA say. */
export const blockedCertificateRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    need: needs.readPki,
    answer: async (call) => collection(call, (await call.ports.policy.blocked()).map(blockedItem), view),
  },
  { method: 'POST', path, need: needs.writePki, answer: add },
  {
    method: 'GET',
    path: `${path}/{sha256}`,
    need: needs.readPki,
    answer: async (call) => entity(call, blockedItem(await entryIn(call)), view),
  },
  { method: 'DELETE', path: `${path}/{sha256}`, need: needs.writePki, answer: remove },
];
