import { isDeepStrictEqual } from 'node:util';
import type { GraphAnswer } from '../graph-server.ts';

/** Asks a list with these options. */
export type Ask = (options: Record<string, string>) => Promise<GraphAnswer>;
/** What is wrong with the answers; empty where nothing is. */
type Problems = readonly string[];
interface ListFacts {
  /** How many objects the list has. */
  readonly total: number;
  /** Whether the list is of a log, which has one order and is read forward. */
  readonly mayRefuse: boolean;
}

/** Is it refused in Graph's shape, with a sentence? */
export function isRefusal({ status, body }: GraphAnswer): boolean {
  const message = body?.error?.message;
  return [400, 501].includes(status) && typeof body.error.code === 'string' && /\.$/.test(String(message));
}

/** Options that no list takes. */
const mistakes: readonly (readonly [option: string, value: string])[] = [
  ['$skiptoken', 'x'],
  ['$deltatoken', 'x'],
  ['$skip', '-1'],
  ['$top', '0'],
  ['$top', '100000'],
  ['$count', 'x'],
  ['$format', 'xml'],
  ['$unheard', '1'],
  ['$filter', 'id eq'],
  ['$search', '"displayName:a" "mail:b"'],
  ['$orderby', 'id upwards'],
];
/** Names of no property. */
const strangers: readonly (readonly [option: string, value: string])[] = [
  ['$filter', "unheard eq 'x'"],
  ['$orderby', 'unheard'],
  ['$select', 'unheard'],
  ['$search', '"unheard:x"'],
  ['$expand', 'unheard'],
];

/** Everything that a list refuses. @param hasUnknownType its objects are of a type that is not implemented */
export async function refusesMistakes(ask: Ask, hasUnknownType: boolean): Promise<Problems> {
  const options = hasUnknownType ? mistakes : [...mistakes, ...strangers];
  const answers = await Promise.all(options.map(([option, value]) => ask({ [option]: value })));
  return answers.flatMap((answer, i) =>
    isRefusal(answer)
      ? []
      : [`${options[i]!.join('=')}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`],
  );
}

/** As many as `$select` takes. */
const mostNames = 150;

/** Each property of the objects, and of the objects in them, can be selected, and no other one. */
export async function selectsItsProperties(ask: Ask, objects: Objects): Promise<Problems> {
  const paths = [...new Set(objects.flatMap((item) => pathsIn(item, '')))];
  const problems: string[] = [];
  for (let from = 0; from < paths.length; from += mostNames) {
    const { status, body } = await ask({ $select: paths.slice(from, from + mostNames).join(',') });
    if (status !== 200) problems.push(`$select: ${status} ${JSON.stringify(body).slice(0, 200)}`);
  }
  return isRefusal(await ask({ $select: 'unheard' })) ? problems : [...problems, '$select=unheard is answered'];
}

function pathsIn(value: unknown, above: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => (typeof item === 'object' ? pathsIn(item, above) : []));
  const names = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return names
    .filter(([name]) => !name.includes('@'))
    .flatMap(([name, member]) => [above + name, ...pathsIn(member, `${above}${name}/`)]);
}

/** `$count`, `/$count` and `$skip` agree with the objects that the pages brought. A log may refuse them. */
export async function counts(ask: Ask, segment: GraphAnswer, { total, mayRefuse }: ListFacts): Promise<Problems> {
  const [countAnswer, skipAnswer] = [await ask({ $count: 'true', $top: '1' }), await ask({ $skip: '1', $top: '900' })];
  const problems: string[] = [];
  const count = countAnswer.body['@odata.count'];
  const isRefused = (answer: GraphAnswer) => mayRefuse && isRefusal(answer);
  if (countAnswer.status === 200 ? count !== total : !isRefused(countAnswer))
    problems.push(`$count=true: ${count} of ${total}`);
  if (isRefused(countAnswer) ? !isRefusal(segment) : Number(segment.body) !== total)
    problems.push(`/$count: ${segment.status} ${JSON.stringify(segment.body)} of ${total}`);
  const left = Math.max(0, total - 1);
  if (skipAnswer.status === 200 ? skipAnswer.body.value.length !== left : !isRefused(skipAnswer))
    problems.push(`$skip=1: ${skipAnswer.status}, ${skipAnswer.body.value?.length} of ${left}`);
  return problems;
}

type Objects = readonly Readonly<Record<string, unknown>>[];
const isSame = (value: unknown, second: unknown) =>
  String(value ?? '').toLowerCase() === String(second ?? '').toLowerCase();
const isTime = (value: string) => /^\d{4}-\d\d-\d\dT/.test(value);

/** `$select`, `$filter`, `$orderby` and `$search` by one property are done. A log may refuse them. */
export async function answersBy(
  ask: Ask,
  name: string,
  { objects, mayRefuse }: ListFacts & { readonly objects: Objects },
): Promise<Problems> {
  const value = String(objects[0]![name]);
  const literal = isTime(value) ? value : `'${value.replaceAll("'", "''")}'`;
  const beginning = value
    .slice(0, 12)
    .replaceAll(/["\\].*/g, '')
    .trim();
  const check = (option: string, answer: GraphAnswer, isRight: (items: Objects) => boolean) =>
    answer.status === 200 && isRight(answer.body.value)
      ? []
      : mayRefuse && isRefusal(answer)
        ? []
        : [`${option} ${answer.status}`];
  const [bySelect, byFilter, ascending, descending, bySearch] = await Promise.all([
    ask({ $select: name }),
    ask({ $filter: `${name} eq ${literal}`, $top: '900' }),
    ask({ $orderby: name, $top: '900' }),
    ask({ $orderby: `${name} desc`, $top: '900' }),
    ask({ $search: `"${name}:${beginning}"`, $top: '900' }),
  ]);
  const matchCount = objects.filter((item) => isSame(item[name], value)).length;
  const keys = objects.map((item) => String(item[name] ?? '').toLowerCase()).sort();
  const keysOf = (items: Objects) => items.map((item) => String(item[name] ?? '').toLowerCase());
  const furtherNames = (item: Objects[number]) =>
    Object.keys(item).filter((key) => !key.startsWith('@') && key !== 'id' && key !== name);
  return [
    ...check(
      `$select=${name}`,
      bySelect!,
      (items) => items.length > 0 && items.every((item) => furtherNames(item).length === 0),
    ),
    ...check(
      `$filter=${name} eq ${literal}`,
      byFilter!,
      (items) => items.length === matchCount && items.every((item) => isSame(item[name], value)),
    ),
    ...check(`$orderby=${name}`, ascending!, (items) => isDeepStrictEqual(keysOf(items), keys)),
    ...check(`$orderby=${name} desc`, descending!, (items) => isDeepStrictEqual(keysOf(items), keys.toReversed())),
    ...(beginning === ''
      ? []
      : check(
          `$search=${name}:${beginning}`,
          bySearch!,
          (items) =>
            items.some((item) => isSame(item[name], value)) &&
            items.every((item) => String(item[name]).toLowerCase().includes(beginning.toLowerCase())),
        )),
  ];
}

/** Properties of a list that are texts and stay the same from one answer to the next. */
export function textProperties(objects: Objects): readonly string[] {
  const first = objects[0] ?? {};
  const names = Object.keys(first).filter(
    (name) =>
      !name.includes('@') && typeof first[name] === 'string' && first[name] !== '' && !volatileNames.includes(name),
  );
  return ['id', 'displayName', ...names].filter((name, i, all) => names.includes(name) && all.indexOf(name) === i);
}
/** Times that are those of the request. */
const volatileNames = ['lastUpdatedDateTime', 'start', 'userETag'];
