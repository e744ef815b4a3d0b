/** Names and what gives them away; the more particular first, since browsers claim to be each other. */
const systems: readonly (readonly [string, RegExp])[] = [
  ['Windows', /Windows NT/],
  ['iOS', /iPhone|iPad|iOS/],
  ['Android', /Android/],
  ['MacOs', /Macintosh|Mac OS X|Darwin/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux|X11/],
];
const browsers: readonly (readonly [string, RegExp])[] = [
  ['Edge', /Edg(?:e|A|iOS)?\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /(?:Chrome|CriOS)\/(\d+)/],
  ['Safari', /Version\/(\d+)[.\d]* (?:Mobile\/\w+ )?Safari/],
  ['Cardea command line', /^cardea$/],
];

/** System and browser as a user agent names itself: what a log may show, and nothing to decide by. Empty when unknown. */
export function readUserAgent(text: string): { readonly operatingSystem: string; readonly browser: string } {
  const operatingSystem = systems.find(([, mark]) => mark.test(text))?.[0] ?? '';
  for (const [name, mark] of browsers) {
    const [match, version] = mark.exec(text) ?? [];
    if (match !== undefined) return { operatingSystem, browser: version === undefined ? name : `${name} ${version}` };
  }
  return { operatingSystem, browser: '' };
}
