import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** A file of the built pages, in each form that it is sent in. */
export interface BuiltFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly br?: Uint8Array<ArrayBuffer>;
  readonly gzip?: Uint8Array<ArrayBuffer>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** The page that every path of the admin center answers with, and its files by name. */
export interface BuiltPages {
  readonly index: string;
  readonly files: ReadonlyMap<string, BuiltFile>;
}

/** Reads the built pages from `folder`; undefined where they are not, or not whole. */
export function readBuiltPages(folder: string): BuiltPages | undefined {
  try {
    const assets = join(folder, 'assets');
    const names = readdirSync(assets).filter((name) => types[extname(name)] !== undefined);
    const files = new Map(names.map((name) => [name, builtFile(assets, name)]));
    return { index: readFileSync(join(folder, 'index.html'), 'utf8'), files };
  } catch {
    return undefined;
  }
}

function builtFile(folder: string, name: string): BuiltFile {
  const compressed = (ending: string) => {
    try {
      return new Uint8Array(readFileSync(join(folder, `${name}.${ending}`)));
    } catch {
      return undefined;
    }
  };
  const [br, gzip] = [compressed('br'), compressed('gz')];
  return {
    type: types[extname(name)]!,
    plain: new Uint8Array(readFileSync(join(folder, name))),
    ...(br && { br }),
    ...(gzip && { gzip }),
  };
}
