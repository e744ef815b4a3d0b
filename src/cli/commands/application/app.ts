import { addApplication } from '#admin/applications/applications.ts';
import { removeApplication, restoreApplication } from '#admin/applications/deletion.ts';
import { grantToEverybody, requireDelegated } from '#admin/applications/permission-grants.ts';
import { purgeDeleted } from '#admin/directory/deletion.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import { certificatesIn } from '#admin/trust/authority/certificate-file.ts';
import { type TlsClientName, tlsClientParameters } from '#core/binding/identifiers/tls-client-name.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, ofTenant, text, texts } from '../../command.ts';
import { permanently, restorationRows } from '../directory/user-remove.ts';
import { changeOf, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

export const appAdd: Command = {
  usage: 'app add NAME',
  summary:
    'Registers an application that signs users in. A confidential application gets a client secret, which is shown only once.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    'redirect-uri': { type: 'string', multiple: true, value: 'URI', help: 'Allowed address for sign-in responses.' },
    'spa-redirect-uri': {
      type: 'string',
      multiple: true,
      value: 'URI',
      help: 'Allowed address for sign-in responses of a single-page application.',
    },
    'logout-uri': {
      type: 'string',
      multiple: true,
      value: 'URI',
      help: 'Allowed address after sign-out.',
    },
    'front-channel-logout': {
      type: 'string',
      value: 'URL',
      help: 'Address to load in a frame when the user signs out.',
    },
    'back-channel-logout': {
      type: 'string',
      value: 'URL',
      help: 'Address to call when a session ends for any reason.',
    },
    'identifier-uri': {
      type: 'string',
      multiple: true,
      value: 'URI',
      help: 'Application ID URI (api://…) of the application as a resource.',
    },
    permission: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: 'Application permission of Microsoft Graph to grant (User.Read.All).',
    },
    scope: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: 'Delegated permission of Microsoft Graph, granted for all users (AuditLog.Read.All).',
    },
    certificate: {
      type: 'string',
      value: 'FILE',
      help: 'Certificate (DER or PEM) with which the application authenticates instead of a secret.',
    },
    'tls-client': {
      type: 'string',
      value: 'PARAMETER=VALUE',
      help: 'Name in client certificates of a CA that authenticates the application: subject_dn, san_dns, san_uri, san_ip or san_email (san_dns=app.woodgrove.com).',
    },
    'bound-tokens': {
      type: 'boolean',
      help: 'Bind access tokens to the client certificate of the connection (RFC 8705).',
    },
    'token-version': {
      type: 'string',
      value: 'VERSION',
      choices: ['1', '2'],
      help: 'Version of the access tokens for the application as a resource (default: 2).',
    },
    'id-token-issuance': {
      type: 'boolean',
      help: 'Allow ID tokens from the authorization endpoint (hybrid and implicit flows).',
    },
    homepage: { type: 'string', value: 'URL', help: 'Address of the tile on My Apps.' },
    public: { type: 'boolean', help: 'Public client that cannot keep a secret (browser, desktop or phone).' },
  },
  async run(call) {
    const { tenant, loginOrigin, ...ports } = await openAdmin(call);
    const scopes = texts(call, 'scope') ?? [];
    orThrow(requireDelegated(scopes));
    const file = text(call, 'certificate');
    const [redirectUris, spaRedirectUris] = [texts(call, 'redirect-uri') ?? [], texts(call, 'spa-redirect-uri') ?? []];
    const request = {
      certificates: file === undefined ? [] : orThrow(certificatesIn(await call.files.read(file), file)).slice(0, 1),
      displayName: call.positionals[0]!,
      redirectUris,
      spaRedirectUris,
      postLogoutRedirectUris: texts(call, 'logout-uri') ?? [],
      identifierUris: texts(call, 'identifier-uri') ?? [],
      homepage: text(call, 'homepage'),
      roles: texts(call, 'permission') ?? [],
      logoutUrl: text(call, 'front-channel-logout'),
      backChannelLogoutUri: text(call, 'back-channel-logout'),
      // A single-page application cannot keep a secret.
      isPublicClient: call.values.public === true || (spaRedirectUris.length > 0 && redirectUris.length === 0),
      tlsClientName: tlsClientName(text(call, 'tls-client')),
      hasBoundTokens: call.values['bound-tokens'] === true,
      accessTokenVersion: accessTokenVersion(call) ?? 2,
      idTokenIssuance: call.values['id-token-issuance'] === true,
    };
    const { application, secret } = await ports.inTransaction(async (inside) => {
      const result = orThrow(await addApplication(request, { actor, ports: inside }));
      if (scopes.length > 0) await grantToEverybody(result.application.appId, scopes, { actor, ports: inside });
      return result;
    });
    const issuer = `${loginOrigin}/${tenant.id}/v2.0`;
    const secretLine = secret ? `client_secret  ${secret}\n` : '';
    if (call.values.json) call.output.say(`${JSON.stringify({ ...view(application), secret, issuer }, null, 2)}\n`);
    else call.output.say(`client_id      ${application.appId}\n${secretLine}issuer         ${issuer}\n`);
    return 0;
  },
};

/** `san_dns=app.woodgrove.com`, with the prefix of RFC 8705 or without. @throws commandMisused */
export function tlsClientName(input: string | undefined): TlsClientName | undefined {
  if (input === undefined) return undefined;
  const [, word = '', value = ''] = /^([^=]+)=(.+)$/s.exec(input) ?? [];
  const parameter = tlsClientParameters.find((name) => name === word || name === `tls_client_auth_${word}`);
  if (parameter) return { parameter, value };
  const names = tlsClientParameters.map((name) => name.replace('tls_client_auth_', ''));
  throw fault('commandMisused', { problem: `--tls-client: specify ${names.join(', ')} and = and the value.` });
}

/** The version that `--token-version` names. */
export function accessTokenVersion(call: Call): 1 | 2 | undefined {
  const version = text(call, 'token-version');
  return version === undefined ? undefined : version === '1' ? 1 : 2;
}

export const appList: Command = {
  usage: 'app list',
  summary: 'Lists the applications of a tenant.',
  takes: [0, 0],
  readsOnly: true,
  options: ofTenant,
  async run(call) {
    show(call, await (await open(call)).list());
    return 0;
  },
};

export const appRemove: Command = {
  usage: 'app remove CLIENT_ID',
  summary: 'Deletes an application. It can be restored for 30 days, unless you specify --permanently.',
  takes: [1, 1],
  options: { ...ofTenant, ...permanently, ...safety },
  async run(call) {
    const appId = call.positionals[0]!;
    const isPermanent = call.values.permanently === true;
    const work = async (inside: TenantPorts) => {
      orThrow(await removeApplication(appId, { actor, ports: inside }));
      if (isPermanent) await purgeDeleted({ kind: 'application', id: appId.toLowerCase() }, { actor, ports: inside });
      return success({ appId, permanently: isPermanent });
    };
    return changeOf(call, await tenantPorts(call), work, (removal) =>
      answer(call, removal, [
        ['client_id', 'deleted'],
        [appId, isPermanent ? 'permanently' : 'for thirty days'],
      ]),
    );
  },
};

export const appRestore: Command = {
  usage: 'app restore CLIENT_ID',
  summary: 'Restores a deleted application and lists what was restored and what was not.',
  takes: [1, 1],
  options: { ...ofTenant, ...safety },
  async run(call) {
    const work = async (inside: TenantPorts) => {
      const { application, restoration } = orThrow(
        await restoreApplication(call.positionals[0]!, { actor, ports: inside }),
      );
      return success({ appId: application.appId, ...restoration });
    };
    return changeOf(call, await tenantPorts(call), work, (result) => answer(call, result, restorationRows(result)));
  },
};

async function openAdmin(call: Call) {
  const { tenants, adminOf, loginOrigin } = await call.open();
  const tenant = orThrow(await chosenTenant(text(call, 'tenant'), tenants));
  return { ...(await adminOf(tenant.id)), tenant, loginOrigin };
}

const open = async (call: Call) => (await openAdmin(call)).applications;

function show(call: Call, applications: readonly Application[]): void {
  const cells = applications.map(({ appId, displayName, redirectUris }) => [
    appId,
    displayName,
    redirectUris.join(' '),
  ]);
  answer(call, applications.map(view), [['client_id', 'name', 'redirect URIs'], ...cells]);
}

/** Without what would help to guess a secret. */
export function view({ secretHashes: _, passwordCredentials, ...rest }: Application) {
  const withName = passwordCredentials?.map(({ secretHash: __, ...credential }) => credential);
  return { ...rest, ...(withName ? { passwordCredentials: withName } : {}) };
}
