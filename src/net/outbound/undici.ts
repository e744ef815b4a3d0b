import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The package undici. It is loaded by the first request that leaves: a start, and most commands, do without its 30 MB. */
export const undici = (): typeof import('undici') => require('undici');
