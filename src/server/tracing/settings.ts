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
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw fault('settingInvalid', { setting, problem: 'it must be an http or https address' });
  checkProtocol(environment);
  const attributes = pairsIn(environment.OTEL_RESOURCE_ATTRIBUTES);
  return {
    url: new URL(address),
    headers: pairsIn(environment.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? environment.OTEL_EXPORTER_OTLP_HEADERS),
    resource: {
      ...attributes,
      'service.name': environment.OTEL_SERVICE_NAME || attributes['service.name'] || 'cardea',
    },
    ...samplerIn(environment),
  };
}

/** Spans leave as JSON over HTTP. A collector on the port of another protocol would take none of them. @throws settingInvalid */
function checkProtocol(environment: NodeJS.ProcessEnv): void {
  const [setting] = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'].filter(
    (name) => environment[name] !== undefined,
  );
  if (setting !== undefined && !environment[setting]!.startsWith('http/'))
    throw fault('settingInvalid', {
      setting,
      problem: 'it must be http/json, or not set; name the port of the collector for HTTP, which is usually 4318',
    });
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

/** `key=value,key=value`, each value encoded as in a URL. */
function pairsIn(text = ''): Readonly<Record<string, string>> {
  const pairs = text.split(',').flatMap((pair) => {
    const [, key, value] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    return key === undefined ? [] : [[key, decoded(value!)] as const];
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
