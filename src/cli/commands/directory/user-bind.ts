import { changeUser, userOf } from '#admin/directory/users.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import { certificateFieldNames } from '#core/binding/certificate-fields.ts';
import { certificateUserIdFor, certificateUserIdKey } from '#core/binding/certificate-user-ids.ts';
import type { X509CertificateField } from '#core/binding/policy.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { actor } from '../../actor.ts';
import { certificateOf } from '../../client/card.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';

export const userBind: Command = {
  usage: 'user bind UPN',
  summary: 'Adds what a certificate says of itself to a user’s certificateUserIds, byte for byte as Entra wants it.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    card: { type: 'string', value: 'FILE', help: 'the certificate or card' },
    as: {
      type: 'string',
      value: 'FIELD',
      help: `${certificateFieldNames.join(', ')} (default: IssuerAndSerialNumber)`,
    },
    password: { type: 'string', value: 'TEXT', help: 'the password of a card file (default: cardea)' },
    'dry-run': { type: 'boolean', help: 'show the value, change nothing' },
  },
  async run(call) {
    const value = identifierOf(call);
    const { tenants, adminOf } = await call.open();
    const person = call.positionals[0]!;
    const tenant = await chosenTenant(text(call, 'tenant') ?? person.split('@')[1], tenants);
    const ports = await adminOf(tenant.id);
    const user = await userOf(person, ports);
    const knownCertificateUserIds = user.certificateUserIds.filter(
      (certificateUserId) => certificateUserIdKey(certificateUserId) !== certificateUserIdKey(value),
    );
    const certificateUserIds = [...knownCertificateUserIds, value];
    if (!call.values['dry-run']) await changeUser(person, { certificateUserIds }, tenant, actor, ports);
    answer(call, { userPrincipalName: user.userPrincipalName, value, certificateUserIds }, [['value'], [value]]);
    return 0;
  },
};

function identifierOf(call: Call): string {
  const file = text(call, 'card');
  if (!file) throw fault('commandMisused', { problem: 'say which certificate, with --card' });
  const field = (text(call, 'as') ?? 'IssuerAndSerialNumber') as X509CertificateField;
  if (!certificateFieldNames.includes(field))
    throw fault('commandMisused', { problem: `--as is one of ${certificateFieldNames.join(', ')}` });
  const ruling = readCertificate(certificateOf(file, text(call, 'password'), call.output.cwd));
  if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
  return certificateUserIdFor(field, ruling.value);
}
