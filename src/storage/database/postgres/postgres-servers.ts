/**
 * The servers that the URL of a database names, each as a URL of its own: `postgres://user@db1:5432,db2:5432/name`, or the query
 * parameters `host` and `port` with commas, as libpq takes both.
 */
export function serversOf(url: string): readonly string[] {
  const [, start = '', authority = '', rest = ''] = /^([a-z]+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/is.exec(url) ?? [];
  if (authority.includes(',')) return authority.split(',').map((host) => `${start}${host}${rest}`);
  if (!URL.canParse(url)) return [url];
  const query = new URL(url).searchParams;
  const hosts = query.get('host')?.split(',') ?? [];
  const ports = query.get('port')?.split(',') ?? [];
  if (hosts.length < 2) return [url];
  return hosts.map((host, index) => {
    const serverUrl = new URL(url);
    serverUrl.searchParams.set('host', host);
    const port = ports[index] ?? ports[0];
    if (port !== undefined) serverUrl.searchParams.set('port', port);
    return serverUrl.href;
  });
}

/**
 * The URL of a database as the driver is given it. The driver takes `prefer`, `require` and `verify-ca` of `sslmode` for `verify-full`, and
 * prints a warning that a later version will not.
 */
export const urlForDriver = (url: string): string =>
  /[?&]uselibpqcompat=true(?:&|$)/.test(url)
    ? url
    : url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');

/**
 * The server of a URL for messages, never the password. A URL may name its server in the query, and has then none after the user, or
 * leave it to the variables of PostgreSQL.
 */
export function hostOf(url: string): string {
  const withoutUser = url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1');
  if (!URL.canParse(withoutUser)) return 'the given address';
  const { host, searchParams } = new URL(withoutUser);
  return host || searchParams.get('host') || process.env.PGHOST || 'localhost';
}

/** What the driver reads of the query of a URL. It ignores every other parameter, such as a misspelled `sslmode` and `connect_timeout` of libpq. */
export const driverParameters = [
  ...['host', 'port', 'user', 'password', 'ssl', 'sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'sslnegotiation'],
  ...['uselibpqcompat', 'application_name', 'fallback_application_name', 'options', 'client_encoding'],
  ...['statement_timeout', 'query_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'],
] as const;

/** The first parameter of a URL that the driver ignores; undefined where there is none. */
export function ignoredParameter(url: string): string | undefined {
  const query = new URLSearchParams(url.replace(/^[^?]*\??/, ''));
  return [...query.keys()].find((name) => !(driverParameters as readonly string[]).includes(name));
}
