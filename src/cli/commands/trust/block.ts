import { blockCertificate, unblockCertificate } from '#admin/trust/blocked.ts';
import type { BlockedCertificate } from '#core/crl/policy.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { actor } from '../../actor.ts';
import { certificateOf } from '../../client/card.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';
import { changeOf, safety, tenantPorts } from './trust-edit.ts';

export const blockAdd: Command = {
  usage: 'block add FILE',
  summary: 'Blocks a certificate from now on, regardless of CRLs. FILE is the certificate or a card file.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    ...safety,
    note: { type: 'string', value: 'TEXT', help: 'Reason, for readers of the log.' },
    password: { type: 'string', value: 'TEXT', help: 'Password of a card file (default: cardea).' },
  },
  async run(call) {
    const certificate = await certificateOf(call.positionals[0]!, text(call, 'password'), call.files);
    const ports = await tenantPorts(call);
    const origin = { createdDateTime: ports.clock.now().toISOString(), createdBy: actor };
    const work = (inside: AdminPorts) =>
      blockCertificate(certificate, text(call, 'note'), { actor, ports: inside }, origin);
    return changeOf(call, ports, work, (block) => show(call, block));
  },
};

export const blockList: Command = {
  usage: 'block list',
  summary: 'Lists the certificates that a tenant blocks regardless of CRLs.',
  takes: [0, 0],
  readsOnly: true,
  options: ofTenant,
  async run(call) {
    show(call, await (await tenantPorts(call)).policy.blocked());
    return 0;
  },
};

export const blockRemove: Command = {
  usage: 'block remove THUMBPRINT',
  summary: 'Unblocks a certificate, by its SHA-256 thumbprint.',
  takes: [1, 1],
  options: { ...ofTenant, ...safety },
  async run(call) {
    const work = (inside: AdminPorts) => unblockCertificate(call.positionals[0]!, { actor, ports: inside });
    return changeOf(call, await tenantPorts(call), work, (block) => show(call, block));
  },
};

function show(call: Call, blockedCertificates: readonly BlockedCertificate[]): void {
  const cells = blockedCertificates.map((blockedCertificate) => [
    nameOf(blockedCertificate),
    blockedCertificate.note ?? '',
  ]);
  answer(call, blockedCertificates, [['certificate', 'note'], ...cells]);
}

/** What `block remove` takes; an entry by issuer and serial number comes and goes with the tenant's document. */
function nameOf(blockedCertificate: BlockedCertificate): string {
  if ('issuerSubjectKeyIdentifier' in blockedCertificate) return blockedCertificate.serialNumber;
  return blockedCertificate.sha256Thumbprint ?? ('tbsSha256' in blockedCertificate ? blockedCertificate.tbsSha256 : '');
}
