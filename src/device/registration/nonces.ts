import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { problemOfAge, strangeNonce } from '#core/device/request-nonce.ts';

/** Nonces of certification requests (windows-sign-in §2.2). No node stores them: any node verifies them. */
export interface RegistrationNonces {
  /** @param tenant the id of a tenant, or the text of the request where there is none: the answer is alike */
  issue(tenant: string, at: Date): string;
  /** What is wrong with a nonce; undefined when it is accepted. */
  problemOf(nonce: string, tenantId: string, at: Date): string | undefined;
}

const random = 12;

/** @param key secret of the installation */
export function openRegistrationNonces(key: Uint8Array): RegistrationNonces {
  const codeOf = (body: Buffer, tenant: string) =>
    createHmac('sha256', key).update(body).update(tenant).digest().subarray(0, 16);
  return {
    issue(tenant, at) {
      const body = Buffer.concat([Buffer.alloc(4), randomBytes(random)]);
      body.writeUInt32BE(Math.floor(at.getTime() / 1000));
      return Buffer.concat([body, codeOf(body, tenant)]).toString('base64url');
    },
    problemOf(nonce, tenantId, at) {
      const octets = Buffer.from(nonce, 'base64url');
      const body = octets.subarray(0, 4 + random);
      const code = octets.subarray(4 + random);
      const expectedValue = codeOf(body, tenantId);
      if (code.length !== expectedValue.length || !timingSafeEqual(code, expectedValue)) return strangeNonce;
      return problemOfAge(at.getTime() / 1000 - body.readUInt32BE(0));
    },
  };
}
