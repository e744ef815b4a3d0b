import { join, resolve } from 'node:path';
import { z } from 'zod';
import { textOfFile } from '#core/text-of-file.ts';
import { fault } from '#core/trace/fault.ts';
import { jsonShapeProblem } from '#net/bodies.ts';
import { readRegularFile } from '#net/regular-file.ts';
import { requireJson } from '#schema/json.ts';
import { ofOther } from '#storage/data-folder.ts';
import { currentNames, type FormerSetting, formerSettings } from './settings/former-settings.ts';
import { originsOf } from './settings/origins.ts';
import { checkPorts } from './settings/ports.ts';
import { rememberedFolder, usualFolder } from './settings/remembered-folder.ts';
import { settingNames, settingsShape } from './settings/shape.ts';
import { emptyProblem, isEmpty, mostAlike, problemWords } from './settings/words.ts';

/** The environment variable of a setting. */
export const variableOf = (setting: string): string =>
  setting === 'dataFolder' ? 'CARDEA_DATA' : `CARDEA_${setting.replace(/[A-Z]/g, '_$&').toUpperCase()}`;

/** Settings as read: see docs/settings.md. */
export interface Config extends Readonly<z.infer<typeof settingsShape>> {
  readonly loginOrigin: string;
  readonly certauthOrigin: string;
  readonly deviceRegistrationOrigin: string;
}

type Raw = Record<string, unknown>;

/**
 * Reads settings once, the nearer source first: what the command line says, environment variables
 * (`CARDEA_LOGIN_ORIGIN` for `loginOrigin`), `cardea.json` in the data folder, defaults.
 * @throws settingInvalid, settingUnknown naming the setting; fileUnreadable; dataFolderOfOther, dataFolderUnusable
 */
export function readConfig(
  raw: Raw,
  environment: NodeJS.ProcessEnv,
  cwd: string,
  former: readonly FormerSetting[] = formerSettings,
): Config {
  const near = { ...currentNames(fromEnvironment(environment, former), former), ...definition(raw) };
  checkEmpty(near);
  const dataFolder = resolve(cwd, String(near.dataFolder ?? usualFolder(environment, cwd)));
  const file = currentNames(fromFile(join(dataFolder, 'cardea.json')), former);
  checkEmpty(file);
  if ('dataFolder' in file) throw fault('settingInvalid', { setting: 'dataFolder', problem: elsewhereProblem });
  checkNumbers({ ...file, ...near });
  const parse = settingsShape.safeParse({ ...file, ...near, dataFolder });
  if (!parse.success) {
    const issue = parse.error.issues[0]!;
    if (issue.code === 'unrecognized_keys') {
      const setting = issue.keys[0]!;
      throw fault('settingUnknown', { setting, alike: mostAlike(setting, settingNames) });
    }
    throw fault('settingInvalid', { setting: issue.path.join('.'), problem: problemWords(issue) });
  }
  checkNul(parse.data);
  return withOrigins(parse.data);
}

const elsewhereProblem =
  'cardea.json is in the data folder and cannot name another one; set it with --data or CARDEA_DATA';

/**
 * A variable of a script that is not set is an empty text. It is refused in every setting: for some it would be the default, which is another
 * database for `databaseUrl`, for others a value.
 */
function checkEmpty(raw: Raw): void {
  const setting = Object.keys(raw).find((name) => isEmpty(raw[name]));
  if (setting !== undefined) throw fault('settingInvalid', { setting, problem: emptyProblem });
}

/** JavaScript takes null and false for the number 0, which turns a limit off or stands for any port. */
function checkNumbers(raw: Raw): void {
  const defaults: Raw = settingsShape.parse({});
  const isNumber = (value: unknown) => typeof value === 'number' || typeof value === 'string';
  const setting = Object.keys(raw).find((name) => typeof defaults[name] === 'number' && !isNumber(raw[name]));
  if (setting !== undefined) throw fault('settingInvalid', { setting, problem: 'it must be a number' });
}

/** No path can contain the character, and no other setting has it. Node would refuse it later, with a message that names no setting. */
function checkNul(settings: Raw): void {
  const setting = Object.keys(settings).find((name) => String(settings[name]).includes('\0'));
  if (setting !== undefined)
    throw fault('settingInvalid', { setting, problem: 'it must not contain the character NUL (U+0000)' });
}

function withOrigins(settings: z.infer<typeof settingsShape>): Config {
  const origins = originsOf(settings);
  if (Boolean(settings.tlsCertificateFile) !== Boolean(settings.tlsKeyFile)) {
    throw fault('settingInvalid', {
      setting: 'tlsCertificateFile',
      problem: 'tlsCertificateFile and tlsKeyFile must be set together',
    });
  }
  if (Boolean(settings.signingTokenModule) !== Boolean(settings.signingTokenLabel)) {
    throw fault('settingInvalid', {
      setting: 'signingTokenModule',
      problem: 'it must be set together with signingTokenLabel',
    });
  }
  checkPorts({ ...settings, ...origins });
  return { ...settings, ...origins };
}

function fromEnvironment(environment: NodeJS.ProcessEnv, former: readonly FormerSetting[]): Raw {
  const names = [...settingNames, ...former.map(({ name }) => name)];
  return definition(Object.fromEntries(names.map((setting) => [setting, environment[variableOf(setting)]])));
}

/** The former settings that are set, each with the place where it is: its variable, or its name in `cardea.json`. */
export function formerSettingsIn(
  environment: NodeJS.ProcessEnv,
  dataFolder: string,
  former: readonly FormerSetting[] = formerSettings,
): readonly (FormerSetting & { readonly place: string })[] {
  const file = fromFile(join(dataFolder, 'cardea.json'));
  return former.flatMap((setting) => [
    ...(environment[variableOf(setting.name)] === undefined ? [] : [{ ...setting, place: variableOf(setting.name) }]),
    ...(setting.name in file ? [{ ...setting, place: `${setting.name} (cardea.json)` }] : []),
  ]);
}

/** Tells where the value of a setting comes from. */
export function settingSources(raw: Raw, environment: NodeJS.ProcessEnv, dataFolder: string) {
  const [line, variables] = [
    definition(raw),
    currentNames(fromEnvironment(environment, formerSettings), formerSettings),
  ];
  const file = currentNames(fromFile(join(dataFolder, 'cardea.json')), formerSettings);
  return (setting: string) => {
    if (setting in line) return 'command line';
    if (setting in variables) return 'environment';
    if (setting === 'dataFolder') return rememberedFolder(environment) === dataFolder ? 'config remember' : 'default';
    return setting in file ? 'cardea.json' : 'default';
  };
}

/** Values are read by the shape of the settings. */
const settingsByName = z.record(z.string(), z.unknown());

function fromFile(file: string): Raw {
  let text: string;
  try {
    text = textOfFile(readRegularFile(file));
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    const reason = ofOther(file, problem);
    throw reason === problem ? fault('fileUnreadable', { file, problem: message }) : reason;
  }
  const unreadable = (problem: string) => fault('fileUnreadable', { file, problem });
  const { $schema: _, ...settings } = requireJson(settingsByName, text, unreadable);
  const problem = jsonShapeProblem(text);
  if (problem !== undefined) throw unreadable(problem);
  return settings; // editors find the form of the file by $schema
}

const definition = (raw: Raw): Raw =>
  Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));
