import { z } from 'zod';
import { addSecret, removeSecret } from '#admin/applications/directory-applications.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { contextOf, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { requirePrivileged } from '../../protocol/guard/privileged.ts';
import { guid } from '../../protocol/shapes.ts';

const secretShape = z.strictObject({
  passwordCredential: z
    .strictObject({
      displayName: z.string().max(256).nullable().optional(),
      startDateTime: z.iso.datetime({ offset: true }).nullable().optional(),
      endDateTime: z.iso.datetime({ offset: true }).nullable().optional(),
    })
    .register(odataTypes, ['passwordCredential'])
    .nullable()
    .optional(),
});

/** A caller who can prove to be an application has what it was granted. */
export function requireAbove(call: Call, { roles }: Application): void {
  if (roles.length > 0) requirePrivileged(call);
}

export async function addPassword(call: Call, application: Application): Promise<Answer> {
  requireAbove(call, application);
  const { appId } = application;
  const { passwordCredential } = await readBody(call, secretShape);
  const { displayName, startDateTime, endDateTime } = passwordCredential ?? {};
  const request = {
    displayName: displayName ?? '',
    startDateTime: startDateTime ?? undefined,
    endDateTime: endDateTime ?? undefined,
  };
  const { secretHash: _, ...made } = orThrow(await addSecret(appId, request, call));
  const context = contextOf(call, 'microsoft.graph.passwordCredential');
  return { status: 200, body: { ...context, customKeyIdentifier: null, ...made } };
}

export async function removePassword(call: Call, { appId }: Application): Promise<Answer> {
  const { keyId } = await readBody(call, z.strictObject({ keyId: guid }));
  orThrow(await removeSecret(appId, keyId, call));
  return nothing;
}
