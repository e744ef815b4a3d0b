import type { Registry } from 'prom-client';
import { addGauge, type Sample } from './gauge.ts';
import { labelOf, type TrustedAuthority } from './trusted-authority.ts';

type Labels = Readonly<Record<string, string>>;

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);

const authorityLabels = ({ tenantId, health }: TrustedAuthority): Labels => ({
  tenant: tenantId,
  authority: labelOf(health),
});

/** A sample for each CRL of a CA; the label `list`, a name of release 0.2.0, counts them: 0 is the base, 1 the delta CRL. */
const perCrl =
  (value: (crl: TrustedAuthority['health']['crls'][number]) => number | undefined) =>
  (item: TrustedAuthority): readonly Sample[] =>
    item.health.crls.flatMap((crl, index): readonly Sample[] => {
      const number = value(crl);
      return number === undefined ? [] : [[number, { ...authorityLabels(item), list: String(index) }]];
    });

const gauges: readonly {
  readonly name: string;
  readonly help: string;
  samples(item: TrustedAuthority): readonly Sample[];
}[] = [
  {
    name: 'cardea_authority_expiry_timestamp_seconds',
    help: 'When the certificate of a CA expires.',
    samples: (item) => [[seconds(item.health.certificate.notAfter), authorityLabels(item)]],
  },
  {
    name: 'cardea_authority_critical',
    help: '1 if sign-ins fail, or will fail within seven days, because of this CA or its CRLs.',
    samples: (item) => [[item.health.state === 'critical' ? 1 : 0, authorityLabels(item)]],
  },
  {
    name: 'cardea_crl_age_seconds',
    help: 'Time since thisUpdate of the CRL that is used.',
    samples: perCrl(({ ageSeconds }) => ageSeconds),
  },
  {
    name: 'cardea_crl_next_update_timestamp_seconds',
    help: 'When the CRL that is used expires.',
    samples: perCrl(({ nextUpdate }) => nextUpdate && seconds(nextUpdate)),
  },
  {
    name: 'cardea_crl_entries',
    help: 'Entries of the CRL that is used.',
    samples: perCrl(({ source, entries }) => (source === 'none' ? undefined : entries)),
  },
  {
    name: 'cardea_crl_bytes',
    help: 'Size of the CRL that is used.',
    samples: perCrl(({ source, size }) => (source === 'none' ? undefined : size)),
  },
  {
    name: 'cardea_crl_fetch_failed',
    help: '1 if the last download of the CRL failed.',
    samples: perCrl(({ lastError }) => (lastError ? 1 : 0)),
  },
];

/** Adds the metrics of CAs and CRLs to a registry; they are read when the metrics are. */
export function addTrustMetrics(registry: Registry, read: () => Promise<readonly TrustedAuthority[]>): void {
  for (const { name, help, samples } of gauges)
    addGauge(registry, { name, help, labelNames: ['tenant', 'authority', 'list'] }, async () =>
      (await read()).flatMap(samples),
    );
}
