import { dirname, relative } from 'node:path';
import type { Plugin } from 'rolldown';

/** Every module of a bundle lies in one folder; `import.meta` still tells where it was below the root. */
export function originalPlaces(root: string): Plugin {
  return {
    name: 'original-places',
    transform(code, id) {
      if (!id.endsWith('.ts') || !code.includes('import.meta.')) return undefined;
      const place = relative(root, id).replaceAll('\\', '/').replace(/\.ts$/, '.js');
      // No line moves, so the map of the module stays as it is.
      const moved = code
        .replaceAll('import.meta.dirname', `(import.meta.dirname + '/${dirname(place)}')`)
        .replaceAll('import.meta.url', `new URL('./${place}', import.meta.url).href`);
      return { code: moved, map: null };
    },
  };
}
