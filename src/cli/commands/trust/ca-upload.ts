import { requireContainer } from '#admin/trust/pki/pki-containers.ts';
import { checkFile, startUpload, type Uploaded, type UploadPorts, uploadBundle } from '#admin/trust/upload/upload.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';
import { destinationOf, inContainer, inStore } from '../../trust-store/options.ts';
import { containerCells, leftOutItem, resultRows, withDetails } from '../../trust-store/view.ts';
import { editTrust, guardedChange, type Presentation, safety, type TenantPorts, tenantPorts } from './trust-edit.ts';

export const caUpload: Command = {
  usage: 'ca upload FILE',
  summary:
    'Adds the CAs of a bundle to a trust store: PKCS #7 (.p7b, .p7c) or PEM, or the URL of one with --sha256. CAs that are already in the store are not changed. Every omitted certificate is listed with its reason.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    ...inStore,
    ...inContainer,
    'all-or-none': { type: 'boolean', help: 'Add nothing if one certificate cannot be added.' },
    sha256: { type: 'string', value: 'HEX', help: 'SHA-256 hash that the file must have, required for a URL.' },
    ...safety,
  },
  async run(call) {
    const file = call.positionals[0]!;
    if (/^https?:/i.test(file)) return uploadFrom(file, call);
    const bytes = await call.files.read(file);
    const hash = text(call, 'sha256');
    if (hash !== undefined) orThrow(checkFile(bytes, hash));
    const to = { ...destinationOf(call), allOrNone: call.values['all-or-none'] === true };
    return editTrust(call, (context) => uploadBundle(to, bytes, context), present);
  },
};

function present({ container, additions, present, leftOut }: Uploaded): Presentation {
  const document = {
    container,
    certificateAuthorities: additions.map(withDetails),
    present: present.map(withDetails),
    leftOut: leftOut.map(leftOutItem),
  };
  return { document, rows: resultRows({ fresh: additions, present, leftOut }), authorities: additions };
}

async function uploadFrom(uploadUrl: string, call: Call): Promise<number> {
  if (call.values['dry-run'])
    throw fault('commandMisused', { problem: '--dry-run requires a file. Download the file first.' });
  const ports = await tenantPorts(call);
  const withName = text(call, 'container') ?? (await firstContainer(ports)) ?? '';
  const container = orThrow(requireContainer(await ports.trustStore.state(), withName));
  const request = { uploadUrl, sha256FileHash: text(call, 'sha256') ?? '' };
  const change: UploadPorts['change'] = (work) => guardedChange(call, ports, work);
  const { finished } = orThrow(await startUpload(container.id, request, { actor, ports: { ...ports, change } }));
  await finished;
  const after = (await ports.trustStore.state()).containers.filter(({ id }) => id === container.id);
  answer(call, after, containerCells(after));
  return after[0]?.status === 'succeeded' ? 0 : 1;
}

const firstContainer = async ({ trustStore }: Pick<TenantPorts, 'trustStore'>) =>
  (await trustStore.state()).containers[0]?.id;
