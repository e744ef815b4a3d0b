import { type CardeaError, entraNumberOf, messageOf, remedyOf, userMessageOf } from '#core/trace/fault.ts';
import { isFault, publicFault } from '#core/trace/faults.ts';
import type { Because, Code } from '#core/trace/reasons.ts';
import { jsonShapeProblem } from '#net/bodies.ts';
import type { Answer } from './call.ts';

/** How a reason looks to a client of Graph (graph-api §1.4). */
interface Shape {
  readonly status: number;
  readonly code: string;
}

const badRequest: Shape = { status: 400, code: 'Request_BadRequest' };
const shapes: Partial<Record<Code, Shape>> = {
  graphTokenRefused: { status: 401, code: 'InvalidAuthenticationToken' },
  graphScopeMissing: { status: 403, code: 'Authorization_RequestDenied' },
  graphRoleMissing: { status: 403, code: 'Authorization_RequestDenied' },
  graphTargetProtected: { status: 403, code: 'Authorization_RequestDenied' },
  ownPasswordReset: { status: 403, code: 'Authorization_RequestDenied' },
  graphOwnPassRefused: { status: 403, code: 'Authorization_RequestDenied' },
  graphBuiltInReadOnly: { status: 403, code: 'Authorization_RequestDenied' },
  graphPathUnknown: { status: 400, code: 'BadRequest' },
  graphMethodNotAllowed: { status: 405, code: 'Request_BadRequest' },
  graphQueryUnreadable: { status: 400, code: 'BadRequest' },
  graphQueryUnsupported: { status: 400, code: 'Request_UnsupportedQuery' },
  graphPageTokenStale: { status: 400, code: 'Directory_ExpiredPageToken' },
  graphContentTypeUnsupported: { status: 415, code: 'RequestBodyRead' },
  graphBodyTooLarge: { status: 413, code: 'RequestEntityTooLarge' },
  graphObjectMissing: { status: 404, code: 'Request_ResourceNotFound' },
  pictureMissing: { status: 404, code: 'ImageNotFound' },
  nothingFound: { status: 404, code: 'Request_ResourceNotFound' },
  graphReferenceMissing: { status: 404, code: 'Request_ResourceNotFound' },
  graphVersionConflict: { status: 412, code: 'resourceModified' },
  graphThrottled: { status: 429, code: 'TooManyRequests' },
  graphDependencyFailed: { status: 424, code: 'FailedDependency' },
  graphSelectNotOfLists: { status: 501, code: 'NotImplemented' },
  graphNotOffered: { status: 501, code: 'NotImplemented' },
  graphTenantOther: { status: 403, code: 'Authorization_IdentityNotFound' },
  graphDeltaTokenStale: { status: 410, code: 'syncStateNotFound' },
};

/** Words of their own where an area of Graph has them. */
const deniedIn: Readonly<Record<string, string>> = {
  methodPolicy: 'accessDenied',
  accessPolicies: 'AccessDenied',
};

interface Detail {
  readonly code: string;
  readonly target: string;
  readonly message: string;
}

/** What `details[]` says of a reason that is about one property. */
function detailsOf(because: Because, body: string | undefined): readonly Detail[] {
  const detail = (code: string, target: string): Detail => ({
    code,
    target,
    message: naming(target, messageOf(because)),
  });
  switch (because.code) {
    case 'graphPropertyInvalid':
      return because.evidence.target ? [detail('InvalidValue', because.evidence.target)] : [];
    case 'graphObjectConflict':
      return [detail('ObjectConflict', because.evidence.target)];
    case 'userPrincipalNameTaken':
      return [detail('ObjectConflict', 'userPrincipalName')];
    case 'mailTaken':
      return [detail('ObjectConflict', 'mail')];
    case 'certificateUserIdTaken':
      return [detail('ObjectConflict', 'authorizationInfo.certificateUserIds')];
    default: {
      const target = shapes[because.code] === undefined ? propertyNamed(because, body) : undefined;
      return target === undefined ? [] : [detail('InvalidValue', target)];
    }
  }
}

/** A sentence with the name of the property first, unless it has the name. */
function naming(target: string, words: string): string {
  const name = target.split(/[/.]/).findLast((part) => !/^\d*$/.test(part)) ?? '';
  return words.includes(name) ? words : `${target}: ${words}`;
}

/**
 * The property of the body that has a value which the reason names, as `web/redirectUris/0`: rules about the directory know what is wrong
 * with a value, and not where a request has it.
 */
function propertyNamed({ evidence }: Because, body: string | undefined): string | undefined {
  const values = new Set(Object.values(evidence).filter((value) => typeof value === 'string' && value !== ''));
  if (body === undefined || values.size === 0 || jsonShapeProblem(body) !== undefined) return undefined;
  try {
    return pathTo(values, JSON.parse(body))?.join('/');
  } catch {
    return undefined; // the reason is about a body of another form
  }
}

/** The names down to the first text that is one of some values. */
function pathTo(values: ReadonlySet<unknown>, value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null) return values.has(value) ? [] : undefined;
  for (const [name, member] of Object.entries(value)) {
    const rest = pathTo(values, member);
    if (rest) return [name.slice(0, 120), ...rest];
  }
  return undefined;
}

/** Words that Terraform's provider looks for. */
const conflict =
  'Another conflicting object with one or more of the specified property values is present in the directory.';

/** Sentences, each with its full stop; nothing is said twice. */
function joinSentences(sentences: readonly string[]): string {
  const body = sentences.filter(
    (sentence, i) =>
      sentence !== '' &&
      !sentences.slice(0, i).some((item) => item.includes('conflicting object') && sentence === conflict),
  );
  return body
    .map((sentence) => sentence.replace(/\.$/, ''))
    .join('. ')
    .concat('.');
}

/** A fault of the service, a part of `$batch` too: Graph's names for 503 and 500, and nothing of the cause. */
function faultAnswer(problem: unknown): Answer {
  const { status, headers, because } = publicFault(problem);
  const code = status === 503 ? 'ServiceUnavailable' : 'InternalServerError';
  const message = `AADSTS${entraNumberOf(because)}: ${joinSentences([messageOf(because)])}`;
  return { status, headers, body: { error: { code, message } } };
}

/** The answer to a call that failed. `area` chooses the words of a refusal. @param body of the call, as far as it was read */
export function failure(problem: unknown, area: string | undefined, body?: string): Answer {
  if (isFault(problem)) return faultAnswer(problem);
  const { because } = problem as CardeaError;
  const { status, code } = shapeOf(because, area);
  const remedy = remedyOf(because);
  const details = detailsOf(because, body);
  const [detail] = details;
  const message = joinSentences([
    detail?.message ?? messageOf(because),
    detail?.code === 'ObjectConflict' ? conflict : '',
    remedy ?? '',
    because.code === 'lastAdministratorShutOut' ? mayForce : '',
  ]);
  return {
    status,
    body: { error: { code, message, ...(details.length > 0 ? { details } : {}), ...innerErrorOf(because) } },
    ...(because.code === 'graphThrottled' ? { headers: { 'retry-after': String(because.evidence.seconds) } } : {}),
  };
}

const mayForce =
  'The same request with /dryRun after its address shows every sign-in that would have a different result; with ?force=true the change is made';

/**
 * What an admin center reads of a refusal: by the guard, so that it can name the administrators and offer to force it; of a
 * change of what another administrator changed meanwhile, who it was and when.
 */
function innerErrorOf(because: Because): object {
  if (because.code === 'graphVersionConflict') {
    const { changedBy = null, changedDateTime = null } = because.evidence;
    return { innerError: { changedBy, changedDateTime } };
  }
  if (because.code === 'graphLastAdministrator') {
    const { administrators: last = [] } = because.evidence;
    const reason = { reason: because.code, reasonText: messageOf(because) };
    const administrators = last.map((administrator) => ({ ...administrator, ...reason }));
    return { innerError: { code: 'lastGlobalAdministrator', administrators, mayForce: false } };
  }
  if (because.code !== 'lastAdministratorShutOut') return {};
  const administrators = because.evidence.administrators.map(({ id, userPrincipalName, code, reasonText }) => ({
    id: id ?? null,
    userPrincipalName,
    reason: code,
    reasonText: reasonText ?? userMessageOf({ code, evidence: {} } as Because),
  }));
  return { innerError: { code: 'lastAdministratorLockedOut', administrators, mayForce: true } };
}

/** Whether the caller lacks a permission or role (403), whatever else is right or wrong with the call. */
export const isDenied = ({ code }: Because): boolean => shapes[code]?.status === 403;

function shapeOf(because: Because, area: string | undefined): Shape {
  const shape = shapes[because.code] ?? badRequest;
  if (shape.status !== 403 || area === undefined) return shape;
  if (area === 'signInLog' || area === 'auditLog') {
    const missing = because.code === 'graphScopeMissing';
    const code = missing ? 'Authentication_MSGraphPermissionMissing' : 'Authentication_RequestFromUnsupportedUserRole';
    return { status: 403, code };
  }
  return { status: 403, code: deniedIn[area] ?? shape.code };
}
