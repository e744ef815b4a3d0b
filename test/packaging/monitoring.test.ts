import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
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
  assert.match(stdout, /SUCCESS: 16 rules found/);
});

const overloadAlone = {
  name: 'sign-ins do not begin because the server is busy, and its database answers',
  series: {
    'cardea_sign_ins_admitted{instance="1"}': '0+60x120',
    'cardea_sign_ins_busy{instance="1"}': '0+6x120',
    'cardea_health_check_passing{instance="1",check="database"}': '1x120',
    'cardea_http_request_duration_seconds_count{instance="1",endpoint="login",status="200"}': '0+60x120',
  },
};

const databaseAway = {
  name: 'sign-ins fail because the database does not answer, and others do not begin behind them',
  series: {
    'cardea_sign_ins_admitted{instance="1"}': '0+60x120',
    'cardea_sign_ins_busy{instance="1"}': '0+6x120',
    'cardea_health_check_passing{instance="1",check="database"}': '0x120',
    'cardea_http_request_duration_seconds_count{instance="1",endpoint="login",status="503"}': '0+60x120',
  },
};

/** What the server measures, in the notation of promtool, and whether the rule fires within two hours. */
const situations: readonly {
  readonly alert: string;
  readonly name: string;
  readonly series: Readonly<Record<string, string>>;
  readonly isFiring: boolean;
}[] = [
  {
    alert: 'CardeaSignInsFailing',
    name: 'every certificate sign-in fails, after an interrupted entry each',
    series: {
      'cardea_sign_ins_total{result="interrupted"}': '0+6x120',
      'cardea_sign_ins_total{result="failure"}': '0+6x120',
    },
    isFiring: true,
  },
  {
    alert: 'CardeaSignInsFailing',
    name: 'certificate sign-ins succeed, after an interrupted entry each',
    series: {
      'cardea_sign_ins_total{result="interrupted"}': '0+6x120',
      'cardea_sign_ins_total{result="success"}': '0+6x120',
    },
    isFiring: false,
  },
  {
    alert: 'CardeaSignInsFailing',
    name: 'one sign-in fails in an hour',
    series: { 'cardea_sign_ins_total{result="failure"}': '0x60 1x60' },
    isFiring: false,
  },
  {
    alert: 'CardeaSignInFaults',
    name: 'sign-ins end with a fault of the server',
    series: { 'cardea_sign_ins_total{result="failure",error_code="90033"}': '0+6x120' },
    isFiring: true,
  },
  {
    alert: 'CardeaSignInFaults',
    name: 'the database does not answer, and no entry of the sign-in log can be written',
    series: { 'cardea_http_request_duration_seconds_count{endpoint="login",status="503"}': '0+6x120' },
    isFiring: true,
  },
  {
    alert: 'CardeaSignInFaults',
    name: 'certificates are refused, and Graph does not offer what a client requests',
    series: {
      'cardea_sign_ins_total{result="failure",error_code="500171"}': '0+6x120',
      'cardea_http_request_duration_seconds_count{endpoint="login",status="501"}': '0+6x120',
      'cardea_http_request_duration_seconds_count{endpoint="certauth",status="403"}': '0+6x120',
    },
    isFiring: false,
  },
  ...(['CardeaSignInFaults', 'CardeaOverloaded'] as const).flatMap((alert) => [
    { alert, ...overloadAlone, isFiring: alert === 'CardeaOverloaded' },
    { alert, ...databaseAway, isFiring: alert === 'CardeaSignInFaults' },
  ]),
  {
    alert: 'CardeaOverloaded',
    name: 'one in a thousand sign-ins does not begin',
    series: {
      'cardea_sign_ins_admitted{instance="1"}': '0+6000x120',
      'cardea_sign_ins_busy{instance="1"}': '0+6x120',
    },
    isFiring: false,
  },
  {
    alert: 'CardeaNotReady',
    name: 'the disk of one of two servers is full',
    series: {
      'cardea_health_check_passing{instance="1",check="disk"}': '0x120',
      'cardea_health_check_passing{instance="2",check="disk"}': '1x120',
    },
    isFiring: true,
  },
  {
    alert: 'CardeaNotReady',
    name: 'a server stops, and its successor serves',
    series: { 'cardea_health_check_passing{instance="1",check="running"}': '1x100 0 1x20' },
    isFiring: false,
  },
  {
    alert: 'CardeaCrlExpiresSoon',
    name: 'an hourly delta CRL is renewed each time',
    series: {
      'cardea_crl_next_update_timestamp_seconds{authority="a",list="1"}': '3600x59 7200x60',
      'cardea_crl_age_seconds{authority="a",list="1"}': '0+60x59 0+60x60',
      'cardea_crl_fetch_failed{authority="a",list="1"}': '0x120',
    },
    isFiring: false,
  },
  {
    alert: 'CardeaCrlExpiresSoon',
    name: 'a CRL ends in an hour and no node can download the next one',
    series: {
      'cardea_crl_next_update_timestamp_seconds{instance="1",authority="a",list="0"}': '10800x120',
      'cardea_crl_next_update_timestamp_seconds{instance="2",authority="a",list="0"}': '10800x120',
      'cardea_crl_fetch_failed{instance="1",authority="a",list="0"}': '1x120',
      'cardea_crl_fetch_failed{instance="2",authority="a",list="0"}': '1x120',
    },
    isFiring: true,
  },
  {
    alert: 'CardeaCrlExpiresSoon',
    name: 'a CA has stopped publishing, and its address still has the weekly CRL that ends in an hour',
    series: {
      'cardea_crl_next_update_timestamp_seconds{authority="a",list="0"}': '7200x120',
      'cardea_crl_age_seconds{authority="a",list="0"}': '597600+60x120',
      'cardea_crl_fetch_failed{authority="a",list="0"}': '0x120',
    },
    isFiring: true,
  },
  {
    alert: 'CardeaCrlExpiresSoon',
    name: 'a weekly CRL was renewed an hour before its end',
    series: {
      'cardea_crl_next_update_timestamp_seconds{authority="a",list="0"}': '7200x60 612000x60',
      'cardea_crl_age_seconds{authority="a",list="0"}': '597600+60x60 0+60x60',
      'cardea_crl_fetch_failed{authority="a",list="0"}': '0x120',
    },
    isFiring: false,
  },
  {
    alert: 'CardeaCrlExpiresSoon',
    name: 'one of two nodes cannot download the next CRL',
    series: {
      'cardea_crl_next_update_timestamp_seconds{instance="1",authority="a",list="0"}': '10800x120',
      'cardea_crl_fetch_failed{instance="1",authority="a",list="0"}': '1x120',
      'cardea_crl_fetch_failed{instance="2",authority="a",list="0"}': '0x120',
    },
    isFiring: false,
  },
  {
    alert: 'CardeaTrustCritical',
    name: 'a CA is critical',
    series: { 'cardea_authority_critical{instance="1",authority="a"}': '1x120' },
    isFiring: true,
  },
  {
    alert: 'CardeaTlsCertificateExpires',
    name: 'the certificate of one of two servers ends in a week',
    series: {
      'cardea_tls_certificate_expiry_timestamp_seconds{instance="1"}': '604800x120',
      'cardea_tls_certificate_expiry_timestamp_seconds{instance="2"}': '7776000x120',
    },
    isFiring: true,
  },
  {
    alert: 'CardeaAuthorityExpires',
    name: 'a CA ends in a month',
    series: { 'cardea_authority_expiry_timestamp_seconds{authority="a"}': '2592000x120' },
    isFiring: true,
  },
  {
    alert: 'CardeaAuthorityExpires',
    name: 'a CA ends in a year',
    series: { 'cardea_authority_expiry_timestamp_seconds{authority="a"}': '31536000x120' },
    isFiring: false,
  },
];

for (const { alert, name, series, isFiring } of situations)
  test(`${alert} ${isFiring ? 'fires' : 'is silent'}: ${name}`, { skip }, () => {
    const tests = [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([item, values]) => ({ series: item, values })),
        promql_expr_test: [
          {
            expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
            eval_time: '110m',
            exp_samples: [{ labels: '{}', value: isFiring ? 1 : 0 }],
          },
        ],
      },
    ];
    const content = JSON.stringify({ rule_files: [join(folder, 'alerts.yaml')], evaluation_interval: '1m', tests });
    withFiles({ 'situation.yaml': content }, (place) => {
      const { status, text } = run(place, 'promtool', 'test', 'rules', 'situation.yaml');
      assert.equal(status, 0, text);
    });
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
  metrics.watchAdmission({ atWork: 0, waiting: 0, beginnings: 0, refusals: 0 });
  metrics.watchWorkers({ ready: 1, replacements: 0, metricRows: async () => [] });
  metrics.watchHealth(async () => ({ status: 'pass', checks: {} }));
  metrics.noteLogSize(0);
  metrics.watchTls(() => makeTlsCertificate({ hosts: ['localhost'], at: new Date() }).server.pem);

  test('is described in docs/admin/monitoring.md', async () => {
    const text = readFileSync(resolve(folder, '..', '..', 'docs', 'admin', 'monitoring.md'), 'utf8');
    const names = [...(await metrics.text()).matchAll(/^# TYPE (cardea_\S+)/gm)].map(([, name]) => name!);
    assert.ok(names.length >= 30, `${names.length}`);
    assert.deepEqual(
      names.filter((name) => !text.includes(`\`${name}\``)),
      [],
    );
  });

  for (const [name, content] of [
    ['alert rules', alerts!],
    ['dashboard', dashboard!],
  ] as const)
    test(`by the ${name} is one of the server`, async () => {
      const metricNames = new Set([...(await metrics.text()).matchAll(/^# TYPE (\S+)/gm)].map(([, metric]) => metric!));
      const used = [...content.matchAll(/\b((?:cardea|nodejs|process)_[a-z0-9_]+)/g)].map(([, metric]) => metric!);
      assert.ok(used.length > 5);
      assert.deepEqual(
        [...new Set(used)].filter((metric) => !metricNames.has(metric.replace(/_(?:bucket|count)$/, ''))),
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
