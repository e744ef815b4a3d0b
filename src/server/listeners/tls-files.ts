import { X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { hostOfOrigin, socketHost } from '#core/host-name.ts';
import { fault } from '#core/trace/fault.ts';
import type { TlsFiles } from '#http/front/contexts.ts';
import { pairProblem } from '#net/pem-files.ts';
import { readRegularFile } from '#net/regular-file.ts';
import { makeTlsCertificate, openTlsCertificate, tlsRenewalDue, tlsState } from '#pki/tls-certificate.ts';
import { replaceFile } from '#pki/whole-file.ts';
import { requireJson } from '#schema/json.ts';
import { isPresent } from '#storage/data-folder.ts';
import type { Config } from '../config.ts';
import { clock } from '../process/clock.ts';
import { fileProblem } from '../settings/words.ts';

/** The server's TLS certificate and key, and how they change while the server runs. */
export interface Tls {
  readonly files: TlsFiles;
  /** What a client of this process must trust. */
  readonly trust: string;
  /** Makes a new certificate when it is time; answers whether it did. */
  renew(): boolean;
  /** Reads the operator's files again; answers whether a new, usable pair was found. A broken pair is reported once. */
  reload(onProblem: (problem: unknown) => void): boolean;
}

/** The operator's certificate, or one of Cardea's own under a root of its own. @throws tlsFileUnusable */
export function openTls(config: Config): Tls {
  const { tlsCertificateFile, tlsKeyFile } = config;
  return tlsCertificateFile && tlsKeyFile ? operatorTls(tlsCertificateFile, tlsKeyFile) : generatedTls(config);
}

/** What tells nodes apart whose clients need other roots: the hash of the root that Cardea made, or `operator` for the operator's files. */
export const tlsRootOf = (config: Config): string =>
  config.tlsCertificateFile === undefined ? new X509Certificate(openTls(config).trust).fingerprint256 : 'operator';

/**
 * The operator's files. Their content is compared, so that a rename and a changed symbolic link are seen alike (certbot,
 * Kubernetes).
 */
function operatorTls(certFile: string, keyFile: string): Tls {
  let files = readPair(certFile, keyFile);
  checkPair(files, certFile, keyFile);
  let lastTried = files.cert + files.key;
  return {
    get files() {
      return files;
    },
    get trust() {
      return files.cert;
    },
    renew: () => false,
    reload(onProblem) {
      let attempt = '(unreadable)';
      try {
        const next = readPair(certFile, keyFile);
        attempt = next.cert + next.key;
        if (attempt === lastTried) return false;
        checkPair(next, certFile, keyFile);
        checkEnd(next, files, certFile);
        files = next;
        return true;
      } catch (problem) {
        if (attempt !== lastTried) onProblem(problem);
        return false;
      } finally {
        lastTried = attempt;
      }
    },
  };
}

const readPair = (certFile: string, keyFile: string): TlsFiles => ({
  cert: readSetting('tlsCertificateFile', certFile),
  key: readSetting('tlsKeyFile', keyFile),
});

/** @throws tlsFileUnusable for a text without a certificate, one without a key, and the key of another certificate */
function checkPair(files: TlsFiles, certFile: string, keyFile: string): void {
  const mismatch = pairProblem(files);
  if (!mismatch) return;
  const place =
    mismatch.file === 'key'
      ? { setting: 'tlsKeyFile', file: keyFile }
      : { setting: 'tlsCertificateFile', file: certFile };
  throw fault('tlsFileUnusable', { ...place, problem: mismatch.problem }, mismatch.cause);
}

/** A certificate that has expired does not replace one that has not. @throws tlsCertificateExpired */
function checkEnd(next: TlsFiles, current: TlsFiles, file: string): void {
  const end = endOf(next);
  if (end <= clock.now() && endOf(current) > clock.now())
    throw fault('tlsCertificateExpired', { file, end: end.toISOString() });
}

const endOf = ({ cert }: TlsFiles): Date => new X509Certificate(cert).validToDate;

function readSetting(setting: string, file: string): string {
  try {
    return readRegularFile(file).toString('utf8');
  } catch (problem) {
    const evidence = { setting, file, problem: fileProblem(problem as NodeJS.ErrnoException) };
    throw fault('tlsFileUnusable', evidence, problem);
  }
}

type TlsCertificate = ReturnType<typeof openTlsCertificate>;

/** What `tls.json` holds (`tlsState`). */
const tlsStateShape = z.object({
  root: z.object({
    certificate: z.string(),
    privateKey: z.string(),
    subject: z.string(),
    serial: z.string(),
    subjectKeyIdentifier: z.string(),
    notBefore: z.string(),
    notAfter: z.string(),
  }),
  certificate: z.string(),
  privateKey: z.string(),
  serial: z.string(),
  hosts: z.array(z.string()),
  notAfter: z.string(),
});

/** @throws fileUnreadable */
const stateIn = (file: string, text: string): z.infer<typeof tlsStateShape> =>
  requireJson(tlsStateShape, text, (problem) => fault('fileUnreadable', { file, problem }));

/** A certificate that Cardea makes and renews itself, in the data folder. */
function generatedTls(config: Config): Tls {
  const hosts = hostsOf(config);
  const folder = join(config.dataFolder, 'tls');
  const file = join(folder, 'tls.json');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const make = (from: TlsCertificate | undefined) => {
    const newCertificate = makeTlsCertificate({ hosts, at: clock.now(), from });
    replaceFile(file, JSON.stringify(tlsState(newCertificate)), 0o600);
    replaceFile(join(folder, 'root.pem'), newCertificate.root.pem, 0o644);
    return newCertificate;
  };
  const isDue = (existing: TlsCertificate) => tlsRenewalDue(existing, hosts, clock.now());
  const opened = isPresent(file)
    ? openTlsCertificate(stateIn(file, readRegularFile(file).toString('utf8')))
    : undefined;
  let current = opened && !isDue(opened) ? opened : make(opened);
  return {
    get files() {
      return { cert: current.server.pem + current.root.pem, key: current.server.privateKeyPem };
    },
    get trust() {
      return current.root.pem;
    },
    renew() {
      if (!isDue(current)) return false;
      current = make(current);
      return true;
    },
    reload() {
      // Another process of this server has made a new one.
      try {
        const text = readRegularFile(file).toString('utf8');
        if (text === JSON.stringify(tlsState(current))) return false;
        current = openTlsCertificate(stateIn(file, text));
        return true;
      } catch {
        return false; // it is being written: the next look reads it
      }
    },
  };
}

function hostsOf({ certauthOrigin, loginOrigin, deviceRegistrationOrigin, graphHosts }: Config): readonly string[] {
  const [certauthHost, loginHost] = [hostOfOrigin(certauthOrigin), hostOfOrigin(loginOrigin)];
  const graph = graphHosts.map((host) => socketHost(host.replace(/:\d+$/, '')));
  return [
    ...new Set([
      loginHost,
      ...(isIP(loginHost) === 0 ? [`graph.${loginHost}`] : []),
      ...graph,
      certauthHost,
      ...(isIP(certauthHost) === 0 ? [`*.${certauthHost}`] : []),
      hostOfOrigin(deviceRegistrationOrigin),
    ]),
  ];
}
