import { type Because, because } from '#core/trace/reasons.ts';
import { readRegularFile } from '#net/regular-file.ts';
import { type Config, formerSettingsIn } from '../config.ts';
import { folderFindings } from '../process/folder-findings.ts';
import type { FormerSetting } from './former-settings.ts';
import { unknownVariables } from './in-force.ts';
import { tlsFindings } from './tls-findings.ts';

/** Milliseconds by which the clocks of two computers may differ. */
const clockTolerance = 10_000;

/** What a start finds that will keep some users from signing in, or is not what the operator meant, and does not keep the server from starting. */
export async function startFindings(
  config: Config,
  at: Date,
  clockOffset: () => Promise<number>,
): Promise<readonly Because[]> {
  const { tlsCertificateFile } = config;
  const tls = tlsCertificateFile ? tlsFindings(config, readRegularFile(tlsCertificateFile).toString('utf8'), at) : [];
  return [
    ...unknownVariables(process.env),
    ...formerFindings(config, process.env),
    ...tls,
    ...folderFindings(config),
    ...clockFindings(await clockOffset()),
  ];
}

/** A warning for each place in which a former setting is set. */
export const formerFindings = (
  { dataFolder }: Pick<Config, 'dataFolder'>,
  environment: NodeJS.ProcessEnv,
  former?: readonly FormerSetting[],
): readonly Because[] =>
  formerSettingsIn(environment, dataFolder, former).map(({ place, current = '', advice }) =>
    because('settingFormer', { place, current, advice }),
  );

/** @param offset milliseconds between the clock of this computer and that of the database */
export const clockFindings = (offset: number): readonly Because[] =>
  Math.abs(offset) > clockTolerance ? [because('clockOffset', { seconds: Math.round(Math.abs(offset) / 1000) })] : [];
