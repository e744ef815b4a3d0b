import type { Call, Option } from './command.ts';

/** Options of `cardea serve`, each with the setting it gives (docs/settings.md). */
const settings: Readonly<Record<string, Option & { readonly setting: string }>> = {
  port: { type: 'string', value: 'PORT', setting: 'port', help: 'the one HTTPS port (default: 8443)' },
  listen: { type: 'string', value: 'ADDRESS', setting: 'listen', help: 'address to listen on (default: 127.0.0.1)' },
  'login-origin': { type: 'string', value: 'URL', setting: 'loginOrigin', help: 'where people reach the login pages' },
  'certauth-origin': {
    type: 'string',
    value: 'URL',
    setting: 'certauthOrigin',
    help: 'where certificates are asked for',
  },
  'tls-certificate': {
    type: 'string',
    value: 'FILE',
    setting: 'tlsCertificateFile',
    help: 'TLS certificate and chain, PEM',
  },
  'tls-key': { type: 'string', value: 'FILE', setting: 'tlsKeyFile', help: 'its key, PEM' },
  'demo-crl-port': {
    type: 'string',
    value: 'PORT',
    setting: 'demoCrlPort',
    help: 'where the demo’s CRLs are served (default: 8480)',
  },
};

export const serveOptions: Readonly<Record<string, Option>> = {
  ...settings,
  'no-demo': { type: 'boolean', help: 'do not make the demo tenant in an empty installation' },
};

/** What the command line said, by setting. */
export function settingsOf({ values }: Pick<Call, 'values'>): Record<string, unknown> {
  const body = Object.entries(settings).map(([name, { setting }]) => [setting, values[name]]);
  const demo = values['no-demo'] ? { demo: false } : {};
  return { ...Object.fromEntries(body), ...demo, dataFolder: values.data, databaseUrl: values.database };
}
