import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The command of a program of a stack: executable and first words. */
export type Command = readonly [string, ...string[]];

/** A language whose programs are built once, into a folder of the cache that its sources name. */
export interface Toolchain {
  readonly language: string;
  /** Programs that have to be there. */
  readonly needs: readonly string[];
  /** Builds in this folder, a copy of the sources. */
  readonly build: (folder: string, run: Run) => void;
  /** The command that starts a program of it. */
  readonly command: (folder: string, program: string) => Command;
}

type Run = (command: string, ...words: readonly string[]) => void;

const buildMinutes = 12;
const extraPath = ['/usr/local/go/bin', join(homedir(), '.cargo', 'bin')].join(':');
/** What a program and a build are started with: the toolchains that stand beside the path are found. */
export const environment: NodeJS.ProcessEnv = { ...process.env, PATH: `${process.env.PATH}:${extraPath}` };

export const toolchains: readonly Toolchain[] = [
  {
    language: 'Go',
    needs: ['go'],
    build: (folder, run) => run('go', 'build', '-o', `${join(folder, 'bin')}/`, './...'),
    command: (folder, program) => [join(folder, 'bin', program)],
  },
  {
    language: 'Java',
    needs: ['java', 'mvn'],
    build: (_, run) =>
      run('mvn', '-q', '-B', 'compile', 'dependency:build-classpath', '-Dmdep.outputFile=target/classpath'),
    command: (folder, program) => {
      const jars = readFileSync(join(folder, 'target', 'classpath'), 'utf8').trim();
      return ['java', '-XX:TieredStopAtLevel=1', '-cp', `${join(folder, 'target', 'classes')}:${jars}`, program];
    },
  },
  {
    language: 'Python',
    needs: ['python3'],
    build: (_, run) => {
      run('python3', '-m', 'venv', 'venv');
      run('venv/bin/pip', 'install', '--quiet', '-r', 'requirements.txt');
    },
    command: (folder, program) => [join(folder, 'venv', 'bin', 'python'), join(folder, program)],
  },
  {
    language: 'Rust',
    needs: ['cargo'],
    build: (_, run) => run('cargo', 'build', '--quiet', '--locked'),
    command: (folder, program) => [join(folder, 'target', 'debug', program)],
  },
  {
    language: 'Node',
    needs: ['npm'],
    build: (_, run) => run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'),
    command: (folder, program) => [process.execPath, join(folder, program)],
  },
  {
    language: 'Ruby',
    needs: ['ruby'],
    // The gems are packages of Debian.
    build: (_, run) =>
      run('ruby', '-e', "require 'omniauth_openid_connect'; require 'omniauth-azure-activedirectory-v2'"),
    command: (folder, program) => ['ruby', join(folder, program)],
  },
];

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cardea-clients');

/** The folder of the built programs; what was built from the same sources before is used again. Or why it cannot be had. */
export function built({ language, needs, build }: Toolchain): { readonly folder: string } | { readonly why: string } {
  const missing = needs.filter((name) => spawnSync('which', [name], { env: environment }).status !== 0);
  if (missing.length > 0) return { why: `${missing.join(' and ')} is not installed` };
  const source = sourceOf(language);
  const folder = join(cache, `${language.toLowerCase()}-${digest(source)}`);
  if (existsSync(join(folder, 'built'))) return { folder };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const problem = buildIn(folder, source, build);
  return problem === undefined ? { folder } : { why: problem };
}

/** A virtual environment knows its own path, so the folder has its last name from the beginning. */
function buildIn(folder: string, source: string, build: Toolchain['build']): string | undefined {
  cpSync(source, folder, { recursive: true });
  let problem: string | undefined;
  build(folder, (command, ...words) => {
    if (problem !== undefined) return;
    const end = spawnSync(command, words, {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
      timeout: buildMinutes * 60_000,
    });
    if (end.status !== 0) problem = `${command} ${words[0]}: ${end.error?.message ?? end.stderr.slice(-2000)}`;
  });
  if (problem === undefined) writeFileSync(join(folder, 'built'), '');
  return problem;
}

const sourceOf = (language: string): string => join(import.meta.dirname, language.toLowerCase());

function digest(source: string): string {
  const hash = createHash('sha256');
  const files = globSync('**/*', { cwd: source, exclude: (name) => /node_modules|target/.test(String(name)) }).sort();
  for (const name of files) {
    try {
      hash.update(name).update(readFileSync(join(source, name)));
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code !== 'EISDIR') throw problem;
    }
  }
  return hash.digest('hex').slice(0, 12);
}

/** The version of a package as the manifest of its language pins it. */
export function versionOf(language: string, name: string): string {
  const files = ['go.mod', 'pom.xml', 'requirements.txt', 'Cargo.toml', 'package.json', 'Gemfile'];
  const texts = files.map((file) => join(sourceOf(language), file)).filter((file) => existsSync(file));
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`${escaped}(?:["', ]|==|</artifactId>|\\s|<version>|[:={]|version)*v?=?(\\d[\\w.]*)`);
  return texts.map((file) => pattern.exec(readFileSync(file, 'utf8'))?.[1]).find(Boolean) ?? 'unknown';
}
