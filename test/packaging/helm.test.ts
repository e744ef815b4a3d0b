import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { goProgram } from './tools.ts';

const chart = resolve(import.meta.dirname, '..', '..', 'packaging', 'helm');
const [helm, kubeconform] = [goProgram('helm'), goProgram('kubeconform')];
/** The schemas of Kubernetes' objects, from the Python package kubernetes-validate: `.ci/run` installs it. */
const schemas = process.env.CARDEA_KUBERNETES_SCHEMAS ?? '';
const missing = [
  ...(helm ? [] : ['helm (go install helm.sh/helm/v3/cmd/helm)']),
  ...(kubeconform ? [] : ['kubeconform (go install github.com/yannh/kubeconform/cmd/kubeconform)']),
  ...(existsSync(schemas) ? [] : ['schemas of Kubernetes (kubernetes-validate, CARDEA_KUBERNETES_SCHEMAS)']),
];
const skip = missing.length > 0 ? `missing: ${missing.join(', ')}` : false;

/** A helm of `go install` does not know which Kubernetes it was built for. */
const kube = ['--kube-version', '1.30.0'];

const least = ['loginOrigin=https://login.example.org', 'tls.secretName=tls', 'secretKey.secretName=key'];
const settings: Readonly<Record<string, readonly string[]>> = {
  'one pod on SQLite': least,
  'three pods on PostgreSQL behind nginx': [
    ...least,
    ...['postgresql.secretName=database', 'replicas=3', 'ingress.enabled=true', 'metrics.serviceMonitor=true'],
    'settings.CARDEA_LOG_LEVEL=info',
  ],
  'behind a Gateway': [...least, 'ingress.enabled=true', 'ingress.kind=gateway', 'ingress.gateway.name=public'],
};

interface Manifest {
  readonly kind: string;
  readonly spec: Record<string, unknown>;
}

interface Deployment {
  readonly template: {
    readonly spec: {
      readonly securityContext: { readonly runAsNonRoot?: boolean };
      readonly containers: readonly [Container];
    };
  };
}
interface Probe {
  readonly httpGet: { readonly path: string };
}
interface Container {
  readonly securityContext: object;
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
}

const render = (values: readonly string[], folder = chart) =>
  spawnSync(helm!, ['template', 'cardea', folder, ...kube, ...values.flatMap((value) => ['--set', value])], {
    encoding: 'utf8',
  });

/** The schemas with their definitions inside: kubeconform reads one file for each kind. */
function standaloneSchemas(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-schemas-'));
  const read = (name: string) => readFileSync(join(schemas, 'v1.30.0-local-strict', name), 'utf8');
  const { $defs } = JSON.parse(read('_definitions.json'));
  for (const name of kinds) {
    const schema = JSON.parse(read(name).replaceAll('"/api/_definitions.json#', '"#'));
    writeFileSync(join(folder, name), JSON.stringify({ ...schema, $defs }));
  }
  return folder;
}
const kinds = [
  'deployment-apps-v1.json',
  'service-v1.json',
  'persistentvolumeclaim-v1.json',
  'ingress-networking-v1.json',
  'poddisruptionbudget-policy-v1.json',
];

describe('the Helm chart', { skip }, () => {
  const places = skip ? undefined : standaloneSchemas();
  after(() => places && rmSync(places, { recursive: true, force: true }));

  for (const [name, values] of Object.entries(settings)) {
    test(`${name}: helm renders it, and kubeconform finds every object valid`, () => {
      const { status, stdout, stderr } = render(values);
      assert.equal(status, 0, stderr);
      const location = join(places!, '{{ .ResourceKind }}{{ .KindSuffix }}.json');
      const words = ['-strict', '-summary', '-kubernetes-version', '1.30.0', '-schema-location', location];
      // Objects of operators have no schema among those of Kubernetes.
      const validation = spawnSync(kubeconform!, [...words, '-skip', 'TLSRoute,ServiceMonitor', '-'], {
        input: stdout,
        encoding: 'utf8',
      });
      assert.equal(validation.status, 0, validation.stdout + validation.stderr);
      assert.match(validation.stdout, /Valid: [3-9]/);
    });
  }

  test('helm lint finds nothing', () => {
    const { status, stdout } = spawnSync(helm!, ['lint', '--strict', ...kube, chart, '--set', least.join(',')], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout);
  });

  test('several pods have a disruption budget and roll without an interruption', () => {
    const manifests = parseAllDocuments(render(settings['three pods on PostgreSQL behind nginx']!).stdout).map(
      (document) => document.toJS() as Manifest,
    );
    const kinds = manifests.map(({ kind }) => kind);
    assert.ok(kinds.includes('PodDisruptionBudget') && !kinds.includes('PersistentVolumeClaim'), kinds.join());
    const { spec } = manifests.find(({ kind }) => kind === 'Deployment')!;
    assert.deepEqual(spec.strategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
  });

  test('a pod has no privileges and a root file system that is read-only, and gets requests only while it is ready', () => {
    const { stdout } = render(settings['three pods on PostgreSQL behind nginx']!);
    const manifests = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
    const { spec } = manifests.find(({ kind }) => kind === 'Deployment')!;
    const pod = (spec as unknown as Deployment).template.spec;
    const { securityContext, livenessProbe, readinessProbe, startupProbe } = pod.containers[0];
    assert.deepEqual(securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.equal(pod.securityContext.runAsNonRoot, true);
    const paths = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path);
    assert.deepEqual(paths, ['/health/live', '/health/live', '/health/ready']);
  });

  test('a pod sets each variable once, listens where the values say, and pauses before it ends', () => {
    const { stdout } = render([...least, 'listen=::', 'settings.CARDEA_LOG_LEVEL=info', 'preStopSeconds=1']);
    const manifests = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
    const { spec } = manifests.find(({ kind }) => kind === 'Deployment')!;
    const [container] = (spec as unknown as Deployment).template.spec.containers;
    const names = container.env.map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names);
    const variableValue = (variable: string) => container.env.find(({ name }) => name === variable)?.value;
    assert.deepEqual(['CARDEA_LISTEN', 'CARDEA_MANAGEMENT_LISTEN'].map(variableValue), ['::', '::']);
    const [program, ...words] = container.lifecycle.preStop.exec.command;
    assert.equal(program, 'node');
    const start = performance.now();
    assert.equal(spawnSync(process.execPath, words).status, 0);
    assert.ok(performance.now() - start >= 1_000);
  });

  test('a pod may take as long to start as the values say', () => {
    for (const [values, seconds] of [
      [[], 300],
      [['startupSeconds=3601'], 3602],
    ] as const) {
      const { stdout } = render([...least, ...values]);
      const [, period, threshold] = /startupProbe:[\s\S]*?periodSeconds: (\d+)\s+failureThreshold: (\d+)/.exec(stdout)!;
      assert.equal(Number(period) * Number(threshold), seconds);
    }
  });

  test('values of version 0.2.0 that an upgrade keeps are enough: the pod listens and pauses as usual', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-chart-'));
    try {
      cpSync(chart, folder, { recursive: true });
      copyFileSync(join(import.meta.dirname, 'helm', 'values-0.2.0.yaml'), join(folder, 'values.yaml'));
      const { stdout, stderr } = render(least, folder);
      assert.equal(stderr, '');
      assert.equal(stdout, render([...least, 'terminationGracePeriodSeconds=30']).stdout);
      assert.doesNotMatch(render([...least, 'preStopSeconds=0'], folder).stdout, /preStop/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a chart that depends on it can turn it on and off by the value of its condition', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-chart-'));
    try {
      cpSync(chart, join(folder, 'charts', 'cardea'), { recursive: true });
      const [, version] = /^version: (.+)$/m.exec(readFileSync(join(chart, 'Chart.yaml'), 'utf8'))!;
      const dependencies = [{ name: 'cardea', version, condition: 'cardea.enabled' }];
      const parent = { apiVersion: 'v2', name: 'parent', version: '1.0.0', dependencies };
      writeFileSync(join(folder, 'Chart.yaml'), JSON.stringify(parent)); // YAML as well
      const values = least.map((value) => `cardea.${value}`);
      const [on, off] = ['true', 'false'].map((enabled) => render([...values, `cardea.enabled=${enabled}`], folder));
      assert.deepEqual([on!.stderr, off!.stderr], ['', '']);
      assert.match(on!.stdout, /kind: Deployment/);
      assert.doesNotMatch(off!.stdout, /kind: Deployment/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('the chart refuses the variables that it sets itself', () => {
    const { stdout } = render(settings['three pods on PostgreSQL behind nginx']!);
    const variables = [...stdout.matchAll(/name: (CARDEA_\w+)/g)].map(([, name]) => name!);
    assert.ok(variables.length > 9);
    for (const variable of variables.filter((name) => name !== 'CARDEA_LOG_LEVEL'))
      assert.match(
        render([...least, `settings.${variable}=1`]).stderr,
        /the chart sets this variable itself/,
        variable,
      );
  });

  for (const [name, values, message] of [
    ['an origin', least.slice(1), /loginOrigin is required/],
    ['a TLS certificate', [least[0]!, least[2]!], /tls\.secretName is required/],
    ['a secret key', least.slice(0, 2), /secretKey\.secretName is required/],
    ['PostgreSQL for two pods', [...least, 'replicas=2'], /needs PostgreSQL/],
    ['a value that the chart has', [...least, 'replica=3'], /replica/],
    ['a value that the chart has, in a group', [...least, 'tls.secret=tls'], /secret/],
    ['one value for each variable', [...least, 'settings.CARDEA_LISTEN=::'], /settings\.CARDEA_LISTEN: the chart sets/],
    ['time for requests after the pause', [...least, 'preStopSeconds=35'], /must be more than preStopSeconds/],
    ['a size', [...least, 'persistence.size='], /persistence.*size/s],
    ['a size of the form of Kubernetes', [...least, 'persistence.size=5 GB'], /persistence.*size/s],
    ['an origin with https', ['loginOrigin=http://login.example.org', ...least.slice(1)], /loginOrigin/],
  ] as const)
    test(`without ${name} nothing is rendered`, () => {
      const { status, stderr } = render(values);
      assert.notEqual(status, 0);
      assert.match(stderr, message);
    });
});
