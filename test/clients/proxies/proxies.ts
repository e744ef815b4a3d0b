import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { until } from '../../until.ts';
import { listens } from './listens.ts';

/** What a proxy is given: its port, a folder of its own, and the certauth host that it stands before. */
export interface ProxyPlace {
  readonly folder: string;
  readonly port: number;
  /** `certauth.localhost:4711`: each sign-in has a host of its own below this name. */
  readonly certauth: string;
  /** Path of the Unix socket, for the proxies that use it. */
  readonly socket: string;
}
export interface ReverseProxy {
  readonly name: string;
  readonly program: string;
  /** Debian's package. */
  readonly package: string;
  readonly words: (configuration: string) => readonly string[];
  readonly configuration: (place: ProxyPlace) => string;
}

const temporary = 'client_body proxy fastcgi uwsgi scgi'.split(' ');
const nginx = (upstream: (place: ProxyPlace) => string) => ({
  program: '/usr/sbin/nginx',
  package: 'nginx-light',
  words: (file: string) => ['-c', file, '-e', 'stderr'],
  configuration: (place: ProxyPlace) => `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${place.folder}/nginx.pid;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${place.folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${place.port} ssl;
    ssl_certificate ${place.folder}/server.pem;
    ssl_certificate_key ${place.folder}/server.pem;
    ssl_verify_client optional_no_ca;
    location / {
      ${upstream(place)}
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
    }
  }
}
`,
});

export const nginxByTls: ReverseProxy = {
  name: 'nginx, by its client certificate',
  ...nginx(
    ({ folder, certauth }) => `proxy_pass https://127.0.0.1:${portIn(certauth)};
      proxy_ssl_server_name on;
      proxy_ssl_name $host;
      proxy_ssl_certificate ${folder}/proxy.pem;
      proxy_ssl_certificate_key ${folder}/proxy.pem;
      proxy_ssl_trusted_certificate ${folder}/trust.pem;
      proxy_ssl_verify on;`,
  ),
};

export const nginxBySocket: ReverseProxy = {
  name: 'nginx, by a Unix socket',
  ...nginx(({ socket }) => `proxy_pass http://unix:${socket};`),
};

const apacheModules = 'mpm_event authn_core authz_core socache_shmcb ssl proxy proxy_http headers'.split(' ');
export const apache: ReverseProxy = {
  name: 'Apache httpd',
  program: '/usr/sbin/apache2',
  package: 'apache2',
  words: (file) => ['-f', file, '-D', 'FOREGROUND'],
  configuration: ({ folder, port, certauth }) => `${apacheModules
    .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
    .join('\n')}
ServerRoot ${folder}
ServerName localhost
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
PidFile ${folder}/httpd.pid
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${port} https
SSLEngine on
SSLCertificateFile ${folder}/server.pem
SSLVerifyClient optional_no_ca
RequestHeader set X-SSL-Client-Cert "%{SSL_CLIENT_CERT}s"
SSLProxyEngine on
SSLProxyMachineCertificateFile ${folder}/proxy.pem
SSLProxyCACertificateFile ${folder}/trust.pem
SSLProxyVerify require
ProxyPreserveHost On
ProxyPass / https://127.0.0.1:${portIn(certauth)}/
`,
};

const haproxy = (header: string) => ({
  program: '/usr/sbin/haproxy',
  package: 'haproxy',
  words: (file: string) => ['-db', '-f', file],
  configuration: ({ folder, port, certauth }: ProxyPlace) => `global
  ca-base ${folder}
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend certauth
  bind 127.0.0.1:${port} ssl crt ${folder}/server.pem verify optional ca-file cards.pem ca-ignore-err all crt-ignore-err all
  ${header}
  default_backend cardea
backend cardea
  server cardea 127.0.0.1:${portIn(certauth)} ssl crt ${folder}/proxy.pem sni req.hdr(host),field(1,:) verify required ca-file trust.pem
`,
});
export const haproxyDer: ReverseProxy = {
  name: 'HAProxy, its DER in base64',
  ...haproxy('http-request set-header X-SSL-Client-DER %[ssl_c_der,base64]'),
};
export const haproxyRfc9440: ReverseProxy = {
  name: 'HAProxy, by RFC 9440',
  ...haproxy(`http-request del-header Client-Cert
  http-request del-header Client-Cert-Chain
  http-request set-header Client-Cert :%[ssl_c_der,base64]: if { ssl_c_used }`),
};

/** Why the proxy cannot run here; false when it can. */
export const skipWithout = ({ program, package: debian }: ReverseProxy): string | false =>
  existsSync(program) ? false : `${program} is not installed: apt-get install ${debian}`;

/** PEM texts a proxy works with: what it shows to Cardea, what it trusts there, and the CAs of the cards. */
export interface ProxyFiles {
  readonly proxy: string;
  readonly trust: string;
  readonly cards: string;
}

/** Starts the proxy; resolves when it listens, with its TLS root and how to stop it. */
export async function startProxy(
  proxy: ReverseProxy,
  place: ProxyPlace,
  files: ProxyFiles,
): Promise<{ readonly root: string; stop(): Promise<void> }> {
  mkdirSync(place.folder, { recursive: true });
  const tls = makeTlsCertificate({ hosts: [`*.${place.certauth.split(':')[0]}`], at: new Date() });
  const texts = { ...files, server: tls.server.pem + tls.server.privateKeyPem };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(place.folder, `${name}.pem`), text);
  const configuration = join(place.folder, 'proxy.conf');
  writeFileSync(configuration, proxy.configuration(place));
  for (let above = place.folder; above.startsWith(`${tmpdir()}/`); above = dirname(above)) chmodSync(above, 0o755);
  const child = spawn(proxy.program, proxy.words(configuration), { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${proxy.name} ended: ${output}`)));
  const answered = until(
    () => `${proxy.name} to answer: ${output}`,
    () => listens(place.port),
  );
  await Promise.race([answered, ended]);
  ended.catch(() => undefined);
  return { root: tls.root.pem, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const end = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await end;
}

const portIn = (host: string): string => host.split(':')[1]!;
