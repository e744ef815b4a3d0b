import { type Because, because } from '#core/trace/reasons.ts';
import { type Config, settingSources, variableOf } from '../config.ts';
import { formerSettings } from './former-settings.ts';
import { secretKeyVariables } from './secrets/secret-key.ts';
import { tokenPinVariables } from './secrets/signing-token.ts';
import { settingNames } from './shape.ts';
import { mostAlike } from './words.ts';

/** A setting as it is in force. */
export interface SettingInForce {
  readonly name: string;
  readonly value: unknown;
  /** Where the value comes from. */
  readonly source: 'command line' | 'environment' | 'cardea.json' | 'config remember' | 'default';
}

/** Every setting with its value and where it comes from. Secrets in URLs are not shown. */
export function settingsInForce(
  config: Config,
  raw: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv,
): readonly SettingInForce[] {
  const sources = settingSources(raw, environment, config.dataFolder);
  return settingNames.map((name) => ({
    name,
    value: redactedValue(name as keyof Config, config),
    source: sources(name),
  }));
}

/**
 * The URL of a database with its user name, and without its passwords. It may name several servers, and is then none that Node reads.
 * The user information ends at the last @: a password that was not encoded may contain one, or a slash.
 */
const withoutPasswords = (url: string): string =>
  url.replace(/([?&][^=&]*password=)[^&]*/gi, '$1…').replace(/^([a-z]+:\/\/[^/?#:@]*):.*@/is, '$1:…@');

/** The server of a URL. Each other part may be a secret: receivers have tokens in user names, in paths and in queries. */
function serverOf(url: string): string {
  const { protocol, host, username, password, pathname, search } = new URL(url);
  return `${protocol}//${username + password === '' ? '' : '…@'}${host}${pathname + search === '/' ? '' : '/…'}`;
}

const views: Readonly<Partial<Record<keyof Config, (url: string) => string>>> = {
  databaseUrl: withoutPasswords,
  eventWebhookUrl: serverOf,
  outboundProxy: serverOf,
};

function redactedValue(name: keyof Config, config: Config): unknown {
  const value = config[name];
  return typeof value === 'string' ? (views[name]?.(value) ?? value) : value;
}

/** Variables of Cardea's programs on a device, which a shell may have set for a server as well. */
const clientVariables = ['CARDEA_DEVICE_STATE', 'CARDEA_CARD_PIN', 'CARDEA_PAM_APPLICATION'];

/** What Kubernetes and Docker tell a container of a service whose name begins with "cardea". */
const serviceLink = /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)/;

/** Variables of the environment that look like settings and are none. */
export function unknownVariables(environment: NodeJS.ProcessEnv): readonly Because[] {
  const former = formerSettings.map(({ name }) => name);
  const knownVariables = [
    ...[...settingNames, ...former].map(variableOf),
    ...secretKeyVariables,
    ...tokenPinVariables,
    ...clientVariables,
  ];
  return Object.keys(environment)
    .filter((name) => name.startsWith('CARDEA_') && !knownVariables.includes(name) && !serviceLink.test(name))
    .map((setting) => because('settingUnknown', { setting, alike: mostAlike(setting, knownVariables) }));
}
