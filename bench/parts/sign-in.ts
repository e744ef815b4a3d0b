import type { Ports, SignInContext } from '#ports/ports.ts';
import { writeSignInLog } from '#signin/log/write-sign-in-log.ts';
import { signInWithCertificate } from '#signin/with-certificate.ts';

/** A user with a certificate, DER. */
interface Holder {
  readonly username: string;
  readonly leaf: Uint8Array;
}

/** Decides a sign-in with a certificate, without an entry in the log. @throws Error where it is not granted */
export async function decideSignIn({ username, leaf }: Holder, context: SignInContext<Ports>) {
  const request = {
    correlationId: crypto.randomUUID(),
    application: { appId: 'bench', displayName: 'bench' },
    resourceId: 'bench',
    ipAddress: '127.0.0.1',
    userAgent: 'bench',
    username,
    presented: { leaf },
    host: 'certauth.localhost',
    proofs: [],
  };
  const verdict = await signInWithCertificate(request, context);
  if (verdict.kind !== 'granted') throw new Error(`a sign-in was ${verdict.kind}`);
  return { request, verdict };
}

/** Decides a sign-in with a certificate and writes it to the log. @throws Error where it is not granted */
export async function logSignIn(holder: Holder, context: SignInContext<Ports>): Promise<void> {
  const { request, verdict } = await decideSignIn(holder, context);
  const { kind } = await writeSignInLog(request, verdict, context, { isInteractive: true, presented: holder.leaf });
  if (kind !== 'granted') throw new Error(`a sign-in was ${kind}`);
}
