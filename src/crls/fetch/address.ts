import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Thrown into the connection when the address behind a name may not be spoken to. */
export class AddressRefused extends Error {}

/** RFC 3927, RFC 4291 §2.5.6: never. 169.254.169.254 is where clouds keep the machine's own credentials. */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

/** RFC 1918, RFC 6598, RFC 4193, loopback, "this host" and the rest of what no public server has (RFC 6890). */
const notPublic = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['ff00::', 8],
  ['64:ff9b::', 96],
] as const)
  notPublic.addSubnet(net, prefix, 'ipv6');

/** Why this IP address may not be spoken to; undefined when it may. */
export function refusalOf(address: string, privateAddresses: 'allow' | 'refuse'): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (linkLocal.check(address, family)) return `${address} is a link-local address`;
  if (privateAddresses === 'refuse' && notPublic.check(address, family)) return `${address} is not a public address`;
  return undefined;
}

/**
 * Name resolution that looks at every address it found, so that a name cannot change its mind between being checked
 * and being used. Addresses written as numbers never get here: see {@link refusalOf}.
 */
export function lookupUnder(privateAddresses: 'allow' | 'refuse'): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const allowedValues = addresses.filter(({ address }) => refusalOf(address, privateAddresses) === undefined);
      const [first] = allowedValues;
      if (!first) return callback(refusedAddress(addresses[0]?.address, privateAddresses), '', 0);
      if (options.all) return callback(null, allowedValues);
      callback(null, first.address, first.family);
    });
  };
}

function refusedAddress(address: string | undefined, privateAddresses: 'allow' | 'refuse'): AddressRefused {
  return new AddressRefused(address === undefined ? 'the name has no address' : refusalOf(address, privateAddresses));
}
