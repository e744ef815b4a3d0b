import { declaredMembers, declaredNames } from './names.ts';
import { scan } from './scan.ts';

/**
 * Words that no name has as a part, with names that say what the thing is. The plural of a word is that word.
 */
const glossary: Readonly<Record<string, string>> = {
  ...instead('asked asking unasked said given', 'request, input, body, options'),
  ...instead('told tell telling untold shown', 'format…, describe…, or the thing itself: userResource'),
  ...instead('kept keeping unkept', 'cached, retention, leases'),
  ...instead('found', 'match, user, object'),
  ...instead('own', 'whose it is: self…, user…, tenant…, sameOrigin…'),
  ...instead('judge judged judging judgment judgement unjudged', 'evaluate, evaluation, verdict'),
  ...instead('house door attending backstage', 'ServerContext, TenantContext, SignInContext, CliHost'),
  ...instead('voice deed journey', 'Output, AuditEntry, the thing itself'),
  ...instead('atomically bury buried unearth', 'inTransaction, softDelete, restore'),
  ...instead('cite', 'references'),
  ...instead('then', 'proposed, later, or what the function does'),
  ...instead('visit', 'SignInRequest, signInRequest, or the thing itself: a connection, a page'),
};

function instead(words: string, names: string): Readonly<Record<string, string>> {
  return Object.fromEntries(words.split(' ').map((word) => [word, names]));
}

/** Names that keep such a word, each with the reason. Codes of the table of reasons are never renamed. */
const exceptions: readonly (readonly [names: RegExp, reason: string])[] = [
  [/^found(?:By)?$/, 'evidence of reasons, in stored traces'],
  [/^judged$/, 'a property of the answer to a dry run'],
  [/^said$/, 'a message between the command line and a running server'],
  [/^askedAt$/, 'a property of stored tickets'],
  [/^shown_certificates$/, 'a table'],
  [/^(?:set)?given_?names?$/i, 'an attribute of directories and a claim of OpenID Connect'],
  [/^voice(?:Mobile|AlternateMobile|Office)?$/i, 'a sign-in method of Microsoft Entra'],
  [/^notFound(?:Component)?$/i, 'the phrase of HTTP, also in TanStack Router and PIV'],
  [/^owns[A-Z]/, 'the verb of owners'],
  [/^(?:openV|v)isits$|^[vV]isit(?:Rows?|Change|Named|NamedIn)$|^visits_by_\w+$/, 'the table `visits`'],
  [/^src\/storage\/(?:stores\/sign-in\/visit(?:s|s\.test|-rows)|migrations\/.*m024-visits)\.ts$/, 'the table `visits`'],
  [/^isCookieBannerShown$/, 'a setting of the sign-in pages of Microsoft Entra'],
];

/** The parts of a name in camel case, snake case or kebab case, in lower case. */
const partsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);

/** The word of the glossary that a name or the name of a file has as a part. */
export const glossaryWordIn = (name: string): string | undefined =>
  exceptions.some(([names]) => names.test(name))
    ? undefined
    : partsOf(name)
        .flatMap((part) => [part, part.replace(/s$/, '')])
        .find((part) => Object.hasOwn(glossary, part));

/** What names the thing instead of a word of the glossary. */
export const insteadOf = (word: string): string => glossary[word] ?? '';

/** Words that have another meaning elsewhere, with the files in which a name has none of them. */
const wordsOfFiles: readonly (readonly [files: RegExp, word: RegExp, exceptions: RegExp])[] = [
  // The local block list is none of a CA, `certificateList` is the type of RFC 5280, and the URLs are properties of Graph.
  [/^src\/(?:core\/crl|crls)\/(?!block)/, /^lists?$/, /^isOnBlockList$|^certificateList$|^\w*[rR]evocationListUrl$/],
  [/^src\/core\/(?:x509|crl|ocsp|binding)\//, /^cards?$/, /^smartCardLogon$/],
];

/** Names of a file about certificates or CRLs that call a CRL a list, or a certificate a card. */
export const x509NamesIn = (file: string, source: string): readonly string[] =>
  wordsOfFiles.flatMap(([files, word, allowed]) =>
    files.test(file)
      ? [...new Set([...declaredNames(source), ...declaredMembers(source)])].filter(
          (name) => !allowed.test(name) && partsOf(name).some((part) => word.test(part)),
        )
      : [],
  );

/** A time, or what reads the clock: only such a thing is called `now`. Elsewhere it is the current or the proposed state. */
const isTime = /Date|[cC]lock|performance\.now|\bat\b|Math\.floor|\btime\b|\d/;

/**
 * Declarations of `now` in a file whose value or type is not a time, and names such as `policyNow`. A property without a type, and a
 * destructured one, are not looked at.
 */
export function nowNamesIn(source: string): readonly string[] {
  const { code } = scan(source);
  const values = [...code.matchAll(/\b(?:const|let) now(?:: ([^=]+?))? = ([^;]*);/g)].filter(
    ([, type, value]) => !isTime.test(type ?? value!),
  );
  const types = [...code.matchAll(/(?<![\w.$])now\??: ([A-Z]\w*)(?![\w.(])/g)].filter(
    ([, type]) => !isTime.test(type!),
  );
  const names = declaredNames(source).filter((name) => /[a-z]Now$/.test(name) && !/(?:From|^set)Now$/.test(name));
  return [...[...values, ...types].map(([text]) => text), ...new Set(names)];
}

/** The names with a word of the glossary that a TypeScript or JavaScript file declares: variables, types, functions, members. */
export const glossaryNamesIn = (source: string): readonly string[] => [
  ...new Set(
    [...declaredNames(source), ...declaredMembers(source)].filter((name) => glossaryWordIn(name) !== undefined),
  ),
];
