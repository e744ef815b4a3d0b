import { fault } from '#core/trace/fault.ts';

/** What the standard environment variables of OpenTelemetry say. */
export interface TracingSettings {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
  /** Share of the traces without a sampled parent that are exported. */
  readonly ratio: number;
  /** Whether a parent's decision counts. */
  readonly followsParent: boolean;
}

const samplers = ['always_on', 'always_off', 'traceidratio'];

/**
 * Reads OTEL_EXPORTER_OTLP_ENDPOINT and its siblings. Undefined where no endpoint is named, or where OTEL_SDK_DISABLED or
 * OTEL_TRACES_EXPORTER switch tracing off. @throws settingInvalid
 */
export function tracingSettings(variables: NodeJS.ProcessEnv): TracingSettings | undefined {
  // OpenTelemetry: an empty variable is one that is not set.
  const environment = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = environment;
  const isOff = environment.OTEL_SDK_DISABLED === 'true' || environment.OTEL_TRACES_EXPORTER === 'none';
  const address = traces || (base && `${base.replace(/\/$/, '')}/v1/traces`);
  if (!address || isOff) return undefined;
  const setting = traces ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  if (!URL.canParse(address) || !isCollector(new URL(address)))
    throw fault('settingInvalid', {
      setting,
      problem: 'it must be an http or https address; a user name and password go into OTEL_EXPORTER_OTLP_HEADERS',
    });
  checkChoices(environment);
  const attributes = pairsOf('OTEL_RESOURCE_ATTRIBUTES', environment);
  const headers = ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS'] as const;
  return {
    url: new URL(address),
    headers: pairsOf(headers.find((name) => environment[name] !== undefined) ?? headers[1], environment),
    resource: {
      ...attributes,
      'service.name': environment.OTEL_SERVICE_NAME || attributes['service.name'] || 'cardea',
    },
    ...samplerIn(environment),
  };
}

/** No user name of an address is sent. */
const isCollector = ({ protocol, username }: URL): boolean => /^https?:$/.test(protocol) && username === '';

/** Spans leave as JSON over HTTP. A collector on the port of another protocol, and another exporter, would get none of them. @throws settingInvalid */
function checkChoices(environment: NodeJS.ProcessEnv): void {
  const protocols = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'];
  const protocol = protocols.find((name) => environment[name] !== undefined);
  const choices: readonly (readonly [setting: string | undefined, values: readonly string[], problem: string])[] = [
    [
      protocol,
      ['http/json', 'http/protobuf'],
      'it must be http/json, or not set; name the port of the collector for HTTP, which is usually 4318',
    ],
    ['OTEL_TRACES_EXPORTER', ['otlp'], 'it must be otlp, none, or not set'],
  ];
  for (const [setting, values, problem] of choices) {
    const value = setting === undefined ? undefined : environment[setting];
    if (setting !== undefined && value !== undefined && !values.includes(value))
      throw fault('settingInvalid', { setting, problem });
  }
}

function samplerIn({
  OTEL_TRACES_SAMPLER: name = 'parentbased_always_on',
  OTEL_TRACES_SAMPLER_ARG: share,
}: NodeJS.ProcessEnv) {
  const followsParent = name.startsWith('parentbased_');
  const root = name.replace(/^parentbased_/, '');
  if (!samplers.includes(root))
    throw fault('settingInvalid', {
      setting: 'OTEL_TRACES_SAMPLER',
      problem: `it must be one of ${samplers.join(', ')}`,
    });
  const ratio = root === 'always_on' ? 1 : root === 'always_off' ? 0 : Number(share ?? 1);
  if (!(ratio >= 0 && ratio <= 1))
    throw fault('settingInvalid', { setting: 'OTEL_TRACES_SAMPLER_ARG', problem: 'it must be a number from 0 to 1' });
  return { ratio, followsParent };
}

/** `key=value,key=value`, each value encoded as in a URL. No message has a part of it: a header can be a secret. @throws settingInvalid */
function pairsOf(setting: string, environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const texts = (environment[setting] ?? '').split(',').filter((text) => text.trim() !== '');
  const pairs = texts.map((text) => {
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
    if (key === undefined)
      throw fault('settingInvalid', { setting, problem: 'it must be a list such as name=value,name=value' });
    return [key, decoded(value!)] as const;
  });
  return Object.fromEntries(pairs);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
