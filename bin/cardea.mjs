#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runOnNode24 } from './node24.mjs';

// A checkout runs its sources, a package what was built of them.
const source = join(import.meta.dirname, '..', 'src', 'main.ts');
const built = join(import.meta.dirname, '..', 'dist', 'main.js');
const isCheckout = existsSync(source);
// A stack trace in the log of a server names the sources. Commands do without: reading the maps takes time.
if (!isCheckout && process.argv[2] === 'serve') process.setSourceMapsEnabled(true);
await runOnNode24(isCheckout ? source : built, process.argv.slice(2));
