#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runOnNode24 } from './node24.mjs';

// A checkout runs its sources, a package what was built of them.
const source = join(import.meta.dirname, '..', 'src', 'cli', 'device', 'workstation', 'main.ts');
const built = join(import.meta.dirname, '..', 'dist', 'workstation-main.js');
await runOnNode24(existsSync(source) ? source : built, process.argv.slice(2));
