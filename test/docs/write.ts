import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './files.ts';
import { referencePages } from './reference.ts';

/** What `npm run docs` runs: writes the generated pages of docs/reference. */
const folder = join(root, 'docs', 'reference');
mkdirSync(folder, { recursive: true });
for (const [file, text] of referencePages()) writeFileSync(join(folder, file), text);
