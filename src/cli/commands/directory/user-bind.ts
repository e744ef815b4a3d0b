import { changeUser, userOf } from '#admin/directory/users.ts';
import { changeTenant } from '#admin/safety/guard.ts';
import { certificateFieldNames } from '#core/binding/identifiers/certificate-fields.ts';
import { certificateUserIdFor, certificateUserIdKey } from '#core/binding/identifiers/certificate-user-ids.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { actor } from '../../actor.ts';
import { certificateOf } from '../../client/card.ts';
import { answer, type Call, type Command, choice, ofTenant, text } from '../../command.ts';
import { safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

export const userBind: Command = {
  usage: 'user bind UPN',
  summary: 'Adds a value from a certificate to the certificateUserIds of a user, in the format that Entra requires.',
  takes: [1, 1],
  tenantOf: ([upn]) => upn?.split('@')[1],
  options: {
    ...ofTenant,
    card: { type: 'string', value: 'FILE', help: 'Certificate or card file.' },
    as: {
      type: 'string',
      value: 'FIELD',
      choices: certificateFieldNames,
      help: 'Certificate field (default: IssuerAndSerialNumber).',
    },
    password: { type: 'string', value: 'TEXT', help: 'Password of a card file (default: cardea).' },
    'dry-run': { type: 'boolean', help: 'Show the value and change nothing.' },
    force: safety.force!,
  },
  async run(call) {
    const value = await identifierOf(call);
    const person = call.positionals[0]!;
    const ports = await tenantPorts(call, person.split('@')[1]);
    const isDryRun = call.values['dry-run'] === true;
    const work = async (inside: TenantPorts) => {
      const user = orThrow(await userOf(person, inside));
      const knownCertificateUserIds = user.certificateUserIds.filter(
        (certificateUserId) => certificateUserIdKey(certificateUserId) !== certificateUserIdKey(value),
      );
      const certificateUserIds = [...knownCertificateUserIds, value];
      if (!isDryRun) orThrow(await changeUser(person, { certificateUserIds }, inside.tenant, { actor, ports: inside }));
      return success({ userPrincipalName: user.userPrincipalName, value, certificateUserIds });
    };
    const options = { at: ports.clock.now(), isForced: call.values.force === true };
    answer(call, orThrow(await changeTenant(ports, options, work)), [['value'], [value]]);
    return 0;
  },
};

async function identifierOf(call: Call): Promise<string> {
  const file = text(call, 'card');
  if (!file) throw fault('commandMisused', { problem: '--card is required.' });
  const field = choice(call, 'as', certificateFieldNames) ?? 'IssuerAndSerialNumber';
  const certificate = orThrow(readCertificate(await certificateOf(file, text(call, 'password'), call.files)));
  return orThrow(certificateUserIdFor(field, certificate));
}
