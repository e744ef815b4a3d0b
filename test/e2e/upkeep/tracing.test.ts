import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { freePort } from '../../free-port.ts';
import { RunningServer } from '../server.ts';

/** ExportTraceServiceRequest of opentelemetry-proto 1.x in its JSON form, as far as we send it; nothing else is taken. */
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const attributes = z.array(
  z.strictObject({
    key: z.string().min(1),
    value: z.union([
      z.strictObject({ stringValue: z.string() }),
      z.strictObject({ intValue: z.string().regex(/^\d+$/) }),
    ]),
  }),
);
const spanShape = z.strictObject({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: hex(16).optional(),
  name: z.string(),
  kind: z.union([z.literal(1), z.literal(2)]),
  startTimeUnixNano: z.string().regex(/^\d{19}$/),
  endTimeUnixNano: z.string().regex(/^\d{19}$/),
  attributes,
  status: z.strictObject({ code: z.literal(2).optional() }),
});
const exportShape = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.literal('cardea'), version: z.string() }),
          spans: z.array(spanShape),
        }),
      ),
    }),
  ),
});
type Span = z.output<typeof spanShape>;

/** The OpenTelemetry Collector with a receiver and an exporter, built from test/packaging/collector; undefined where it is missing. */
const collectorProgram = existsSync(process.env.CARDEA_OTEL_COLLECTOR ?? '')
  ? process.env.CARDEA_OTEL_COLLECTOR
  : undefined;

/** A Python with the generated code of opentelemetry-proto. */
const officialPython = process.env.CARDEA_OTEL_PYTHON ?? '/nowhere';
/** Prints how many spans the bodies on standard input have; ends with an error at a member that the schema does not have. */
const officialParser = `
import json, sys
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
spans = 0
for body in json.load(sys.stdin):
    request = json_format.Parse(body, ExportTraceServiceRequest())
    spans += sum(len(scope.spans) for resource in request.resource_spans for scope in resource.scope_spans)
print(spans)
`;

describe('traces by the environment variables of OpenTelemetry', () => {
  const [spans, bodies, services]: [Span[], string[], Set<string>] = [[], [], new Set()];
  const collector = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      bodies.push(Buffer.concat(parts).toString());
      assert.deepEqual([incoming.url, incoming.headers['x-key']], ['/v1/traces', 'a b']);
      for (const { resource, scopeSpans } of exportShape.parse(JSON.parse(bodies.at(-1)!)).resourceSpans) {
        services.add(JSON.stringify(resource.attributes));
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      }
      response.end('{}');
      collector.emit('spans');
    });
  });
  let server: RunningServer;
  let managementPort = 0;
  before(async () => {
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    managementPort = await freePort();
    server = await RunningServer.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b',
      OTEL_SERVICE_NAME: 'sign-in',
      CARDEA_MANAGEMENT_PORT: `${managementPort}`,
    });
  });
  after(async () => {
    await server.remove();
    collector.close();
  });

  /** Waits for batches of the collector until a span is there. */
  async function spanWhere(isWanted: (span: Span) => boolean): Promise<Span> {
    for (;;) {
      const match = spans.find(isWanted);
      if (match) return match;
      await once(collector, 'spans');
    }
  }

  test('a request is a span below the one that its traceparent names', async () => {
    const [traceId, parentId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    await get(`${server.origin}/organizations/v2.0/.well-known/openid-configuration`, server.trust, {
      traceparent: `00-${traceId}-${parentId}-01`,
    });
    const span = await spanWhere((item) => item.traceId === traceId);
    assert.deepEqual([span.parentSpanId, span.name, span.kind], [parentId, 'GET login', 2]);
    assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano));
    assert.deepEqual([...services], ['[{"key":"service.name","value":{"stringValue":"sign-in"}}]']);
  });

  test('each step of a sign-in is a span below its request, with its outcome and reason', async () => {
    assert.equal((await server.signIn('ana@woodgrove.test', server.card('ana'))).kind, 'signedIn');
    assert.equal((await server.signIn('ana@woodgrove.test', server.card('ben'))).kind, 'refused');
    for (const step of ['certificate', 'path', 'revocation', 'account', 'strength', 'user', 'access']) {
      const span = await spanWhere(({ name }) => name === `sign-in ${step}`);
      const request = await spanWhere(({ spanId }) => spanId === span.parentSpanId);
      assert.deepEqual([request.kind, request.traceId], [2, span.traceId], step);
      assert.ok(BigInt(span.startTimeUnixNano) >= BigInt(request.startTimeUnixNano) - 1_000_000n, step);
    }
    const refusal = await spanWhere(({ attributes }) => JSON.stringify(attributes).includes('"refused"'));
    assert.match(JSON.stringify(refusal.attributes), /"cardea.reason","value":\{"stringValue":"\w+"/);
  });

  test('every request is an ExportTraceServiceRequest of the official schema, with nothing that it does not know', {
    skip: existsSync(officialPython) ? false : 'opentelemetry-proto of PyPI is missing: .ci/run installs it',
  }, () => {
    const { stdout, stderr, status } = spawnSync(officialPython, ['-c', officialParser], {
      input: JSON.stringify(bodies),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.equal(Number(stdout), spans.length);
  });

  test('the OpenTelemetry Collector takes every request, and passes every span on', {
    skip: collectorProgram ? false : 'the OpenTelemetry Collector is missing: .ci/run builds it',
  }, async () => {
    const passedOn = await throughCollector(collectorProgram!, bodies);
    const ids = (items: readonly Pick<Span, 'spanId'>[]) => items.map(({ spanId }) => spanId).sort();
    const sent = bodies.flatMap((body) => spansOf(JSON.parse(body)));
    assert.ok(sent.length > 10);
    assert.deepEqual(ids(passedOn), ids(sent));
    const refusal = passedOn.filter(({ attributes }) => JSON.stringify(attributes).includes('cardea.reason'));
    assert.ok(refusal.length > 0);
  });

  test('no span has a name, an address or a path', () => {
    assert.doesNotMatch(bodies.join(''), /woodgrove|ana@|127\.0\.0\.1|certauth\/|[0-9a-f]{8}-[0-9a-f]{4}-/i);
  });

  test('the same steps are a histogram, with the handshake and the token endpoint', async () => {
    const text = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
    for (const step of [
      'handshake',
      'certificate',
      'path',
      'revocation',
      'account',
      'strength',
      'user',
      'access',
      'token',
    ])
      assert.match(
        text,
        new RegExp(`^cardea_sign_in_step_duration_seconds_count\\{step="${step}"\\} [1-9]`, 'm'),
        step,
      );
  });
});

const spansOf = ({ resourceSpans }: Exported): readonly Pick<Span, 'spanId' | 'attributes'>[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
interface Exported {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly Pick<Span, 'spanId' | 'attributes'>[] }[];
  }[];
}

/** Sends bodies to a collector, and collects what it passes on until it has ended. */
async function throughCollector(
  program: string,
  requests: readonly string[],
): Promise<readonly Pick<Span, 'spanId' | 'attributes'>[]> {
  const passedOn: Pick<Span, 'spanId' | 'attributes'>[] = [];
  const receiver = createServer(async (incoming, response) => {
    passedOn.push(...spansOf((await json(incoming)) as Exported));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const port = await freePort();
  const exporter = {
    endpoint: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    encoding: 'json',
    compression: 'none',
  };
  const configuration = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: { otlphttp: exporter },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['otlphttp'] } },
    },
  };
  const collector = spawn(program, ['--config', `yaml:${JSON.stringify(configuration)}`]);
  const end = once(collector, 'exit');
  try {
    await saysThatItIsReady(collector);
    for (const body of requests) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, { method: 'POST', headers, body });
      assert.deepEqual([answer.status, await answer.json()], [200, { partialSuccess: {} }]);
    }
  } finally {
    collector.kill('SIGTERM'); // it passes on what it has before it ends
    await end;
    receiver.close();
  }
  return passedOn;
}

function saysThatItIsReady(collector: ChildProcess): Promise<void> {
  let output = '';
  return new Promise((ready, reject) => {
    collector.stderr!.on('data', (chunk: Buffer) => {
      output += chunk;
      if (output.includes('Everything is ready')) ready();
    });
    collector.once('exit', (code) => reject(new Error(`the collector ended with ${code}: ${output}`)));
  });
}

const get = (url: string, ca: string, headers: Record<string, string>): Promise<void> =>
  new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    request(url, { ca, headers, agent }, (response) => response.resume().once('end', resolve))
      .once('error', reject)
      .end();
  });
