import { addAuthorityFile } from '#admin/trust/authorities.ts';
import { type AdfsExport, readAdfsExport } from '#core/binding/adfs/adfs-export.ts';
import { certificateFields } from '#core/binding/identifiers/certificate-fields.ts';
import { textOfFile } from '#core/text-of-file.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type BundleEntry, readBundle } from '#core/x509/bundle.ts';
import type { AuthorityRow } from '#model/authority.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { type Command, ofTenant } from '../../command.ts';
import { oneByOne, withDetails } from '../../trust-store/view.ts';
import { editTrust, safety, tenantPorts } from '../trust/trust-edit.ts';

/** The most octets of an export: the server often executes the command, and reads 4 MiB in 0.3 s at most. A thousand CAs are about 2 MiB. */
const largestExport = 4 * 1024 * 1024;

export const importFromAdfs: Command = {
  usage: 'import adfs FILE',
  summary:
    'Reads text exported from AD FS and certutil. Adds its CA certificates, lists CAs that it mentions but that are not in\nthe trust store, and proposes bindings for the certificate claims of its rules.',
  takes: [1, 1],
  options: { ...ofTenant, ...safety },
  async run(call) {
    const file = call.positionals[0]!;
    const adfs = readAdfsExport(textOfFile(await call.files.read(file, largestExport)));
    const { certificates, thumbprints, fields, otherClaims } = adfs;
    if (certificates.length + thumbprints.length + fields.length + otherClaims.length === 0)
      throw fault('commandMisused', { problem: `${file} has no certificate, no thumbprint and no certificate claim.` });
    const entries = entriesOf(adfs);
    const { authorities } = await (await tenantPorts(call)).trustStore.state();
    const knownThumbprints = [...entries.map(({ sha1Thumbprint }) => sha1Thumbprint), ...authorities.map(thumbprintOf)];
    for (const line of notesOf(adfs, knownThumbprints)) call.output.complain(`${line}\n`);
    if (entries.length === 0) {
      call.output.say(call.values.json ? '[]\n' : '');
      return 0;
    }
    const request = { entries, settings: {}, to: { store: 'pki' }, allOrNone: false } as const;
    return editTrust(call, (context) => addAuthorityFile(request, context), oneByOne);
  },
};

function entriesOf({ certificates }: AdfsExport): readonly BundleEntry[] {
  if (certificates.length === 0) return [];
  const blocks = certificates.map((text) => pem('CERTIFICATE', new Uint8Array(Buffer.from(text, 'base64'))));
  return orThrow(readBundle(Buffer.from(blocks.join(''))));
}

const thumbprintOf = (row: AuthorityRow): string => withDetails(row).thumbprint;

/** What an administrator does next, on standard error. */
function notesOf(
  { thumbprints, fields, otherClaims }: AdfsExport,
  knownThumbprints: readonly string[],
): readonly string[] {
  const lacking = thumbprints.filter((text) => !knownThumbprints.includes(text));
  const bindings = fields.map((field, index) => {
    const { affinity, properties } = certificateFields[field];
    return `Binding ${index + 1}: ${field} to ${properties.join(' or ')}, affinity ${affinity}.`;
  });
  return [
    ...lacking.map((text) => `The certificate ${text} is named, but it is neither in the file nor in the trust store.`),
    ...bindings,
    ...otherClaims.map((type) => `No binding reads ${type}.`),
  ];
}
