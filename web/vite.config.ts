import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { webDarkTheme, webLightTheme } from '@fluentui/tokens';
import { defineConfig, type Plugin } from 'vite';

const here = import.meta.dirname;

/** Fluent's colors, spacing and type as custom properties: those that the style sheets name, in light and dark. */
function fluentTokens(): Plugin {
  const id = 'virtual:fluent-tokens.css';
  return {
    name: 'fluent-tokens',
    resolveId: (name) => (name === id ? `\0${id}` : undefined),
    load(name) {
      if (name !== `\0${id}`) return undefined;
      const sheets = globSync('src/**/*.css', { cwd: here }).map((file) => readFileSync(join(here, file), 'utf8'));
      const names = new Set(sheets.join('\n').match(/(?<=var\(--)\w+/g));
      const light = webLightTheme as unknown as Record<string, string>;
      const dark = webDarkTheme as unknown as Record<string, string>;
      const rules = (theme: Record<string, string>, differing = false) =>
        [...names]
          .filter((token) => theme[token] !== undefined && !(differing && light[token] === dark[token]))
          .map((token) => `--${token}:${theme[token]};`)
          .join('');
      return `:root{color-scheme:light;${rules(light)}}
:root[data-theme=dark]{color-scheme:dark;${rules(dark, true)}}
@media (prefers-color-scheme:dark){:root:not([data-theme]){color-scheme:dark;${rules(dark, true)}}}`;
    },
  };
}

/** The texts of the component library in English alone: the pages are in English. */
function englishAlone(): Plugin {
  return {
    name: 'english-alone',
    enforce: 'pre',
    load: (file) =>
      /[\\/](?:react-aria|react-stately|react-aria-components)[\\/].*[\\/]intl[\\/].*[\\/](?!en-US)[a-z]{2}-[A-Z]{2}\.m?js$/.test(
        file,
      )
        ? 'export default {};'
        : undefined,
  };
}

export default defineConfig({
  root: here,
  base: '/admin/',
  logLevel: 'warn',
  resolve: { alias: { '#core': join(here, '..', 'src', 'core') } },
  plugins: [fluentTokens(), englishAlone()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    manifest: 'manifest.json',
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: {
      // "use client" in libraries means nothing here.
      onLog: (level, log, defaultHandler) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') defaultHandler(level, log);
      },
      output: {
        // The component library is loaded once, with the first page: a page's own part is what it alone needs.
        codeSplitting: {
          groups: [
            {
              name: 'components',
              test: /node_modules[\\/](react-aria|react-stately|@internationalized)|[\\/]src[\\/](components|graph)[\\/]/,
            },
          ],
        },
      },
    },
  },
});
