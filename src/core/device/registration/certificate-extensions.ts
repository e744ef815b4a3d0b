import { guidOctets, guidText } from '../guid.ts';

/** The arc of the private extensions of a device certificate (windows-sign-in §2.5). */
const arc = '1.2.840.113556.1.5.284';
export const deviceExtensionOids = {
  deviceId: `${arc}.2`,
  userId: `${arc}.3`,
  tenantId: `${arc}.5`,
  joinType: `${arc}.7`,
  region: `${arc}.8`,
} as const;

/** What the private extensions say. Only to be read of a certificate whose signature the device CA made. */
export interface DeviceExtensions {
  readonly deviceId: string;
  /** Object id of the user who registered the device. */
  readonly userId: string;
  readonly tenantId: string;
  /** Whether the device is joined, or only registered for a user. */
  readonly isJoined: boolean;
  /** ASCII, such as `EU`. */
  readonly region: string;
}

/** Value of every private extension, by OID: an OCTET STRING with a length in long form, as Entra writes it. */
export function encodeDeviceExtensions(extensions: DeviceExtensions): ReadonlyMap<string, Uint8Array> {
  return new Map([
    [deviceExtensionOids.deviceId, octetString(guidOctets(extensions.deviceId))],
    [deviceExtensionOids.userId, octetString(guidOctets(extensions.userId))],
    [deviceExtensionOids.tenantId, octetString(guidOctets(extensions.tenantId))],
    [deviceExtensionOids.joinType, octetString(Buffer.from(extensions.isJoined ? '1' : '0', 'ascii'))],
    [deviceExtensionOids.region, octetString(Buffer.from(extensions.region, 'ascii'))],
  ]);
}

const octetString = (octets: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from([0x04, 0x81, octets.length]), octets]);

/**
 * Content of an OCTET STRING whose length is in the short or the long form: clients and other servers write both
 * (windows-sign-in §2.5). Undefined for anything else, octets behind it included.
 */
export function octetStringContent(value: Uint8Array): Uint8Array | undefined {
  if (value[0] !== 0x04) return undefined;
  const isLong = value[1] === 0x81;
  const length = isLong ? value[2] : value[1];
  const start = isLong ? 3 : 2;
  if (length === undefined || (!isLong && length > 0x7f) || value.length !== start + length) return undefined;
  return value.subarray(start);
}

/** The device id, tenant id and so on of the extensions, by OID; undefined when one is missing or malformed. */
export function decodeDeviceExtensions(values: ReadonlyMap<string, Uint8Array>): DeviceExtensions | undefined {
  const content = (oid: string) => {
    const value = values.get(oid);
    return value && octetStringContent(value);
  };
  const identifier = (oid: string) => guidText(content(oid) ?? new Uint8Array());
  const ascii = (oid: string) => Buffer.from(content(oid) ?? []).toString('latin1');
  const [deviceId, userId, tenantId] = [
    deviceExtensionOids.deviceId,
    deviceExtensionOids.userId,
    deviceExtensionOids.tenantId,
  ].map(identifier);
  const joinType = ascii(deviceExtensionOids.joinType);
  if (!deviceId || !userId || !tenantId || (joinType !== '0' && joinType !== '1')) return undefined;
  return { deviceId, userId, tenantId, isJoined: joinType === '1', region: ascii(deviceExtensionOids.region) };
}
