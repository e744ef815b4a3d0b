import type { Call, Option } from './command.ts';

/** Options of `cardea serve`, each with the setting it gives (docs/settings.md). */
const settings: Readonly<Record<string, Option & { readonly setting: string }>> = {
  port: { type: 'string', value: 'PORT', setting: 'port', help: 'HTTPS port (default: 8443).' },
  listen: { type: 'string', value: 'ADDRESS', setting: 'listen', help: 'Address to listen on (default: 127.0.0.1).' },
  'login-origin': { type: 'string', value: 'URL', setting: 'loginOrigin', help: 'Origin of the sign-in pages.' },
  'certauth-origin': {
    type: 'string',
    value: 'URL',
    setting: 'certauthOrigin',
    help: 'Origin of the pages that request a certificate.',
  },
  'tls-certificate': {
    type: 'string',
    value: 'FILE',
    setting: 'tlsCertificateFile',
    help: 'TLS certificate and chain (PEM).',
  },
  'tls-key': {
    type: 'string',
    value: 'FILE',
    setting: 'tlsKeyFile',
    help: 'Private key of the TLS certificate (PEM).',
  },
  workers: {
    type: 'string',
    value: 'COUNT',
    setting: 'workers',
    help: 'Processes that serve at once, or "cores" (default).',
  },
  'demo-crl-port': {
    type: 'string',
    value: 'PORT',
    setting: 'demoCrlPort',
    help: 'Port of the CRLs of the demo (default: 8480).',
  },
};

export const serveOptions: Readonly<Record<string, Option>> = {
  ...settings,
  'no-demo': { type: 'boolean', help: 'Do not create the demo tenant in an empty installation.' },
};

/** What the command line said, by setting. */
export function settingsOf({ values }: Pick<Call, 'values'>): Record<string, unknown> {
  const body = Object.entries(settings).map(([name, { setting }]) => [setting, values[name]]);
  const demo = values['no-demo'] ? { demo: false } : {};
  return { ...Object.fromEntries(body), ...demo, dataFolder: values.data, databaseUrl: values.database };
}
