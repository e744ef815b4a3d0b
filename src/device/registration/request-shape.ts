import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { jsonShapeProblem, usualBody } from '#net/bodies.ts';
import { requireJson } from '#schema/json.ts';

const text = (most: number) => z.string().max(most);
/** Strings or booleans (windows-sign-in §2.3). */
const attributes = z.record(z.string().max(100), z.union([text(2_000), z.boolean(), z.null()])).optional();
const certificateRequest = z.object({ Type: text(20).optional(), Data: z.string() });
const described = {
  TransportKey: z.string().optional(),
  DeviceType: text(64).optional(),
  OSVersion: text(64).optional(),
  DeviceDisplayName: text(256).optional(),
};

/** `POST /EnrollmentServer/device/`; members that nothing is done with are let through (windows-sign-in §2.3). */
export const joinShape = z.object({
  ...described,
  CertificateRequest: certificateRequest,
  TransportKey: z.string(),
  JoinType: z.number().int(),
  Attributes: attributes,
  attributes,
});

/** `PUT /EnrollmentServer/device/{deviceId}` (windows-sign-in §2.8). */
export const renewShape = z.object({
  ...described,
  CertificateRequest: certificateRequest,
  JoinType: z.number().int().optional(),
  ServerAdJoinData: z
    .object({
      ...described,
      TargetDomainId: text(64).optional(),
      TargetDomain: text(253).optional(),
      ClientIdentity: z.object({ Type: text(40), Sid: text(400), SignedBlob: text(2_000) }),
    })
    .optional(),
});

/** `POST /EnrollmentServer/key/` (MS-KPP 2.2.4.1). */
export const helloShape = z.object({ kngc: z.string() });

/** Whether the request sets an attribute of this name to true, in either spelling of the member. */
export function isSet(
  { Attributes = {}, attributes: lower = {} }: Pick<z.infer<typeof joinShape>, 'Attributes' | 'attributes'>,
  name: string,
): boolean {
  const value = { ...Attributes, ...lower }[name];
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}

/**
 * The body of a request, read to its limit and checked. Call it after the sender was authenticated where that can be done
 * without it. @throws graphBodyTooLarge, deviceBodyUnreadable
 */
export async function readRequest<T extends z.ZodType>(request: Request, shape: T): Promise<z.infer<T>> {
  const body = await readText(request);
  const problem = jsonShapeProblem(body);
  if (problem !== undefined) throw fault('deviceBodyUnreadable', { problem });
  return requireJson(shape, body, (issue) => fault('deviceBodyUnreadable', { problem: issue.slice(0, 200) }));
}

async function readText(request: Request): Promise<string> {
  const tooLarge = () => fault('graphBodyTooLarge', { limit: usualBody });
  if (Number(request.headers.get('content-length') ?? 0) > usualBody) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > usualBody) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
