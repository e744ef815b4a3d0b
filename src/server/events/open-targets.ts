import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { socketHost } from '#core/host-name.ts';
import { fault } from '#core/trace/fault.ts';
import { authoritiesProblem, pairProblem } from '#net/pem-files.ts';
import { foreignKind, readRegularFile } from '#net/regular-file.ts';
import { nearestPresent } from '#pki/whole-file.ts';
import type { Config } from '../config.ts';
import { proxyOf } from '../installation.ts';
import { fileProblem } from '../settings/words.ts';
import type { EventTarget } from './event.ts';
import { fileTarget } from './targets/file.ts';
import { syslogTarget } from './targets/syslog.ts';
import { webhookTarget } from './targets/webhook.ts';

/** Characters of the shortest secret of a webhook: 128 bits as text. */
const shortestSecret = 16;

/** Port of syslog over TLS (RFC 5425 §4.1). */
const syslogPort = 6514;

/** The targets that the settings name, but for the log. @throws settingInvalid, fileUnreadable */
export function openTargets(config: Config): readonly EventTarget[] {
  const { eventWebhookUrl, eventSyslogServer, eventFile } = config;
  return [
    ...(eventWebhookUrl === undefined ? [] : [webhook(eventWebhookUrl, config)]),
    ...(eventSyslogServer === undefined ? [] : [syslog(eventSyslogServer, config)]),
    ...(eventFile === undefined
      ? []
      : [
          fileTarget({
            file: writable('eventFile', resolve(config.dataFolder, eventFile)),
            mostBytes: config.eventFileMegabytes * 1024 * 1024,
            files: config.eventFiles,
          }),
        ]),
  ];
}

function webhook(url: string, config: Config): EventTarget {
  if (config.eventWebhookSecretFile === undefined)
    throw fault('settingInvalid', { setting: 'eventWebhookSecretFile', problem: 'a webhook needs a secret' });
  const secret = textOf('eventWebhookSecretFile', config.eventWebhookSecretFile).trim();
  if (secret.length < shortestSecret)
    throw fault('settingInvalid', {
      setting: 'eventWebhookSecretFile',
      problem: `the secret has ${secret.length} characters; at least ${shortestSecret} are needed`,
    });
  const ca = authoritiesOf('eventWebhookCaFile', config.eventWebhookCaFile);
  return webhookTarget({ url, secret, ca, privateAddresses: config.eventPrivateAddresses, proxy: proxyOf(config) });
}

function syslog(server: string, config: Config): EventTarget {
  const address = new URL(`tls://${server}`);
  const cert = optionalText('eventSyslogCertificateFile', config.eventSyslogCertificateFile);
  const key = optionalText('eventSyslogKeyFile', config.eventSyslogKeyFile);
  checkPair(cert, key);
  return syslogTarget({
    host: socketHost(address.hostname),
    port: Number(address.port || syslogPort),
    ca: authoritiesOf('eventSyslogCaFile', config.eventSyslogCaFile),
    ...{ cert, key },
    privateAddresses: config.eventPrivateAddresses,
    hostName: new URL(config.loginOrigin).hostname,
  });
}

/** The CAs of a file. @throws settingInvalid where it has none */
function authoritiesOf(setting: string, file: string | undefined): string | undefined {
  const text = optionalText(setting, file);
  const problem = text === undefined ? undefined : authoritiesProblem(text);
  if (problem !== undefined) throw fault('settingInvalid', { setting, problem: `${file} cannot be used: ${problem}` });
  return text;
}

/** @throws settingInvalid for one without the other, and for a key of another certificate */
function checkPair(cert: string | undefined, key: string | undefined): void {
  if (cert === undefined && key === undefined) return;
  const names = { certificate: 'eventSyslogCertificateFile', key: 'eventSyslogKeyFile' } as const;
  const missing = cert === undefined ? names.certificate : key === undefined ? names.key : undefined;
  if (missing !== undefined)
    throw fault('settingInvalid', { setting: missing, problem: 'the certificate and its key must be set together' });
  const mismatch = pairProblem({ cert: cert!, key: key! });
  if (mismatch)
    throw fault('settingInvalid', { setting: names[mismatch.file], problem: mismatch.problem }, mismatch.cause);
}

/** A file that can be written, or made. @throws settingInvalid */
function writable(setting: string, file: string): string {
  const place = nearestPresent(file, existsSync) ?? file;
  try {
    const stats = statSync(place);
    const isFolder = stats.isDirectory();
    const kind = foreignKind(stats);
    if (place === file && kind !== undefined) throw new Error(`it is ${kind}`);
    if (place !== file && !isFolder) throw new Error(`${place} is not a folder`);
    accessSync(place, isFolder ? constants.W_OK | constants.X_OK : constants.W_OK);
    return file;
  } catch (problem) {
    const words = fileProblem(problem as NodeJS.ErrnoException);
    throw fault('settingInvalid', { setting, problem: `${file} cannot be written: ${words}` }, problem);
  }
}

const optionalText = (setting: string, file: string | undefined): string | undefined =>
  file === undefined ? undefined : textOf(setting, file);

function textOf(setting: string, file: string): string {
  try {
    return readRegularFile(file).toString('utf8');
  } catch (problem) {
    const why = fileProblem(problem as NodeJS.ErrnoException);
    throw fault('settingInvalid', { setting, problem: `${file} cannot be read: ${why}` }, problem);
  }
}
