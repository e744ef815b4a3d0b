import { addAuthority, changeAuthority } from '../../admin/authorities.ts';
import { certificatesIn } from '../../admin/certificate-file.ts';
import { chosenTenant } from '../../admin/tenants.ts';
import { fault } from '../../core/trace/fault.ts';
import { readCertificate } from '../../core/x509/certificate.ts';
import type { OcspSettings } from '../../core/x509/trust-store.ts';
import type { AuthorityRow } from '../../ports.ts';
import { actor } from '../actor.ts';
import { answer, type Call, type Command, ofTenant, text, texts } from '../command.ts';
import { bytesOf } from '../files.ts';

export const caAdd: Command = {
  usage: 'ca add FILE',
  summary: 'Adds the CA certificates in FILE (DER or PEM) to the trust store of a tenant.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    root: { type: 'boolean', help: 'it is a root, a trust anchor (default: when self-issued)' },
    intermediate: { type: 'boolean', help: 'it is an intermediate' },
    'crl-url': { type: 'string', value: 'URL', help: 'where its base CRL is' },
    'delta-crl-url': { type: 'string', value: 'URL', help: 'where its delta CRL is' },
    'issuer-hint': { type: 'boolean', help: 'name this CA to browsers as an issuer hint' },
  },
  async run(call) {
    const { ports, clock } = await admin(call);
    const file = call.positionals[0]!;
    const added: AuthorityRow[] = [];
    for (const certificate of certificatesIn(bytesOf(file, call.voice.cwd), file)) {
      const asked = {
        certificate,
        authorityType: call.values.root
          ? ('root' as const)
          : call.values.intermediate
            ? ('intermediate' as const)
            : undefined,
        certificateRevocationListUrl: text(call, 'crl-url'),
        deltaCertificateRevocationListUrl: text(call, 'delta-crl-url'),
        isIssuerHintEnabled: call.values['issuer-hint'] === true,
      };
      added.push(await addAuthority(asked, clock.now(), actor, ports));
    }
    show(call, added);
    return 0;
  },
};

export const caList: Command = {
  usage: 'ca list',
  summary: 'Lists the CAs a tenant trusts.',
  takes: [0, 0],
  options: ofTenant,
  async run(call) {
    const { ports } = await admin(call);
    show(call, await ports.trustStore.list());
    return 0;
  },
};

export const caSet: Command = {
  usage: 'ca set ID',
  summary: 'Changes where a CA’s CRLs are and how they are used; what is not said stays.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    'crl-url': { type: 'string', value: 'URL', help: 'where its base CRL is; empty for none' },
    'delta-crl-url': { type: 'string', value: 'URL', help: 'where its delta CRL is; empty for none' },
    'further-crl-url': {
      type: 'string',
      multiple: true,
      value: 'URL',
      help: 'asked in order when the base address does not deliver',
    },
    'grace-seconds': { type: 'string', value: 'N', help: 'how long after its end a CRL may still be used' },
    'ocsp-url': { type: 'string', value: 'URL', help: 'an OCSP responder to ask; empty for none' },
    'ocsp-order': {
      type: 'string',
      value: 'ORDER',
      help: 'first: before the CRLs; second: where they cannot be had (default: first)',
    },
    'ocsp-nonce': { type: 'boolean', help: 'demand that the responder echo a nonce' },
    'issuer-hint': { type: 'boolean', help: 'name this CA to browsers' },
    'no-issuer-hint': { type: 'boolean', help: 'do not name this CA to browsers' },
  },
  async run(call) {
    const { ports, clock } = await admin(call);
    const grace = text(call, 'grace-seconds');
    const change = {
      certificateRevocationListUrl: text(call, 'crl-url'),
      deltaCertificateRevocationListUrl: text(call, 'delta-crl-url'),
      furtherCrlUrls: texts(call, 'further-crl-url'),
      graceSeconds: grace === undefined ? undefined : Number(grace),
      ocsp: ocspOf(call),
      isIssuerHintEnabled: call.values['issuer-hint'] ? true : call.values['no-issuer-hint'] ? false : undefined,
    };
    show(call, [await changeAuthority(call.positionals[0]!, change, clock.now(), actor, ports)]);
    return 0;
  },
};

export const caRemove: Command = {
  usage: 'ca remove ID',
  summary: 'Takes a CA out of the trust store, by id or thumbprint. Cards it issued stop working at once.',
  takes: [1, 1],
  options: ofTenant,
  async run(call) {
    const { ports } = await admin(call);
    const wanted = call.positionals[0]!;
    const found = (await ports.trustStore.list()).find(
      (row) => row.id === wanted || thumbprintOf(row) === wanted.toUpperCase(),
    );
    if (!found || !(await ports.trustStore.remove(found.id, actor)))
      throw fault('nothingFound', { kind: 'CA', wanted });
    show(call, [found]);
    return 0;
  },
};

function ocspOf(call: Call): OcspSettings | undefined {
  const url = text(call, 'ocsp-url');
  if (url === undefined) return undefined;
  const order = text(call, 'ocsp-order') ?? 'first';
  if (order !== 'first' && order !== 'second')
    throw fault('commandMisused', { problem: '--ocsp-order is first or second' });
  return { url, order, ...(call.values['ocsp-nonce'] ? { nonce: true } : {}) };
}

async function admin(call: Call) {
  const { tenants, adminOf, clock } = await call.open();
  const tenant = await chosenTenant(text(call, 'tenant'), tenants);
  return { ports: await adminOf(tenant.id), clock, tenant };
}

function thumbprintOf({ der }: AuthorityRow): string {
  const ruling = readCertificate(der);
  return ruling.outcome === 'passed' ? ruling.value.sha1Thumbprint : '';
}

function show(call: Call, rows: readonly AuthorityRow[]): void {
  const told = rows.map((row) => ({ ...row, der: undefined, thumbprint: thumbprintOf(row) }));
  const cells = told.map((row) => [
    row.id,
    row.authorityType,
    row.displayName,
    row.certificateRevocationListUrl ?? '(no CRL)',
  ]);
  answer(call, told, [['id', 'type', 'name', 'CRL'], ...cells]);
}
