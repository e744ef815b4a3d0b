import { type Because, because } from '#core/trace/reasons.ts';
import { type Config, settingSources, variableOf } from '../config.ts';
import { formerSettings } from './former-settings.ts';
import { secretKeyVariables } from './secret-key.ts';
import { settingNames } from './shape.ts';
import { tokenPinVariables } from './signing-token.ts';
import { mostAlike } from './words.ts';

/** A setting as it is in force. */
export interface SettingInForce {
  readonly name: string;
  readonly value: unknown;
  /** Where the value comes from. */
  readonly source: 'command line' | 'environment' | 'cardea.json' | 'config remember' | 'default';
}

/** Every setting with its value and where it comes from. The password of the database is not shown. */
export function settingsInForce(
  config: Config,
  raw: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv,
): readonly SettingInForce[] {
  const sources = settingSources(raw, environment, config.dataFolder);
  return settingNames.map((name) => ({
    name,
    value: redactedValue(name, config),
    source: sources(name),
  }));
}

/** A URL may name several servers, and is then none that Node reads. */
const withoutPassword = (url: string | undefined): string | undefined =>
  url?.replace(/^([a-z]+:\/\/[^/?#:@]*):[^/?#]*@/i, '$1:…@').replace(/([?&]password=)[^&]*/i, '$1…');

/** A URL may have a secret in it: a password, or the query of a webhook. */
function redactedValue(name: string, config: Config): unknown {
  if (name === 'databaseUrl') return withoutPassword(config.databaseUrl);
  if (name === 'eventWebhookUrl') return withoutPassword(config.eventWebhookUrl?.replace(/\?.*$/s, '?…'));
  if (name === 'outboundProxy') return withoutPassword(config.outboundProxy);
  return config[name as keyof Config];
}

/** Variables of the environment that look like settings and are none. */
export function unknownVariables(environment: NodeJS.ProcessEnv): readonly Because[] {
  const former = formerSettings.map(({ name }) => name);
  const knownVariables = [...[...settingNames, ...former].map(variableOf), ...secretKeyVariables, ...tokenPinVariables];
  return Object.keys(environment)
    .filter((name) => name.startsWith('CARDEA_') && !knownVariables.includes(name))
    .map((setting) => because('settingUnknown', { setting, alike: mostAlike(setting, knownVariables) }));
}
