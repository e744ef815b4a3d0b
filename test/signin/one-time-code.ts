import { totpAt, totpSeconds } from '#core/factors/totp.ts';
import type { AdminPorts } from '#ports/ports.ts';

const secret = new Uint8Array(20).fill(7);

/** Registers an application for one-time codes. @param at when */
export const registerCode = (userId: string, { methods }: Pick<AdminPorts, 'methods'>, at: Date): Promise<void> =>
  methods.add(
    {
      ...{ id: crypto.randomUUID(), kind: 'softwareOath', userId, displayName: 'Phone', createdDateTime: at },
      secret: Buffer.from(secret).toString('base64url'),
    },
    'test',
  );

/** The code that the application of {@link registerCode} shows. */
export const oneTimeCode = (at: Date): string => totpAt(secret, Math.floor(at.getTime() / 1000 / totpSeconds));
