import {
  changeDirectoryApplication,
  type DirectoryApplicationChange,
} from '#admin/applications/directory-applications.ts';
import { certificatesIn } from '#admin/trust/authority/certificate-file.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import type { Application } from '#model/application.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, type Option, ofTenant, text, texts } from '../../command.ts';
import { describedChange, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';
import { accessTokenVersion, tlsClientName, view } from './app.ts';
import { applicationNamed } from './app-secret.ts';

const list = (help: string): Option => ({ type: 'string', multiple: true, value: 'URI', help });
const word = (value: string, help: string): Option => ({ type: 'string', value, help });
const flag = (help: string): Option => ({ type: 'boolean', help });

export const appSet: Command = {
  usage: 'app set CLIENT_ID',
  summary:
    'Changes properties of an application. Other properties are not changed. An option that can be repeated replaces all values.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    name: word('TEXT', 'Display name.'),
    'redirect-uri': list('Allowed address for sign-in responses of a web application.'),
    'spa-redirect-uri': list('Allowed address for sign-in responses of a single-page application.'),
    'native-redirect-uri': list('Allowed address for sign-in responses of a desktop or mobile application.'),
    'identifier-uri': list('Application ID URI (api://…) of the application as a resource.'),
    homepage: word('URL', 'Address of the tile on My Apps.'),
    'no-homepage': flag('Show no tile on My Apps.'),
    'front-channel-logout': word('URL', 'Address to load in a frame when the user signs out.'),
    'no-front-channel-logout': flag('Load no address when the user signs out.'),
    'back-channel-logout': word('URL', 'Address to call when a session ends for any reason.'),
    'no-back-channel-logout': flag('Call no address when a session ends.'),
    'add-certificate': word('FILE', 'Additional certificate (DER or PEM) with which the application authenticates.'),
    'remove-certificate': word('KEY_ID', 'Remove this certificate.'),
    'tls-client': word(
      'PARAMETER=VALUE',
      'Name in client certificates that authenticates the application (san_dns=app.woodgrove.com).',
    ),
    'no-tls-client': flag('Do not authenticate the application by a name in client certificates.'),
    'bound-tokens': flag('Bind access tokens to the client certificate of the connection (RFC 8705).'),
    'no-bound-tokens': flag('Do not bind access tokens.'),
    'token-version': {
      ...word('VERSION', 'Version of the access tokens for the application as a resource.'),
      choices: ['1', '2'],
    },
    'id-token-issuance': flag('Allow ID tokens from the authorization endpoint.'),
    'no-id-token-issuance': flag('Allow only codes from the authorization endpoint.'),
    public: flag('Public client that cannot keep a secret.'),
    'no-public': flag('Confidential client, unless all redirect URIs are native.'),
    ...safety,
  },
  async run(call) {
    const added = await addedCertificate(call); // before the transaction, which waits for no client
    const work = async (inside: TenantPorts) => {
      const { appId, keyCredentials = [] } = await applicationNamed(call.positionals[0]!, inside);
      const keys = keysOf(call, added, keyCredentials);
      return changeDirectoryApplication(
        appId,
        { ...changeIn(call), ...(keys ? { keyCredentials: keys } : {}) },
        { actor, ports: inside },
      );
    };
    const rows = (application: Application) => [
      ['client_id', 'name', 'redirect URIs'],
      [application.appId, application.displayName, application.redirectUris.join(' ')],
    ];
    const show = (application: Application) => answer(call, view(application), rows(application));
    const description = (application: Application) => ({ document: view(application), rows: rows(application) });
    return describedChange(call, await tenantPorts(call), work, { show, description });
  },
};

function changeIn(call: Call): DirectoryApplicationChange {
  const clientName = text(call, 'tls-client');
  const version = accessTokenVersion(call);
  const issuance = switched(call, 'id-token-issuance');
  const logoutUrl = removable(call, 'front-channel-logout');
  const web = {
    ...(logoutUrl === undefined ? {} : { logoutUrl }),
    ...(issuance === undefined ? {} : { implicitGrantSettings: { enableIdTokenIssuance: issuance } }),
  };
  const profile = {
    ...(version === undefined ? {} : { api: { requestedAccessTokenVersion: version } }),
    ...(Object.keys(web).length > 0 ? { web } : {}),
  };
  return {
    displayName: text(call, 'name'),
    webRedirectUris: texts(call, 'redirect-uri'),
    spaRedirectUris: texts(call, 'spa-redirect-uri'),
    nativeRedirectUris: texts(call, 'native-redirect-uri'),
    identifierUris: texts(call, 'identifier-uri'),
    homepage: removable(call, 'homepage'),
    backChannelLogoutUri: removable(call, 'back-channel-logout'),
    isFallbackPublicClient: switched(call, 'public'),
    tlsClientName: call.values['no-tls-client'] === true ? null : tlsClientName(clientName),
    hasBoundTokens: switched(call, 'bound-tokens'),
    ...(Object.keys(profile).length > 0 ? { profile } : {}),
  };
}

/** `--x` is true, `--no-x` is false; undefined where neither is given. */
const switched = (call: Call, name: string): boolean | undefined =>
  call.values[name] === true ? true : call.values[`no-${name}`] === true ? false : undefined;

/** The value of `--x`; null for `--no-x`. */
const removable = (call: Call, name: string): string | null | undefined =>
  call.values[`no-${name}`] === true ? null : text(call, name);

/** The certificate of `--add-certificate`, alone in a list. @throws fileUnreadable */
async function addedCertificate(call: Call): Promise<readonly Certificate[]> {
  const file = text(call, 'add-certificate');
  return file === undefined ? [] : orThrow(certificatesIn(await call.files.read(file), file)).slice(0, 1);
}

/** The certificates after the change; undefined where the command changes none. @throws nothingFound */
function keysOf(call: Call, added: readonly Certificate[], old: NonNullable<Application['keyCredentials']>) {
  const wanted = text(call, 'remove-certificate');
  const removed = wanted?.toLowerCase();
  if (added.length === 0 && wanted === undefined) return undefined;
  if (wanted !== undefined && !old.some(({ keyId }) => keyId.toLowerCase() === removed))
    throw fault('nothingFound', { kind: 'certificate of the application', wanted });
  return [
    ...old.filter(({ keyId }) => keyId.toLowerCase() !== removed),
    ...added.map(({ der }) => ({ certificate: Buffer.from(der).toString('base64') })),
  ];
}
