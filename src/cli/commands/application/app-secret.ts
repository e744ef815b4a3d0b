import { addSecret, removeSecret } from '#admin/applications/directory-applications.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import { actor } from '../../actor.ts';
import { answer, type Command, ofTenant, text } from '../../command.ts';
import { timeIn } from '../../input/time.ts';
import { changeOf, describedChange, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

/** @throws nothingFound */
export async function applicationNamed(appId: string, { applications }: TenantPorts): Promise<Application> {
  const application = await applications.find(appId.toLowerCase());
  if (!application) throw fault('nothingFound', { kind: 'application', wanted: appId });
  return application;
}

export const appSecretAdd: Command = {
  usage: 'app secret add CLIENT_ID',
  summary: 'Creates a client secret for an application and shows it once. Other secrets remain valid.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    name: { type: 'string', value: 'TEXT', help: 'Name of the secret.' },
    until: { type: 'string', value: 'DATE', help: 'Expiry of the secret (2027-11-26; default: in two years).' },
    ...safety,
  },
  async run(call) {
    const endDateTime = endOf(text(call, 'until'));
    const work = async (inside: TenantPorts) => {
      const { appId } = await applicationNamed(call.positionals[0]!, inside);
      const request = { displayName: text(call, 'name') ?? '', startDateTime: undefined, endDateTime };
      const { secretHash: _, ...secret } = orThrow(
        await addSecret(appId, request, { at: inside.clock.now(), actor, ports: inside }),
      );
      return success(secret);
    };
    type Made = Awaited<ReturnType<typeof work>>['value'];
    const show = ({ keyId, displayName, endDateTime: end, secretText }: Made) => {
      const document = { keyId, displayName, endDateTime: end, secret: secretText };
      if (call.values.json) call.output.say(`${JSON.stringify(document, null, 2)}\n`);
      else call.output.say(`key_id         ${keyId}\nclient_secret  ${secretText}\nends           ${end}\n`);
    };
    // A dry run makes a secret that is rolled back: it is not shown.
    const description = ({ keyId }: Made) => ({ document: { keyId }, rows: [] });
    return describedChange(call, await tenantPorts(call), work, { show, description });
  },
};

/** @throws commandMisused */
function endOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const end = timeIn(value);
  if (end) return end.toISOString();
  throw fault('commandMisused', { problem: `--until: "${value}" is not valid. Specify a date (2027-11-26).` });
}

export const appSecretList: Command = {
  usage: 'app secret list CLIENT_ID',
  summary:
    'Lists the client secrets of an application: name, first characters and expiry. The secrets themselves are not shown.',
  takes: [1, 1],
  readsOnly: true,
  options: ofTenant,
  async run(call) {
    const { passwordCredentials = [], secretHashes } = await applicationNamed(
      call.positionals[0]!,
      await tenantPorts(call),
    );
    const secrets = [
      ...secretHashes.map(() => ({ keyId: firstSecret, displayName: 'made by app add', hint: '', endDateTime: null })),
      ...passwordCredentials.map(({ keyId, displayName, hint, endDateTime }) => ({
        ...{ keyId, displayName, hint, endDateTime },
      })),
    ];
    answer(call, secrets, [
      ['key id', 'name', 'begins with', 'ends'],
      ...secrets.map(({ keyId, displayName, hint, endDateTime }) => [keyId, displayName, hint, endDateTime ?? 'never']),
    ]);
    return 0;
  },
};

/** Instead of a key id: the secret that `app add` made, which has none. */
const firstSecret = 'first';

export const appSecretRemove: Command = {
  usage: 'app secret remove CLIENT_ID KEY_ID',
  summary: `Removes a client secret of an application. The secret no longer works. The key id "${firstSecret}" is the secret that "app add" created.`,
  takes: [2, 2],
  options: { ...ofTenant, ...safety },
  async run(call) {
    const keyId = call.positionals[1]!;
    const work = async (inside: TenantPorts) => {
      const { appId } = await applicationNamed(call.positionals[0]!, inside);
      orThrow(await removeSecret(appId, keyId === firstSecret ? undefined : keyId, { actor, ports: inside }));
      return success({ appId, keyId });
    };
    return changeOf(call, await tenantPorts(call), work, (removal) =>
      answer(call, removal, [
        ['client_id', 'secret removed'],
        [removal.appId, removal.keyId],
      ]),
    );
  },
};
