import { hashPassword } from '#admin/directory/methods/passwords.ts';
import { addUser, changeUser, setPassword, type UserChange } from '#admin/directory/users.ts';
import type { User } from '#core/binding/user.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, type Option, ofTenant, text, texts } from '../../command.ts';
import { changeOf, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

const properties: Record<string, Option> = {
  name: { type: 'string', value: 'TEXT', help: 'Display name.' },
  mail: { type: 'string', value: 'ADDRESS', help: 'Email address.' },
  'on-premises-upn': {
    type: 'string',
    value: 'UPN',
    help: 'onPremisesUserPrincipalName. The domain can be non-routable.',
  },
  'certificate-user-id': {
    type: 'string',
    multiple: true,
    value: 'ID',
    help: 'certificateUserIds value (X509:<PN>…). Repeat it up to ten times. Replaces all values.',
  },
  'password-file': {
    type: 'string',
    value: 'FILE',
    help: 'File with the password in its first line: 8 to 256 characters of three kinds.',
  },
};

export const userAdd: Command = {
  usage: 'user add UPN',
  summary: 'Adds a user to a tenant.',
  takes: [1, 1],
  options: { ...ofTenant, ...properties, ...safety },
  async run(call) {
    const ports = await tenantPorts(call);
    const password = await passwordIn(call, ports);
    const work = async (inside: TenantPorts) => {
      const request = { ...body(call), userPrincipalName: call.positionals[0]! };
      const user = orThrow(await addUser(request, inside.tenant, { actor, ports: inside }));
      if (password) orThrow(await setPassword(user.id, password.hash, { actor, ports: inside }));
      return success(user);
    };
    return changeOf(call, ports, work, (user) => show(call, [user]));
  },
};

export const userList: Command = {
  usage: 'user list',
  summary: 'Lists the users of a tenant.',
  takes: [0, 0],
  readsOnly: true,
  options: ofTenant,
  async run(call) {
    const ports = await tenantPorts(call);
    const items: User[] = [];
    for (;;) {
      const after = items.at(-1)?.id;
      const part = await ports.users.list({ top: 500, ...(after ? { after } : {}) });
      items.push(...part);
      if (part.length < 500) break;
    }
    show(call, items);
    return 0;
  },
};

export const userSet: Command = {
  usage: 'user set UPN',
  summary: 'Changes properties of a user. Other properties are not changed.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    ...properties,
    ...safety,
    upn: { type: 'string', value: 'UPN', help: 'New user principal name.' },
    enable: { type: 'boolean', conflicts: ['disable'], help: 'Allow sign-in.' },
    disable: { type: 'boolean', help: 'Block sign-in.' },
    'no-password': { type: 'boolean', conflicts: ['password-file'], help: 'Remove the password.' },
  },
  async run(call) {
    const ports = await tenantPorts(call);
    const password = await passwordIn(call, ports);
    const person = call.positionals[0]!;
    const accountEnabled = call.values.enable ? true : call.values.disable ? false : undefined;
    const change: UserChange = { ...body(call), userPrincipalName: text(call, 'upn'), accountEnabled };
    const work = async (inside: TenantPorts) => {
      const user = orThrow(await changeUser(person, change, inside.tenant, { actor, ports: inside }));
      if (password) orThrow(await setPassword(user.id, password.hash, { actor, ports: inside }));
      return success(user);
    };
    return changeOf(call, ports, work, (user) => show(call, [user]));
  },
};

function body(call: Call): UserChange {
  return {
    displayName: text(call, 'name'),
    mail: text(call, 'mail'),
    onPremisesUserPrincipalName: text(call, 'on-premises-upn'),
    certificateUserIds: texts(call, 'certificate-user-id'),
  };
}

/**
 * The hash of the password that the command sets. A password comes from a file, never from the command line, where every
 * process of the machine could read it. Undefined when the command says nothing of it; a `hash` of undefined takes the password
 * away. @throws fileUnreadable, passwordTooWeak
 */
async function passwordIn(
  call: Call,
  { passwords }: Pick<TenantPorts, 'passwords'>,
): Promise<{ readonly hash: string | undefined } | undefined> {
  if (call.values['no-password']) return { hash: undefined };
  const file = text(call, 'password-file');
  if (!file) return undefined;
  const [value] = Buffer.from(await call.files.read(file))
    .toString('utf8')
    .split(/\r?\n/);
  if (!value) throw fault('fileUnreadable', { file, problem: 'the first line is empty' });
  return { hash: orThrow(await hashPassword(value, passwords)) };
}

function show(call: Call, users: readonly User[]): void {
  const cells = users.map((user) => [
    user.userPrincipalName,
    user.displayName,
    user.accountEnabled ? 'enabled' : 'disabled',
    user.certificateUserIds.join(' '),
  ]);
  answer(call, users, [['user', 'name', 'state', 'certificateUserIds'], ...cells]);
}
