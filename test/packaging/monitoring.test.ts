import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { Metrics } from '#server/management/metrics.ts';
import { run, withFiles } from '../pki/openssl.ts';
import { isInstalled } from './tools.ts';

const folder = resolve(import.meta.dirname, '..', '..', 'packaging', 'monitoring');
const [alerts, dashboard] = ['alerts.yaml', 'dashboard.json'].map((name) => readFileSync(join(folder, name), 'utf8'));
const skip = isInstalled('promtool') ? false : 'promtool is missing: apt-get install prometheus';

test('promtool reads the alert rules', { skip }, () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', join(folder, 'alerts.yaml')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /SUCCESS: 13 rules found/);
});

test('promtool reads every expression of the dashboard', { skip }, () => {
  const { panels } = JSON.parse(dashboard!) as { panels: { targets?: { expr: string }[] }[] };
  const rules = panels
    .flatMap(({ targets = [] }) => targets)
    .map(({ expr }, i) => ({
      record: `panel:${i}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*'),
    }));
  assert.ok(rules.length > 10);
  withFiles({ 'dashboard.yaml': JSON.stringify({ groups: [{ name: 'dashboard', rules }] }) }, (place) => {
    const { status, text } = run(place, 'promtool', 'check', 'rules', 'dashboard.yaml');
    assert.equal(status, 0, text);
  });
});

describe('every metric that is asked for', () => {
  const metrics = new Metrics({ droppedLogLines: () => 0, version: '0.0.0' });
  metrics.watchTrust(async () => []);
  metrics.watchPool(() => ({ open: 1, idle: 1, waiting: 0 }));
  metrics.watchEvents({ backlog: async () => [] });

  for (const [name, content] of [
    ['alert rules', alerts!],
    ['dashboard', dashboard!],
  ] as const)
    test(`by the ${name} is one of the server`, async () => {
      const metricNames = new Set([...(await metrics.text()).matchAll(/^# TYPE (\S+)/gm)].map(([, metric]) => metric!));
      const used = [...content.matchAll(/\b((?:cardea|nodejs|process)_[a-z0-9_]+)/g)].map(([, metric]) => metric!);
      assert.ok(used.length > 5);
      assert.deepEqual(
        [...new Set(used)].filter((metric) => !metricNames.has(metric.replace(/_bucket$/, ''))),
        [],
      );
    });

  test('by the dashboard is in a panel with a title, of its own data source', () => {
    const { panels, uid } = JSON.parse(dashboard!) as { panels: { title: string; datasource: unknown }[]; uid: string };
    assert.equal(uid, 'cardea');
    for (const { title, datasource } of panels) {
      assert.ok(title);
      assert.deepEqual(datasource, { type: 'prometheus', uid: `\${datasource}` });
    }
  });
});
